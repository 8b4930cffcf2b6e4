import { ParseError } from '../../model/parse-error.ts';

/** Types of open bitstream units (AV1 §6.2.2), those that the product tells apart. */
export const OBU = {
  SEQUENCE_HEADER: 1,
  TEMPORAL_DELIMITER: 2,
  FRAME_HEADER: 3,
  FRAME: 6,
  TILE_LIST: 8,
} as const;

export interface Obu {
  readonly type: number;
  /** With header and size. */
  readonly whole: Buffer;
  readonly payload: Buffer;
}

/** Splits a temporal unit in the low-overhead format (AV1 §5.3); a unit without a size is the last one. */
export function* obus(data: Buffer): Generator<Obu> {
  let at = 0;
  while (at < data.length) {
    const start = at;
    const header = data[at++]!;
    if (header & 0x80) throw new ParseError('OBU with its forbidden bit set', start);
    if (header & 4) at++; // obu_extension
    let size = data.length - at;
    if (header & 2) {
      const leb128 = readLeb128(data, at);
      at += leb128.length;
      size = leb128.value;
    }
    if (size < 0 || size > data.length - at) throw new ParseError('OBU longer than its temporal unit', start);
    yield {
      type: (header >> 3) & 15,
      whole: data.subarray(start, at + size),
      payload: data.subarray(at, at + size),
    };
    at += size;
  }
}

/** Reads a number (AV1 §4.10.5). Throws `ParseError` where it is cut off or longer than eight bytes. */
export function readLeb128(data: Buffer, at: number): { value: number; length: number } {
  let value = 0;
  for (let length = 1; length <= 8; length++) {
    const byte = data[at + length - 1];
    if (byte === undefined) throw new ParseError('OBU size cut off', at);
    value += (byte & 0x7f) * 2 ** (7 * (length - 1));
    if (!(byte & 0x80)) return { value, length };
  }
  throw new ParseError('OBU size too long', at);
}

/** Whether decoding can start at a temporal unit: it has a sequence header and its first frame is a key frame. */
export function isAv1Key(temporalUnit: Buffer): boolean {
  let hasSequenceHeader = false;
  for (const { type, payload } of obus(temporalUnit)) {
    if (type === OBU.SEQUENCE_HEADER) hasSequenceHeader = true;
    if (type !== OBU.FRAME && type !== OBU.FRAME_HEADER) continue;
    // show_existing_frame, then frame_type: 0 is a key frame (§5.9.2).
    const first = payload[0] ?? 0xff;
    return hasSequenceHeader && first >> 7 === 0 && ((first >> 5) & 3) === 0;
  }
  return false;
}
