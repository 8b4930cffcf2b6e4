import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../model/parse-error.ts';
import { bytes, FUZZ, hex, mutated, survives } from '../test-support.ts';
import { avcConfigurationRecord, parseAvcConfigurationRecord } from './configuration-record.ts';
import { H264_CLIPS } from './test-clips.ts';

const RECORDS = H264_CLIPS.map(({ record }) => hex(record));

describe('AVC configuration records', () => {
  it.each(H264_CLIPS)('reads and builds the very bytes that FFmpeg writes: $name', ({ record }) => {
    const parsed = parseAvcConfigurationRecord(hex(record));
    expect(parsed.lengthSize).toBe(4);
    expect(parsed.sps).toHaveLength(1);
    expect(parsed.pps).toHaveLength(1);
    expect(avcConfigurationRecord(parsed)).toEqual(hex(record));
  });

  it('reads a record without parameter sets, as encoders write that send them in band', () => {
    expect(parseAvcConfigurationRecord(hex('0164001ffde000'))).toEqual({ lengthSize: 2, sps: [], pps: [] });
  });

  it('keeps several sets in order', () => {
    const { sps, pps } = parseAvcConfigurationRecord(RECORDS[2]!);
    const [set] = pps;
    const record = avcConfigurationRecord({ sps, pps: [set!, hex('68aa'), hex('68bb')] });
    expect(parseAvcConfigurationRecord(record).pps).toEqual([set, hex('68aa'), hex('68bb')]);
  });

  it('refuses sets that a record cannot hold', () => {
    const { sps, pps } = parseAvcConfigurationRecord(RECORDS[0]!);
    expect(() => avcConfigurationRecord({ sps: Array(32).fill(sps[0]), pps })).toThrow(ParseError);
    expect(() => avcConfigurationRecord({ sps, pps: Array(256).fill(pps[0]) })).toThrow(ParseError);
    expect(() => avcConfigurationRecord({ sps, pps: [Buffer.alloc(65_536)] })).toThrow(ParseError);
    expect(() => avcConfigurationRecord({ sps: [], pps })).toThrow(ParseError);
  });

  it('refuses other versions, three-byte lengths and every cut', () => {
    const record = RECORDS[0]!;
    const changed = (at: number, byte: number) => {
      const copy = Buffer.from(record);
      copy[at] = byte;
      return copy;
    };
    expect(() => parseAvcConfigurationRecord(changed(0, 0))).toThrow(/version/);
    expect(() => parseAvcConfigurationRecord(changed(4, 0xfe))).toThrow(/three-byte/);
    for (let length = 0; length < record.length; length++) {
      expect(() => parseAvcConfigurationRecord(record.subarray(0, length))).toThrow(ParseError);
    }
  });

  it('throws nothing but ParseError', () => {
    fc.assert(
      fc.property(fc.oneof(bytes(80), mutated(RECORDS)), data => {
        survives(() => avcConfigurationRecord(parseAvcConfigurationRecord(data)));
      }),
      FUZZ,
    );
  });
});
