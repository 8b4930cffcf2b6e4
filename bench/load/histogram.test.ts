import { describe, expect, it } from 'vitest';
import { Histogram } from './histogram.ts';

describe('Histogram', () => {
  it('gives percentiles to a quarter of a millisecond', () => {
    const histogram = new Histogram();
    for (let milliseconds = 1; milliseconds <= 100; milliseconds++) histogram.add(milliseconds * 1000 - 1);
    expect(histogram.percentile(0.5)).toBe(50);
    expect(histogram.percentile(0.99)).toBe(99);
    expect(histogram.percentile(1)).toBe(100);
  });

  it('survives the way from process to process, and adds up', () => {
    const one = new Histogram();
    one.add(-3);
    one.add(1e9);
    const both = new Histogram();
    both.merge(JSON.parse(JSON.stringify(one.toSparse())));
    both.merge(one.toSparse());
    expect(both.total).toBe(4);
    expect(both.percentile(0.5)).toBe(0.25);
    expect(both.percentile(1)).toBe(10_000);
  });

  it('has no percentile of nothing', () => {
    expect(new Histogram().percentile(0.5)).toBeNaN();
  });
});
