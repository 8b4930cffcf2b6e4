import { ParseError } from '@flux-iot/media/model/parse-error';
import { SpareBuffer } from '@flux-iot/media/model/spare-buffer';
import {
  DEFAULT_CHUNK_SIZE,
  EXTENDED_TIMESTAMP,
  MAX_CHUNK_SIZE,
  MESSAGE,
  type RtmpMessage,
} from './message.ts';

export interface ChunkReaderLimits {
  readonly maxMessageSize: number;
  /** Of all messages that have begun and not ended. */
  readonly maxPartialBytes: number;
  readonly maxChunkStreams: number;
}

interface ChunkStream {
  timestamp: number;
  /** What a header of type 3 that begins a message adds. */
  delta: number;
  length: number;
  type: number;
  messageStreamId: number;
  hasExtendedTimestamp: boolean;
  /** The value of the extended field, to recognise its repetition. */
  extendedTimestamp: number;
  /** A message has begun and is not whole. */
  isOpen: boolean;
  /** What has come of it; there is none where it comes in one piece. */
  assembly: Buffer | undefined;
  received: number;
}

const HEADER_SIZES = [11, 7, 3, 0];
/** Basic header 3, message header 11, extended time stamp 4. */
const MAX_HEADER_SIZE = 18;
const EMPTY = Buffer.alloc(0);

/**
 * Puts chunks together to messages (RTMP 1.0 §5.3). A payload that came in one piece is passed on where it is, others
 * are assembled; only a header that was cut by the end of a read is copied besides. Set-chunk-size and abort are
 * obeyed here and not passed on. **A message's payload is valid during `onMessage` alone.**
 */
export class ChunkReader {
  readonly #onMessage: (message: RtmpMessage) => void;
  readonly #streams = new Map<number, ChunkStream>();
  readonly #spares = new SpareBuffer();
  #limits: ChunkReaderLimits;
  #chunkSize = DEFAULT_CHUNK_SIZE;
  #partialBytes = 0;
  /** The beginning of a header whose rest has not come. */
  #rest: Buffer = EMPTY;
  /** The chunk whose payload is being read, and how much of it is missing. */
  #current: ChunkStream | undefined;
  #missing = 0;
  #isPaused = false;
  /** What was read and is to wait for `resume`. */
  #held: Buffer = EMPTY;

  constructor(limits: ChunkReaderLimits, onMessage: (message: RtmpMessage) => void) {
    this.#limits = limits;
    this.#onMessage = onMessage;
  }

  setLimits(limits: ChunkReaderLimits): void {
    this.#limits = limits;
  }

  /** From within `onMessage`: no message is read until `resume`. The caller stops reading the socket too. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    const held = this.#held;
    this.#held = EMPTY;
    this.push(held);
  }

  /** Takes what was read from the socket; calls `onMessage` for every message that it completes. */
  push(data: Buffer): void {
    let at = 0;
    while (at < data.length) {
      if (this.#isPaused) {
        this.#held = Buffer.concat([this.#held, data.subarray(at)]);
        return;
      }
      if (this.#current) {
        at = this.#readPayload(this.#current, data, at);
        continue;
      }
      if (this.#rest.length > 0) {
        // Only as much is joined as a header can need; the payload is read from where it is.
        const rest = this.#rest;
        const joined = Buffer.concat([rest, data.subarray(at, at + MAX_HEADER_SIZE)]);
        this.#rest = EMPTY;
        const size = this.#readHeader(joined, 0);
        if (size === 0) {
          this.#rest = joined;
          return;
        }
        // What was held back as a time stamp may turn out to be payload.
        if (size < rest.length) this.push(rest.subarray(size));
        else at += size - rest.length;
        continue;
      }
      const size = this.#readHeader(data, at);
      if (size === 0) {
        this.#rest = Buffer.from(data.subarray(at));
        return;
      }
      at += size;
    }
  }

  /** Reads a chunk's header and sets the current chunk; returns its size, or 0 if it is not all there. */
  #readHeader(data: Buffer, start: number): number {
    let at = start + 1;
    const first = data[start]!;
    let id = first & 0x3f;
    if (id < 2) {
      const extra = id + 1;
      if (data.length - at < extra) return 0;
      id = extra === 1 ? data[at]! + 64 : data.readUInt16LE(at) + 64;
      at += extra;
    }
    const format = first >> 6;
    const headerSize = HEADER_SIZES[format]!;
    if (data.length - at < headerSize) return 0;
    const stream = this.#streams.get(id) ?? this.#addStream(id, format);
    const isBeginning = !stream.isOpen;
    let stamp = 0;
    let isExtended = stream.hasExtendedTimestamp;
    if (format < 3) {
      stamp = data.readUIntBE(at, 3);
      isExtended = stamp === EXTENDED_TIMESTAMP;
    }
    let end = at + headerSize;
    if (isExtended && format < 3) {
      if (data.length - end < 4) return 0;
      stamp = data.readUInt32BE(end);
      end += 4;
    } else if (isExtended) {
      // Some encoders repeat the extended field in headers of type 3, as the standard says, and some do not:
      // what stands there is taken for it if it is the same value.
      const matching = matchingBytes(data, end, stream.extendedTimestamp);
      if (matching === 4) end += 4;
      else if (end + matching === data.length) return 0;
    }
    if (format < 3 && !isBeginning) throw new ParseError('chunk header within a message', start);
    if (format < 3) this.#readMessageHeader(stream, format, data, at, stamp, isExtended);
    if (isBeginning) this.#begin(stream, format);
    this.#current = stream;
    this.#missing = Math.min(this.#chunkSize, stream.length - stream.received);
    if (this.#missing === 0) this.#finishChunk(stream, EMPTY);
    return end - start;
  }

