import { AUDIO, DATA, HEAD_LENGTH, type MediaListener, VIDEO } from './tag.ts';

const FILE_HEADER = 9;
const TAG_HEADER = 11;
const PREVIOUS_TAG_SIZE = 4;
const TYPE_MASK = 0x1f;

/**
 * Reads an FLV stream (Adobe, Video File Format 10.1, annex E) as it arrives, in pieces cut anywhere. A tag that lies
 * in one piece is not copied; of others the first bytes alone are kept. Throws a RangeError at what is no FLV.
 */
export class FlvReader {
  readonly #listener: MediaListener;
  readonly #header = Buffer.alloc(FILE_HEADER + PREVIOUS_TAG_SIZE);
  readonly #head = Buffer.alloc(HEAD_LENGTH);
  #headerNeeded = FILE_HEADER + PREVIOUS_TAG_SIZE;
  #headerLength = 0;
  #began = false;
  #type = 0;
  #bodyLength = 0;
  /** Bytes of the tag's body and of the size behind it that have come; -1 while its header is read. */
  #received = -1;

  constructor(listener: MediaListener) {
    this.#listener = listener;
  }

  push(bytes: Buffer, start: number, end: number, time: number): void {
    let at = start;
    while (at < end) {
      if (this.#received >= 0) at = this.#readBody(bytes, at, end, time);
      else if (this.#began && this.#headerLength === 0 && end - at >= TAG_HEADER) {
        this.#beginTag(bytes, at);
        at += TAG_HEADER;
      } else at = this.#collectHeader(bytes, at, end);
    }
  }

  #collectHeader(bytes: Buffer, start: number, end: number): number {
    const length = Math.min(end - start, this.#headerNeeded - this.#headerLength);
    bytes.copy(this.#header, this.#headerLength, start, start + length);
    this.#headerLength += length;
    if (this.#headerLength < this.#headerNeeded) return end;
    this.#headerLength = 0;
    if (this.#began) this.#beginTag(this.#header, 0);
    else {
      if (this.#header.toString('latin1', 0, 3) !== 'FLV') throw new RangeError('not an FLV stream');
      this.#began = true;
      this.#headerNeeded = TAG_HEADER;
    }
    return start + length;
  }

  #beginTag(header: Buffer, at: number): void {
    const type = header[at]! & TYPE_MASK;
    if (type !== AUDIO && type !== VIDEO && type !== DATA) {
      throw new RangeError(`FLV tag of unknown type ${type}`);
    }
    this.#type = type;
    this.#bodyLength = (header[at + 1]! << 16) | (header[at + 2]! << 8) | header[at + 3]!;
    this.#received = 0;
  }

  #readBody(bytes: Buffer, start: number, end: number, time: number): number {
    const length = Math.min(end - start, this.#bodyLength + PREVIOUS_TAG_SIZE - this.#received);
    const headLength = Math.min(this.#bodyLength, HEAD_LENGTH);
    if (this.#received === 0 && length === this.#bodyLength + PREVIOUS_TAG_SIZE) {
      this.#received = -1;
      this.#listener(this.#type, bytes, start, start + headLength, time);
      return start + length;
    }
    if (this.#received < HEAD_LENGTH) bytes.copy(this.#head, this.#received, start, start + length);
    this.#received += length;
    if (this.#received === this.#bodyLength + PREVIOUS_TAG_SIZE) {
      this.#received = -1;
      this.#listener(this.#type, this.#head, 0, headLength, time);
    }
    return start + length;
  }
}
