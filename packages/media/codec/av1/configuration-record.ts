import { ParseError } from '../../model/parse-error.ts';
import { OBU, obus } from './obu.ts';
import { parseAv1SequenceHeader } from './sequence-header.ts';

/** AV1CodecConfigurationRecord (AV1 in ISOBMFF §2.3.3). */
export interface Av1ConfigurationRecord {
  readonly profile: number;
  readonly level: number;
  /** 0 Main, 1 High. */
  readonly tier: number;
  readonly bitDepth: number;
  /** The payload of the sequence header OBU, a view; undefined where the record leaves it to the stream. */
  readonly sequenceHeader: Buffer | undefined;
}

const FIXED_SIZE = 4;
const MARKER_AND_VERSION = 0x81;
const HIGH_BIT_DEPTH = 0x40;
const TWELVE_BIT = 0x20;

/** Throws `ParseError` where it is not such a record. */
export function parseAv1ConfigurationRecord(data: Buffer): Av1ConfigurationRecord {
  if (data.length < FIXED_SIZE) throw new ParseError('AV1 configuration record too short', data.length);
  if (data[0] !== MARKER_AND_VERSION) {
    throw new ParseError('AV1 configuration record of an unknown version', 0);
  }
  let sequenceHeader: Buffer | undefined;
  for (const { type, payload } of obus(data.subarray(FIXED_SIZE))) {
    if (type === OBU.SEQUENCE_HEADER) sequenceHeader ??= payload;
  }
  return {
    profile: data[1]! >> 5,
    level: data[1]! & 0x1f,
    tier: data[2]! >> 7,
    bitDepth: data[2]! & HIGH_BIT_DEPTH ? (data[2]! & TWELVE_BIT ? 12 : 10) : 8,
    sequenceHeader,
  };
}

/** Builds the record of a whole sequence header OBU, which is to have its size. */
export function av1ConfigurationRecord(sequenceHeaderObu: Buffer): Buffer {
  const [obu] = obus(sequenceHeaderObu);
  if (obu?.type !== OBU.SEQUENCE_HEADER) throw new ParseError('not an AV1 sequence header', 0);
  const header = parseAv1SequenceHeader(obu.payload);
  const fixed = Buffer.from([
    MARKER_AND_VERSION,
    (header.profile << 5) | header.level,
    (header.tier << 7) |
      (header.bitDepth > 8 ? HIGH_BIT_DEPTH : 0) |
      (header.bitDepth === 12 ? TWELVE_BIT : 0) |
      header.chroma,
    0, // no initial_presentation_delay
  ]);
  return Buffer.concat([fixed, obu.whole]);
}
