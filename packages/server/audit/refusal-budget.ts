/** Entries a minute of one address, and of all together. */
const PER_ADDRESS = 60;
const IN_ALL = 600;
const MINUTE = 60_000;

/**
 * How many refused attempts are written down: a stranger who is turned away a million times may not fill the disk. What
 * is left out is counted, and the number stands in the next entry.
 */
export class RefusalBudget {
  readonly #now: () => number;
  readonly #taken = new Map<string, number>();
  #total = 0;
  #omitted = 0;
  #since = Number.NEGATIVE_INFINITY;

  /** `now`: milliseconds. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** How many were left out before this one; undefined where this one is to be left out. */
  take(address: string): number | undefined {
    const now = this.#now();
    if (now - this.#since >= MINUTE) {
      this.#since = now;
      this.#total = 0;
      this.#taken.clear();
    }
    const taken = this.#taken.get(address) ?? 0;
    if (taken >= PER_ADDRESS || this.#total >= IN_ALL) {
      this.#omitted++;
      return undefined;
    }
    this.#taken.set(address, taken + 1);
    this.#total++;
    const omitted = this.#omitted;
    this.#omitted = 0;
    return omitted;
  }
}
