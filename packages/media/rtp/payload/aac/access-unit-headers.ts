import { BitReader } from '../../../codec/bit-reader.ts';
import { ParseError } from '../../../model/parse-error.ts';
import { numberParameter } from '../rtp-format.ts';

/** How many bits the fields of an AU-header have, by the parameters of RFC 3640 §4.1. */
export interface AuHeaderFormat {
  readonly sizeLength: number;
  readonly indexLength: number;
  readonly indexDeltaLength: number;
  readonly ctsDeltaLength: number;
  readonly dtsDeltaLength: number;
  readonly hasRandomAccess: boolean;
  readonly streamStateLength: number;
  readonly auxiliarySizeLength: number;
  /** Bytes of every access unit, where the headers have no sizes; 0 if it is not said. */
  readonly constantSize: number;
}

export interface AuHeaders {
  /** Bytes of each access unit, or of that of which the packet has a fragment. */
  readonly sizes: readonly number[];
  /** Where the access units begin in the payload. */
  readonly dataStart: number;
}

/** The lengths of the modes that name them (§3.3.5, §3.3.6), for descriptions that leave them out altogether. */
const MODES: Readonly<Record<string, { sizeLength: number; indexLength: number }>> = {
  'aac-hbr': { sizeLength: 13, indexLength: 3 },
  'aac-lbr': { sizeLength: 6, indexLength: 2 },
};
const MAX_LENGTH = 32;
const LENGTH_SIZE = 2;

/** Throws `ParseError` for other modes than those of AAC, and for lengths that can't be. */
export function auHeaderFormat(parameters: ReadonlyMap<string, string>): AuHeaderFormat {
  const mode = (parameters.get('mode') ?? 'aac-hbr').toLowerCase();
  const known = MODES[mode];
  if (!known && mode !== 'generic') throw new ParseError(`mpeg4-generic in the mode ${mode.slice(0, 20)}`);
  const constantSize = numberParameter(parameters, 'constantsize', 0xffff);
  const isSilent = !parameters.has('sizelength') && constantSize === 0;
  const length = (name: string) => numberParameter(parameters, name, MAX_LENGTH);
  return {
    sizeLength: isSilent && known ? known.sizeLength : length('sizelength'),
    indexLength: isSilent && known ? known.indexLength : length('indexlength'),
    indexDeltaLength: isSilent && known ? known.indexLength : length('indexdeltalength'),
    ctsDeltaLength: length('ctsdeltalength'),
    dtsDeltaLength: length('dtsdeltalength'),
    hasRandomAccess: length('randomaccessindication') > 0,
    streamStateLength: length('streamstateindication'),
    auxiliarySizeLength: length('auxiliarydatasizelength'),
    constantSize,
  };
}

/** Reads what is before the access units of a payload (RFC 3640 §3.2.1, §3.2.2). Throws `ParseError`. */
export function readAuHeaders(payload: Buffer, format: AuHeaderFormat): AuHeaders {
  const first = headerBits(format, format.indexLength);
  let dataStart = 0;
  let sizes: number[] = [];
  if (first > 0) {
    if (payload.length < LENGTH_SIZE) throw new ParseError('AU-headers-length cut off', payload.length);
    let bits = payload.readUInt16BE(0);
    // Some devices give it in bytes.
    if (bits < first && bits * 8 >= first) bits *= 8;
    dataStart = LENGTH_SIZE + Math.ceil(bits / 8);
    if (bits < first || dataStart > payload.length)
      throw new ParseError(`AU-headers-length of ${bits} bits`, 0);
    sizes = readSizes(new BitReader(payload.subarray(LENGTH_SIZE, dataStart)), bits, format);
  }
  if (format.auxiliarySizeLength > 0)
    dataStart = skipAuxiliary(payload, dataStart, format.auxiliarySizeLength);
  if (format.sizeLength === 0) sizes = constantSizes(payload.length - dataStart, format.constantSize);
  return { sizes, dataStart };
}

/** The least that a header takes: the flags before CTS-delta and DTS-delta may say that these are left out. */
function headerBits(format: AuHeaderFormat, indexLength: number): number {
  return (
    format.sizeLength +
    indexLength +
    (format.ctsDeltaLength > 0 ? 1 : 0) +
    (format.dtsDeltaLength > 0 ? 1 : 0) +
    (format.hasRandomAccess ? 1 : 0) +
    format.streamStateLength
  );
}

/** Bits left over at the end, fewer than a header has, are passed over. */
function readSizes(reader: BitReader, bits: number, format: AuHeaderFormat): number[] {
  const sizes: number[] = [];
  const end = reader.bitsLeft - bits;
  let indexLength = format.indexLength;
  while (reader.bitsLeft - end >= headerBits(format, indexLength)) {
    sizes.push(reader.bits(format.sizeLength));
    // The first index counts the packets of some; a distance from the unit before is another order.
    if (reader.bits(indexLength) > 0 && sizes.length > 1) {
      throw new ParseError('interleaved access units of AAC', LENGTH_SIZE);
    }
    if (format.ctsDeltaLength > 0 && reader.flag()) reader.skip(format.ctsDeltaLength);
    if (format.dtsDeltaLength > 0 && reader.flag()) reader.skip(format.dtsDeltaLength);
    if (format.hasRandomAccess) reader.skip(1);
    reader.skip(format.streamStateLength);
    indexLength = format.indexDeltaLength;
    if (headerBits(format, indexLength) === 0) break;
  }
  return sizes;
}

function skipAuxiliary(payload: Buffer, start: number, sizeLength: number): number {
  const reader = new BitReader(payload.subarray(start));
  const end = start + Math.ceil((sizeLength + reader.bits(sizeLength)) / 8);
  if (end > payload.length) throw new ParseError('auxiliary data cut off', start);
  return end;
}

function constantSizes(available: number, constantSize: number): number[] {
  if (constantSize === 0) return [available];
  return Array.from({ length: Math.max(1, Math.floor(available / constantSize)) }, () => constantSize);
}
