import { ParseError } from '../../model/parse-error.ts';
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

const FIXED_SIZE = 23;

/** Views into `data`: copy what is to be kept. */
export function parseHevcConfigurationRecord(data: Buffer): HevcConfigurationRecord {
  if (data.length < FIXED_SIZE) throw new ParseError('HEVC configuration record too short', data.length);
  // Version 0 stands in streams made before the standard was final.
  if (data[0]! > 1) throw new ParseError('HEVC configuration record of an unknown version', 0);
  const lengthSize = (data[21]! & 3) + 1;
  if (lengthSize === 3) throw new ParseError('HEVC configuration record with three-byte lengths', 21);
  const sets: Record<number, Buffer[]> = { [H265_NAL.VPS]: [], [H265_NAL.SPS]: [], [H265_NAL.PPS]: [] };
  const arrays = data[22]!;
  let at = FIXED_SIZE;
  for (let array = 0; array < arrays; array++) {
    if (data.length - at < 3) throw new ParseError('HEVC configuration record cut off', at);
    const list = sets[data[at]! & 0x3f];
    const count = data.readUInt16BE(at + 1);
    at += 3;
    for (let index = 0; index < count; index++) {
      if (data.length - at < 2) throw new ParseError('HEVC configuration record cut off', at);
      const length = data.readUInt16BE(at);
      at += 2;
      if (length > data.length - at) throw new ParseError('parameter set longer than its record', at);
      if (length > 0) list?.push(data.subarray(at, at + length));
      at += length;
    }
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
    { type: H265_NAL.VPS, list: sets.vps },
    { type: H265_NAL.SPS, list: sets.sps },
    { type: H265_NAL.PPS, list: sets.pps },
  ].filter(({ list }) => list.length > 0);
  fixed[22] = arrays.length;
  const parts: Buffer[] = [fixed];
  for (const { type, list } of arrays) {
    const head = Buffer.alloc(3);
    head[0] = 0x80 | type; // array_completeness
    head.writeUInt16BE(list.length, 1);
    parts.push(head);
    for (const set of list) {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(set.length);
      parts.push(length, set);
    }
  }
  return Buffer.concat(parts);
}
