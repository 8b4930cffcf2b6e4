export interface RestartDelayOptions {
  /** Milliseconds before the first restart; each further one waits twice as long. */
  readonly first: number;
  /** Milliseconds; no restart waits longer. */
  readonly max: number;
  /** A program that was ready for this many milliseconds ran well: the next delay is the first again. */
  readonly steadyAfter: number;
}

/** The part of a delay that is left to chance, so that programs that fell together do not rise together. */
const JITTER = 0.25;

/** How long to wait before a program that ended is started again. */
export class RestartDelay {
  readonly #options: RestartDelayOptions;
  readonly #random: () => number;
  #failures = 0;

  constructor(options: RestartDelayOptions, random: () => number = Math.random) {
    this.#options = options;
    this.#random = random;
  }

  /** Milliseconds, after an end of the program that had been ready for `ranFor` milliseconds. */
  next(ranFor: number): number {
    const { first, max, steadyAfter } = this.#options;
    if (ranFor >= steadyAfter) this.#failures = 0;
    const delay = Math.min(max, first * 2 ** this.#failures++);
    return Math.round(delay * (1 - JITTER * this.#random()));
  }
}
