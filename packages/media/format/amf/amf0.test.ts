import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../model/parse-error.ts';
import type { DataValue } from '../../model/sample.ts';
import { readAmf0, writeAmf0 } from './amf0.ts';

const SEED = 20_240_501;

const leaf = fc.oneof(
  fc.constant(null),
  fc.constant(undefined),
  fc.boolean(),
  fc.double(),
  fc.string({ unit: 'grapheme' }),
  fc.date({ noInvalidDate: true }),
);
const { value } = fc.letrec<{ value: DataValue }>(tie => ({
  value: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.oneof(fc.string({ minLength: 1 }), fc.constant('__proto__')), tie('value'), {
      maxKeys: 5,
    }),
  ),
}));

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
}

describe('AMF0', () => {
  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 6 }),
        fc.constantFrom('object' as const, 'ecma-array' as const),
        (values, records) => {
          expect(readAmf0(writeAmf0(values, records))).toEqual(values);
        },
      ),
      { seed: SEED },
    );
  });

  it('reads an RTMP connect command as a client sends it', () => {
    const command = hex(
      `02 0007 636f6e6e656374  00 3ff0000000000000
       03 0003 617070 02 0004 6c697665  0004 6670616401 00  0000 09`,
    );
    expect(readAmf0(command)).toEqual(['connect', 1, { app: 'live', fpad: false }]);
  });

  it('writes the bytes that the specification has', () => {
    expect(writeAmf0(['a', 1, true, null, { b: undefined }])).toEqual(
      hex('02 0001 61  00 3ff0000000000000  01 01  05  03 0001 62 06 0000 09'),
    );
    expect(writeAmf0([{ b: 0 }], 'ecma-array')).toEqual(
      hex('08 00000001 0001 62 00 0000000000000000 0000 09'),
    );
  });

  it('leaves out a property without a name, which players take for the end', () => {
    expect(readAmf0(writeAmf0([{ '': 1, a: 2 }]))).toEqual([{ a: 2 }]);
  });

  it('reads and writes strings beyond 65,535 bytes', () => {
    const long = 'x'.repeat(70_000);
    const bytes = writeAmf0([long]);
    expect(bytes[0]).toBe(0x0c);
    expect(readAmf0(bytes)).toEqual([long]);
  });

  it('reads a typed object, an XML document, an unsupported value and a date with a time zone', () => {
    const bytes = hex(
      '10 0003 466f6f 0001 61 05 0000 09  0f 00000004 3c612f3e  0d  0b 4059000000000000 003c',
    );
    expect(readAmf0(bytes)).toEqual([{ a: null }, '<a/>', undefined, new Date(100)]);
  });

  it('reads references to earlier objects', () => {
    expect(readAmf0(hex('0a 00000002  03 0001 61 01 01 0000 09  07 0001'))).toEqual([
      [{ a: true }, { a: true }],
    ]);
  });

  it('reads an ECMA array whose count is wrong and whose end is missing', () => {
    expect(readAmf0(hex('08 00000063 0001 61 01 01'))).toEqual([{ a: true }]);
  });

  it('switches to AMF3 and back', () => {
    const bytes = hex('11 0a 0b 01 03 61 04 05 01  02 0001 62');
    expect(readAmf0(bytes)).toEqual([{ a: 5 }, 'b']);
  });

  it('keeps a property called __proto__ as a property', () => {
    const [record] = readAmf0(hex('03 0009 5f5f70726f746f5f5f 03 0001 61 01 01 0000 09 0000 09'));
    expect(Object.keys(record as object)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });

  it.each([
    ['deep objects', Buffer.concat(Array.from({ length: 50_000 }, () => hex('03 0001 61')))],
    ['deep arrays', Buffer.concat(Array.from({ length: 50_000 }, () => hex('0a 00000001')))],
    ['an array that contains itself', hex('0a 00000001 07 0000')],
    ['a reference to nothing', hex('07 0005')],
    ['an array of 4 billion values', hex('0a ffffffff')],
    ['a string that is cut off', hex('02 0005 61')],
    ['a reserved type', hex('04')],
    ['an object without an end', hex('03 0001 61 05')],
    [
      'a name that grows when read as UTF-8',
      Buffer.concat([hex('03 ffff'), Buffer.alloc(0xffff, 0xff), hex('05 0000 09')]),
    ],
  ])('refuses %s', (_name, bytes) => {
    expect(() => readAmf0(bytes)).toThrow(ParseError);
  });

  it('refuses references that would double with each level', () => {
    // [{}, {a: #1, b: #1}, {a: #2, b: #2}, …]: the 40th would hold 2^40 objects when written.
    const levels = Array.from({ length: 40 }, (_, index) => {
      const level = hex('03 0001 61 07 0000 0001 62 07 0000 0000 09');
      level.writeUInt16BE(index + 1, 5);
      level.writeUInt16BE(index + 1, 11);
      return level;
    });
    const bytes = Buffer.concat([hex('0a 00000029  03 0000 09'), ...levels]);
    expect(() => readAmf0(bytes)).toThrow('too large');
  });

  const CAPTURES = '../shared/corpora/fq/format/rtmp/testdata';
  // Each with the place of one message in the capture and its length; chunks of 128 bytes, a header byte between.
  it.skipIf(!existsSync(CAPTURES)).each([
    ['ffmpeg_client_stream', 0xc0d, 0xd2, { app: 'test_stream', capabilities: 15 }],
    ['client_stream', 0xc0d, 0x201, { app: 'ondemand/content-vod-storage1/', objectEncoding: 0 }],
  ])('reads the connect command in %s', (name, at, length, fields) => {
    const capture = readFileSync(`${CAPTURES}/${name}`);
    const chunks: Buffer[] = [];
    for (let read = 0, from = at; read < length; read += 128, from += 129) {
      chunks.push(capture.subarray(from, from + Math.min(128, length - read)));
    }
    expect(readAmf0(Buffer.concat(chunks))).toMatchObject([
      'connect',
      1,
      fields,
      ...(length > 300 ? [{ autoPlay: true }] : []),
    ]);
  });

  it('throws nothing but ParseError at any bytes, and can write what it read', () => {
    const markers = fc.integer({ min: 0, max: 0x11 });
    const soup = fc.array(fc.oneof(markers, fc.constant(0), fc.integer({ min: 0, max: 255 })), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(soup, bytes => {
        try {
          writeAmf0(readAmf0(Buffer.from(bytes)));
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
        }
      }),
      { seed: SEED, numRuns: 20_000 },
    );
  });

  it('throws nothing but ParseError at values that were damaged', () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 4 }),
        fc.nat(),
        fc.nat(255),
        (values, at, byte) => {
          const bytes = writeAmf0(values);
          bytes[at % bytes.length] = byte;
          try {
            readAmf0(bytes.subarray(0, bytes.length - (at % 3)));
          } catch (error) {
            expect(error).toBeInstanceOf(ParseError);
          }
        },
      ),
      { seed: SEED, numRuns: 2000 },
    );
  });
});
