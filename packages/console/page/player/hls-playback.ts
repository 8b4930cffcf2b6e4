import Hls from 'hls.js';
import { bufferedAhead, type OnStop, type Playback, type PlaybackSource } from './playback.ts';

/** HLS by hls.js, or by the browser itself where it can. */
export function playHls(video: HTMLVideoElement, source: PlaybackSource, onStop: OnStop): Playback {
  if (!Hls.isSupported()) return playNatively(video, source, onStop);
  const player = new Hls({
    // A segment behind the newest; each stall moves it back by one more.
    liveSyncDurationCount: 1,
    lowLatencyMode: true,
    liveSyncOnStallIncrease: 1,
    maxLiveSyncPlaybackRate: 1.1,
    backBufferLength: 30,
  });
  player.on(Hls.Events.ERROR, (_event, { fatal, details, error }) => {
    if (fatal) onStop(error.message || details);
  });
  player.once(Hls.Events.LEVEL_LOADED, (_event, { details: { partHoldBack } }) => {
    if (partHoldBack === 0) return;
    // Where there are parts, it is as near as the server says.
    player.targetLatency = partHoldBack;
    video.addEventListener('playing', () => nearer(video, player), { once: true });
  });
  player.on(Hls.Events.LEVEL_UPDATED, (_event, { details }) => {
    if (!details.live) onStop(undefined);
  });
  player.loadSource(source.url);
  player.attachMedia(video);
  return {
    get delay() {
      return Number.isFinite(player.latency) && player.latency > 0 ? player.latency : bufferedAhead(video);
    },
    close: () => player.destroy(),
  };
}

/** Seconds behind where it should be from which on it jumps; less is made up for by playing a little faster. */
const JUMP = 1;

function nearer(video: HTMLVideoElement, { liveSyncPosition }: Hls): void {
  if (liveSyncPosition !== null && liveSyncPosition - video.currentTime > JUMP) {
    video.currentTime = liveSyncPosition;
  }
}

function playNatively(video: HTMLVideoElement, { url }: PlaybackSource, onStop: OnStop): Playback {
  const stopped = new AbortController();
  const { signal } = stopped;
  video.addEventListener('error', () => onStop(video.error?.message || 'The browser cannot play it.'), {
    signal,
  });
  video.addEventListener('ended', () => onStop(undefined), { signal });
  video.src = url;
  return {
    get delay() {
      return bufferedAhead(video);
    },
    close: () => {
      stopped.abort();
      video.removeAttribute('src');
      video.load();
    },
  };
}
