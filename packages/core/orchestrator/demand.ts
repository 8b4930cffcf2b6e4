import type { Ingest } from './protocol-adapter.ts';

/** Which of the ingests that fetch on demand were told to, and since when nobody takes what they bring. */
export class Demand {
  readonly #linger: number;
  /** Those that were told; undefined while somebody takes the stream. Milliseconds of a monotonic clock. */
  readonly #idleSince = new Map<Ingest, number | undefined>();

  /** `linger`: milliseconds that a stream is fetched on after its last taker. */
  constructor(linger: number) {
    this.#linger = linger;
  }

  /** Somebody wants the ingest's stream. */
  want(ingest: Ingest): void {
    this.#idleSince.set(ingest, undefined);
    ingest.demand?.(true);
  }

  /** At `now`, the stream is taken or not: true says, once, that the ingest was told to rest. */
  check(ingest: Ingest, isTaken: boolean, now: number): boolean {
    if (!this.#idleSince.has(ingest)) return false;
    const since = isTaken ? undefined : (this.#idleSince.get(ingest) ?? now);
    this.#idleSince.set(ingest, since);
    if (since === undefined || now - since < this.#linger) return false;
    this.#idleSince.delete(ingest);
    ingest.demand?.(false);
    return true;
  }

  forget(ingest: Ingest): void {
    this.#idleSince.delete(ingest);
  }
}
