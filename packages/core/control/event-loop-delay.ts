import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Milliseconds between samples; what is measured holds them too. */
const RESOLUTION = 20;
const WINDOW = 60_000;

/** How late the timers of this process run. */
export class EventLoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  readonly #window: NodeJS.Timeout;

  constructor() {
    this.#histogram.enable();
    this.#window = setInterval(() => this.#histogram.reset(), WINDOW).unref();
  }

  /** 99th percentile of the last minute. */
  get milliseconds(): number {
    const late = Math.max(0, this.#histogram.percentile(99) / 1e6 - RESOLUTION);
    return Math.round(late * 10) / 10;
  }

  close(): void {
    clearInterval(this.#window);
    this.#histogram.disable();
  }
}
