import { readTime } from '../mpegts/pes-header.ts';
import { isAudioStream, isVideoStream, STREAM_ID } from './program-stream.ts';

/** The times in the header of a PES packet, in ticks of 90 kHz on the 33-bit clock. */
export interface PesTimes {
  readonly pts: number | undefined;
  /** The PTS where the packet has no DTS. */
  readonly dts: number | undefined;
}

/** Takes what a program stream consists of, in its order. Buffers are views, valid during the call alone. */
export interface ProgramStreamHandler {
  /** `scr`: system clock reference, in ticks of 90 kHz. */
  pack(scr: number): void;
  /** A whole program stream map. */
  map(packet: Buffer): void;
  /** A PES packet begins. */
  begin(streamId: number, times: PesTimes): void;
  /** A piece of its payload. */
  data(bytes: Buffer): void;
  /** The packet is whole. */
  end(): void;
  /** A PES packet that is encrypted was passed over. */
  scrambled(streamId: number): void;
  /** Bytes that belong to nothing were passed over. */
  skipped(size: number): void;
}

const PREFIX = Buffer.from([0, 0, 1]);
const START_CODE_SIZE = 4;
const LENGTH_END = 6;
const PES_FIXED = 9;
const TIME_SIZE = 5;
const PACK_SIZE = 14;
/** Of MPEG-1 (ISO/IEC 11172-1 §2.4.3.2). */
const OLD_PACK_SIZE = 12;
/** A longer map is passed over (§2.5.4.2 allows 1018 bytes). */
const MAX_MAP = 4096;
const EMPTY = Buffer.alloc(0);
const NO_TIMES: PesTimes = { pts: undefined, dts: undefined };

/** `seek`: for a start code; `next`: one is due; `payload`, `skip`: `left` more bytes; `open`: up to the next start code. */
type State = 'seek' | 'next' | 'payload' | 'open' | 'skip';

/**
 * Takes a program stream apart (ISO/IEC 13818-1 §2.5), whatever pieces it comes in. Payloads are handed on as they
 * come; nothing but headers that are cut off is kept.
 *
 * Cameras write a length of 0 for video, or only the lower bits of what does not fit. So a PES packet of video goes on
 * to the next start code of a stream, which the bytes of H.264 and H.265 never contain: their NAL units begin with a
 * zero bit.
 */
export class ProgramStreamReader {
  readonly #handler: ProgramStreamHandler;
  #state: State = 'seek';
  /** The beginning of a header. */
  #rest: Buffer = EMPTY;
  #left = 0;
  #isVideo = false;
  #isOpen = false;

  constructor(handler: ProgramStreamHandler) {
    this.#handler = handler;
  }

  /** More bytes of a packet are due, by its length. */
  get isWithinPacket(): boolean {
    return this.#state === 'payload' || this.#state === 'skip' || this.#rest.length >= START_CODE_SIZE;
  }

  push(data: Buffer): void {
    const input = this.#rest.length > 0 ? Buffer.concat([this.#rest, data]) : data;
    this.#rest = EMPTY;
    let at = 0;
    while (at < input.length) {
      const next = this.#step(input, at);
      if (next === undefined) {
        this.#rest = Buffer.from(input.subarray(at));
        return;
      }
      at = next;
    }
  }

  /** Bytes are missing here: the packet in progress ends without `end`, and the next start code is sought. */
  lose(): void {
    this.#rest = EMPTY;
    this.#isOpen = false;
    this.#state = 'seek';
  }

