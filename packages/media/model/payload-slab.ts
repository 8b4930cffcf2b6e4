/**
 * Bytes of the memory that is shared by what lies side by side: more than the 64 KiB into which Node reads sockets, so
 * that blocks of one size are used again for blocks of the same.
 */
export const SLAB_SIZE = 72 * 1024 - 32;

/**
 * Room for the payloads of one connection. They lie side by side in slabs, for they are dropped about together, and a
 * buffer of its own for each is what the garbage collector would spend most of its time on. What is left at the end of
 * a slab was never touched, and costs no memory.
 */
export class PayloadSlab {
  #slab: Buffer | undefined;
  #used = 0;

  /** What the memory held before is not erased. */
  allocate(size: number): Buffer {
    if (size > SLAB_SIZE) return Buffer.allocUnsafeSlow(size);
    if (!this.#slab || size > SLAB_SIZE - this.#used) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB_SIZE);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += size;
    return this.#slab.subarray(start, start + size);
  }
}
