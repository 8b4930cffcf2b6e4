import type { StreamOrchestrator } from '../orchestrator/stream-orchestrator.ts';
import type { Stream } from '../stream/stream.ts';
import type { StreamId } from '../stream/stream-id.ts';
import { BoundedCache } from './bounded-cache.ts';
import { byteLengthOf, type CodedPicture } from './coded-picture.ts';
import type { KeyframeStore } from './keyframe-store.ts';
import { collectNow } from './picture-collector.ts';

/** Bytes of key frames of streams that are gone, or whose newer ones cannot be decoded. */
const MAX_BYTES = 32 * 1024 * 1024;

/**
 * What streams looked like last: the last key frame of those that ended, and of each the last that was decoded. Those
 * that memory has no room for are looked for in the store, if there is one.
 */
export class LastPictures {
  readonly #orchestrator: StreamOrchestrator;
  readonly #store: KeyframeStore | undefined;
  readonly #ended = new BoundedCache<CodedPicture>(MAX_BYTES, byteLengthOf);
  readonly #decoded = new BoundedCache<CodedPicture>(MAX_BYTES, byteLengthOf);
  readonly #onEnding = (stream: Stream) => {
    const picture = collectNow(stream, 'keyframe');
    if (picture) this.#ended.set(stream.id, picture);
  };

  constructor(orchestrator: StreamOrchestrator, store: KeyframeStore | undefined) {
    this.#orchestrator = orchestrator;
    this.#store = store;
    orchestrator.on('streamEnding', this.#onEnding);
  }

  /** This one can be decoded. */
  noteDecoded(streamId: StreamId, { units, ...picture }: CodedPicture): void {
    this.#decoded.set(streamId, { ...picture, units: units.slice(0, 1) });
  }

  /** The newest first; some may turn out to be undecodable. */
  async of(streamId: StreamId): Promise<CodedPicture[]> {
    const found = [
      this.#ended.get(streamId),
      this.#decoded.get(streamId),
      await this.#store?.newest(streamId),
    ];
    return found.filter(picture => picture !== undefined).sort((one, other) => other.takenAt - one.takenAt);
  }

  /** Idempotent. */
  close(): void {
    this.#orchestrator.off('streamEnding', this.#onEnding);
  }
}
