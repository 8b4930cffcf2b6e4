import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FUZZ } from '../../codec/test-support.ts';
import { DecodingTimeEstimator } from './decoding-time.ts';

const RATE = 90_000;
const FRAME = 3600;
const START = 100_000;
/** What decoding times are apart at least. */
const MILLISECOND = 90;

/** The order in which real encoders send the pictures of 25 a second; their decoding times are a frame apart. */
const ENCODERS = [
  { name: 'x264 without B-frames', depth: 0, group: [0], length: 1 },
  { name: 'x264, two B-frames', depth: 1, group: [0, 3, 1, 2], length: 3 },
  { name: 'x264, a pyramid of three B-frames', depth: 2, group: [0, 4, 2, 1, 3], length: 4 },
  { name: 'x265, four B-frames', depth: 2, group: [0, 5, 3, 1, 2, 4], length: 5 },
];

/** `count` picture numbers in decoding order: the first one, and then mini-GOPs. */
function pictures({ group, length }: { group: readonly number[]; length: number }, count: number): number[] {
  const numbers = [0];
  for (let base = 0; numbers.length < count; base += length) {
    if (length === 1) numbers.push(base + 1);
    else numbers.push(...group.slice(1).map(number => base + number));
  }
  return numbers.slice(0, count);
}

/** Presentation and decoding times, in frames since the first. */
function decode(
  numbers: readonly number[],
  { depth = 0, start = START, frame = FRAME }: { depth?: number; start?: number; frame?: number } = {},
): { presented: number; decoded: number }[] {
  const estimator = new DecodingTimeEstimator(RATE);
  if (depth > 0) estimator.reorderDepth = depth;
  return numbers.map(number => {
    const delay = estimator.delay((start + Math.round(number * frame)) % 2 ** 32);
    return { presented: number, decoded: number - delay / frame };
  });
}

function expectIncreasing(times: readonly { decoded: number }[]): void {
  for (let index = 1; index < times.length; index++) {
    expect(times[index]!.decoded).toBeGreaterThan(times[index - 1]!.decoded);
  }
}

