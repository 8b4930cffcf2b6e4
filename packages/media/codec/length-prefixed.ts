import { ParseError } from '../model/parse-error.ts';
import { splitLengthPrefixed } from '../model/sample.ts';
import { H264_NAL, h264NalType } from './h264/nal-unit.ts';
import { isRecoveryPoint } from './h264/sei.ts';
import { H265_NAL, h265NalType, isH265RandomAccess } from './h265/nal-unit.ts';

/** What `inspectLengthPrefixed` found, as bits of one number: it runs for every frame. */
export const FOUND_KEY = 1;
export const FOUND_PARAMETER_SETS = 2;
const FOUND_SPS = 4;
const FOUND_RECOVERY_POINT = 8;
const PUBLIC = FOUND_KEY | FOUND_PARAMETER_SETS;

/**
 * Walks an access unit of four-byte length-prefixed NAL units once and says whether it holds parameter sets
 * (`FOUND_PARAMETER_SETS`) and whether decoding can start here (`FOUND_KEY`): at an IDR picture of H.264, at any random
 * access picture of H.265. Some cameras and encoders with open GOPs send no IDR picture after the first: there an SPS
 * with a recovery point of recovery_frame_cnt 0 is taken for one. Throws `ParseError` where the lengths do not add up.
 */
export function inspectLengthPrefixed(data: Buffer, codec: 'h264' | 'h265'): number {
  let found = 0;
  let at = 0;
  while (at < data.length) {
    if (data.length - at < 4) throw new ParseError('NAL unit length cut off', at);
    const length = data.readUInt32BE(at);
    at += 4;
    if (length > data.length - at) throw new ParseError('NAL unit longer than its access unit', at);
    if (length > 0) {
      found |= codec === 'h264' ? inspectH264(data, at, at + length) : inspectH265(data[at]!);
    }
    at += length;
  }
  if (found & FOUND_SPS && found & FOUND_RECOVERY_POINT) found |= FOUND_KEY;
  return found & PUBLIC;
}

function inspectH264(data: Buffer, start: number, end: number): number {
  switch (h264NalType(data[start]!)) {
    case H264_NAL.IDR:
      return FOUND_KEY;
    case H264_NAL.SPS:
      return FOUND_PARAMETER_SETS | FOUND_SPS;
    case H264_NAL.PPS:
      return FOUND_PARAMETER_SETS;
    case H264_NAL.SEI:
      return isRecoveryPoint(data, start, end) ? FOUND_RECOVERY_POINT : 0;
    default:
      return 0;
  }
}

function inspectH265(firstByte: number): number {
  const type = h265NalType(firstByte);
  if (isH265RandomAccess(type)) return FOUND_KEY;
  return type >= H265_NAL.VPS && type <= H265_NAL.PPS ? FOUND_PARAMETER_SETS : 0;
}

/** The same NAL units with four-byte lengths; `data` itself where it has them. */
export function toFourByteLengths(data: Buffer, lengthSize: number): Buffer {
  if (lengthSize === 4) return data;
  const nalUnits: Buffer[] = [];
  let size = 0;
  let at = 0;
  while (at < data.length) {
    if (data.length - at < lengthSize) throw new ParseError('NAL unit length cut off', at);
    const length = data.readUIntBE(at, lengthSize);
    at += lengthSize;
    if (length > data.length - at) throw new ParseError('NAL unit longer than its access unit', at);
    nalUnits.push(data.subarray(at, at + length));
    size += 4 + length;
    at += length;
  }
  const converted = Buffer.allocUnsafe(size);
  let to = 0;
  for (const nalUnit of nalUnits) {
    to = converted.writeUInt32BE(nalUnit.length, to);
    converted.set(nalUnit, to);
    to += nalUnit.length;
  }
  return converted;
}

/** The parameter sets in an access unit, in their order: SPS and PPS, for H.265 the VPS too. */
export function parameterSetsOf(
  data: Buffer,
  codec: 'h264' | 'h265',
): { readonly vps: Buffer[]; readonly sps: Buffer[]; readonly pps: Buffer[] } {
  const vps: Buffer[] = [];
  const sps: Buffer[] = [];
  const pps: Buffer[] = [];
  for (const nalUnit of splitLengthPrefixed(data)) {
    if (codec === 'h264') {
      const type = h264NalType(nalUnit[0]!);
      if (type === H264_NAL.SPS) sps.push(nalUnit);
      else if (type === H264_NAL.PPS) pps.push(nalUnit);
    } else {
      const type = h265NalType(nalUnit[0]!);
      if (type === H265_NAL.VPS) vps.push(nalUnit);
      else if (type === H265_NAL.SPS) sps.push(nalUnit);
      else if (type === H265_NAL.PPS) pps.push(nalUnit);
    }
  }
  return { vps, sps, pps };
}
