import type { StreamId } from '../stream/stream-id.ts';
import type { CodedPicture } from './coded-picture.ts';
import type { DecodedPicture } from './decoder/decoder-pool.ts';
import type { Extent } from './picture-collector.ts';
import type { PictureShape, Snapshot, SnapshotMode } from './snapshot.ts';

export interface RecordedSnapshotRequest extends PictureShape {
  /** `decode`: the very frame; else the key frame at or before `at`. */
  readonly mode: SnapshotMode;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Whoever can get a picture of what was recorded. */
export interface RecordedSnapshotSource {
  /**
   * Throws `RECORDING_NOT_FOUND` where nothing was recorded then, `CODEC_UNSUPPORTED`, `PICTURE_UNDECODABLE`,
   * `DECODER_FAILED`, `SNAPSHOT_BUSY`, `TIMED_OUT`, `STORAGE_FAILED`.
   */
  snapshot(streamId: StreamId, request: RecordedSnapshotRequest): Promise<Snapshot>;
}

export interface RecordedSnapshotsOptions {
  readonly find: (streamId: StreamId, at: number, extent: Extent) => Promise<CodedPicture>;
  readonly decoder: { decode(picture: CodedPicture, shape: PictureShape): Promise<DecodedPicture> };
}

/** Pictures of recordings. Many who ask for the same at once cause one reading and decoding. */
export class RecordedSnapshots implements RecordedSnapshotSource {
  readonly #options: RecordedSnapshotsOptions;
  readonly #underWay = new Map<string, Promise<Snapshot>>();

  constructor(options: RecordedSnapshotsOptions) {
    this.#options = options;
  }

  snapshot(streamId: StreamId, request: RecordedSnapshotRequest): Promise<Snapshot> {
    const { mode, at, width, height, format, quality } = request;
    const extent: Extent = mode === 'decode' ? 'decode' : 'keyframe';
    const key = `${streamId}/${extent}/${at}/${width ?? ''}x${height ?? ''}/${format}/${quality}`;
    const underWay = this.#underWay.get(key);
    if (underWay) return underWay;
    const made = this.#make(streamId, extent, request).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, made);
    return made;
  }

  async #make(streamId: StreamId, extent: Extent, request: RecordedSnapshotRequest): Promise<Snapshot> {
    const coded = await this.#options.find(streamId, request.at, extent);
    const decoded = await this.#options.decoder.decode(coded, request);
    return { ...decoded, format: request.format, path: 'recording', takenAt: coded.takenAt };
  }
}
