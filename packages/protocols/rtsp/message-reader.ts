import { ParseError } from '@flux-iot/media/model/parse-error';
import { DOLLAR, HeaderFields, INTERLEAVED_HEADER_SIZE, NO_BODY, type RtspMessage } from './message.ts';
import {
  bodySize,
  MAX_START_LINE,
  mayBeginStartLine,
  parseStartLine,
  readHeaderLine,
  type StartLine,
} from './message-head.ts';
import { judge, KnownChannels, NO, YES } from './resynchronization.ts';

export interface RtspReaderLimits {
  /** Of a start line and the headers after it. */
  readonly maxHeadBytes: number;
  readonly maxHeaders: number;
  readonly maxBodySize: number;
  /** How much that is neither message nor frame is skipped in search of the next one. */
  readonly maxSkippedBytes: number;
}

export interface RtspReaderHandlers {
  onMessage(message: RtspMessage): void;
  /** `payload` is a view that is valid during the call alone. */
  onInterleaved(channel: number, payload: Buffer): void;
  /** So many bytes before what comes next were junk; packets may be missing. */
  onSkipped(bytes: number): void;
}

const CR = 0x0d;
const LF = 0x0a;
const MIN_ROOM = 2048;

/**
 * Takes messages and interleaved frames out of the bytes of one connection (RFC 2326 §4, §10.12), which may come in
 * pieces of any size. Frames are handed on where they were read; only what the end of a read cut is copied.
 *
 * Cameras put junk between frames, and frames shorter than they say. The reader then looks for the next frame on a
 * channel that it knows, or the next message, in no more memory than a frame needs, and says how much it skipped.
 * Throws `ParseError` where it gives up.
 */
export class RtspReader {
  readonly #handlers: RtspReaderHandlers;
  #limits: RtspReaderLimits;
  readonly #channels = new KnownChannels();
  /** `start`: something begins here. `lost`: where something begins is being looked for. */
  #state: 'start' | 'frame' | 'head' | 'body' | 'lost' = 'start';
  /** What was cut by the end of a read: a frame, a line, or what is not yet known to be something. */
  #cut: Buffer = NO_BODY;
  /** Above 0 only in a search. */
  #cutStart = 0;
  #cutSize = 0;
  /** In a search: so much has to be kept before it is looked at again. */
  #needed = 0;
  /** Whatever stands at the beginning of the search, something ended before it. */
  #isBoundary = false;
  /** What begins here has been found by a search. */
  #isChecked = false;
  #skipped = 0;
  #startLine: StartLine | undefined;
  #headers = new HeaderFields();
  #headBytes = 0;
  #body: Buffer = NO_BODY;
  #bodyReceived = 0;
  #isPaused = false;
  /** What was read and is to wait for `resume`. */
  #held: Buffer = NO_BODY;

  constructor(limits: RtspReaderLimits, handlers: RtspReaderHandlers) {
    this.#limits = limits;
    this.#handlers = handlers;
  }

  setLimits(limits: RtspReaderLimits): void {
    this.#limits = limits;
  }

  /** The channels that media is expected on from now on. Until some are known, frames on any are passed on. */
  expectChannels(channels: Iterable<number>): void {
    this.#channels.set(channels);
  }

  /** From within a handler: nothing is read until `resume`. The caller stops reading the socket too. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    const held = this.#held;
    this.#held = NO_BODY;
    this.push(held);
  }

  /** Takes what was read from the socket. */
  push(data: Buffer): void {
    let at = 0;
    while (at < data.length) {
      if (this.#isPaused) {
        this.#held = Buffer.concat([this.#held, data.subarray(at)]);
        return;
      }
      at = this.#step(data, at);
    }
  }

