import * as fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../model/parse-error.ts';
import { bytes, FUZZ, goCorpus, hex, IDENTITY, mutated, survives } from '../test-support.ts';
import { av1ConfigurationRecord, parseAv1ConfigurationRecord } from './configuration-record.ts';
import { isAv1Key, OBU, obus } from './obu.ts';
import { parseAv1SequenceHeader } from './sequence-header.ts';
import { av1Track } from './track.ts';

/** Configuration records that FFmpeg wrote for pictures of SVT-AV1 and libaom, and what ffprobe says of them. */
const CLIPS = [
  {
    name: 'Main, SVT-AV1',
    record: '81010c000a0b0000000cc4ff6700be0010',
    expected: { width: 640, height: 360, profile: 'Main', codecString: 'av01.0.01M.08' },
  },
  {
    name: 'Main, 10 bits, odd size',
    record: '81084c000a0b00000042abbec3532be501',
    expected: { width: 1918, height: 1078, profile: 'Main', codecString: 'av01.0.08M.10' },
  },
  {
    name: 'Main, monochrome',
    record: '81011c000a0b0000000cc4ff6736be4a80',
    expected: { width: 640, height: 360, profile: 'Main', codecString: 'av01.0.01M.08' },
  },
  {
    name: 'High, 4:4:4',
    record: '812100000a0b2000000cc4ff6736be4080',
    expected: { width: 640, height: 360, profile: 'High', codecString: 'av01.1.01M.08' },
  },
  {
    name: 'Professional, 4:2:2, 12 bits',
    record: '814168000a0b4000000cc4ff6736be5888',
    expected: { width: 640, height: 360, profile: 'Professional', codecString: 'av01.2.01M.12' },
  },
];
const RECORDS = CLIPS.map(({ record }) => hex(record));
const SEQUENCE_HEADERS = RECORDS.map(record => record.subarray(6));
const FOLDER = 'mediacommon/pkg/codecs/av1/testdata/fuzz';
const SEQUENCE_HEADER_OBU = RECORDS[0]!.subarray(4);

describe('av1Track', () => {
  it.each(CLIPS)('says what ffprobe says: $name', ({ record, expected }) => {
    const track = av1Track(IDENTITY, hex(record));
    expect(track).toMatchObject({ ...IDENTITY, kind: 'video', codec: 'av1', ...expected });
    expect(track.config).toEqual(hex(record));
  });

  it('describes a record without a sequence header by its first bytes', () => {
    expect(av1Track(IDENTITY, hex('81084c00'))).toMatchObject({ width: 0, codecString: 'av01.0.08M.10' });
  });

  it('refuses other records', () => {
    for (const bad of ['81', '82084c00', '01084c00', '81084c00 0a0b0000']) {
      expect(() => av1Track(IDENTITY, hex(bad))).toThrow(ParseError);
    }
  });
});

describe('AV1 configuration records', () => {
  it.each(CLIPS)('are built as FFmpeg builds them: $name', ({ record }) => {
    expect(av1ConfigurationRecord(hex(record).subarray(4))).toEqual(hex(record));
  });

  it('are read', () => {
    expect(parseAv1ConfigurationRecord(RECORDS[4]!)).toEqual({
      profile: 2,
      level: 1,
      tier: 0,
      bitDepth: 12,
      sequenceHeader: SEQUENCE_HEADERS[4],
    });
  });

  it('are built of nothing but a sequence header', () => {
    expect(() => av1ConfigurationRecord(hex('1200'))).toThrow(/not an AV1 sequence header/);
    expect(() => av1ConfigurationRecord(Buffer.alloc(0))).toThrow(ParseError);
  });
});

