import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../model/parse-error.ts';
import { BitReader, unescapeRbsp } from './bit-reader.ts';
import { bytes, FUZZ, hex } from './test-support.ts';

describe('BitReader', () => {
  it('reads numbers of any width up to 32 bits, most significant bit first', () => {
    const reader = new BitReader(hex('b5 ffffffff 80'));
    expect(reader.bits(1)).toBe(1);
    expect(reader.bits(3)).toBe(0b011);
    expect(reader.bits(4)).toBe(0b0101);
    expect(reader.bits(32)).toBe(0xffff_ffff);
    expect(reader.flag()).toBe(true);
    expect(reader.bitsLeft).toBe(7);
    expect(reader.bits(0)).toBe(0);
  });

  it('reads what was written, whatever the widths', () => {
    const field = fc
      .integer({ min: 1, max: 32 })
      .chain(width => fc.tuple(fc.constant(width), fc.nat(2 ** width - 1)));
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 20 }), fields => {
        const binary = fields.map(([width, value]) => value.toString(2).padStart(width, '0')).join('');
        const data = (binary.padEnd(Math.ceil(binary.length / 8) * 8, '0').match(/.{8}/g) ?? []).map(byte =>
          Number.parseInt(byte, 2),
        );
        const reader = new BitReader(Buffer.from(data));
        for (const [width, value] of fields) expect(reader.bits(width)).toBe(value);
      }),
      FUZZ,
    );
  });

  it('reads Exp-Golomb codes', () => {
    // 1 010 011 00100 00101 00110 | the same as signed numbers: 0 1 -1 2 -2 3
    const codes = 'a6 42 98';
    const unsigned = new BitReader(hex(codes));
    expect(Array.from({ length: 6 }, () => unsigned.ue())).toEqual([0, 1, 2, 3, 4, 5]);
    const signed = new BitReader(hex(codes));
    expect(Array.from({ length: 6 }, () => signed.se())).toEqual([0, 1, -1, 2, -2, 3]);
  });

  it('throws ParseError at the end and for endless codes', () => {
    const reader = new BitReader(hex('ff'));
    reader.skip(5);
    expect(() => reader.bits(4)).toThrow(ParseError);
    expect(() => reader.skip(4)).toThrow(ParseError);
    expect(reader.bits(3)).toBe(7);
    expect(() => reader.flag()).toThrow(ParseError);
    expect(() => new BitReader(Buffer.alloc(100)).ue()).toThrow(/too long/);
    expect(() => new BitReader(Buffer.alloc(2)).ue()).toThrow(ParseError);
  });
});

describe('unescapeRbsp', () => {
  it('takes out emulation prevention bytes alone', () => {
    expect(unescapeRbsp(hex('000003 01 000003 000003 03 0003 00'))).toEqual(
      hex('0000 01 0000 0000 03 0003 00'),
    );
    expect(unescapeRbsp(hex('000003'))).toEqual(hex('0000'));
    expect(unescapeRbsp(hex('03 00 03'))).toEqual(hex('03 00 03'));
  });

  it('restores every escaped payload', () => {
    const payload = fc.array(fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 255), { maxLength: 40 });
    fc.assert(
      fc.property(payload, original => {
        const escaped: number[] = [];
        let zeros = 0;
        for (const byte of original) {
          if (zeros >= 2 && byte <= 3) {
            escaped.push(3);
            zeros = 0;
          }
          escaped.push(byte);
          zeros = byte === 0 ? zeros + 1 : 0;
        }
        expect([...unescapeRbsp(Buffer.from(escaped))]).toEqual(original);
      }),
      FUZZ,
    );
  });

  it('never makes a payload longer', () => {
    fc.assert(
      fc.property(bytes(60), data => unescapeRbsp(data).length <= data.length),
      FUZZ,
    );
  });
});
