import { describe, expect, it } from 'vitest';
import { Lateness } from './lateness.ts';

describe('Lateness', () => {
  it('counts from the call before, so that one late call does not make the next ones late', () => {
    const lateness = new Lateness(5000);
    let now = 0;
    for (let call = 0; call <= 100; call++) {
      lateness.tick(now);
      now += call % 10 === 0 ? 45_000 : 5000;
    }
    expect(lateness.p99).toBe(40.25);
  });

  it('was not late where nothing was due, and forgets what was before a window', () => {
    const lateness = new Lateness(5000);
    expect(lateness.p99).toBe(0);
    lateness.tick(0);
    lateness.tick(90_000);
    lateness.reset();
    expect(lateness.p99).toBe(0);
  });
});