  #addStream(id: number, format: number): ChunkStream {
    // Some encoders begin a chunk stream with a header of type 1; there is nothing before it to refer to.
    if (format > 1) throw new ParseError('chunk stream begins without a message header');
    if (this.#streams.size >= this.#limits.maxChunkStreams) throw new ParseError('too many chunk streams');
    const stream: ChunkStream = {
      timestamp: 0,
      delta: 0,
      length: 0,
      type: 0,
      messageStreamId: 0,
      hasExtendedTimestamp: false,
      extendedTimestamp: 0,
      isOpen: false,
      assembly: undefined,
      received: 0,
    };
    this.#streams.set(id, stream);
    return stream;
  }

  #readMessageHeader(
    stream: ChunkStream,
    format: number,
    data: Buffer,
    at: number,
    stamp: number,
    isExtended: boolean,
  ): void {
    stream.hasExtendedTimestamp = isExtended;
    stream.extendedTimestamp = stamp;
    if (format < 2) {
      stream.length = data.readUIntBE(at + 3, 3);
      stream.type = data[at + 6]!;
    }
    if (format === 0) {
      stream.messageStreamId = data.readUInt32LE(at + 7);
      stream.timestamp = stamp;
    }
    stream.delta = stamp;
  }

  #begin(stream: ChunkStream, format: number): void {
    // A message that begins with type 3 after one of type 0 takes that one's time stamp as its delta (§5.3.1.2.4).
    if (format > 0) stream.timestamp = (stream.timestamp + stream.delta) % 2 ** 32;
    if (stream.length > this.#limits.maxMessageSize) {
      throw new ParseError(`message of ${stream.length} bytes, ${this.#limits.maxMessageSize} are the most`);
    }
    this.#partialBytes += stream.length;
    if (this.#partialBytes > this.#limits.maxPartialBytes)
      throw new ParseError('too many unfinished messages');
    stream.isOpen = true;
    stream.received = 0;
  }

  #readPayload(stream: ChunkStream, data: Buffer, at: number): number {
    const size = Math.min(this.#missing, data.length - at);
    const end = at + size;
    this.#missing -= size;
    if (size === stream.length) {
      stream.received = size;
      this.#finishChunk(stream, data.subarray(at, end));
      return end;
    }
    stream.assembly ??= this.#spares.take(stream.length);
    data.copy(stream.assembly, stream.received, at, end);
    stream.received += size;
    if (this.#missing === 0) this.#finishChunk(stream, stream.assembly);
    return end;
  }

  #finishChunk(stream: ChunkStream, bytes: Buffer): void {
    this.#current = undefined;
    const { type, messageStreamId, timestamp, length, assembly } = stream;
    if (stream.received < length) return;
    this.#close(stream);
    const payload = bytes.length === length ? bytes : bytes.subarray(0, length);
    if (type === MESSAGE.SET_CHUNK_SIZE) this.#setChunkSize(payload);
    else if (type === MESSAGE.ABORT) this.#abort(payload);
    else this.#onMessage({ type, messageStreamId, timestamp, payload });
    if (assembly) this.#spares.give(assembly);
  }

  #close(stream: ChunkStream): void {
    stream.isOpen = false;
    stream.assembly = undefined;
    stream.received = 0;
    this.#partialBytes -= stream.length;
  }

  #setChunkSize(payload: Buffer): void {
    if (payload.length < 4) throw new ParseError('set chunk size cut off');
    const size = payload.readUInt32BE(0);
    if (size < 1 || size >= 2 ** 31) throw new ParseError(`chunk size ${size}`);
    this.#chunkSize = Math.min(size, MAX_CHUNK_SIZE);
  }

  #abort(payload: Buffer): void {
    if (payload.length < 4) throw new ParseError('abort cut off');
    const stream = this.#streams.get(payload.readUInt32BE(0));
    if (stream?.isOpen) this.#close(stream);
  }
}

/** How many bytes from `at` on are those of the 32-bit `value`. */
function matchingBytes(data: Buffer, at: number, value: number): number {
  let count = 0;
  while (count < 4 && at + count < data.length && data[at + count] === ((value >>> (24 - 8 * count)) & 0xff))
    count++;
  return count;
}
