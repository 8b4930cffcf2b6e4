/** What is known of a segment from its beginning on. */
export interface SegmentHead {
  /** Milliseconds since 1970. */
  readonly programDateTime: number;
  /** It does not go on from the segment before. */
  readonly discontinuity: boolean;
  /** Decoding can start at its beginning. */
  readonly independent: boolean;
  /** What a decoder needs before it, where the format has such a thing; the same object as long as it is the same. */
  readonly init: Buffer | undefined;
}

/** A segment that is whole, in the order of the stream. */
export interface FinishedSegment extends SegmentHead {
  /** All its parts together, where it came in parts. */
  readonly data: Buffer;
  /** In seconds. */
  readonly duration: number;
  /** In whole seconds, what the playlist has to say to hold it. */
  readonly targetDuration: number;
}

/** A part of the segment that comes next, with that segment's head; all parts come before their segment. */
export interface FinishedPart extends SegmentHead {
  readonly data: Buffer;
  /** In seconds. */
  readonly duration: number;
  /** Decoding can start at some frame of it. */
  readonly hasKey: boolean;
  /** In seconds; no part of the stream is longer. */
  readonly partTarget: number;
}
