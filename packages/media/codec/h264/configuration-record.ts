import { ParseError } from '../../model/parse-error.ts';
import { appendParameterSets, ParameterSetReader } from '../parameter-sets.ts';
import { parseH264Sps } from './sps.ts';

/** AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1). */
export interface AvcConfigurationRecord {
  /** Bytes of a NAL unit's length: 1, 2 or 4. */
  readonly lengthSize: number;
  readonly sps: readonly Buffer[];
  readonly pps: readonly Buffer[];
}

/** As many as the record's five and eight bits count. */
export const MAX_SPS = 31;
export const MAX_PPS = 255;

/** Profiles whose record does not have the chroma format and bit depths at its end: Baseline, Main, Extended. */
const SHORT_PROFILES = new Set([66, 77, 88]);

/** Views into `data`: copy what is to be kept. */
export function parseAvcConfigurationRecord(data: Buffer): AvcConfigurationRecord {
  if (data.length < 7) throw new ParseError('AVC configuration record too short', data.length);
  if (data[0] !== 1) throw new ParseError('AVC configuration record of an unknown version', 0);
  const lengthSize = (data[4]! & 3) + 1;
  if (lengthSize === 3) throw new ParseError('AVC configuration record with three-byte lengths', 4);
  const reader = new ParameterSetReader(data, 6);
  const sps = reader.read(data[5]! & 0x1f);
  const ppsCount = data[reader.at++];
  if (ppsCount === undefined) throw new ParseError('AVC configuration record cut off', data.length);
  return { lengthSize, sps, pps: reader.read(ppsCount) };
}

/** Builds the record, with four-byte lengths, of at least one SPS. */
export function avcConfigurationRecord(sets: { sps: readonly Buffer[]; pps: readonly Buffer[] }): Buffer {
  const [first] = sets.sps;
  if (!first || first.length < 4) throw new ParseError('AVC configuration record without an SPS');
  const parts = [Buffer.from([1, first[1]!, first[2]!, first[3]!, 0xff, 0xe0 | sets.sps.length])];
  appendParameterSets(parts, sets.sps, MAX_SPS);
  parts.push(Buffer.from([sets.pps.length]));
  appendParameterSets(parts, sets.pps, MAX_PPS);
  if (!SHORT_PROFILES.has(first[1]!)) {
    const { chromaFormatIdc, bitDepthLuma, bitDepthChroma } = parseH264Sps(first);
    parts.push(
      Buffer.from([0xfc | chromaFormatIdc, 0xf8 | (bitDepthLuma - 8), 0xf8 | (bitDepthChroma - 8), 0]),
    );
  }
  return Buffer.concat(parts);
}
