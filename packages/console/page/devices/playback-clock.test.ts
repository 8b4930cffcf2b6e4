import { describe, expect, it } from 'vitest';
import { change, positionOf, run, startAt } from './playback-clock.ts';

const NINE = Date.UTC(2026, 10, 24, 9);

describe('the clock of a playback', () => {
  it('stands still until the first picture, and then goes on', () => {
    const clock = startAt(NINE);
    expect(positionOf(clock, 60_000)).toBe(NINE);
    const running = run(clock, 60_000);
    expect(positionOf(running, 61_000)).toBe(NINE + 1000);
    expect(run(running, 70_000)).toBe(running);
  });

  it('goes on from where it was when the speed changes', () => {
    const fast = change(run(startAt(NINE), 0), 10_000, { speed: 4 });
    expect(positionOf(fast, 10_000)).toBe(NINE + 10_000);
    expect(positionOf(fast, 12_000)).toBe(NINE + 18_000);
  });

  it('stands still while it is paused', () => {
    const paused = change(run(startAt(NINE), 0), 5000, { isPaused: true });
    expect(positionOf(paused, 60_000)).toBe(NINE + 5000);
    const resumed = change(paused, 60_000, { isPaused: false });
    expect(positionOf(resumed, 61_000)).toBe(NINE + 6000);
  });

  it('leaps', () => {
    const leapt = change(run(startAt(NINE), 0), 5000, { position: NINE + 600_000 });
    expect(positionOf(leapt, 6000)).toBe(NINE + 601_000);
  });
});
