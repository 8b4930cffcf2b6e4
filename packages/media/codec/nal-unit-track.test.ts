import { describe, expect, it } from 'vitest';
import { ParseError } from '../model/parse-error.ts';
import { parseAvcConfigurationRecord } from './h264/configuration-record.ts';
import { H264_CLIPS } from './h264/test-clips.ts';
import { parseHevcConfigurationRecord } from './h265/configuration-record.ts';
import { H265_CLIPS } from './h265/test-clips.ts';
import { NalUnitTrackMaker, type ParameterSets } from './nal-unit-track.ts';
import { hex } from './test-support.ts';

const NONE: ParameterSets = { vps: [], sps: [], pps: [] };
const SMALL = { ...NONE, ...parseAvcConfigurationRecord(hex(H264_CLIPS[0].record)) };
const LARGE = { ...NONE, ...parseAvcConfigurationRecord(hex(H264_CLIPS[1].record)) };
const HEVC = parseHevcConfigurationRecord(hex(H265_CLIPS[0].record));

function maker(codec: 'h264' | 'h265' = 'h264'): NalUnitTrackMaker {
  let version = 0;
  return new NalUnitTrackMaker(codec, () => ({ id: 1, version: ++version, clockRate: 90_000 }));
}

describe('NalUnitTrackMaker', () => {
  it('makes a version of sets that come together, and none of the same again', () => {
    const made = maker();
    expect(made.use(SMALL)).toMatchObject({ version: 1, width: 640, sps: SMALL.sps, pps: SMALL.pps });
    expect(made.use(SMALL)).toBeUndefined();
    expect(made.use({ ...NONE, pps: SMALL.pps })).toBeUndefined();
    expect(made.use(NONE)).toBeUndefined();
    expect(made.track).toMatchObject({ version: 1 });
  });

  it('waits for sets that come one after the other, and owns them', () => {
    const made = maker();
    const received = Buffer.from(SMALL.sps[0]!);
    expect(made.use({ ...NONE, sps: [received] })).toBeUndefined();
    received.fill(0);
    expect(made.use({ ...NONE, pps: SMALL.pps })).toMatchObject({ version: 1, sps: SMALL.sps });
  });

  it('makes a new version of a change, and keeps what does not change', () => {
    const made = maker();
    made.use(SMALL);
    expect(made.use({ ...NONE, sps: LARGE.sps })).toMatchObject({
      version: 2,
      width: 1920,
      sps: LARGE.sps,
      pps: SMALL.pps,
    });
    expect(made.use({ ...NONE, pps: LARGE.pps })).toMatchObject({
      version: 3,
      width: 1920,
      pps: LARGE.pps,
    });
    expect(made.use({ ...NONE, sps: SMALL.sps })).toMatchObject({ version: 4, width: 640 });
  });

  it('keeps its track when an SPS is unreadable', () => {
    const made = maker();
    made.use(SMALL);
    expect(() => made.use({ ...NONE, sps: [hex('6742')] })).toThrow(ParseError);
    expect(made.track).toMatchObject({ width: 640 });
    expect(made.use(SMALL)).toBeUndefined();
    expect(made.use(LARGE)).toMatchObject({ width: 1920 });
  });

  it('waits for the VPS of H.265, without which nothing can be decoded', () => {
    const made = maker('h265');
    expect(made.use({ ...NONE, sps: HEVC.sps, pps: HEVC.pps })).toBeUndefined();
    expect(made.use({ ...NONE, vps: HEVC.vps })).toMatchObject({ version: 1, vps: HEVC.vps, sps: HEVC.sps });
  });
});
