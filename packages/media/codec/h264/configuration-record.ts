import { ParseError } from '../../model/parse-error.ts';
import { parseH264Sps } from './sps.ts';

/** AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1). */
export interface AvcConfigurationRecord {
  /** Bytes of a NAL unit's length: 1, 2 or 4. */
  readonly lengthSize: number;
  readonly sps: readonly Buffer[];
  readonly pps: readonly Buffer[];
}

/** Profiles whose record has the chroma format and bit depths at its end. */
const EXTENDED_PROFILES = new Set([100, 110, 122, 144]);

/** Views into `data`: copy what is to be kept. */
export function parseAvcConfigurationRecord(data: Buffer): AvcConfigurationRecord {
  if (data.length < 7) throw new ParseError('AVC configuration record too short', data.length);
  if (data[0] !== 1) throw new ParseError('AVC configuration record of an unknown version', 0);
  const lengthSize = (data[4]! & 3) + 1;
  if (lengthSize === 3) throw new ParseError('AVC configuration record with three-byte lengths', 4);
  let at = 6;
  const readSets = (count: number): Buffer[] => {
    const sets: Buffer[] = [];
    for (let index = 0; index < count; index++) {
      if (data.length - at < 2) throw new ParseError('AVC configuration record cut off', at);
      const length = data.readUInt16BE(at);
      at += 2;
      if (length > data.length - at) throw new ParseError('parameter set longer than its record', at);
      if (length > 0) sets.push(data.subarray(at, at + length));
      at += length;
    }
    return sets;
  };
  const sps = readSets(data[5]! & 0x1f);
  if (at >= data.length) throw new ParseError('AVC configuration record cut off', at);
  const pps = readSets(data[at++]!);
  return { lengthSize, sps, pps };
}

/** Builds the record, with four-byte lengths, of at least one SPS. */
export function avcConfigurationRecord(sets: { sps: readonly Buffer[]; pps: readonly Buffer[] }): Buffer {
  const [first] = sets.sps;
  if (!first || first.length < 4) throw new ParseError('AVC configuration record without an SPS');
  const lengthOf = (set: Buffer) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(set.length);
    return length;
  };
  const parts: Buffer[] = [Buffer.from([1, first[1]!, first[2]!, first[3]!, 0xff, 0xe0 | sets.sps.length])];
  for (const set of sets.sps) parts.push(lengthOf(set), set);
  parts.push(Buffer.from([sets.pps.length]));
  for (const set of sets.pps) parts.push(lengthOf(set), set);
  if (EXTENDED_PROFILES.has(first[1]!)) {
    const { chromaFormatIdc, bitDepthLuma, bitDepthChroma } = parseH264Sps(first);
    parts.push(
      Buffer.from([0xfc | chromaFormatIdc, 0xf8 | (bitDepthLuma - 8), 0xf8 | (bitDepthChroma - 8), 0]),
    );
  }
  return Buffer.concat(parts);
}
