/** As many pictures as a decoder holds back (H.264 §A.3.1, H.265 §A.4.2). */
const HISTORY = 16;
/** Deeper reordering than this is believed only if the SPS says so; else it is a step back of the sender's clock. */
const MAX_OBSERVED_DEPTH = 4;
/** Reordering that was seen, but not in so many frames since, is no longer reckoned with. */
const OBSERVED_FRAMES = 100;
/** Before two frames have shown how far apart they are. */
const DEFAULT_FRAME_RATE = 25;
/** Seconds, and frames: no frame is decoded more than the greater of both before it is shown. */
const MAX_DELAY = 1;
const MAX_DELAY_FRAMES = 32;
/** Seconds: a longer step of the time stamps is a jump. */
const MAX_STEP = 10;

/**
 * Makes decoding times for frames that come in decoding order and have presentation times alone, as RTP has them. With
 * a reorder depth of n, a frame is decoded when the earliest of the last n + 1 presentation times is due: those times
 * are the presentation times themselves, in order and n frames late. The depth is what the SPS says, and more if more
 * is seen. Without reordering a frame is decoded when it is shown.
 *
 * Nothing is held back. So where reordering shows up unannounced, its first few frames are shown a little late.
 */
export class DecodingTimeEstimator {
  readonly #clockRate: number;
  /** A millisecond: what decoding times are apart at least. */
  readonly #leastStep: number;
  /** What the SPS says. */
  #declaredDepth = 0;
  /** The greatest depth seen among the newest frames, and how many they are. */
  #observedDepth = 0;
  #observedFrames = 0;
  /** The earliest times that no frame was decoded at yet, as many as the depth, in order. */
  readonly #due: number[] = [];
  /** The newest presentation times, in a ring. */
  readonly #history = new Float64Array(HISTORY);
  #historyLength = 0;
  #historyAt = 0;
  #timestamp = 0;
  /** The same without wrap-around. */
  #time = 0;
  #decoded = Number.NEGATIVE_INFINITY;
  /** The distance of neighbouring frames; undefined until two have come. */
  #step: number | undefined;

  constructor(clockRate: number) {
    this.#clockRate = clockRate;
    this.#leastStep = Math.max(1, Math.round(clockRate / 1000));
  }

  /** How many pictures may come before another in decoding order and after it in output order, by the SPS. */
  set reorderDepth(depth: number) {
    this.#declaredDepth = Math.min(depth, HISTORY);
    this.#observedDepth = 0;
    this.#observedFrames = 0;
    this.#setDepth(this.#declaredDepth);
  }

  /**
   * By how many ticks the next frame is decoded before it is shown, `timestamp` being the presentation time in 32 bits.
   * Decoding times increase strictly, but for jumps of the time stamps. Negative where the frame has to be shown that
   * much later than it says.
   */
  delay(timestamp: number): number {
    const step = (timestamp - this.#timestamp) | 0;
    const isFirst = this.#historyLength === 0;
    this.#timestamp = timestamp;
    this.#time += step;
    const time = this.#time;
    if (isFirst || Math.abs(step) > MAX_STEP * this.#clockRate) this.#restart(time);
    else this.#observe(time);
    this.#remember(time);
    let decoded = time;
    if (this.#due.length > 0) {
      this.#insert(time);
      decoded = this.#due.shift()!;
    }
    this.#decoded = Math.max(decoded, this.#decoded + this.#leastStep);
    return time - this.#decoded;
  }

  #observe(time: number): void {
    let later = 0;
    let nearest = Number.POSITIVE_INFINITY;
    for (let index = 0; index < this.#historyLength; index++) {
      const distance = this.#history[index]! - time;
      if (distance > 0) later++;
      if (distance !== 0) nearest = Math.min(nearest, Math.abs(distance));
    }
    const earliest = Math.min(time, this.#due[0] ?? time);
    if (time - earliest > this.#maxDelay || later > Math.max(this.#declaredDepth, MAX_OBSERVED_DEPTH)) {
      this.#restart(time);
      return;
    }
    if (Number.isFinite(nearest)) this.#step = nearest;
    this.#adaptDepth(later);
  }

  get #maxDelay(): number {
    if (this.#step === undefined) return MAX_STEP * this.#clockRate;
    return Math.max(MAX_DELAY * this.#clockRate, MAX_DELAY_FRAMES * this.#step);
  }

  /** `later`: how many of the frames before are shown after the next one. */
  #adaptDepth(later: number): void {
    this.#observedDepth = Math.max(this.#observedDepth, later);
    if (later > this.#due.length) this.#setDepth(later);
    this.#observedFrames++;
    if (this.#observedFrames < OBSERVED_FRAMES) return;
    this.#setDepth(Math.max(this.#declaredDepth, this.#observedDepth));
    this.#observedDepth = 0;
    this.#observedFrames = 0;
  }

  /** A greater depth makes the frames that follow wait at the time that was reached; a lesser one catches up. */
  #setDepth(depth: number): void {
    while (this.#due.length > depth) this.#due.shift();
    while (this.#due.length < depth) {
      if (this.#historyLength > 0) this.#insert(this.#decoded);
      else this.#due.push(0);
    }
  }

  /** Time begins anew: as many frames as the depth are thought before this one. */
  #restart(time: number): void {
    const step = this.#step ?? Math.round(this.#clockRate / DEFAULT_FRAME_RATE);
    const depth = this.#due.length;
    for (let index = 0; index < depth; index++) this.#due[index] = time - (depth - index) * step;
    if (time <= this.#decoded) this.#decoded = Number.NEGATIVE_INFINITY;
    this.#historyLength = 0;
    this.#historyAt = 0;
  }

  #remember(time: number): void {
    this.#history[this.#historyAt] = time;
    this.#historyAt = (this.#historyAt + 1) % HISTORY;
    this.#historyLength = Math.min(this.#historyLength + 1, HISTORY);
  }

  #insert(time: number): void {
    const due = this.#due;
    let at = due.length;
    due.push(time);
    for (; at > 0 && due[at - 1]! > time; at--) due[at] = due[at - 1]!;
    due[at] = time;
  }
}
