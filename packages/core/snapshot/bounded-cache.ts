/** Values by key, up to a number of bytes in all; those that were not asked for the longest go first. */
export class BoundedCache<Value> {
  readonly #maxBytes: number;
  readonly #sizeOf: (value: Value) => number;
  /** In the order of their last use. */
  readonly #entries = new Map<string, Value>();
  #byteLength = 0;

  constructor(maxBytes: number, sizeOf: (value: Value) => number) {
    this.#maxBytes = maxBytes;
    this.#sizeOf = sizeOf;
  }

  get byteLength(): number {
    return this.#byteLength;
  }

  get(key: string): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  /** What is larger than all that may be kept is not. */
  set(key: string, value: Value): void {
    this.delete(key);
    this.#entries.set(key, value);
    this.#byteLength += this.#sizeOf(value);
    for (const oldest of this.#entries.keys()) {
      if (this.#byteLength <= this.#maxBytes) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const value = this.#entries.get(key);
    if (value === undefined) return;
    this.#byteLength -= this.#sizeOf(value);
    this.#entries.delete(key);
  }
}
