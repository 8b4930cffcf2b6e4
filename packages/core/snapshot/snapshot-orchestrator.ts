import { FluxError } from '../errors/flux-error.ts';
import type { StreamOrchestrator } from '../orchestrator/stream-orchestrator.ts';
import type { StreamId } from '../stream/stream-id.ts';
import { BoundedCache } from './bounded-cache.ts';
import type { CodedPicture } from './coded-picture.ts';
import type { DecodedPicture } from './decoder/decoder-pool.ts';
import type { KeyframeStore } from './keyframe-store.ts';
import { LastPictures } from './last-pictures.ts';
import { collect, collectNow, type Extent } from './picture-collector.ts';
import type { PictureShape, Snapshot, SnapshotRequest, SnapshotSource } from './snapshot.ts';

export interface SnapshotOrchestratorOptions {
  readonly orchestrator: StreamOrchestrator;
  readonly decoder: { decode(picture: CodedPicture, shape: PictureShape): Promise<DecodedPicture> };
  /** Where key frames are kept, if they are. */
  readonly store?: KeyframeStore;
  /** Milliseconds that the first key frame of a stream is waited for. */
  readonly keyframeTimeout: number;
  /** Bytes of pictures that are kept to be given again. */
  readonly cacheBytes: number;
}

/** What was made of a frame. */
interface Made {
  readonly picture: Omit<Snapshot, 'path'>;
  /** Of the frame, to see whether the stream has a newer one. */
  readonly takenAt: number;
}

/** Pictures of the streams of this node, for whoever asks for one. Many who ask for the same cause one decoding. */
export class SnapshotOrchestrator implements SnapshotSource {
  readonly #options: SnapshotOrchestratorOptions;
  readonly #last: LastPictures;
  readonly #cache: BoundedCache<Made>;
  /** What is being made, by what it is. */
  readonly #underWay = new Map<string, Promise<Made>>();

  constructor(options: SnapshotOrchestratorOptions) {
    this.#options = options;
    this.#last = new LastPictures(options.orchestrator, options.store);
    this.#cache = new BoundedCache(options.cacheBytes, ({ picture }) => picture.data.length);
  }

  async snapshot(streamId: StreamId, request: SnapshotRequest): Promise<Snapshot> {
    const extent: Extent = request.mode === 'decode' ? 'decode' : 'keyframe';
    const isKnown = this.#options.orchestrator.findStream(streamId)?.state === 'live';
    if (isKnown) {
      const cached = this.#cache.get(keyOf(streamId, extent, request));
      if (cached && Date.now() - cached.takenAt <= request.maxAge * 1000) {
        return { ...cached.picture, path: 'cache' };
      }
    }
    try {
      const { picture } = await this.#fresh(streamId, extent, request);
      return { ...picture, path: extent };
    } catch (cause) {
      const error = FluxError.from(cause);
      // Too much to do is no reason to do more.
      if (error.code === 'SNAPSHOT_BUSY' || !(request.allowStale || (request.mode === 'auto' && isKnown)))
        throw error;
      const last = await this.#lastOf(streamId, request);
      if (!last) throw error;
      return { ...last.picture, path: 'last', reason: error.code };
    }
  }

  /** Idempotent. */
  close(): void {
    this.#last.close();
  }

  async #fresh(streamId: StreamId, extent: Extent, shape: PictureShape): Promise<Made> {
    const { orchestrator, keyframeTimeout } = this.#options;
    const stream = await orchestrator.openStream(streamId, { isInternal: true });
    if (stream.state !== 'live')
      throw new FluxError('STREAM_NOT_READY', `${streamId} has no publisher just now.`);
    const key = keyOf(streamId, extent, shape);
    return this.#once(key, async () => {
      const coded = collectNow(stream, extent) ?? (await collect(stream, extent, keyframeTimeout));
      const cached = this.#cache.get(key);
      if (cached?.takenAt === coded.takenAt) return cached;
      const made = await this.#make(coded, shape);
      this.#cache.set(key, made);
      this.#last.noteDecoded(streamId, coded);
      return made;
    });
  }

  /** The newest picture of those that were kept; undefined where there is none. */
  async #lastOf(streamId: StreamId, shape: PictureShape): Promise<Made | undefined> {
    for (const coded of await this.#last.of(streamId)) {
      const key = `${keyOf(streamId, 'keyframe', shape)}@${coded.takenAt}`;
      const cached = this.#cache.get(key);
      if (cached) return cached;
      try {
        return await this.#once(key, async () => {
          const made = await this.#make(coded, shape);
          this.#cache.set(key, made);
          return made;
        });
      } catch (cause) {
        if (FluxError.from(cause).code !== 'PICTURE_UNDECODABLE') throw cause;
      }
    }
    return undefined;
  }

  async #make(coded: CodedPicture, shape: PictureShape): Promise<Made> {
    const { takenAt } = coded;
    const decoded = await this.#options.decoder.decode(coded, shape);
    return { picture: { ...decoded, format: shape.format, takenAt }, takenAt };
  }

  /** Those who come while it is being made are given the same. */
  #once(key: string, make: () => Promise<Made>): Promise<Made> {
    const underWay = this.#underWay.get(key);
    if (underWay) return underWay;
    const made = make().finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, made);
    return made;
  }
}

function keyOf(streamId: StreamId, extent: Extent, { width, height, format, quality }: PictureShape): string {
  return `${streamId}/${extent}/${width ?? ''}x${height ?? ''}/${format}/${quality}`;
}
