import { SLAB_SIZE } from '../../model/byte-writer.ts';
import { ParseError } from '../../model/parse-error.ts';

const EMPTY = Buffer.alloc(0);
/** A larger frame is not what the next slab makes room for from the start. */
const MAX_EXPECTED = 1024 * 1024;
const DEFAULT_MAX_SIZE = 16 * 1024 * 1024;

/**
 * Where a depacketiser puts a frame together whose size shows only at its end. Frames lie side by side in slabs, for
 * those of one stream are dropped about together, and a buffer of its own for each is what the garbage collector would
 * spend most of its time on. A frame that outgrows its slab moves to the next, which has room for the largest of late:
 * few bytes are copied twice. `buffer` changes with `claim`: read it after, never before.
 */
export class FrameBuffer {
  buffer: Buffer = EMPTY;
  readonly #maxSize: number;
  #start = 0;
  #end = 0;
  #expected = 0;

  constructor(maxSize: number = DEFAULT_MAX_SIZE) {
    this.#maxSize = maxSize;
  }

  /** Bytes of the frame in progress. */
  get size(): number {
    return this.#end - this.#start;
  }

  /** Where in `buffer` the frame in progress begins. */
  get start(): number {
    return this.#start;
  }

  /**
   * Makes room for `size` more bytes and returns where in `buffer` they go. Beyond the cap it throws `ParseError`, and
   * the frame in progress is gone.
   */
  claim(size: number): number {
    if (this.size + size > this.#maxSize) {
      this.truncate(0);
      throw new ParseError(`frame of more than ${this.#maxSize} bytes`);
    }
    if (this.#end + size > this.buffer.length) this.#nextSlab(size);
    const at = this.#end;
    this.#end = at + size;
    return at;
  }

  /** The frame in progress is to be one of the large ones: moves it now, while little of it is there. */
  expectLarge(): void {
    const missing = this.#expected + (this.#expected >> 2) - this.size;
    if (this.#end + missing > this.buffer.length) this.#nextSlab(missing);
  }

  /** Appends the bytes of `source` from `start` to `end`. */
  append(source: Buffer, start: number, end: number): void {
    const at = this.claim(end - start);
    source.copy(this.buffer, at, start, end);
  }

  /** Takes back all but the first `size` bytes of the frame in progress. */
  truncate(size: number): void {
    this.#end = this.#start + size;
  }

  /** Ends the frame and returns it; nothing is written into it any more. */
  take(): Buffer {
    const frame = this.buffer.subarray(this.#start, this.#end);
    this.#expected = Math.min(Math.max(frame.length, this.#expected), MAX_EXPECTED);
    this.#start = this.#end;
    return frame;
  }

  #nextSlab(size: number): void {
    const begun = this.size;
    // A frame that moves a second time is larger than any of late: then it doubles.
    const room = begun > 0 ? Math.max(2 * (begun + size), begun + this.#expected) : this.#expected;
    const slab = Buffer.allocUnsafeSlow(Math.max(room, size, SLAB_SIZE));
    this.buffer.copy(slab, 0, this.#start, this.#end);
    this.buffer = slab;
    this.#start = 0;
    this.#end = begun;
    this.#expected -= this.#expected >> 4;
  }
}