  /** No bytes follow. */
  flush(): void {
    if (this.#state === 'open' && this.#rest.length > 0) this.#handler.data(this.#rest);
    if (this.#state !== 'payload') this.#end();
    this.lose();
  }

  /** Reads something at `at`; returns where it ends, or undefined where more bytes are needed for it. */
  #step(input: Buffer, at: number): number | undefined {
    switch (this.#state) {
      case 'payload':
      case 'skip':
        return this.#take(input, at);
      case 'open':
      case 'seek':
        return this.#seek(input, at);
      case 'next':
        return this.#startCode(input, at);
    }
  }

  #take(input: Buffer, at: number): number {
    const end = Math.min(input.length, at + this.#left);
    this.#left -= end - at;
    if (this.#state === 'payload' && end > at) this.#handler.data(input.subarray(at, end));
    if (this.#left === 0) {
      if (this.#state === 'payload' && this.#isVideo) {
        this.#state = 'open';
      } else {
        if (this.#state === 'payload') this.#end();
        this.#state = 'next';
      }
    }
    return end;
  }

  #seek(input: Buffer, at: number): number | undefined {
    const found = findStartCode(input, at);
    const end = found === -1 ? input.length - partialStartCode(input, at) : found;
    if (end > at) {
      if (this.#state === 'open') this.#handler.data(input.subarray(at, end));
      else this.#handler.skipped(end - at);
    }
    if (found !== -1) {
      this.#end();
      this.#state = 'next';
    } else if (end === at) {
      return undefined;
    }
    return end;
  }

  #startCode(input: Buffer, at: number): number | undefined {
    if (input.length - at < START_CODE_SIZE) return undefined;
    const streamId = input[at + 3]!;
    const isStartCode = input.readUIntBE(at, 3) === 1 && streamId >= STREAM_ID.FIRST;
    if (!isStartCode) {
      this.#state = 'seek';
      return at;
    }
    if (streamId === STREAM_ID.PROGRAM_END) return at + START_CODE_SIZE;
    if (streamId === STREAM_ID.PACK) return this.#pack(input, at);
    if (input.length - at < LENGTH_END) return undefined;
    const length = input.readUInt16BE(at + 4);
    if (streamId === STREAM_ID.PROGRAM_STREAM_MAP) return this.#map(input, at, length);
    if (isVideoStream(streamId) || isAudioStream(streamId) || streamId === STREAM_ID.PRIVATE_1) {
      return this.#pes(input, at, streamId, length);
    }
    this.#skip(length);
    return at + LENGTH_END;
  }

  #pack(input: Buffer, at: number): number | undefined {
    if (input.length - at < PACK_SIZE) return undefined;
    const first = input[at + 4]!;
    if (first >> 4 === 2) {
      this.#handler.pack(readTime(input, at + 4));
      return at + OLD_PACK_SIZE;
    }
    if (first >> 6 !== 1) {
      this.#state = 'seek';
      return at + START_CODE_SIZE;
    }
    this.#handler.pack(readClockReference(input, at + 4));
    this.#skip(input[at + PACK_SIZE - 1]! & 7);
    return at + PACK_SIZE;
  }

  #map(input: Buffer, at: number, length: number): number | undefined {
    if (length > MAX_MAP) {
      this.#state = 'seek';
      return at + LENGTH_END;
    }
    const end = at + LENGTH_END + length;
    if (end > input.length) return undefined;
    this.#handler.map(input.subarray(at, end));
    return end;
  }

  #pes(input: Buffer, at: number, streamId: number, length: number): number | undefined {
    if (input.length - at < PES_FIXED) return undefined;
    const start = at + PES_FIXED + input[at + 8]!;
    const headerLength = start - at - LENGTH_END;
    const isValid = input[at + 6]! >> 6 === 2 && (length === 0 || headerLength <= length);
    const isScrambled = (input[at + 6]! & 0x30) !== 0;
    if (isValid && isScrambled) this.#handler.scrambled(streamId);
    if (!isValid || isScrambled) {
      this.#skip(length);
      return at + LENGTH_END;
    }
    if (start > input.length) return undefined;
    this.#isVideo = isVideoStream(streamId);
    this.#isOpen = true;
    this.#handler.begin(streamId, readTimes(input, at, start));
    this.#left = length - headerLength;
    this.#state = 'payload';
    if (length === 0) this.#state = 'open';
    else if (this.#left === 0) this.#take(input, start);
    return start;
  }

  #skip(size: number): void {
    this.#left = size;
    this.#state = size > 0 ? 'skip' : 'next';
  }

  #end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#handler.end();
  }
}

/** Where the next start code of a stream is, from `from` on; -1 where none is whole. */
function findStartCode(input: Buffer, from: number): number {
  let at = input.indexOf(PREFIX, from);
  while (at !== -1 && at + 3 < input.length) {
    if (input[at + 3]! >= STREAM_ID.FIRST) return at;
    at = input.indexOf(PREFIX, at + 3);
  }
  return -1;
}

/** How many of the last bytes, not before `from`, may be the beginning of a start code. */
function partialStartCode(input: Buffer, from: number): number {
  const end = input.length;
  const byte = (back: number) => (end - back >= from ? input[end - back] : undefined);
  if (byte(1) === 1 && byte(2) === 0 && byte(3) === 0) return 3;
  if (byte(1) !== 0) return 0;
  return byte(2) === 0 ? 2 : 1;
}

/** system_clock_reference_base of MPEG-2, which marker bits divide (§2.5.3.3). */
function readClockReference(input: Buffer, at: number): number {
  const first = input[at]!;
  const high = (first >> 3) & 7;
  const middle = ((first & 3) << 13) | (input[at + 1]! << 5) | (input[at + 2]! >> 3);
  const low = ((input[at + 2]! & 3) << 13) | (input[at + 3]! << 5) | (input[at + 4]! >> 3);
  return high * 2 ** 30 + middle * 2 ** 15 + low;
}

function readTimes(input: Buffer, at: number, end: number): PesTimes {
  const flags = input[at + 7]! >> 6;
  const first = at + PES_FIXED;
  if (!(flags & 2) || first + TIME_SIZE > end) return NO_TIMES;
  const pts = readTime(input, first);
  const hasDts = flags === 3 && first + 2 * TIME_SIZE <= end;
  return { pts, dts: hasDts ? readTime(input, first + TIME_SIZE) : pts };
}
