/**
 * Microseconds of the machine's monotonic clock, the same in every process of the machine, so that a time stamp that
 * one process wrote can be subtracted from another's.
 */
export type Clock = () => number;

/** `process.hrtime` counts from boot but allocates; `performance.now` counts from the process's start and does not. */
export function monotonicClock(): Clock {
  const offset = Number(process.hrtime.bigint()) / 1000 - performance.now() * 1000;
  return () => offset + performance.now() * 1000;
}
