import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RestartDelay } from './restart-delay.ts';

const OPTIONS = { first: 200, max: 10_000, steadyAfter: 30_000 };

it('doubles up to the most', () => {
  const delay = new RestartDelay(OPTIONS, () => 0);
  const delays = Array.from({ length: 8 }, () => delay.next(0));
  expect(delays).toEqual([200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
});

it('begins anew after the program ran well, and not before', () => {
  const delay = new RestartDelay(OPTIONS, () => 0);
  delay.next(0);
  expect(delay.next(29_999)).toBe(400);
  expect(delay.next(30_000)).toBe(200);
  expect(delay.next(0)).toBe(400);
});

it('is never longer than the most, and at least three quarters of what it would be without chance', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 2000 }),
      chances => {
        let at = 0;
        const delay = new RestartDelay(OPTIONS, () => chances[at] ?? 0);
        for (const [index] of chances.entries()) {
          at = index;
          const full = Math.min(OPTIONS.max, OPTIONS.first * 2 ** index);
          const actual = delay.next(0);
          expect(actual).toBeGreaterThanOrEqual(full * 0.75);
          expect(actual).toBeLessThanOrEqual(full);
        }
      },
    ),
    { seed: 7, numRuns: 50 },
  );
});
