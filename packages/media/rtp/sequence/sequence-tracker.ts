/** A step forward of fewer numbers is a gap (RFC 3550 §A.1, MAX_DROPOUT). */
const MAX_DROPOUT = 3000;
/**
 * A step back of fewer numbers is a packet out of order (MAX_MISORDER; the RFC's 100 is a tenth of a second of a camera
 * with 4K).
 */
export const MAX_MISORDER = 512;

/**
 * Unwraps the 16-bit sequence numbers of one source, and tells packets out of order from a source that began anew
 * (RFC 3550 §A.1). A camera that restarted goes on with other numbers, and mostly with another SSRC. A single stray
 * packet looks the same; so the jump is believed when a second packet follows the first, with none of the former source
 * between them.
 */
export class SequenceTracker {
  /** The latest `update` has begun a new source: earlier numbers mean nothing any more. */
  restarted = false;
  /** A reliable transport brings no strays: a jump is believed at once. */
  readonly #isReliable: boolean;
  #ssrc = 0;
  /** The newest number, unwrapped; undefined before the first packet. */
  #newest: number | undefined;
  /** The packet that would confirm a jump. */
  #candidateSsrc = 0;
  #candidateNumber: number | undefined;

  constructor(isReliable = false) {
    this.#isReliable = isReliable;
  }

  /** Of the source that is followed; undefined before its first packet. */
  get ssrc(): number | undefined {
    return this.#newest === undefined ? undefined : this.#ssrc;
  }

  get newest(): number | undefined {
    return this.#newest;
  }

  /**
   * The sequence number without wrap-around: its first 16 bits are `sequenceNumber`, above them the turns since the
   * source began; negative for a packet before the first one that came. Undefined where the packet may belong to a new
   * source or to none: if the next call says `restarted`, it was the first packet of a new one.
   */
  update(ssrc: number, sequenceNumber: number): number | undefined {
    this.restarted = false;
    const newest = this.#newest;
    if (newest === undefined) {
      this.#begin(ssrc, sequenceNumber);
      return sequenceNumber;
    }
    if (ssrc === this.#ssrc) {
      // The nearer way round.
      const step = ((sequenceNumber - newest) << 16) >> 16;
      if (step < MAX_DROPOUT && step > -MAX_MISORDER) {
        if (step > 0) this.#newest = newest + step;
        this.#candidateNumber = undefined;
        return newest + step;
      }
    }
    const isConfirmed = ssrc === this.#candidateSsrc && sequenceNumber === this.#candidateNumber;
    if (this.#isReliable || isConfirmed) {
      this.#begin(ssrc, sequenceNumber);
      this.restarted = true;
      return sequenceNumber;
    }
    this.#candidateSsrc = ssrc;
    this.#candidateNumber = (sequenceNumber + 1) & 0xffff;
    return undefined;
  }

  #begin(ssrc: number, sequenceNumber: number): void {
    this.#ssrc = ssrc;
    this.#newest = sequenceNumber;
    this.#candidateNumber = undefined;
  }
}
