const SLAB_SIZE = 32 * 1024;

/**
 * Room for the payloads of one connection. Small ones lie side by side in slabs, for they are dropped about together,
 * and a buffer of its own for each is what the garbage collector would spend most of its time on.
 */
export class PayloadSlab {
  #slab: Buffer | undefined;
  #used = 0;

  /** What the memory held before is not erased. */
  allocate(size: number): Buffer {
    if (size > SLAB_SIZE / 4) return Buffer.allocUnsafeSlow(size);
    if (!this.#slab || size > SLAB_SIZE - this.#used) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB_SIZE);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += size;
    return this.#slab.subarray(start, start + size);
  }
}
