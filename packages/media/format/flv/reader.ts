import { ParseError } from '../../model/parse-error.ts';
import { FILE_HEADER_SIZE, readTagHeader, TAG_HEADER_SIZE, TAG_TRAILER_SIZE } from './tag-header.ts';

/** Takes one whole tag: its type, its time stamp (32-bit milliseconds) and its body, which is the taker's own. */
export type TagCallback = (type: number, timestamp: number, body: Buffer) => void;

const MAX_FILE_HEADER_SIZE = 1024;
const DEFAULT_MAX_TAG_SIZE = 16 * 1024 * 1024;

/**
 * Cuts the bytes of an FLV file or stream, in pieces of any size, into tags. Throws `ParseError` where it is no FLV;
 * there is no way to go on after that.
 */
export class FlvReader {
  readonly #onTag: TagCallback;
  readonly #maxTagSize: number;
  /** What is being gathered, and what is done with it when it is full. */
  #target = Buffer.alloc(FILE_HEADER_SIZE);
  #filled = 0;
  #finish: (gathered: Buffer) => void = header => this.#readFileHeader(header);

  constructor(onTag: TagCallback, maxTagSize: number = DEFAULT_MAX_TAG_SIZE) {
    this.#onTag = onTag;
    this.#maxTagSize = maxTagSize;
  }

  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      const end = Math.min(bytes.length, at + this.#target.length - this.#filled);
      this.#target.set(bytes.subarray(at, end), this.#filled);
      this.#filled += end - at;
      at = end;
      if (this.#filled === this.#target.length) this.#finish(this.#target);
    }
  }

  #gather(size: number, finish: (gathered: Buffer) => void): void {
    this.#target = Buffer.allocUnsafe(size);
    this.#filled = 0;
    this.#finish = finish;
  }

  #readFileHeader(header: Buffer): void {
    if (header.toString('latin1', 0, 3) !== 'FLV') throw new ParseError('not an FLV file', 0);
    const headerSize = header.readUInt32BE(5);
    if (headerSize < FILE_HEADER_SIZE || headerSize > MAX_FILE_HEADER_SIZE) {
      throw new ParseError(`FLV file header of ${headerSize} bytes`, 5);
    }
    this.#gather(headerSize - FILE_HEADER_SIZE + TAG_TRAILER_SIZE, () => this.#expectTag());
  }

  #expectTag(): void {
    this.#gather(TAG_HEADER_SIZE, header => this.#readTag(header));
  }

  #readTag(headerBytes: Buffer): void {
    const { type, encrypted, size, timestamp } = readTagHeader(headerBytes, 0);
    if (encrypted) throw new ParseError('encrypted FLV tag', 0);
    if (size > this.#maxTagSize) throw new ParseError(`FLV tag of ${size} bytes`, 1);
    this.#gather(size + TAG_TRAILER_SIZE, gathered => {
      this.#expectTag();
      this.#onTag(type, timestamp, gathered.subarray(0, size));
    });
  }
}