describe('parseAv1SequenceHeader', () => {
  it('reads the frame rate where frames are evenly spaced', () => {
    const bits = (fields: readonly [number, number][]) => {
      const text = fields.map(([value, width]) => value.toString(2).padStart(width, '0')).join('');
      return Buffer.from((text.padEnd(480, '0').match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2)));
    };
    const header = (isEven: 0 | 1) =>
      bits([
        [0, 5], // profile, still picture, reduced header
        [1, 1], // timing: a tick of 1001/60000 s, two a picture
        [1001, 32],
        [60_000, 32],
        ...(isEven
          ? ([
              [1, 1],
              [0b010, 3],
            ] as [number, number][])
          : ([[0, 1]] as [number, number][])),
        [0, 2], // no decoder model, no display delay
        [0, 5], // one operating point
        [0, 12],
        [9, 5], // a level that has tiers: the high one
        [1, 1],
        [10, 4],
        [9, 4],
        [1279, 11],
        [719, 10],
      ]);
    expect(parseAv1SequenceHeader(header(1))).toMatchObject({
      width: 1280,
      height: 720,
      level: 9,
      tier: 1,
      frameRate: 30_000 / 1001,
    });
    expect(parseAv1SequenceHeader(header(0))).toMatchObject({ width: 1280, frameRate: undefined });
  });

  it('throws nothing but ParseError', () => {
    fc.assert(
      fc.property(fc.oneof(bytes(40), mutated(SEQUENCE_HEADERS)), data => {
        survives(() => parseAv1SequenceHeader(data));
      }),
      FUZZ,
    );
  });

  const corpus = goCorpus(fs, `${FOLDER}/FuzzSequenceHeaderUnmarshal`);
  it.skipIf(corpus.length === 0)('survives the collected bad inputs', () => {
    expect(corpus.length).toBeGreaterThan(30);
    for (const input of corpus) survives(() => parseAv1SequenceHeader(input.subarray(1)));
  });
});

describe('isAv1Key', () => {
  const frame = (firstByte: number) => Buffer.from([OBU.FRAME << 3, firstByte, 0]);
  const unit = (...parts: Buffer[]) => Buffer.concat(parts);

  it('needs a sequence header and a key frame', () => {
    const delimiter = hex('1200');
    expect(isAv1Key(unit(delimiter, SEQUENCE_HEADER_OBU, frame(0x10)))).toBe(true);
    expect(isAv1Key(unit(SEQUENCE_HEADER_OBU, frame(0x30)))).toBe(false);
    expect(isAv1Key(unit(delimiter, frame(0x10)))).toBe(false);
    expect(isAv1Key(unit(SEQUENCE_HEADER_OBU, frame(0x80)))).toBe(false);
    expect(isAv1Key(SEQUENCE_HEADER_OBU)).toBe(false);
    expect(isAv1Key(Buffer.alloc(0))).toBe(false);
  });

  it('passes over extensions and reads long sizes', () => {
    const metadata = Buffer.concat([hex('2e 00 c801'), Buffer.alloc(200)]);
    expect(isAv1Key(unit(metadata, SEQUENCE_HEADER_OBU, frame(0x10)))).toBe(true);
    expect([...obus(metadata)]).toMatchObject([{ type: 5, whole: metadata, payload: Buffer.alloc(200) }]);
  });

  it('refuses wrong sizes', () => {
    for (const bad of ['80', '12', '1205', '0a ffffffffffffffff ff', '3600 81', '16']) {
      expect(() => isAv1Key(hex(bad))).toThrow(ParseError);
    }
  });

  it('throws nothing but ParseError', () => {
    const seeds = [unit(hex('1200'), SEQUENCE_HEADER_OBU, frame(0x10))];
    fc.assert(
      fc.property(fc.oneof(bytes(40), mutated(seeds)), data => {
        survives(() => isAv1Key(data));
        survives(() => av1ConfigurationRecord(data));
      }),
      FUZZ,
    );
    fc.assert(
      fc.property(mutated(RECORDS), data => survives(() => av1Track(IDENTITY, data))),
      FUZZ,
    );
  });

  const corpus = goCorpus(fs, `${FOLDER}/FuzzBitstreamUnmarshal`, `${FOLDER}/FuzzOBUHeaderUnmarshal`);
  it.skipIf(corpus.length === 0)('survives the collected bad inputs', () => {
    for (const input of corpus) survives(() => isAv1Key(input));
  });
});
