import type { StreamId } from '../stream/stream-id.ts';

export const SNAPSHOT_MODES = ['auto', 'keyframe', 'decode'] as const;
export type SnapshotMode = (typeof SNAPSHOT_MODES)[number];

export const PICTURE_FORMATS = ['jpeg', 'png', 'webp'] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

/** Pixels of either side of a picture that may be asked for. */
export const MIN_SIDE = 16;
export const MAX_SIDE = 4096;
export const DEFAULT_QUALITY = 80;
/** Seconds; the most that `max_age` may be. */
export const MAX_AGE = 3600;

/** How a picture is to be made of what was decoded. */
export interface PictureShape {
  /** Pixels. One alone keeps the aspect; none is the size of the source. */
  readonly width?: number;
  readonly height?: number;
  readonly format: PictureFormat;
  /** 1 to 100; PNG has none. */
  readonly quality: number;
}

export interface SnapshotRequest extends PictureShape {
  /**
   * `keyframe`: the last key frame. `decode`: the newest frame. `auto`: a picture that was made within `maxAge`, else
   * the last key frame, else the last good picture.
   */
  readonly mode: SnapshotMode;
  /** Seconds that a picture may be old to be given from the cache. */
  readonly maxAge: number;
  /** The last picture that there is will do, also of a stream that is not live. */
  readonly allowStale: boolean;
}

/**
 * Where a picture came from. `last`: the newest could not be had, and this is an older one; `recording`: it was asked
 * for by its time.
 */
export const SNAPSHOT_PATHS = ['cache', 'keyframe', 'decode', 'last', 'recording'] as const;
export type SnapshotPath = (typeof SNAPSHOT_PATHS)[number];

export interface Snapshot {
  readonly data: Buffer;
  readonly format: PictureFormat;
  readonly width: number;
  readonly height: number;
  readonly path: SnapshotPath;
  /** When the frame reached the server: milliseconds since 1970. */
  readonly takenAt: number;
  /** Of `last`: the code of what kept a newer one from being had. */
  readonly reason?: string;
}

/** Whoever can get a picture of a stream: the node that has it, or one that asks that node. */
export interface SnapshotSource {
  /**
   * Throws `STREAM_NOT_FOUND`, `STREAM_NOT_READY`, `CODEC_UNSUPPORTED`, `PICTURE_UNDECODABLE`, `DECODER_FAILED`,
   * `SNAPSHOT_BUSY`, `TIMED_OUT`.
   */
  snapshot(streamId: StreamId, request: SnapshotRequest): Promise<Snapshot>;
}
