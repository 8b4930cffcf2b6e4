import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../model/parse-error.ts';
import { bytes, FUZZ, hex, mutated, survives } from '../test-support.ts';
import { hevcConfigurationRecord, parseHevcConfigurationRecord } from './configuration-record.ts';
import { H265_CLIPS } from './test-clips.ts';

const RECORDS = H265_CLIPS.map(({ record }) => hex(record));

describe('HEVC configuration records', () => {
  it.each(H265_CLIPS)('reads and builds what FFmpeg writes: $name', ({ record }) => {
    const theirs = hex(record);
    const parsed = parseHevcConfigurationRecord(theirs);
    expect(parsed).toMatchObject({ lengthSize: 4 });
    expect([parsed.vps.length, parsed.sps.length, parsed.pps.length]).toEqual([1, 1, 1]);
    // Ours leaves the hints for parallel decoding open; FFmpeg's has them where the VUI does.
    hex('f000 fc').copy(theirs, 13);
    expect(hevcConfigurationRecord(parsed)).toEqual(theirs);
  });

  it('leaves out arrays of other NAL units, and those that are empty', () => {
    const record = RECORDS[0]!;
    const { vps, sps, pps } = parseHevcConfigurationRecord(record);
    const withSei = Buffer.concat([record, hex('27 0001 0003 4e0105')]);
    withSei[22]!++;
    expect(parseHevcConfigurationRecord(withSei)).toEqual({ lengthSize: 4, vps, sps, pps });
    const withoutVps = hevcConfigurationRecord({ vps: [], sps, pps });
    expect(withoutVps[22]).toBe(2);
    expect(parseHevcConfigurationRecord(withoutVps)).toEqual({ lengthSize: 4, vps: [], sps, pps });
  });

  it('refuses sets that a record cannot hold', () => {
    const { vps, sps, pps } = parseHevcConfigurationRecord(RECORDS[0]!);
    expect(() => hevcConfigurationRecord({ vps, sps: [], pps })).toThrow(ParseError);
    expect(() => hevcConfigurationRecord({ vps, sps, pps: Array(65).fill(pps[0]) })).toThrow(ParseError);
    expect(() => hevcConfigurationRecord({ vps: [Buffer.alloc(65_536)], sps, pps })).toThrow(ParseError);
  });

  it('refuses other versions, three-byte lengths and every cut', () => {
    const record = RECORDS[0]!;
    expect(() => parseHevcConfigurationRecord(Buffer.concat([hex('02'), record.subarray(1)]))).toThrow(
      /version/,
    );
    const threeBytes = Buffer.from(record);
    threeBytes[21] = 0xfe;
    expect(() => parseHevcConfigurationRecord(threeBytes)).toThrow(/three-byte/);
    for (let length = 0; length < record.length; length++) {
      expect(() => parseHevcConfigurationRecord(record.subarray(0, length))).toThrow(ParseError);
    }
  });

  it('throws nothing but ParseError', () => {
    fc.assert(
      fc.property(fc.oneof(bytes(80), mutated(RECORDS)), data => {
        survives(() => hevcConfigurationRecord(parseHevcConfigurationRecord(data)));
      }),
      FUZZ,
    );
  });
});
