import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../model/parse-error.ts';
import { readAmf3 } from './amf3.ts';

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
}

describe('AMF3', () => {
  it('reads the simple values', () => {
    expect(readAmf3(hex('00 01 02 03 05 3ff8000000000000 06 07 616263'))).toEqual([
      undefined,
      null,
      false,
      true,
      1.5,
      'abc',
    ]);
  });

  it.each([
    ['04 00', 0],
    ['04 7f', 127],
    ['04 81 00', 128],
    ['04 ff 7f', 16_383],
    ['04 81 80 00', 16_384],
    ['04 80 c0 80 00', 0x20_0000],
    ['04 bf ff ff ff', 268_435_455],
    ['04 c0 80 80 00', -268_435_456],
    ['04 ff ff ff ff', -1],
  ])('reads the integer %s as %d', (bytes, integer) => {
    expect(readAmf3(hex(bytes))).toEqual([integer]);
  });

  it('reads strings by reference; the empty one has no number', () => {
    expect(readAmf3(hex('06 03 61  06 01  06 03 62  06 00  06 02'))).toEqual(['a', '', 'b', 'a', 'b']);
  });

  it('reads objects with traits by reference and dynamic members', () => {
    // class "P" with x and y, then the same traits again, then a dynamic object.
    const bytes = hex(
      `0a 23 03 50 03 78 03 79 04 01 04 02   0a 01 04 03 04 04   0a 0b 01 03 61 03 01   0a 00`,
    );
    expect(readAmf3(bytes)).toEqual([{ x: 1, y: 2 }, { x: 3, y: 4 }, { a: true }, { x: 1, y: 2 }]);
  });

  it('reads arrays, with named members too', () => {
    expect(readAmf3(hex('09 05 01 04 01 04 02'))).toEqual([[1, 2]]);
    expect(readAmf3(hex('09 03 03 61 02 01 04 07'))).toEqual([{ a: false, 0: 7 }]);
  });

  it('reads dates, XML and vectors', () => {
    const bytes =
      hex(`08 01 4059000000000000   0b 09 3c612f3e   0d 05 00 ffffffff 00000002   0e 03 01 ffffffff
      0f 03 00 3ff8000000000000   10 03 00 01 03`);
    expect(readAmf3(bytes)).toEqual([new Date(100), '<a/>', [-1, 2], [4_294_967_295], [1.5], [true]]);
  });

  it.each([
    ['an externalizable class', hex('0a 07 03 46'), 'externalizable class "F"'],
    ['a byte array', hex('0c 03 00'), 'byte array'],
    ['a dictionary', hex('11 01 00'), 'dictionary'],
    ['a vector that is cut off', hex('0d ff ff ff ff 00'), 'cut off'],
    ['an array that contains itself', hex('09 03 01 09 00'), 'contains itself'],
    ['a reference to nothing', hex('0a 04'), 'reference to nothing'],
    ['a string longer than its message', hex('06 ff ff ff ff'), 'cut off'],
    ['an unknown type', hex('12'), 'unknown AMF3 type 18'],
    ['deep arrays', Buffer.concat(Array.from({ length: 50_000 }, () => hex('09 03 01'))), 'too deeply'],
  ])('refuses %s', (_name, bytes, reason) => {
    expect(() => readAmf3(bytes)).toThrow(ParseError);
    expect(() => readAmf3(bytes)).toThrow(reason);
  });

  it('refuses a long string that is referred to without end', () => {
    const text = Buffer.concat([hex('06 81 fd 01'), Buffer.alloc(16_256 - 128, 0x61)]);
    const references = Buffer.concat(Array.from({ length: 1000 }, () => hex('06 00')));
    expect(() => readAmf3(Buffer.concat([text, references]))).toThrow(ParseError);
  });

  it('throws nothing but ParseError at any bytes', () => {
    const soup = fc.array(fc.oneof(fc.integer({ min: 0, max: 0x11 }), fc.integer({ min: 0, max: 255 })), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(soup, bytes => {
        try {
          readAmf3(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
        }
      }),
      { seed: 7, numRuns: 20_000 },
    );
  });
});
