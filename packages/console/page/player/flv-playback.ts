import mpegts from 'mpegts.js';
import { bufferedAhead, type OnStop, type Playback, type PlaybackSource } from './playback.ts';

/**
 * HTTP-FLV and WebSocket-FLV by mpegts.js. The cached pictures put a new viewer seconds behind: a leap brings it near,
 * and playing a little faster keeps it there.
 */
export function playFlv(video: HTMLVideoElement, source: PlaybackSource, onStop: OnStop): Playback {
  if (!mpegts.isSupported()) {
    onStop('unsupported');
    return { delay: undefined, close: () => {} };
  }
  mpegts.LoggingControl.enableAll = false;
  const player = mpegts.createPlayer(
    {
      type: 'flv',
      isLive: true,
      url: source.url,
      ...(source.hasVideo === undefined ? {} : { hasVideo: source.hasVideo, hasAudio: source.hasAudio }),
    },
    {
      enableStashBuffer: false,
      liveBufferLatencyChasing: !source.isRecording,
      liveBufferLatencyMaxLatency: 1.6,
      liveBufferLatencyMinRemain: 0.5,
      liveSync: !source.isRecording,
      liveSyncMaxLatency: 0.9,
      liveSyncTargetLatency: 0.5,
      liveSyncPlaybackRate: 1.1,
      lazyLoad: false,
      autoCleanupSourceBuffer: true,
    },
  );
  player.on(mpegts.Events.ERROR, (_type: string, detail: string, info: { msg?: string }) => {
    onStop(info?.msg || detail);
  });
  player.on(mpegts.Events.LOADING_COMPLETE, () => onStop(undefined));
  player.attachMediaElement(video);
  player.load();
  return {
    get delay() {
      return bufferedAhead(video);
    },
    close: () => player.destroy(),
  };
}