  /** Returns up to where `data` has been taken. */
  #step(data: Buffer, at: number): number {
    switch (this.#state) {
      case 'start':
        return this.#begin(data, at);
      case 'frame':
        return this.#continueFrame(data, at);
      case 'head':
        return this.#readHead(data, at);
      case 'body':
        return this.#continueBody(data, at);
      case 'lost':
        return this.#search(data, at);
    }
  }

  #begin(data: Buffer, at: number): number {
    const first = data[at]!;
    if (first === DOLLAR) return this.#beginFrame(data, at);
    // Empty lines between messages, and what a length that was too short left of a body.
    if (first === CR || first === LF) return at + 1;
    if (!this.#isChecked && !mayBeginStartLine(data, at)) return this.#lose(at, false);
    this.#isChecked = false;
    this.#state = 'head';
    return at;
  }

  #beginFrame(data: Buffer, at: number): number {
    const available = data.length - at - INTERLEAVED_HEADER_SIZE;
    if (available < 0 || available < data.readUInt16BE(at + 2)) {
      this.#state = 'frame';
      return at;
    }
    const channel = data[at + 1]!;
    if (!this.#isExpected(channel)) return this.#lose(at, true);
    const start = at + INTERLEAVED_HEADER_SIZE;
    const end = start + data.readUInt16BE(at + 2);
    this.#deliverFrame(channel, data.subarray(start, end));
    return end;
  }

  #continueFrame(data: Buffer, at: number): number {
    let end = at;
    if (this.#cutSize < INTERLEAVED_HEADER_SIZE) {
      end = this.#keep(data, at, INTERLEAVED_HEADER_SIZE);
      if (this.#cutSize < INTERLEAVED_HEADER_SIZE) return end;
      if (!this.#isExpected(this.#cut[1]!)) return this.#lose(end, true);
    }
    const size = INTERLEAVED_HEADER_SIZE + this.#cut.readUInt16BE(2);
    end = this.#keep(data, end, size);
    if (this.#cutSize < size) return end;
    const channel = this.#cut[1]!;
    this.#cutSize = 0;
    this.#state = 'start';
    this.#deliverFrame(channel, this.#cut.subarray(INTERLEAVED_HEADER_SIZE, size));
    return end;
  }

  #isExpected(channel: number): boolean {
    return this.#channels.isEmpty || this.#channels.has(channel) || this.#isChecked;
  }

  #deliverFrame(channel: number, payload: Buffer): void {
    this.#isChecked = false;
    this.#found();
    this.#channels.learn(channel, payload);
    this.#handlers.onInterleaved(channel, payload);
  }

  #readHead(data: Buffer, at: number): number {
    const newline = data.indexOf(LF, at);
    const end = newline === -1 ? data.length : newline + 1;
    if (!this.#startLine) return this.#readStartLine(data, at, end, newline !== -1);
    const { maxHeadBytes, maxHeaders } = this.#limits;
    const size = this.#cutSize + end - at;
    if (this.#headBytes + size > maxHeadBytes)
      throw new ParseError(`start line and headers of more than ${maxHeadBytes} bytes`);
    if (newline === -1) return this.#keep(data, at, size);
    const line = this.#textUpTo(data, at, end);
    this.#cutSize = 0;
    this.#headBytes += size;
    if (line === '') this.#endHead();
    else if (this.#headers.size >= maxHeaders) throw new ParseError('too many headers');
    else readHeaderLine(this.#headers, line);
    return end;
  }

  #readStartLine(data: Buffer, at: number, end: number, isWhole: boolean): number {
    const size = this.#cutSize + end - at;
    if (size > MAX_START_LINE) return this.#lose(at, false);
    if (!isWhole) {
      this.#keep(data, at, size);
      return mayBeginStartLine(this.#cut, 0, size) ? end : this.#lose(end, false);
    }
    this.#startLine = parseStartLine(this.#textUpTo(data, at, end));
    // What was taken for a message is looked through for what it may hide.
    if (!this.#startLine) return this.#lose(at, false);
    this.#cutSize = 0;
    this.#headBytes = size;
    return end;
  }

  /** The line that ends at `end`, without its end. */
  #textUpTo(data: Buffer, at: number, end: number): string {
    const text = this.#cut.toString('latin1', 0, this.#cutSize) + data.toString('latin1', at, end);
    return text.replace(/\r?\n$/, '');
  }

  #endHead(): void {
    const size = bodySize(this.#headers, this.#limits.maxBodySize);
    if (size === 0) {
      this.#deliverMessage();
      return;
    }
    this.#body = Buffer.allocUnsafeSlow(size);
    this.#bodyReceived = 0;
    this.#state = 'body';
  }

  #continueBody(data: Buffer, at: number): number {
    const size = Math.min(this.#body.length - this.#bodyReceived, data.length - at);
    data.copy(this.#body, this.#bodyReceived, at, at + size);
    this.#bodyReceived += size;
    if (this.#bodyReceived === this.#body.length) this.#deliverMessage();
    return at + size;
  }

  #deliverMessage(): void {
    const startLine = this.#startLine!;
    const headers = this.#headers;
    const body = this.#body;
    this.#startLine = undefined;
    this.#headers = new HeaderFields();
    this.#headBytes = 0;
    this.#body = NO_BODY;
    this.#state = 'start';
    this.#found();
    this.#handlers.onMessage({ ...startLine, headers, body });
  }

  /** The search is over where what it found has proved to be something. */
  #found(): void {
    if (this.#skipped === 0) return;
    const skipped = this.#skipped;
    this.#skipped = 0;
    this.#handlers.onSkipped(skipped);
  }

  /**
   * What is kept, and the input from `at` on, does not begin as it seemed to. Returns up to where the input has been
   * taken.
   */
  #lose(at: number, isBoundary: boolean): number {
    this.#state = 'lost';
    this.#isBoundary = isBoundary;
    this.#isChecked = false;
    if (this.#cutSize > 0) this.#searchKept();
    return at;
  }

  #search(data: Buffer, at: number): number {
    if (this.#cutSize === 0) {
      const place = this.#scan(data, at);
      return this.#state === 'lost' ? this.#keep(data, place, data.length - place) : place;
    }
    const end = this.#keep(data, at, this.#needed);
    if (this.#cutSize >= this.#needed) this.#searchKept();
    return end;
  }

  #searchKept(): void {
    const kept = this.#cut.subarray(this.#cutStart, this.#cutStart + this.#cutSize);
    const place = this.#scan(kept, 0);
    this.#cutSize -= place;
    this.#cutStart = this.#cutSize === 0 ? 0 : this.#cutStart + place;
    if (this.#state === 'lost') return;
    // It is read like anything that comes; the room for it, which may be large, is not needed any more.
    this.#cut = NO_BODY;
    this.#cutStart = 0;
    this.#cutSize = 0;
    this.push(kept.subarray(place));
  }

  /** Where something begins, and the state is `start`; or what cannot be told yet, and the state is still `lost`. */
  #scan(data: Buffer, start: number): number {
    for (let at = start; at < data.length; at++) {
      const verdict = judge(data, at, this.#channels, this.#isBoundary);
      if (verdict === YES) {
        this.#state = 'start';
        this.#isChecked = true;
        return at;
      }
      if (verdict !== NO) {
        this.#needed = verdict;
        return at;
      }
      this.#isBoundary = false;
      this.#skipped++;
      if (this.#skipped > this.#limits.maxSkippedBytes) {
        const what = this.#channels.isEmpty ? 'no RTSP message' : 'neither message nor frame';
        throw new ParseError(`${what} in ${this.#skipped} bytes`);
      }
    }
    return data.length;
  }

  /** Copies from `at` on until `size` bytes are kept. Returns up to where `data` was copied. */
  #keep(data: Buffer, at: number, size: number): number {
    const end = Math.min(data.length, at + size - this.#cutSize);
    const added = end - at;
    if (this.#cutStart + this.#cutSize + added > this.#cut.length) {
      const needed = this.#cutSize + added;
      // With as much room again, it takes a while until what is kept has to be moved.
      const room =
        2 * needed > this.#cut.length ? Buffer.allocUnsafeSlow(Math.max(MIN_ROOM, 2 * needed)) : this.#cut;
      this.#cut.copy(room, 0, this.#cutStart, this.#cutStart + this.#cutSize);
      this.#cut = room;
      this.#cutStart = 0;
    }
    data.copy(this.#cut, this.#cutStart + this.#cutSize, at, end);
    this.#cutSize += added;
    return end;
  }
}
