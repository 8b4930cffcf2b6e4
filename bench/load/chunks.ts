import {
  COMMAND,
  COMMAND_AMF3,
  HEAD_LENGTH,
  type MediaListener,
  SET_CHUNK_SIZE,
  USER_CONTROL,
  WINDOW_ACKNOWLEDGEMENT_SIZE,
} from './tag.ts';

/** RTMP chunk streams (Adobe, Real-Time Messaging Protocol 1.0, 5.3). */
export const DEFAULT_CHUNK_SIZE = 128;
/** Basic header of one byte and message header of type 0. */
export const FULL_HEADER = 12;
const NO_EXTENDED_TIMESTAMP = 0xffffff;
const MAX_CONTROL_LENGTH = 64 * 1024;
const MESSAGE_HEADER = [11, 7, 3, 0] as const;
const LONGEST_HEADER = 3 + 11 + 4;
const CONTROL_TYPES: readonly number[] = [
  SET_CHUNK_SIZE,
  USER_CONTROL,
  WINDOW_ACKNOWLEDGEMENT_SIZE,
  COMMAND,
  COMMAND_AMF3,
];

export interface Message {
  /** 2 to 63. */
  readonly chunkStreamId: number;
  readonly type: number;
  readonly streamId: number;
  /** Milliseconds, below 2^24 - 1: a run of the benchmark lasts minutes. */
  readonly timestamp: number;
  readonly payload: Buffer;
}

/** A message as it goes over the wire: a full header, then continuations of one byte. */
export function toChunks(message: Message, chunkSize: number): Buffer {
  const { payload, timestamp } = message;
  if (timestamp >= NO_EXTENDED_TIMESTAMP) throw new RangeError('the time stamp is too large');
  const continuations = Math.max(0, Math.ceil(payload.length / chunkSize) - 1);
  const bytes = Buffer.alloc(FULL_HEADER + payload.length + continuations);
  bytes[0] = message.chunkStreamId;
  bytes.writeUIntBE(timestamp, 1, 3);
  bytes.writeUIntBE(payload.length, 4, 3);
  bytes[7] = message.type;
  bytes.writeUInt32LE(message.streamId, 8);
  let to = FULL_HEADER;
  for (let from = 0; from < payload.length; from += chunkSize) {
    if (from > 0) bytes[to++] = 0xc0 | message.chunkStreamId;
    to += payload.copy(bytes, to, from, from + chunkSize);
  }
  return bytes;
}

interface ChunkStream {
  type: number;
  length: number;
  received: number;
  extended: boolean;
  /** The first bytes of a media message. */
  readonly head: Buffer;
  /** The whole of a message that matters to the connection. */
  control: Buffer | undefined;
}

export interface MessageListener {
  readonly onMedia: MediaListener;
  onControl(type: number, payload: Buffer): void;
}

/**
 * Reads chunks as they arrive, cut anywhere. A media message that lies in one piece is not copied; of others the first
 * bytes alone are kept, and the whole of those that concern the connection. Throws a RangeError at a message of that
 * kind past 64 KiB.
 */
export class ChunkReader {
  chunkSize = DEFAULT_CHUNK_SIZE;
  readonly #listener: MessageListener;
  readonly #streams = new Map<number, ChunkStream>();
  /** A header that was cut. */
  readonly #header = Buffer.alloc(LONGEST_HEADER);
  #headerLength = 0;
  #current: ChunkStream | undefined;
  #left = 0;

  constructor(listener: MessageListener) {
    this.#listener = listener;
  }

  push(bytes: Buffer, start: number, end: number, time: number): void {
    let at = start;
    while (at < end) {
      if (this.#current) at = this.#readPayload(this.#current, bytes, at, end, time);
      else if (this.#headerLength === 0 && end - at >= LONGEST_HEADER) {
        at += this.#useHeader(bytes, at, LONGEST_HEADER, time);
      } else {
        this.#header[this.#headerLength++] = bytes[at++]!;
        if (this.#useHeader(this.#header, 0, this.#headerLength, time) > 0) this.#headerLength = 0;
      }
    }
  }

  /** Length of the header that begins at `at`; 0 where `available` bytes are not all of it. */
  #useHeader(bytes: Buffer, at: number, available: number, time: number): number {
    const format = bytes[at]! >> 6;
    const short = bytes[at]! & 0x3f;
    const basic = short === 0 ? 2 : short === 1 ? 3 : 1;
    const message = at + basic;
    const fixed = basic + MESSAGE_HEADER[format as 0 | 1 | 2 | 3];
    if (available < fixed) return 0;
    const id = basic === 1 ? short : basic === 2 ? bytes[at + 1]! + 64 : bytes.readUInt16LE(at + 1) + 64;
    const stream = this.#stream(id);
    const extended = format === 3 ? stream.extended : uint24(bytes, message) === NO_EXTENDED_TIMESTAMP;
    if (extended && available < fixed + 4) return 0;

    stream.extended = extended;
    if (format < 3) stream.received = 0;
    if (format < 2) {
      stream.length = uint24(bytes, message + 3);
      stream.type = bytes[message + 6]!;
    }
    if (stream.received === 0) this.#begin(stream);
    this.#current = stream;
    this.#left = Math.min(this.chunkSize, stream.length - stream.received);
    if (this.#left === 0) this.#endChunk(stream, stream.head, 0, time);
    return extended ? fixed + 4 : fixed;
  }

  #stream(id: number): ChunkStream {
    let stream = this.#streams.get(id);
    if (!stream) {
      stream = {
        type: 0,
        length: 0,
        received: 0,
        extended: false,
        head: Buffer.alloc(HEAD_LENGTH),
        control: undefined,
      };
      this.#streams.set(id, stream);
    }
    return stream;
  }

  #begin(stream: ChunkStream): void {
    if (!CONTROL_TYPES.includes(stream.type)) return;
    if (stream.length > MAX_CONTROL_LENGTH) throw new RangeError('an RTMP command is too long');
    stream.control = Buffer.alloc(stream.length);
  }

  #readPayload(stream: ChunkStream, bytes: Buffer, start: number, end: number, time: number): number {
    const length = Math.min(end - start, this.#left);
    const isWhole = length === stream.length;
    if (stream.control) bytes.copy(stream.control, stream.received, start, start + length);
    else if (stream.received < HEAD_LENGTH && !isWhole)
      bytes.copy(stream.head, stream.received, start, start + length);
    stream.received += length;
    this.#left -= length;
    if (this.#left === 0) {
      if (isWhole) this.#endChunk(stream, bytes, start, time);
      else this.#endChunk(stream, stream.head, 0, time);
    }
    return start + length;
  }

  /** `head` holds at `at` what there is of the message's first bytes, if it is not one of control. */
  #endChunk(stream: ChunkStream, head: Buffer, at: number, time: number): void {
    this.#current = undefined;
    if (stream.received < stream.length) return;
    stream.received = 0;
    const control = stream.control;
    stream.control = undefined;
    if (control) this.#listener.onControl(stream.type, control);
    else this.#listener.onMedia(stream.type, head, at, at + Math.min(stream.length, HEAD_LENGTH), time);
  }
}

function uint24(bytes: Buffer, at: number): number {
  return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
}
