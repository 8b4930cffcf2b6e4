/**
 * The stamp that the publisher puts in front of every access unit: a NAL unit with an SEI message of type
 * user_data_unregistered (ITU-T H.264 D.1.7: a UUID, then bytes of one's own). It travels through any server that
 * leaves access units as they are, and tells the viewer when the frame was sent and which one it was.
 *
 * Numbers are written as hexadecimal text, since text never needs emulation prevention (H.264 7.3.1.1).
 */
const UUID = Buffer.from('9f6b2c41d8e74a53b1c7e2645d90a83f', 'hex');
const NAL_TYPE_SEI = 6;
const USER_DATA_UNREGISTERED = 5;
const RBSP_TRAILING_BITS = 0x80;
const TIME_DIGITS = 16;
const COUNTER_DIGITS = 8;
const LENGTH_FIELD = 4;
const SEI_HEADER = 3;
const DIGITS = TIME_DIGITS + COUNTER_DIGITS;

/** Bytes of the stamp with the four bytes of its NAL unit length before it. */
export const STAMP_LENGTH = LENGTH_FIELD + SEI_HEADER + UUID.length + DIGITS + 1;
/** From the stamp's first byte to its first digit. */
const DIGITS_OFFSET = LENGTH_FIELD + SEI_HEADER + UUID.length;

/** A stamp whose digits are still zero. */
export function blankStamp(): Buffer {
  const stamp = Buffer.alloc(STAMP_LENGTH, 0x30);
  stamp.writeUInt32BE(STAMP_LENGTH - LENGTH_FIELD, 0);
  stamp[4] = NAL_TYPE_SEI;
  stamp[5] = USER_DATA_UNREGISTERED;
  stamp[6] = UUID.length + DIGITS;
  UUID.copy(stamp, LENGTH_FIELD + SEI_HEADER);
  stamp[STAMP_LENGTH - 1] = RBSP_TRAILING_BITS;
  return stamp;
}

/** Fills in the digits of the stamp that begins at `offset`. */
export function writeStamp(bytes: Buffer, offset: number, microseconds: number, counter: number): void {
  const whole = Math.floor(microseconds);
  const at = offset + DIGITS_OFFSET;
  writeHex(bytes, at, Math.floor(whole / 2 ** 32));
  writeHex(bytes, at + 8, whole >>> 0);
  writeHex(bytes, at + TIME_DIGITS, counter >>> 0);
}

/**
 * Where the digits of a stamp begin in `bytes[start..end)`, or -1. Servers may put NAL units of their own first, so it
 * is searched for and not only looked up.
 */
export function findStamp(bytes: Buffer, start: number, end: number): number {
  const last = end - UUID.length - DIGITS;
  for (let at = start + LENGTH_FIELD + SEI_HEADER; at <= last; at++) {
    if (bytes[at] === UUID[0] && matches(bytes, at)) return at + UUID.length;
  }
  return -1;
}

/** Microseconds at which the frame was sent; NaN where the digits are damaged. */
export function stampTime(bytes: Buffer, digits: number): number {
  return readHex(bytes, digits) * 2 ** 32 + readHex(bytes, digits + 8);
}

/** Number of the frame in its publication, from 0; NaN where the digits are damaged. */
export function stampCounter(bytes: Buffer, digits: number): number {
  return readHex(bytes, digits + TIME_DIGITS);
}

function matches(bytes: Buffer, at: number): boolean {
  for (let i = 1; i < UUID.length; i++) if (bytes[at + i] !== UUID[i]) return false;
  return true;
}

function writeHex(bytes: Buffer, at: number, value: number): void {
  for (let i = 0; i < 8; i++) {
    const digit = (value >>> (28 - 4 * i)) & 0xf;
    bytes[at + i] = digit < 10 ? 0x30 + digit : 0x57 + digit;
  }
}

function readHex(bytes: Buffer, at: number): number {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = bytes[at + i] ?? 0;
    if (byte >= 0x30 && byte <= 0x39) value = value * 16 + byte - 0x30;
    else if (byte >= 0x61 && byte <= 0x66) value = value * 16 + byte - 0x57;
    else return Number.NaN;
  }
  return value;
}
