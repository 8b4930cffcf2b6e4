export interface FloodLimits {
  /** Messages a second that one address may send for long, and how many at once before that counts. */
  readonly rate: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

const MAX_ADDRESSES = 10_000;

/**
 * How much one address may ask: a token bucket each. A thousand devices may be behind one address, and a platform sends
 * its catalog in thousands of messages, so the burst is wide; what is over it costs nothing but the look here.
 */
export class FloodGate {
  readonly #limits: FloodLimits;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: FloodLimits) {
    this.#limits = limits;
  }

  /** `now`: milliseconds of a monotonic clock. */
  admits(address: string, now: number): boolean {
    const { rate, burst } = this.#limits;
    const bucket = this.#buckets.get(address);
    if (!bucket) {
      if (this.#buckets.size >= MAX_ADDRESSES) this.#forget(now);
      this.#buckets.set(address, { tokens: burst - 1, at: now });
      return true;
    }
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * rate);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  /** Those that have been quiet long enough to be as new; the oldest where there is none. */
  #forget(now: number): void {
    const { rate, burst } = this.#limits;
    for (const [address, { tokens, at }] of this.#buckets)
      if (tokens + ((now - at) / 1000) * rate >= burst) this.#buckets.delete(address);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size >= MAX_ADDRESSES && oldest !== undefined) this.#buckets.delete(oldest);
  }
}
