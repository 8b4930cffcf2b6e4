import * as fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../model/parse-error.ts';
import { bytes, FUZZ, goCorpus, hex, IDENTITY, mutated, survives } from '../test-support.ts';
import { parseAvcConfigurationRecord } from './configuration-record.ts';
import { parseH264Sps } from './sps.ts';
import { H264_CLIPS } from './test-clips.ts';
import { h264Track } from './track.ts';

const SETS = H264_CLIPS.map(({ record }) => parseAvcConfigurationRecord(hex(record)));
const SPS = SETS.map(({ sps }) => sps[0]!);

describe('h264Track', () => {
  it.each(H264_CLIPS)('says what ffprobe says: $name', ({ record, expected }) => {
    const { sps, pps } = parseAvcConfigurationRecord(hex(record));
    expect(h264Track(IDENTITY, sps, pps)).toMatchObject({
      ...IDENTITY,
      kind: 'video',
      codec: 'h264',
      ...expected,
    });
  });

  it('copies the parameter sets out of the buffers they came in', () => {
    const received = hex(H264_CLIPS[0].record);
    const { sps, pps } = parseAvcConfigurationRecord(received);
    const track = h264Track(IDENTITY, sps, pps);
    const before = [Buffer.from(sps[0]!), Buffer.from(pps[0]!)];
    received.fill(0);
    expect([track.sps[0], track.pps[0]]).toEqual(before);
  });

  it('refuses what it cannot describe and what no record could hold', () => {
    const [sps, pps] = [SPS[0]!, hex('68cb83cb20')];
    expect(() => h264Track(IDENTITY, [], [pps])).toThrow(ParseError);
    expect(() => h264Track(IDENTITY, [pps], [pps])).toThrow(/not an SPS/);
    expect(() => h264Track(IDENTITY, [sps], [Buffer.alloc(70_000)])).toThrow(ParseError);
    expect(() => h264Track(IDENTITY, Array(32).fill(sps), [pps])).toThrow(ParseError);
  });
});

describe('parseH264Sps', () => {
  it('describes samples', () => {
    const of = (index: number) => parseH264Sps(SPS[index]!);
    expect(of(0)).toMatchObject({ profileIdc: 66, constraintFlags: 0xc0, levelIdc: 30, chromaFormatIdc: 1 });
    expect(of(5)).toMatchObject({ chromaFormatIdc: 0, bitDepthLuma: 8 });
    expect(of(6)).toMatchObject({ chromaFormatIdc: 1, bitDepthLuma: 10, bitDepthChroma: 10 });
    expect(of(7)).toMatchObject({ chromaFormatIdc: 2 });
    expect(of(8)).toMatchObject({ chromaFormatIdc: 3 });
  });

  it('says how far pictures are reordered', () => {
    // Without B-frames; with a pyramid of them; the same behind an HRD.
    expect([0, 1, 3].map(index => parseH264Sps(SPS[index]!).reorderDepth)).toEqual([0, 2, 2]);
    const cut = SPS[1]!.subarray(0, -4);
    expect(parseH264Sps(cut)).toMatchObject({ frameRate: 30_000 / 1001, reorderDepth: undefined });
  });

  it('does without a VUI that is cut off', () => {
    const cut = SPS[0]!.subarray(0, 13);
    expect(parseH264Sps(cut)).toMatchObject({ width: 640, height: 360, frameRate: undefined });
  });

  it('refuses pictures without or beyond sense', () => {
    // Baseline, then picture sizes of 2^20 macroblocks and of nothing after cropping.
    const sps = (bits: string) => {
      const padded = bits.replaceAll(' ', '').padEnd(Math.ceil(bits.length / 8) * 8 + 16, '0');
      const payload = (padded.match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2));
      return Buffer.from([0x67, 66, 0, 30, ...payload]);
    };
    const start = '1 1 011 010 0'; // id, frame_num, pic_order_cnt_type 2, one reference frame, no gaps
    const huge = `${'0'.repeat(20)}1${'0'.repeat(20)}`;
    expect(() => parseH264Sps(sps(`${start} ${huge} 1 1 1 0 0`))).toThrow(/picture of/);
    expect(() => parseH264Sps(sps(`${start} 1 1 1 1 1 0001001 1 1 1 0`))).toThrow(/picture of/);
    expect(parseH264Sps(sps(`${start} 1 1 1 1 1 00111 1 1 1 0`))).toMatchObject({ width: 4, height: 16 });
  });

  it('throws nothing but ParseError', () => {
    fc.assert(
      fc.property(fc.oneof(bytes(60), mutated(SPS)), data => {
        survives(() => h264Track(IDENTITY, [data], []));
      }),
      FUZZ,
    );
  });

  const corpus = goCorpus(fs, 'mediacommon/pkg/codecs/h264/testdata/fuzz/FuzzSPSUnmarshal');
  it.skipIf(corpus.length === 0)('survives the collected bad inputs', () => {
    expect(corpus.length).toBeGreaterThan(50);
    for (const input of corpus) survives(() => parseH264Sps(input));
  });
});
