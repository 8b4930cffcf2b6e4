import { ParseError } from '../model/parse-error.ts';
import { splitLengthPrefixed } from '../model/sample.ts';
import { H264_NAL, h264NalType } from './h264/nal-unit.ts';
import { H265_NAL, h265NalType, isH265RandomAccess } from './h265/nal-unit.ts';

/** What `inspectLengthPrefixed` found, as bits of one number: it runs for every frame. */
export const FOUND_KEY = 1;
export const FOUND_PARAMETER_SETS = 2;

/**
 * Walks an access unit of four-byte length-prefixed NAL units once and says whether it holds a random access picture
 * (`FOUND_KEY`) and parameter sets (`FOUND_PARAMETER_SETS`). Throws `ParseError` where the lengths do not add up.
 */
export function inspectLengthPrefixed(data: Buffer, codec: 'h264' | 'h265'): number {
  let found = 0;
  let at = 0;
  while (at < data.length) {
    if (data.length - at < 4) throw new ParseError('NAL unit length cut off', at);
    const length = data.readUInt32BE(at);
    at += 4;
    if (length > data.length - at) throw new ParseError('NAL unit longer than its access unit', at);
    if (length > 0) found |= codec === 'h264' ? inspectH264(data[at]!) : inspectH265(data[at]!);
    at += length;
  }
  return found;
}

function inspectH264(firstByte: number): number {
  const type = h264NalType(firstByte);
  if (type === H264_NAL.IDR) return FOUND_KEY;
  return type === H264_NAL.SPS || type === H264_NAL.PPS ? FOUND_PARAMETER_SETS : 0;
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
