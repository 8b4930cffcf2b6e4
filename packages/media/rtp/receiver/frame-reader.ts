import type { DemuxerReceiver } from '../../format/demuxer.ts';
import type { RtpFrame } from '../depacketizer.ts';
import type { TrackClock } from './media-synchronizer.ts';

/** What becomes of frames of which something is missing, and of those that refer to them. */
export type DamagePolicy = 'drop' | 'pass';

/** What a track's frames are read with. */
export interface FrameContext {
  readonly receiver: DemuxerReceiver;
  readonly trackId: number;
  readonly clock: TrackClock;
  readonly damage: DamagePolicy;
}

/** The frames of one track, on their way to its samples. */
export interface FrameReader {
  /** Frames handed on as samples. */
  readonly frames: number;
  /** Frames of which something was missing. */
  readonly damaged: number;
  /** Frames not handed on, for whatever reason. */
  readonly dropped: number;
  /** Publishes the track, if it is known before its first frame. Throws `ParseError`. */
  announce(): void;
  /** A frame came at `now`. Throws `ParseError` for one that can't be used. */
  frame(frame: RtpFrame, now: number): void;
  /** Something between the frame before and the next one is missing. */
  lose(): void;
}
