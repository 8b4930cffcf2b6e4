import { describe, expect, it } from 'vitest';
import { addSample, growth, type Samples } from './samples.ts';

const NONE: Samples<string> = { times: [], values: {} };

describe('addSample', () => {
  it('keeps times and values side by side, in seconds', () => {
    const samples = addSample(addSample(NONE, 1000, { a: 1 }), 3000, { a: 2 });
    expect(samples).toEqual({ times: [1, 3], values: { a: [1, 2] } });
  });

  it('leaves a hole where something was not there yet, or is no more', () => {
    const samples = addSample(addSample(NONE, 1000, { a: 1 }), 2000, { b: 5 });
    expect(samples.values).toEqual({ a: [1, null], b: [null, 5] });
  });

  it('forgets the oldest', () => {
    let samples = NONE;
    for (let second = 0; second < 400; second++) samples = addSample(samples, second * 1000, { a: second });
    expect(samples.times).toHaveLength(300);
    expect(samples.values.a).toHaveLength(300);
    expect(samples.values.a?.[0]).toBe(100);
    expect(samples.times.at(-1)).toBe(399);
  });
});

describe('growth', () => {
  it('is per second, and leaves out counters that are new or began anew', () => {
    expect(growth({ a: 10, b: 50 }, { a: 30, b: 2, c: 9 }, 2)).toEqual({ a: 10 });
  });
});
