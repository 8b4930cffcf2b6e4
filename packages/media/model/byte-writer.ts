/**
 * Bytes of the memory that is shared by what lies side by side. What is left at the end of a slab was never touched,
 * and costs no memory.
 */
export const SLAB_SIZE = 72 * 1024 - 32;

/** A finished piece of a writer's output: bytes `start` to `end` of `slab`, which neighbouring pieces share. */
export interface Piece {
  readonly slab: Buffer;
  readonly start: number;
  readonly end: number;
}

/**
 * Writes big-endian bytes into slabs, one after the other, and hands them out as pieces. Every byte is written
 * once into memory that viewers and caches then share; consecutive pieces lie side by side in a slab, so several
 * can be sent as one. `buffer` changes when a slab is full: read it after `claim`, never before.
 */
export class ByteWriter {
  buffer: Buffer;
  /** Where the next byte goes. */
  position = 0;
  readonly #slabSize: number;
  #start = 0;

  constructor(slabSize: number = SLAB_SIZE) {
    this.#slabSize = slabSize;
    this.buffer = Buffer.allocUnsafeSlow(slabSize);
  }

  /** Bytes written since the last piece. */
  get pending(): number {
    return this.position - this.#start;
  }

  /** Makes room for `size` bytes, moves past them and returns where they begin. */
  claim(size: number): number {
    if (this.position + size > this.buffer.length) this.#nextSlab(size);
    const at = this.position;
    this.position = at + size;
    return at;
  }

  u8(value: number): void {
    const at = this.claim(1);
    this.buffer[at] = value;
  }

  u16(value: number): void {
    const at = this.claim(2);
    this.buffer.writeUInt16BE(value, at);
  }

  u24(value: number): void {
    const at = this.claim(3);
    this.buffer.writeUIntBE(value, at, 3);
  }

  u32(value: number): void {
    const at = this.claim(4);
    this.buffer.writeUInt32BE(value, at);
  }

  bytes(source: Uint8Array): void {
    const at = this.claim(source.length);
    this.buffer.set(source, at);
  }

  /** Ends the piece that was being written and returns it. */
  take(): Piece {
    const piece = { slab: this.buffer, start: this.#start, end: this.position };
    this.#start = this.position;
    return piece;
  }

  /** A slab that cannot hold the piece being written is left to the pieces before it. */
  #nextSlab(size: number): void {
    const pending = this.pending;
    const needed = pending + size;
    const slab = Buffer.allocUnsafeSlow(
      needed > this.#slabSize / 2 ? needed + this.#slabSize : this.#slabSize,
    );
    this.buffer.copy(slab, 0, this.#start, this.position);
    this.buffer = slab;
    this.#start = 0;
    this.position = pending;
  }
}
