const BUCKET_MICROSECONDS = 250;
const BUCKETS = 40_000;

/** The buckets that are not empty, as they go from process to process: [bucket, count]. */
export type SparseHistogram = readonly (readonly [number, number])[];

/** Latencies in buckets of a quarter of a millisecond, up to ten seconds; what is longer counts as ten seconds. */
export class Histogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** A clock that two processes read may differ by a few microseconds: negative counts as none. */
  add(microseconds: number): void {
    const bucket = Math.min(BUCKETS - 1, Math.max(0, Math.floor(microseconds / BUCKET_MICROSECONDS)));
    this.#counts[bucket]!++;
    this.#total++;
  }

  merge(other: SparseHistogram): void {
    for (const [bucket, count] of other) {
      this.#counts[bucket]! += count;
      this.#total += count;
    }
  }

  /** Milliseconds that the share `p` (0 to 1) of the latencies does not exceed; NaN where there are none. */
  percentile(p: number): number {
    const wanted = Math.max(1, Math.ceil(this.#total * p));
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen >= wanted) return ((bucket + 1) * BUCKET_MICROSECONDS) / 1000;
    }
    return Number.NaN;
  }

  reset(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  toSparse(): SparseHistogram {
    const sparse: [number, number][] = [];
    this.#counts.forEach((count, bucket) => {
      if (count > 0) sparse.push([bucket, count]);
    });
    return sparse;
  }
}
