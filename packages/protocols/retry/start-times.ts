/** Milliseconds between two starts, and between two at one host: a recorder with 64 channels is one host. */
const SPACING = 20;
const HOST_SPACING = 250;
const MAX_HOSTS = 1000;

/**
 * Spreads the first attempts of many ingests that are made at once, as after a restart: a lone one begins at once,
 * others a while after those before them.
 */
export class StartTimes {
  /** When the next start may be, in milliseconds of a steady clock. */
  #next = 0;
  readonly #nextAt = new Map<string, number>();

  /** In how many milliseconds an ingest from `host` may begin, which it is then reckoned to do. */
  delayFor(host: string, now: number, random = Math.random): number {
    const start = Math.max(now, this.#next, this.#nextAt.get(host) ?? 0);
    this.#next = Math.max(now, this.#next) + SPACING;
    if (this.#nextAt.size >= MAX_HOSTS) this.#forget(now);
    this.#nextAt.set(host, start + HOST_SPACING);
    return start === now ? 0 : start - now + random() * SPACING;
  }

  #forget(now: number): void {
    for (const [host, time] of this.#nextAt) if (time <= now) this.#nextAt.delete(host);
  }
}
