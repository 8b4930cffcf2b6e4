import * as fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../model/parse-error.ts';
import { bytes, FUZZ, goCorpus, hex, IDENTITY, mutated, survives } from '../test-support.ts';
import { parseHevcConfigurationRecord } from './configuration-record.ts';
import { parseH265Sps } from './sps.ts';
import { H265_CLIPS } from './test-clips.ts';
import { h265Track } from './track.ts';

const SPS = H265_CLIPS.map(({ record }) => parseHevcConfigurationRecord(hex(record)).sps[0]!);

describe('h265Track', () => {
  it.each(H265_CLIPS)('says what ffprobe says: $name', ({ record, expected }) => {
    const { vps, sps, pps } = parseHevcConfigurationRecord(hex(record));
    expect(h265Track(IDENTITY, vps, sps, pps)).toMatchObject({
      ...IDENTITY,
      kind: 'video',
      codec: 'h265',
      ...expected,
    });
  });

  it('copies the parameter sets out of the buffers they came in', () => {
    const received = hex(H265_CLIPS[0].record);
    const { vps, sps, pps } = parseHevcConfigurationRecord(received);
    const track = h265Track(IDENTITY, vps, sps, pps);
    const before = [vps, sps, pps].map(sets => Buffer.from(sets[0]!));
    received.fill(0);
    expect([track.vps[0], track.sps[0], track.pps[0]]).toEqual(before);
  });

  it('refuses what it cannot describe and what no record could hold', () => {
    const sps = SPS[0]!;
    expect(() => h265Track(IDENTITY, [], [], [])).toThrow(ParseError);
    expect(() => h265Track(IDENTITY, [], [hex('4401c172b46240')], [])).toThrow(ParseError);
    expect(() => h265Track(IDENTITY, [Buffer.alloc(70_000)], [sps], [])).toThrow(ParseError);
    expect(() => h265Track(IDENTITY, [], [sps], Array(65).fill(sps))).toThrow(ParseError);
  });
});

describe('parseH265Sps', () => {
  it('describes samples and profile', () => {
    expect(parseH265Sps(SPS[0]!)).toMatchObject({
      profileIdc: 1,
      tier: 0,
      levelIdc: 63,
      profileCompatibility: 0x60000000,
      constraintFlags: hex('900000000000'),
      maxSubLayers: 1,
      temporalIdNesting: true,
      chromaFormatIdc: 1,
      bitDepthLuma: 8,
      reorderDepth: 2,
    });
    expect(parseH265Sps(SPS[2]!)).toMatchObject({ bitDepthLuma: 10, bitDepthChroma: 10 });
    expect(parseH265Sps(SPS[3]!)).toMatchObject({ chromaFormatIdc: 2 });
    expect(parseH265Sps(SPS[4]!)).toMatchObject({ chromaFormatIdc: 3, maxSubLayers: 2 });
  });

  it('does without what follows the bit depths', () => {
    const cut = SPS[0]!.subarray(0, 27);
    expect(parseH265Sps(cut)).toMatchObject({ width: 640, height: 360, frameRate: undefined });
  });

  it('refuses sub-layers beyond seven', () => {
    const sps = Buffer.from(SPS[0]!);
    sps[2] = 0x0f;
    expect(() => parseH265Sps(sps)).toThrow(/sub-layers/);
  });

  it('throws nothing but ParseError', () => {
    fc.assert(
      fc.property(fc.oneof(bytes(80), mutated(SPS)), data => {
        survives(() => h265Track(IDENTITY, [], [data], []));
      }),
      FUZZ,
    );
  });

  const corpus = goCorpus(fs, 'mediacommon/pkg/codecs/h265/testdata/fuzz/FuzzSPSUnmarshal');
  it.skipIf(corpus.length === 0)('survives the collected bad inputs', () => {
    expect(corpus.length).toBeGreaterThan(100);
    for (const input of corpus) survives(() => parseH265Sps(input));
  });
});
