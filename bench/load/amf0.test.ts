import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeAmf0, encodeAmf0 } from './amf0.ts';

const SEED = 20_241;

describe('AMF0', () => {
  it('writes a command as the specification shows it', () => {
    expect(encodeAmf0('play', 1, null).toString('hex')).toBe('020004706c6179003ff000000000000005');
    expect(encodeAmf0({ app: 'a' }).toString('hex')).toBe('03000361707002000161000009');
  });

  it('reads an ECMA array, a long string and a date-free status', () => {
    const bytes = Buffer.concat([
      Buffer.from('0800000001000161003ff0000000000000000009', 'hex'),
      Buffer.from('0c000000026869', 'hex'),
    ]);
    expect(decodeAmf0(bytes)).toEqual([{ a: 1 }, 'hi']);
  });

  it('gives back what was written', () => {
    const value = fc.letrec(tie => ({
      value: fc.oneof(
        { depthSize: 'small', maxDepth: 4 },
        fc.double({ noNaN: true }),
        fc.boolean(),
        fc.string({ maxLength: 40 }),
        fc.constant(null),
        fc.constant(undefined),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), tie('value'), {
          maxKeys: 3,
          noNullPrototype: true,
        }),
      ),
    })).value as fc.Arbitrary<Parameters<typeof encodeAmf0>[0]>;
    fc.assert(
      fc.property(fc.array(value, { maxLength: 4 }), values => {
        expect(decodeAmf0(encodeAmf0(...values))).toEqual(values);
      }),
      { seed: SEED },
    );
  });

  it('throws a RangeError, and nothing else, at bytes that are no AMF0', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        try {
          decodeAmf0(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { seed: SEED, numRuns: 1000 },
    );
    expect(() => decodeAmf0(Buffer.from('0a00000001'.repeat(20), 'hex'))).toThrow('nested');
  });
});