describe('DecodingTimeEstimator', () => {
  it.each(ENCODERS)('gives the decoding times of $name', ({ depth, ...encoder }) => {
    const times = decode(pictures(encoder, 300), { depth });
    times.forEach(({ presented, decoded }, index) => {
      expect(decoded).toBe(index - depth);
      expect(decoded).toBeLessThanOrEqual(presented);
    });
  });

  it.each(ENCODERS)('finds out about $name without being told', ({ depth, ...encoder }) => {
    const times = decode(pictures(encoder, 300));
    expectIncreasing(times);
    // The first mini-GOPs are shown late; then all is as if it had been told.
    times.slice(12).forEach(({ decoded }, index) => {
      expect(decoded).toBe(index + 12 - depth);
    });
    expect(times[0]).toEqual({ presented: 0, decoded: 0 });
    const late = times.filter(({ presented, decoded }) => decoded > presented);
    expect(late.length).toBeLessThanOrEqual(depth === 0 ? 0 : 6);
  });

  it('goes on where the time stamps wrap', () => {
    const numbers = pictures(ENCODERS[2]!, 100);
    const start = 2 ** 32 - 20 * FRAME;
    expect(decode(numbers, { depth: 2, start })).toEqual(decode(numbers, { depth: 2 }));
  });

  it('adds no delay where frames come unevenly, rarely or after a gap', () => {
    for (const numbers of [
      [0, 1, 2.5, 2.6, 4, 30, 31],
      [0, 25, 50, 75, 1000, 1001],
      [0, 1, 2, 240, 241],
    ]) {
      for (const { presented, decoded } of decode(numbers)) expect(decoded).toBe(presented);
    }
  });

  it('does not carry decoding times from before a gap over it', () => {
    const before = pictures(ENCODERS[2]!, 41);
    const numbers = [...before, ...before.map(number => number + 140)];
    const times = decode(numbers, { depth: 2 });
    expectIncreasing(times);
    for (const { presented, decoded } of times) {
      expect(decoded).toBeLessThanOrEqual(presented);
      expect(presented - decoded).toBeLessThanOrEqual(6);
    }
  });

  it('knows a slow camera with B-frames from a gap', () => {
    const numbers = pictures(ENCODERS[1]!, 60);
    const frame = RATE;
    const times = decode(numbers, { depth: 1, frame });
    times.slice(2).forEach(({ decoded }, index) => {
      expect(decoded).toBe(index + 1);
    });
  });

  it('begins anew behind a jump, in either direction', () => {
    const numbers = pictures(ENCODERS[2]!, 41);
    for (const jump of [100_000, -5000]) {
      const times = decode([...numbers, ...numbers.map(number => number + jump)], {
        depth: 2,
        start: 2 ** 31,
      });
      const after = times.slice(numbers.length);
      expectIncreasing(after);
      after.forEach(({ decoded }, index) => {
        expect(decoded - jump).toBe(index - 2);
      });
    }
  });

  it('takes a step back of the clock for no reordering', () => {
    const numbers = [...Array(50).keys(), ...Array.from({ length: 50 }, (_, index) => index + 35)];
    for (const { presented, decoded } of decode(numbers)) expect(decoded).toBe(presented);
  });

  it('forgets reordering that has ceased', () => {
    const plain = Array.from({ length: 300 }, (_, index) => index + 41);
    const times = decode([...pictures(ENCODERS[2]!, 41), ...plain]);
    expectIncreasing(times);
    expect(times.at(-1)).toEqual({ presented: 340, decoded: 340 });
  });

  it('keeps to a depth that was said, and takes over another', () => {
    const estimator = new DecodingTimeEstimator(RATE);
    estimator.reorderDepth = 2;
    for (let number = 0; number < 300; number++) estimator.delay(number * FRAME);
    expect(estimator.delay(300 * FRAME)).toBe(2 * FRAME);
    estimator.reorderDepth = 0;
    expect(estimator.delay(301 * FRAME)).toBe(0);
    estimator.reorderDepth = 1;
    const delays = [302, 303, 304].map(number => estimator.delay(number * FRAME));
    // It waits for a frame at the time that was reached.
    expect(delays).toEqual([FRAME - MILLISECOND, FRAME, FRAME]);
  });

  it('never gives two frames of one time the same decoding time', () => {
    const times = decode([0, 0, 1, 1, 2, 2]);
    expectIncreasing(times);
    expect(times[1]!.decoded * FRAME).toBe(MILLISECOND);
  });

  it('increases strictly and stays before presentation for every order within the depth', () => {
    // Each frame is moved back by up to `depth` places in decoding order.
    const order = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.array(fc.nat(1000), { maxLength: 200 }));
    fc.assert(
      fc.property(order, fc.boolean(), fc.nat(0xffffffff), ([depth, picks], isDeclared, start) => {
        // No stream begins with a frame that others come before.
        const numbers = [0, ...shuffled(picks, depth).map(number => number + 1)];
        const times = decode(numbers, { depth: isDeclared ? depth : 0, start });
        expectIncreasing(times);
        if (!isDeclared) return;
        for (const { presented, decoded } of times) expect(decoded).toBeLessThanOrEqual(presented);
      }),
      { ...FUZZ, numRuns: 1000 },
    );
  });

  it('gives numbers whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffffffff), { maxLength: 100 }), fc.nat(16), (timestamps, depth) => {
        const estimator = new DecodingTimeEstimator(RATE);
        estimator.reorderDepth = depth;
        for (const timestamp of timestamps)
          expect(Number.isSafeInteger(estimator.delay(timestamp))).toBe(true);
      }),
      { ...FUZZ, numRuns: 1000 },
    );
  });
});

/** The numbers from 0 so that at most `depth` greater ones come before each. */
function shuffled(picks: readonly number[], depth: number): number[] {
  const numbers: number[] = [];
  const waiting: { number: number; left: number }[] = [];
  let next = 0;
  for (const pick of picks) {
    // Of the frames that may go now, one; those that it overtakes have one less to be overtaken by.
    while (waiting.length < depth + 1) waiting.push({ number: next++, left: depth });
    const blocked = waiting.findIndex(({ left }) => left === 0);
    const choice = blocked === -1 ? pick % waiting.length : pick % (blocked + 1);
    const [taken] = waiting.splice(choice, 1);
    for (let index = 0; index < choice; index++) waiting[index]!.left--;
    numbers.push(taken!.number);
  }
  return numbers;
}
