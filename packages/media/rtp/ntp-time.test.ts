import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FUZZ } from '../codec/test-support.ts';
import { middleBits, millisecondsOf, ntpTime } from './ntp-time.ts';

describe('ntpTime', () => {
  it('counts seconds from 1900', () => {
    expect(ntpTime(0)).toEqual({ seconds: 2_208_988_800, fraction: 0 });
    expect(ntpTime(Date.UTC(2024, 0, 1) + 250)).toEqual({ seconds: 3_913_056_000, fraction: 2 ** 30 });
  });

  it('wraps in 2036', () => {
    const turn = Date.UTC(2036, 1, 7, 6, 28, 16);
    expect(ntpTime(turn - 1000)).toEqual({ seconds: 0xffffffff, fraction: 0 });
    expect(ntpTime(turn + 1000)).toEqual({ seconds: 1, fraction: 0 });
    expect(millisecondsOf(ntpTime(turn - 1000))).toBe(turn - 1000);
    expect(millisecondsOf(ntpTime(turn + 1000))).toBe(turn + 1000);
  });

  it('comes back within a microsecond', () => {
    const time = fc.double({ min: 0, max: Date.UTC(2100, 0, 1), noNaN: true });
    fc.assert(
      fc.property(time, milliseconds => {
        const ntp = ntpTime(milliseconds);
        for (const part of [ntp.seconds, ntp.fraction]) {
          expect(Number.isInteger(part) && part >= 0 && part < 2 ** 32).toBe(true);
        }
        expect(Math.abs(millisecondsOf(ntp) - milliseconds)).toBeLessThan(0.001);
      }),
      FUZZ,
    );
  });
});

describe('middleBits', () => {
  it('is what RFC 3550 §6.4.1 has as an example', () => {
    expect(middleBits({ seconds: 0xb44db705, fraction: 0x20000000 })).toBe(0xb7052000);
  });
});
