/** Anything that gathers bytes and sends them when told. */
export interface Flushable {
  /** Returns the bytes sent, summed over all who got them. */
  flush(): number;
}

/** How flushing goes, averaged over the last ones; times in milliseconds. */
export interface FlushLoad {
  readonly flushInterval: number;
  readonly flushDuration: number;
  readonly flushBytes: number;
}

export interface FlushOptions {
  /** Milliseconds between flushes while there is little to do. */
  readonly minInterval: number;
  /** Milliseconds between flushes at most, whatever the load. */
  readonly maxInterval: number;
}

/**
 * The part of the time that flushing may take before flushes are spaced further apart: a write costs about the same
 * whatever it carries, so with hundreds of viewers fewer and larger ones are what saves work (DESIGN §5).
 */
const BUSY_SHARE = 0.05;
/** Flushes over which the figures for people are averaged. */
const AVERAGED = 16;

/**
 * Decides when outputs send what they gathered: all together, every `minInterval` milliseconds, and less often when
 * the flushes themselves take long, so that each carries more (DESIGN §5). No timer runs while nothing is pending.
 */
export class FlushScheduler {
  readonly #options: FlushOptions;
  #pending: Flushable[] = [];
  #timer: NodeJS.Timeout | undefined;
  #interval: number;
  #lastFlush = 0;
  #duration = 0;
  #bytes = 0;

  constructor(options: FlushOptions) {
    this.#options = options;
    this.#interval = options.minInterval;
  }

  /** Milliseconds between flushes under the present load. */
  get interval(): number {
    return this.#interval;
  }

  get load(): FlushLoad {
    return { flushInterval: this.#interval, flushDuration: this.#duration, flushBytes: this.#bytes };
  }

  /** The caller sees to it that it is added only once before its `flush` is called. */
  add(flushable: Flushable): void {
    this.#pending.push(flushable);
    if (this.#timer) return;
    const elapsed = performance.now() - this.#lastFlush;
    this.#timer = setTimeout(this.#run, Math.max(1, this.#interval - elapsed));
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#pending = [];
  }

  readonly #run = (): void => {
    const start = performance.now();
    const pending = this.#pending;
    this.#pending = [];
    this.#timer = undefined;
    this.#lastFlush = start;
    let bytes = 0;
    for (const flushable of pending) bytes += flushable.flush();
    const duration = performance.now() - start;
    this.#duration += (duration - this.#duration) / AVERAGED;
    this.#bytes += (bytes - this.#bytes) / AVERAGED;
    const wanted = duration / BUSY_SHARE;
    const bounded = Math.min(this.#options.maxInterval, Math.max(this.#options.minInterval, wanted));
    // Half-way each time, so that one long flush does not make the next viewers wait.
    this.#interval += (bounded - this.#interval) / 2;
  };
}
