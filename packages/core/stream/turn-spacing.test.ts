import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TurnSpacing } from './turn-spacing.ts';

/** Reports `reads` and a second that has passed. */
function second(spacing: TurnSpacing, reads: number, isWatched = true): void {
  for (let read = 0; read < reads; read++) spacing.countRead();
  spacing.tick(isWatched);
}

/** How many turns the event loop takes in `milliseconds`. */
async function turns(milliseconds: number): Promise<number> {
  let count = 0;
  let isOver = false;
  const turn = () => {
    count++;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await sleep(milliseconds);
  isOver = true;
  return count;
}

describe('TurnSpacing', () => {
  it('begins under load, goes on while there is some, and ends', () => {
    const spacing = new TurnSpacing({ minInterval: 5, maxInterval: 12, maxUnwatchedInterval: 20 });
    second(spacing, 1500);
    expect(spacing.interval).toBe(0);
    const intervals = [5000, 1500, 5000, 5000, 1500, 500, 500].map(reads => {
      second(spacing, reads);
      return spacing.interval;
    });
    expect(intervals).toEqual([5, 5, 10, 12, 12, 7, 0]);
  });

  it('goes further while nobody watches, and back for the first who does', () => {
    const spacing = new TurnSpacing({ minInterval: 10, maxInterval: 12, maxUnwatchedInterval: 20 });
    const intervals = [false, false, false, true].map(isWatched => {
      second(spacing, 5000, isWatched);
      return spacing.interval;
    });
    spacing.close();
    expect(intervals).toEqual([10, 15, 20, 12]);
  });

  it('is held off by datagrams to a shared socket', async () => {
    const spacing = new TurnSpacing({ minInterval: 20, maxInterval: 20, maxUnwatchedInterval: 20 });
    second(spacing, 5000);
    expect(spacing.interval).toBe(20);
    for (let datagram = 0; datagram < 100; datagram++) spacing.countDatagram();
    second(spacing, 5000);
    expect(spacing.interval).toBe(0);
    await sleep(30);
    // A few of them let the next turn begin at once, as long as they come.
    second(spacing, 5000);
    expect(spacing.interval).toBe(20);
    let isOver = false;
    const read = () => {
      spacing.countDatagram();
      if (!isOver) setImmediate(read);
    };
    setImmediate(read);
    expect(await turns(200)).toBeGreaterThan(100);
    isOver = true;
    spacing.close();
  });

  it('lets the loop turn once an interval, and freely after it was closed', async () => {
    const spacing = new TurnSpacing({ minInterval: 20, maxInterval: 20, maxUnwatchedInterval: 20 });
    second(spacing, 5000);
    expect(await turns(300)).toBeLessThanOrEqual(20);
    spacing.close();
    await sleep(30);
    expect(await turns(300)).toBeGreaterThan(100);
  });

  it('does not wait while clients are let in', async () => {
    const spacing = new TurnSpacing({ minInterval: 20, maxInterval: 20, maxUnwatchedInterval: 20 });
    second(spacing, 5000);
    let isOver = false;
    // One in each turn, as they are accepted.
    const accept = () => {
      spacing.countAccept();
      if (!isOver) setImmediate(accept);
    };
    setImmediate(accept);
    expect(await turns(300)).toBeGreaterThan(100);
    isOver = true;
    spacing.close();
  });

  it('stays off where it is turned off', () => {
    const spacing = new TurnSpacing({ minInterval: 0, maxInterval: 40, maxUnwatchedInterval: 80 });
    second(spacing, 50_000);
    expect(spacing.interval).toBe(0);
  });
});
