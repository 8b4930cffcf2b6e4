const WINDOW = 5;

export interface Rates {
  /** Bits per second of the payload over the last seconds. */
  readonly bitrate: number;
  /** Samples per second. */
  readonly sampleRate: number;
}

/**
 * Counters of one track, or of a whole stream. Counting is two additions; rates are made from snapshots that the
 * orchestrator takes once a second, so that no clock is read on the sample path.
 */
export class Counter {
  samples = 0;
  bytes = 0;
  keyFrames = 0;
  readonly #snapshots: { at: number; samples: number; bytes: number }[] = [];

  add(bytes: number, key: boolean): void {
    this.samples++;
    this.bytes += bytes;
    if (key) this.keyFrames++;
  }

  /** `now` in milliseconds of a monotonic clock. */
  snapshot(now: number): void {
    if (this.#snapshots.length > WINDOW) this.#snapshots.shift();
    this.#snapshots.push({ at: now, samples: this.samples, bytes: this.bytes });
  }

  get rates(): Rates {
    const first = this.#snapshots[0];
    const last = this.#snapshots.at(-1);
    if (!first || !last || last.at <= first.at) return { bitrate: 0, sampleRate: 0 };
    const seconds = (last.at - first.at) / 1000;
    return {
      bitrate: ((last.bytes - first.bytes) * 8) / seconds,
      sampleRate: (last.samples - first.samples) / seconds,
    };
  }
}
