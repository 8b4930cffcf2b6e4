import { Histogram } from './histogram.ts';

/** How late a timer's calls come: whether the event loop, or the machine, had no time for it. */
export class Lateness {
  readonly #interval: number;
  readonly #histogram = new Histogram();
  #due = Number.POSITIVE_INFINITY;

  /** `interval`: microseconds between the timer's calls. */
  constructor(interval: number) {
    this.#interval = interval;
  }

  /** To be called by the timer. `now` in microseconds. */
  tick(now: number): void {
    if (this.#due !== Number.POSITIVE_INFINITY) this.#histogram.add(now - this.#due);
    this.#due = now + this.#interval;
  }

  reset(): void {
    this.#histogram.reset();
  }

  /** Milliseconds that all but a hundredth of the calls were not late by; 0 where there were none. */
  get p99(): number {
    return this.#histogram.total > 0 ? this.#histogram.percentile(0.99) : 0;
  }
}
