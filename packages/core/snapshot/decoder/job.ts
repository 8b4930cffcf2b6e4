import type { VideoCodec } from '@flux-iot/media/model/track';
import type { PictureShape } from '../snapshot.ts';

/** What a decoder process is asked; the units follow as the frame's body. */
export interface DecoderJob {
  readonly codec: VideoCodec;
  readonly shape: PictureShape;
  /** It is scaled down by half and more: what the loop filter does can't be seen. */
  readonly isCoarse: boolean;
  /** The frame of the last unit is wanted, whatever is shown after it. */
  readonly isLastWanted: boolean;
  /** Bytes of each unit. */
  readonly lengths: readonly number[];
}

/** What it answers; the picture's file follows as the frame's body. */
export type DecoderAnswer =
  | { readonly ok: true; readonly width: number; readonly height: number }
  | { readonly ok: false; readonly reason: string };

/** Bytes of coded frames that one job may bring, and of one picture's file. */
export const MAX_JOB = 128 * 1024 * 1024;
export const MAX_PICTURE = 64 * 1024 * 1024;
