/**
 * Where a recording is that a device plays: it does not say so itself, so the time is reckoned from what it was told.
 * Times are milliseconds, those of the recording since 1970.
 */
export interface PlaybackClock {
  readonly position: number;
  /** When it was there, by any clock that only goes on; undefined while nothing has come yet. */
  readonly since: number | undefined;
  readonly speed: number;
  readonly isPaused: boolean;
}

export const SPEEDS = [0.5, 1, 2, 4, 8] as const;

export function startAt(position: number): PlaybackClock {
  return { position, since: undefined, speed: 1, isPaused: false };
}

export function positionOf({ position, since, speed, isPaused }: PlaybackClock, now: number): number {
  return since === undefined || isPaused ? position : position + (now - since) * speed;
}

/** As it is now, with something changed from now on. */
export function change(
  clock: PlaybackClock,
  now: number,
  changes: Partial<Pick<PlaybackClock, 'position' | 'speed' | 'isPaused'>>,
): PlaybackClock {
  const since = clock.since === undefined ? undefined : now;
  return { ...clock, position: positionOf(clock, now), since, ...changes };
}

/** The first picture has come. */
export function run(clock: PlaybackClock, now: number): PlaybackClock {
  return clock.since === undefined ? { ...clock, since: now } : clock;
}
