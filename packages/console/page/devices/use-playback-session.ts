import { useEffect, useRef, useState } from 'react';
import type { Gb28181PlaybackAction } from '../api/types.ts';
import type { Stretch } from '../calendar/day.ts';
import { change, type PlaybackClock, positionOf, run, startAt } from './playback-clock.ts';
import { controlPlayback, startPlayback } from './queries.ts';

/** Milliseconds between two looks at the clock. */
const TICK = 500;

export interface PlaybackSession {
  readonly streamId: string;
  /** Whether the device was asked: the stream is there, or soon will be. */
  readonly isStarted: boolean;
  readonly clock: PlaybackClock;
  /** Milliseconds since 1970. */
  readonly position: number;
  readonly error: unknown;
  /** To be told when the first picture came. */
  onPicture(): void;
  pause(): void;
  resume(): void;
  setSpeed(speed: number): void;
  /** To a time of the recording, in milliseconds since 1970. */
  seek(position: number): void;
}

/**
 * A recording of a device, played from `from` for as long as the component is there. `liveId`: what the channel's picture
 * is called, in an app of the device's tenant; the recording is beside it.
 */
export function usePlaybackSession(
  { deviceId, channelId, liveId }: { deviceId: string; channelId: string; liveId: string },
  { from, to }: Stretch,
): PlaybackSession {
  // Two who look at the same recording are at different places in it.
  const [streamId] = useState(() => `${liveId}_${Math.random().toString(36).slice(2, 8)}`);
  const [isStarted, setStarted] = useState(false);
  const [error, setError] = useState<unknown>();
  const [clock, setClock] = useState(() => startAt(Date.parse(from)));
  const [now, setNow] = useState(() => performance.now());
  const isOver = useRef(false);

  useEffect(() => {
    isOver.current = false;
    const stop = () => void controlPlayback(streamId, { action: 'stop' }).catch(() => {});
    startPlayback(streamId, { device_id: deviceId, channel_id: channelId, from, to }).then(() => {
      if (isOver.current) stop();
      else setStarted(true);
    }, setError);
    addEventListener('pagehide', stop);
    return () => {
      isOver.current = true;
      removeEventListener('pagehide', stop);
      stop();
    };
  }, [streamId, deviceId, channelId, from, to]);

  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), TICK);
    return () => clearInterval(timer);
  }, []);

  const tell = (action: Gb28181PlaybackAction, changes: Parameters<typeof change>[2]) => {
    setError(undefined);
    controlPlayback(streamId, action).then(
      () => setClock(before => change(before, performance.now(), changes)),
      setError,
    );
  };
  return {
    ...{ streamId, isStarted, clock, error },
    position: Math.min(Date.parse(to), positionOf(clock, now)),
    onPicture: () => setClock(before => run(before, performance.now())),
    pause: () => tell({ action: 'pause' }, { isPaused: true }),
    resume: () => tell({ action: 'resume' }, { isPaused: false }),
    setSpeed: speed => tell({ action: 'speed', scale: speed }, { speed }),
    seek: position =>
      tell({ action: 'seek', seconds: Math.max(0, (position - Date.parse(from)) / 1000) }, { position }),
  };
}
