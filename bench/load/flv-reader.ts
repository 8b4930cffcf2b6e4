import { AUDIO, DATA, HEAD_LENGTH, type MediaListener, VIDEO } from './tag.ts';

const FILE_HEADER = 9;
const TAG_HEADER = 11;
const PREVIOUS_TAG_SIZE = 4;
const TYPE_MASK = 0x1f;

/**
 * Reads an FLV stream (Adobe, Video File Format 10.1, annex E) as it arrives, in pieces cut anywhere, and keeps the
 * first bytes of each tag alone. Throws a RangeError at what is no FLV.
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
    while (at < end)
      at = this.#received < 0 ? this.#readHeader(bytes, at, end) : this.#readBody(bytes, at, end, time);
  }

  #readHeader(bytes: Buffer, start: number, end: number): number {
    const length = Math.min(end - start, this.#headerNeeded - this.#headerLength);
    bytes.copy(this.#header, this.#headerLength, start, start + length);
    this.#headerLength += length;
    if (this.#headerLength === this.#headerNeeded) this.#useHeader();
    return start + length;
  }

  #useHeader(): void {
    this.#headerLength = 0;
    if (!this.#began) {
      if (this.#header.toString('latin1', 0, 3) !== 'FLV') throw new RangeError('not an FLV stream');
      this.#began = true;
      this.#headerNeeded = TAG_HEADER;
      return;
    }
    this.#type = this.#header[0]! & TYPE_MASK;
    if (this.#type !== AUDIO && this.#type !== VIDEO && this.#type !== DATA) {
      throw new RangeError(`FLV tag of unknown type ${this.#type}`);
    }
    this.#bodyLength = this.#header.readUIntBE(1, 3);
    this.#received = 0;
  }

  #readBody(bytes: Buffer, start: number, end: number, time: number): number {
    const length = Math.min(end - start, this.#bodyLength + PREVIOUS_TAG_SIZE - this.#received);
    if (this.#received < HEAD_LENGTH) bytes.copy(this.#head, this.#received, start, start + length);
    this.#received += length;
    if (this.#received === this.#bodyLength + PREVIOUS_TAG_SIZE) {
      this.#received = -1;
      this.#listener(this.#type, this.#head, Math.min(this.#bodyLength, HEAD_LENGTH), time);
    }
    return start + length;
  }
}
