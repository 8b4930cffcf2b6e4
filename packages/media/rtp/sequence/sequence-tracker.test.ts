import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FUZZ } from '../../codec/test-support.ts';
import { SequenceTracker } from './sequence-tracker.ts';

describe('SequenceTracker', () => {
  it('unwraps, also packets out of order around the wrap', () => {
    const tracker = new SequenceTracker();
    const numbers = [65_534, 65_535, 1, 0, 2, 65_533].map(number => tracker.update(1, number));
    expect(numbers).toEqual([65_534, 65_535, 65_537, 65_536, 65_538, 65_533]);
    expect(tracker.newest).toBe(65_538);
    expect(tracker.ssrc).toBe(1);
  });

  it('counts below zero what came before the first packet', () => {
    const tracker = new SequenceTracker();
    tracker.update(1, 1);
    expect(tracker.update(1, 65_535)).toBe(-1);
    expect(tracker.newest).toBe(1);
  });

  it('believes a jump when a second packet follows', () => {
    const tracker = new SequenceTracker();
    tracker.update(1, 100);
    expect(tracker.update(1, 30_000)).toBeUndefined();
    expect(tracker.restarted).toBe(false);
    expect(tracker.update(1, 30_001)).toBe(30_001);
    expect(tracker.restarted).toBe(true);
    expect(tracker.update(1, 30_002)).toBe(30_002);
    expect(tracker.restarted).toBe(false);
  });

  it('stays with its source whatever strays come between its packets', () => {
    const tracker = new SequenceTracker();
    for (let number = 0; number < 100; number++) {
      expect(tracker.update(1, number)).toBe(number);
      expect(tracker.update(2, 40_000 + number)).toBeUndefined();
    }
    expect(tracker.ssrc).toBe(1);
  });

  it('goes over to a source with another SSRC that has the field to itself', () => {
    const tracker = new SequenceTracker();
    tracker.update(1, 100);
    // The same number, but of another source.
    expect(tracker.update(2, 101)).toBeUndefined();
    expect(tracker.update(3, 102)).toBeUndefined();
    expect(tracker.update(3, 103)).toBe(103);
    expect(tracker).toMatchObject({ restarted: true, ssrc: 3, newest: 103 });
  });

  it('believes a jump at once over a reliable transport', () => {
    const tracker = new SequenceTracker(true);
    tracker.update(1, 100);
    expect(tracker.update(2, 7)).toBe(7);
    expect(tracker).toMatchObject({ restarted: true, ssrc: 2 });
  });

  it('takes steps of some thousands for gaps', () => {
    const tracker = new SequenceTracker();
    tracker.update(1, 0);
    expect(tracker.update(1, 2999)).toBe(2999);
    expect(tracker.update(1, 5999)).toBeUndefined();
  });

  it('follows any walk of small steps', () => {
    const walk = fc.array(fc.integer({ min: -500, max: 2500 }), { maxLength: 200 });
    fc.assert(
      fc.property(fc.nat(0xffff), walk, (start, steps) => {
        const tracker = new SequenceTracker();
        let newest = start;
        expect(tracker.update(9, start)).toBe(start);
        for (const step of steps) {
          const number = newest + step;
          newest = Math.max(newest, number);
          expect(tracker.update(9, ((number % 65_536) + 65_536) % 65_536)).toBe(number);
          expect(tracker.newest).toBe(newest);
        }
      }),
      { ...FUZZ, numRuns: 500 },
    );
  });
});
