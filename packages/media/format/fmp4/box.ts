import { ParseError } from '../../model/parse-error.ts';

/** A box (ISO/IEC 14496-12 §4.2) of these parts. `type` is its four characters. */
export function box(type: string, ...parts: readonly Uint8Array[]): Buffer {
  let size = BOX_HEADER_SIZE;
  for (const part of parts) size += part.length;
  const data = Buffer.allocUnsafe(size);
  writeBoxHeader(data, 0, type, size);
  let at = BOX_HEADER_SIZE;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return data;
}

/** A box with a version and 24 bits of flags (§4.2.2). */
export function fullBox(
  type: string,
  version: number,
  flags: number,
  ...parts: readonly Uint8Array[]
): Buffer {
  return box(type, u32((version << 24) | flags), ...parts);
}

/** 32-bit numbers, one after the other. */
export function u32(...values: readonly number[]): Buffer {
  const data = Buffer.allocUnsafe(values.length * 4);
  for (const [index, value] of values.entries()) data.writeUInt32BE(value >>> 0, index * 4);
  return data;
}

export function u16(...values: readonly number[]): Buffer {
  const data = Buffer.allocUnsafe(values.length * 2);
  for (const [index, value] of values.entries()) data.writeUInt16BE(value & 0xffff, index * 2);
  return data;
}

/** A number of 64 bits, of which a JavaScript number holds 53. */
export function u64(value: number): Buffer {
  const data = Buffer.allocUnsafe(8);
  writeU64(data, 0, value);
  return data;
}

export function writeU64(data: Buffer, at: number, value: number): void {
  const high = Math.floor(value / 2 ** 32);
  data.writeUInt32BE(high >>> 0, at);
  data.writeUInt32BE((value - high * 2 ** 32) >>> 0, at + 4);
}

export const BOX_HEADER_SIZE = 8;
const LARGE_HEADER_SIZE = 16;

export function writeBoxHeader(data: Buffer, at: number, type: string, size: number): void {
  data.writeUInt32BE(size, at);
  data.write(type, at + 4, 4, 'latin1');
}

export interface BoxHeader {
  readonly type: string;
  /** Of the whole box; 0 where it goes on to the end of the file. */
  readonly size: number;
  /** 8, or 16 where the size has 64 bits. */
  readonly headerSize: number;
}

/** The most that a box's header takes. */
export const MAX_BOX_HEADER_SIZE = LARGE_HEADER_SIZE;

/** Reads a box's header at `at`; undefined where it is cut off. Throws `ParseError` for an impossible size. */
export function readBoxHeader(data: Buffer, at: number): BoxHeader | undefined {
  if (data.length - at < BOX_HEADER_SIZE) return undefined;
  const type = data.toString('latin1', at + 4, at + 8);
  const size = data.readUInt32BE(at);
  if (size !== 1) {
    if (size !== 0 && size < BOX_HEADER_SIZE) throw new ParseError('box smaller than its header', at);
    return { type, size, headerSize: BOX_HEADER_SIZE };
  }
  if (data.length - at < LARGE_HEADER_SIZE) return undefined;
  const large = readU64(data, at + 8);
  if (large < LARGE_HEADER_SIZE) throw new ParseError('box smaller than its header', at);
  return { type, size: large, headerSize: LARGE_HEADER_SIZE };
}

/** Throws `ParseError` where the number is not a safe integer. */
export function readU64(data: Buffer, at: number): number {
  const value = data.readUInt32BE(at) * 2 ** 32 + data.readUInt32BE(at + 4);
  if (!Number.isSafeInteger(value)) throw new ParseError('number of more than 53 bits', at);
  return value;
}

export interface Box {
  readonly type: string;
  /** What is inside, a view. */
  readonly body: Buffer;
}

/** The boxes that lie side by side in `data`. Throws `ParseError` where one does not end within it. */
export function* boxes(data: Buffer): Generator<Box> {
  let at = 0;
  while (at < data.length) {
    const header = readBoxHeader(data, at);
    if (!header) throw new ParseError('box header cut off', at);
    const size = header.size === 0 ? data.length - at : header.size;
    if (size > data.length - at) throw new ParseError(`box ${printable(header.type)} cut off`, at);
    yield { type: header.type, body: data.subarray(at + header.headerSize, at + size) };
    at += size;
  }
}

/** The first box of this type in `data`, its body; undefined where there is none. */
export function findBox(data: Buffer, type: string): Buffer | undefined {
  for (const found of boxes(data)) if (found.type === type) return found.body;
  return undefined;
}

/** The box at the end of a path of types. */
export function findPath(data: Buffer, ...path: readonly string[]): Buffer | undefined {
  let at: Buffer | undefined = data;
  for (const type of path) {
    if (!at) return undefined;
    at = findBox(at, type);
  }
  return at;
}

function printable(type: string): string {
  return type.replaceAll(/[^\x20-\x7e]/g, '?');
}
