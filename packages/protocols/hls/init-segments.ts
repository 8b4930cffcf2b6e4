/** What decoders need before the segments of one stream, each named by the first segment that needs it. */
export class InitSegments {
  readonly #segments = new Map<number, Buffer>();
  #latest: number | undefined;

  /** The name of `init`, which the segment `sequence` needs. */
  add(init: Buffer | undefined, sequence: number): number | undefined {
    if (!init) return undefined;
    const latest = this.#latest === undefined ? undefined : this.#segments.get(this.#latest);
    if (latest !== init && !latest?.equals(init)) {
      this.#segments.set(sequence, init);
      this.#latest = sequence;
    }
    return this.#latest;
  }

  get(number: number): Buffer | undefined {
    return this.#segments.get(number);
  }

  /** Those that nobody needs any more are given up. */
  keep(needed: ReadonlySet<number | undefined>): void {
    for (const number of this.#segments.keys()) {
      if (number !== this.#latest && !needed.has(number)) this.#segments.delete(number);
    }
  }
}
