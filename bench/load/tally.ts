import { Histogram, type SparseHistogram } from './histogram.ts';

/** What one process counted in a measuring window, as it goes from process to process. */
export interface TallyReport {
  /** Received by viewers, or sent by publishers. */
  readonly bytes: number;
  readonly frames: number;
  /** Frames that the counter in the stamps shows to be missing, or that a publisher could not send. */
  readonly lost: number;
  /** Frames that came twice or out of order. */
  readonly repeated: number;
  /** Frames in which no stamp was found. */
  readonly unstamped: number;
  readonly latency: SparseHistogram;
}

export class Tally {
  bytes = 0;
  frames = 0;
  lost = 0;
  repeated = 0;
  unstamped = 0;
  readonly latency = new Histogram();

  reset(): void {
    this.bytes = 0;
    this.frames = 0;
    this.lost = 0;
    this.repeated = 0;
    this.unstamped = 0;
    this.latency.reset();
  }

  report(): TallyReport {
    const { bytes, frames, lost, repeated, unstamped } = this;
    return { bytes, frames, lost, repeated, unstamped, latency: this.latency.toSparse() };
  }
}
