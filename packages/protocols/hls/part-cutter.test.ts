import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PartCutter } from './part-cutter.ts';

/** Durations of the parts of frames at these times, and the target. */
function cut(wished: number, times: readonly number[]): { parts: number[]; target: number } {
  const cutter = new PartCutter(wished);
  const parts: number[] = [];
  cutter.begin(times[0] ?? 0, true);
  for (const time of times.slice(1)) {
    if (!cutter.cutsAtFrame(time)) continue;
    parts.push(cutter.duration(time));
    cutter.begin(time, true);
  }
  return { parts, target: cutter.target };
}

function steady(frameDuration: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => index * frameDuration);
}

describe('PartCutter', () => {
  it('fills parts with whole frames, up to the target', () => {
    const { parts, target } = cut(0.5, steady(0.04, 60));
    expect(target).toBe(0.5);
    expect(parts.map(part => Number(part.toFixed(3)))).toEqual([0.48, 0.48, 0.48, 0.48]);
  });

  it('makes a target of their own for streams of few frames', () => {
    expect(cut(0.5, steady(0.2, 20)).target).toBeCloseTo(0.42, 2);
    expect(cut(0.5, steady(1, 20)).target).toBeCloseTo(1.05, 2);
  });

  it('keeps every part between 85 % of the target and the target, at any rate', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 2, noNaN: true }),
        fc.integer({ min: 1, max: 120 }),
        (wished, rate) => {
          // Whole milliseconds, as RTMP has them.
          const times = steady(1 / rate, rate * 20).map(time => Math.round(time * 1000) / 1000);
          const { parts, target } = cut(wished, times);
          expect(parts.length).toBeGreaterThan(0);
          for (const part of parts) {
            expect(part).toBeLessThanOrEqual(target);
            expect(part).toBeGreaterThanOrEqual(0.85 * target - 0.003);
          }
        },
      ),
      { seed: 6, numRuns: 300 },
    );
  });

  it('never says more than the target, and does not change it, whatever comes late', () => {
    const gaps = fc.array(fc.double({ min: 0.001, max: 3, noNaN: true }), { minLength: 2, maxLength: 80 });
    fc.assert(
      fc.property(gaps, lengths => {
        const cutter = new PartCutter(0.5);
        let time = 0;
        let target: number | undefined;
        cutter.begin(time, true);
        for (const length of lengths) {
          time += length;
          if (!cutter.cutsAtFrame(time)) continue;
          target ??= cutter.target;
          expect(cutter.target).toBe(target);
          expect(cutter.duration(time)).toBeLessThanOrEqual(target);
          cutter.begin(time, true);
        }
      }),
      { seed: 6, numRuns: 200 },
    );
  });

  it('is overdue where the picture stays away', () => {
    const cutter = new PartCutter(0.5);
    cutter.begin(0, true);
    for (const time of steady(0.04, 14).slice(1)) if (cutter.cutsAtFrame(time)) cutter.begin(time, true);
    expect(cutter.isOverdue(0.9)).toBe(false);
    expect(cutter.isOverdue(0.99)).toBe(true);
  });
});
