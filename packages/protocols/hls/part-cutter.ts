/** Times are rounded to whole milliseconds by some protocols; in seconds. */
const TOLERANCE = 0.002;
/** A part is not shorter than this share of the target, but for the last of a segment (draft 8216bis §4.4.4.9). */
const LEAST_SHARE = 0.85;
/** What the target has above what frames make of it, where it had to be made for them. */
const ROOM = 1.05;

/**
 * Decides where the parts of segments end: so that none is longer than the target, which never changes, nor much shorter.
 * Where frames are long, so that only a few fit into what was wished, the target is what they fill; that is found
 * out with the first part.
 *
 * Times are seconds of the stream.
 */
export class PartCutter {
  readonly #wished: number;
  #target: number | undefined;
  #start = 0;
  /** Of the track that drives the clock, in the part at hand. */
  #frames = 0;

  constructor(partDuration: number) {
    this.#wished = partDuration;
  }

  /** In seconds; what was wished until frames have shown what is possible. */
  get target(): number {
    return this.#target ?? this.#wished;
  }

  /** `isFrame`: it begins with a frame of the track that drives the clock. */
  begin(time: number, isFrame: boolean): void {
    this.#start = time;
    this.#frames = isFrame ? 1 : 0;
  }

  /** A frame begins at `time`: is a part to begin with it? */
  cutsAtFrame(time: number): boolean {
    const elapsed = time - this.#start;
    const frames = this.#frames++;
    if (frames === 0) return false;
    const frameDuration = elapsed / frames;
    if (this.#target === undefined) {
      if (elapsed + frameDuration <= this.#wished + TOLERANCE) return false;
      this.#target = targetFor(this.#wished, frameDuration);
    }
    return elapsed + frameDuration > this.#target + TOLERANCE;
  }

  /** Another track's frame comes at `time`, while the frames that should drive the clock do not: is the part to end? */
  isOverdue(time: number): boolean {
    return this.#target !== undefined && time - this.#start >= this.#target;
  }

  /** What the part is said to last, which ends at `end`. A frame that came late may have made it longer. */
  duration(end: number): number {
    return Math.min(end - this.#start, this.target);
  }
}

function targetFor(wished: number, frameDuration: number): number {
  const filled = Math.max(1, Math.floor((wished + TOLERANCE) / frameDuration)) * frameDuration;
  if (filled <= wished + TOLERANCE && filled >= LEAST_SHARE * wished) return wished;
  return Math.ceil(filled * ROOM * 1000) / 1000;
}
