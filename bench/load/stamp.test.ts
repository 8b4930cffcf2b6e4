import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blankStamp, findStamp, STAMP_LENGTH, stampCounter, stampTime, writeStamp } from './stamp.ts';

const SEED = 20_242;

describe('stamp', () => {
  it('is one SEI NAL unit of user data behind its length', () => {
    const stamp = blankStamp();
    expect(stamp.length).toBe(STAMP_LENGTH);
    expect(stamp.readUInt32BE(0)).toBe(STAMP_LENGTH - 4);
    // SEI, user_data_unregistered, its size: the rest but for the trailing bits.
    expect([...stamp.subarray(4, 7)]).toEqual([6, 5, STAMP_LENGTH - 4 - 3 - 1]);
    expect(stamp.at(-1)).toBe(0x80);
  });

  it('keeps time and counter, wherever it stands, and needs no emulation prevention', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
        fc.integer({ min: 0, max: 0xffffffff }),
        fc.uint8Array({ maxLength: 100 }),
        fc.uint8Array({ maxLength: 100 }),
        (time, counter, before, after) => {
          const bytes = Buffer.concat([before, blankStamp(), after]);
          writeStamp(bytes, before.length, time, counter);
          const digits = findStamp(bytes, 0, bytes.length);
          expect(stampTime(bytes, digits)).toBe(time);
          expect(stampCounter(bytes, digits)).toBe(counter);
          expect(bytes.subarray(before.length + 4, before.length + STAMP_LENGTH).includes(0)).toBe(false);
        },
      ),
      { seed: SEED },
    );
  });

  it('is not found where it is cut off or absent', () => {
    const stamp = blankStamp();
    expect(findStamp(stamp, 0, STAMP_LENGTH - 2)).toBe(-1);
    expect(findStamp(Buffer.alloc(300), 0, 300)).toBe(-1);
  });

  it('has no number where a digit is damaged', () => {
    const stamp = blankStamp();
    const digits = findStamp(stamp, 0, stamp.length);
    stamp[digits] = 0x7a;
    stamp[digits + 23] = 0x41;
    expect(stampTime(stamp, digits)).toBeNaN();
    expect(stampCounter(stamp, digits)).toBeNaN();
  });
});
