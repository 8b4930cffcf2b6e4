import type { Metadata } from '@flux-iot/media/format/muxer';
import type { MediaSample } from '@flux-iot/media/model/sample';
import type { Track } from '@flux-iot/media/model/track';

/** Whole access units, written together. */
export interface WrittenPiece {
  readonly data: Buffer;
  /** Decoding can start at some frame of it. */
  readonly hasKey: boolean;
}

/** The inside of segments of one format. It copies what it is given. */
export interface SegmentWriter {
  /** Bytes that were not taken yet. */
  readonly byteLength: number;
  /** What a decoder needs before the first segment, the same until the tracks change; known once a piece was taken. */
  readonly init: Buffer | undefined;
  /** What comes next is of other tracks, and does not go on from what was before. */
  restart(tracks: readonly Track[], metadata: Metadata): void;
  /** A segment begins with what comes next. */
  begin(): void;
  /** Throws `ParseError` where the sample cannot stand in the format. */
  write(sample: MediaSample, track: Track): void;
  /**
   * Takes what was written. `next` is what follows; without it, nothing goes on from here. Undefined where there is
   * nothing.
   */
  take(next: MediaSample | undefined): WrittenPiece | undefined;
}
