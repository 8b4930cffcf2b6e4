/** Milliseconds by which the source's clock may run away from ours before dates are set anew. */
const MAX_DRIFT = 1000;
/** A rendition is made of what its source has sent before, and the later, the busier the machine is. */
const MAX_LATENESS = 10_000;

/**
 * When the time of a stream was zero, in milliseconds since 1970. The renditions of a stream share one, so that the same
 * moment has the same date in all of them, however late they come.
 */
export class SharedEpoch {
  #epoch: number | undefined;

  /** `now`: the zero time that the latest frame tells. */
  at(now: number, isRendition = false): number {
    const late = now - (this.#epoch ?? now);
    const isApart = late < -MAX_DRIFT || late > (isRendition ? MAX_LATENESS : MAX_DRIFT);
    if (this.#epoch === undefined || isApart) this.#epoch = now;
    return this.#epoch;
  }

  /** The time does not go on from what was before. */
  reset(): void {
    this.#epoch = undefined;
  }
}
