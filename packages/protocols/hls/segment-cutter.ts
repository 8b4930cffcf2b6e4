/** Key frames come a little early and late where times are rounded or taken from a clock; in seconds. */
const TOLERANCE = 0.1;
/** A duration is rounded to whole seconds when it is compared with the target duration (RFC 8216 §4.3.3.1). */
const ROUNDING = 0.49;
/** The first segment of a coded sequence may be this many times as long as wished, to reach a key frame. */
const MAX_FIRST_DURATIONS = 3;
/** Groups of pictures longer than the latest are forgotten slowly. */
const FORGETTING = 0.9;

/**
 * Decides where segments end. The target duration must not change (RFC 8216 §6.2.1), yet nobody knows the key frames
 * to come. So the first segment, which ends at the first key frame after the wished duration, sets it, and the later
 * ones keep to it: they end at an earlier key frame where the next one would come too late, and without a key frame
 * where there is none. Only after a discontinuity, when another encoder may be at work, can it grow again.
 *
 * Aligned, segments end at the first key frame after each multiple of the wished duration instead, so that the renditions of
 * a stream are cut at the same frames, whenever the cutting of each began.
 *
 * Times are seconds of the stream.
 */
export class SegmentCutter {
  readonly #wished: number;
  readonly #isAligned: boolean;
  #target: number;
  #isFirst = true;
  #start = 0;
  #lastKey: number | undefined;
  #longestGop = 0;

  constructor(segmentDuration: number, isAligned = false) {
    this.#wished = segmentDuration;
    this.#isAligned = isAligned;
    this.#target = Math.ceil(segmentDuration);
  }

  /** In whole seconds; no segment that was cut as told is longer, when rounded. */
  get targetDuration(): number {
    return this.#target;
  }

  /** How long the segment at hand may become. */
  get limit(): number {
    return this.#isFirst
      ? Math.max(MAX_FIRST_DURATIONS * this.#wished, this.#target + ROUNDING)
      : this.#target + ROUNDING;
  }

  /** What comes now does not go on from what was before. */
  restart(): void {
    this.#isFirst = true;
    this.#lastKey = undefined;
    this.#longestGop = 0;
  }

  begin(time: number): void {
    this.#start = time;
  }

  /** A segment has ended with this duration. */
  end(duration: number): void {
    if (this.#isFirst) this.#target = Math.max(this.#target, Math.ceil(duration - TOLERANCE));
    this.#isFirst = false;
  }

  /** A key frame of the video comes at `time`: is a segment to begin with it? */
  cutsAtKey(time: number): boolean {
    if (this.#lastKey !== undefined) {
      this.#longestGop = Math.max(time - this.#lastKey, this.#longestGop * FORGETTING);
    }
    this.#lastKey = time;
    const elapsed = time - this.#start;
    if (
      this.#isAligned
        ? this.#multiples(time) > this.#multiples(this.#start)
        : elapsed >= this.#wished - TOLERANCE
    )
      return true;
    return elapsed > TOLERANCE && elapsed + this.#longestGop > this.limit;
  }

  #multiples(time: number): number {
    return Math.floor((time + TOLERANCE) / this.#wished);
  }

  /** A frame of a stream without video comes. */
  cutsAtFrame(time: number): boolean {
    return time - this.#start >= this.#wished - TOLERANCE;
  }

  /** Whether the segment would be too long with another frame, which comes at `time` and lasts `duration`. */
  mustCut(time: number, duration: number): boolean {
    return time - this.#start + duration >= this.limit;
  }
}
