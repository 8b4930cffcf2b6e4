import { ParseError } from '../../model/parse-error.ts';
import { appendParameterSets, ParameterSetReader } from '../parameter-sets.ts';
import { H265_NAL } from './nal-unit.ts';
import { parseH265Sps } from './sps.ts';

/** HEVCDecoderConfigurationRecord (ISO/IEC 14496-15 §8.3.3.1). */
export interface HevcConfigurationRecord {
  /** Bytes of a NAL unit's length: 1, 2 or 4. */
  readonly lengthSize: number;
  readonly vps: readonly Buffer[];
  readonly sps: readonly Buffer[];
  readonly pps: readonly Buffer[];
}

/** As many as there are identifiers (H.265 §7.4.3). */
export const MAX_VPS = 16;
export const MAX_SPS = 16;
export const MAX_PPS = 64;

const FIXED_SIZE = 23;

/** Views into `data`: copy what is to be kept. */
export function parseHevcConfigurationRecord(data: Buffer): HevcConfigurationRecord {
  if (data.length < FIXED_SIZE) throw new ParseError('HEVC configuration record too short', data.length);
  // Version 0 stands in streams made before the standard was final.
  if (data[0]! > 1) throw new ParseError('HEVC configuration record of an unknown version', 0);
  const lengthSize = (data[21]! & 3) + 1;
  if (lengthSize === 3) throw new ParseError('HEVC configuration record with three-byte lengths', 21);
  const sets: Record<number, Buffer[]> = { [H265_NAL.VPS]: [], [H265_NAL.SPS]: [], [H265_NAL.PPS]: [] };
  const reader = new ParameterSetReader(data, FIXED_SIZE);
  const arrays = data[FIXED_SIZE - 1]!;
  for (let array = 0; array < arrays; array++) {
    const { at } = reader;
    if (data.length - at < 3) throw new ParseError('HEVC configuration record cut off', at);
    reader.at += 3;
    const list = sets[data[at]! & 0x3f]; // none for SEI messages
    for (const set of reader.read(data.readUInt16BE(at + 1))) list?.push(set);
  }
  return { lengthSize, vps: sets[H265_NAL.VPS]!, sps: sets[H265_NAL.SPS]!, pps: sets[H265_NAL.PPS]! };
}

/** Builds the record, with four-byte lengths, of at least one SPS. */
export function hevcConfigurationRecord(sets: {
  vps: readonly Buffer[];
  sps: readonly Buffer[];
  pps: readonly Buffer[];
}): Buffer {
  const [first] = sets.sps;
  if (!first) throw new ParseError('HEVC configuration record without an SPS');
  const sps = parseH265Sps(first);
  const fixed = Buffer.alloc(FIXED_SIZE);
  fixed[0] = 1;
  fixed[1] = (sps.profileSpace << 6) | (sps.tier << 5) | sps.profileIdc;
  fixed.writeUInt32BE(sps.profileCompatibility, 2);
  sps.constraintFlags.copy(fixed, 6);
  fixed[12] = sps.levelIdc;
  fixed.writeUInt16BE(0xf000, 13); // min_spatial_segmentation_idc unknown
  fixed[15] = 0xfc; // parallelismType unknown
  fixed[16] = 0xfc | sps.chromaFormatIdc;
  fixed[17] = 0xf8 | (sps.bitDepthLuma - 8);
  fixed[18] = 0xf8 | (sps.bitDepthChroma - 8);
  fixed.writeUInt16BE(0, 19); // avgFrameRate unknown
  fixed[21] = (sps.maxSubLayers << 3) | ((sps.temporalIdNesting ? 1 : 0) << 2) | 3;
  const arrays = [
    { type: H265_NAL.VPS, list: sets.vps, max: MAX_VPS },
    { type: H265_NAL.SPS, list: sets.sps, max: MAX_SPS },
    { type: H265_NAL.PPS, list: sets.pps, max: MAX_PPS },
  ].filter(({ list }) => list.length > 0);
  fixed[22] = arrays.length;
  const parts: Buffer[] = [fixed];
  for (const { type, list, max } of arrays) {
    const head = Buffer.alloc(3);
    head[0] = 0x80 | type; // array_completeness
    head.writeUInt16BE(list.length, 1);
    parts.push(head);
    appendParameterSets(parts, list, max);
  }
  return Buffer.concat(parts);
}
