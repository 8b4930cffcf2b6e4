import Hls from 'hls.js';
import { bufferedAhead, type OnStop, type Playback, type PlaybackSource } from './playback.ts';

/** HLS by hls.js, or by the browser itself where it can. */
export function playHls(video: HTMLVideoElement, source: PlaybackSource, onStop: OnStop): Playback {
  if (!Hls.isSupported()) return playNatively(video, source, onStop);
  const player = new Hls({
    // A segment behind the newest; each stall moves it back by one more.
    liveSyncDurationCount: 1,
    liveSyncOnStallIncrease: 1,
    maxLiveSyncPlaybackRate: 1.1,
    backBufferLength: 30,
  });
  player.on(Hls.Events.ERROR, (_event, { fatal, details, error }) => {
    if (fatal) onStop(error.message || details);
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
