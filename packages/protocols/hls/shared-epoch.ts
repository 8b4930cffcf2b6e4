/** Milliseconds by which the source's clock may run away from ours before dates are set anew. */
const MAX_DRIFT = 1000;

/**
 * When the time of a stream was zero, in milliseconds since 1970. The renditions of a stream share one, so that the same
 * moment has the same date in all of them, however late they come.
 */
export class SharedEpoch {
  #epoch: number | undefined;

  /** `now`: the zero time that the latest frame tells. */
  at(now: number): number {
    if (this.#epoch === undefined || Math.abs(now - this.#epoch) > MAX_DRIFT) this.#epoch = now;
    return this.#epoch;
  }

  /** The time does not go on from what was before. */
  reset(): void {
    this.#epoch = undefined;
  }
}
