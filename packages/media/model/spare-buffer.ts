/** Larger ones are not kept: they are rare, and there is one for each connection. */
const MAX_KEPT = 128 * 1024;
const LEAST_SIZE = 4096;

/**
 * Memory for what is put together from several reads and handed on at once: as a rule the same buffer serves one after
 * the other, so that nothing is left to the garbage collector.
 */
export class SpareBuffer {
  #spare: Buffer | undefined;

  /** At least `size` bytes, which hold whatever was there. */
  take(size: number): Buffer {
    const spare = this.#spare;
    if (spare && spare.length >= size) {
      this.#spare = undefined;
      return spare;
    }
    return Buffer.allocUnsafeSlow(Math.max(LEAST_SIZE, 2 ** Math.ceil(Math.log2(size))));
  }

  /** Nobody uses `buffer`, which was taken here, any more. */
  give(buffer: Buffer): void {
    if (buffer.length > MAX_KEPT || buffer.length < (this.#spare?.length ?? 0)) return;
    this.#spare = buffer;
  }
}
