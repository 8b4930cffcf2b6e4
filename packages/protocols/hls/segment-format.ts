import { fmp4Carries } from '@flux-iot/media/format/fmp4/sample-entry';
import { tsCarries } from '@flux-iot/media/format/mpegts/muxer';
import type { Track } from '@flux-iot/media/model/track';
import { Fmp4SegmentWriter } from './fmp4-segment-writer.ts';
import type { SegmentWriter } from './segment-writer.ts';
import { TsSegmentWriter } from './ts-segment-writer.ts';

/** What segments are: transport streams, or fragments of MP4 (RFC 8216 §3.2, §3.3). */
export type SegmentFormat = 'ts' | 'fmp4';

export const SEGMENT_EXTENSION = { ts: 'ts', fmp4: 'm4s' } as const;
export type SegmentExtension = (typeof SEGMENT_EXTENSION)[SegmentFormat];

export const SEGMENT_TYPE = { ts: 'video/mp2t', fmp4: 'video/mp4' } as const;

/** Players that take G.711 from MP4 are not known: it is left out, as transport streams leave it out. */
export function hlsCarries(format: SegmentFormat, track: Track): boolean {
  if (format === 'ts') return tsCarries(track);
  return fmp4Carries(track) && track.codec !== 'g711a' && track.codec !== 'g711u';
}

export function createSegmentWriter(format: SegmentFormat): SegmentWriter {
  return format === 'ts' ? new TsSegmentWriter() : new Fmp4SegmentWriter();
}
