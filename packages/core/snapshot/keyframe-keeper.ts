import type { Sample } from '@flux-iot/media/model/sample';
import type { Track, VideoTrack } from '@flux-iot/media/model/track';
import { FluxError } from '../errors/flux-error.ts';
import type { StreamOrchestrator } from '../orchestrator/stream-orchestrator.ts';
import type { StreamSink } from '../stream/sink.ts';
import type { Stream } from '../stream/stream.ts';
import { type CodedPicture, codedUnit, decoderPrefix, firstVideo } from './coded-picture.ts';
import type { KeyframeStore } from './keyframe-store.ts';

export interface KeyframeKeeperOptions {
  readonly orchestrator: StreamOrchestrator;
  readonly store: KeyframeStore;
  /** Milliseconds from one key frame that is kept to the next, at least; 0: what was kept is looked after alone. */
  readonly interval: number;
  /** Milliseconds that they are kept. */
  readonly retention: number;
  readonly onError: (error: FluxError) => void;
}

const CLEANING_INTERVAL = 60_000;
/** Files that are being written at once; further key frames are let pass. */
const MAX_WRITING = 16;

/** Keeps a key frame of each stream now and then, for a while. */
export class KeyframeKeeper {
  readonly #options: KeyframeKeeperOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #onStream = (stream: Stream, isRelay: boolean) => {
    if (!isRelay)
      stream.addSink(
        new KeyframeSink(stream, this.#options.interval, picture => this.#keep(stream, picture)),
      );
  };
  #writing = 0;

  constructor(options: KeyframeKeeperOptions) {
    this.#options = options;
    if (options.interval > 0) options.orchestrator.on('streamAdded', this.#onStream);
    void this.#clean();
    this.#timer = setInterval(() => void this.#clean(), CLEANING_INTERVAL).unref();
  }

  /** Idempotent. */
  close(): void {
    this.#options.orchestrator.off('streamAdded', this.#onStream);
    clearInterval(this.#timer);
  }

  async #clean(): Promise<void> {
    try {
      await this.#options.store.deleteBefore(Date.now() - this.#options.retention);
    } catch (cause) {
      this.#options.onError(FluxError.from(cause));
    }
  }

  #keep({ id }: Stream, picture: CodedPicture): void {
    if (this.#writing >= MAX_WRITING) return;
    this.#writing++;
    this.#options.store
      .put(id, picture)
      .catch(cause => this.#options.onError(FluxError.from(cause)))
      .finally(() => this.#writing--);
  }
}

class KeyframeSink implements StreamSink {
  readonly isPassive = true;
  readonly #stream: Stream;
  readonly #interval: number;
  readonly #onPicture: (picture: CodedPicture) => void;
  #track: VideoTrack | undefined;
  #keptAt = Number.NEGATIVE_INFINITY;

  constructor(stream: Stream, interval: number, onPicture: (picture: CodedPicture) => void) {
    this.#stream = stream;
    this.#interval = interval;
    this.#onPicture = onPicture;
  }

  onTracks(tracks: readonly Track[]): void {
    this.#track = firstVideo(tracks);
  }

  onSample(sample: Sample): void {
    const track = this.#track;
    if (sample.kind !== 'video' || !sample.key || sample.trackId !== track?.id) return;
    const takenAt = Math.round(this.#stream.epoch + (sample.dts / track.clockRate) * 1000);
    if (takenAt - this.#keptAt < this.#interval) return;
    this.#keptAt = takenAt;
    const { codec, width, height } = track;
    const units = [codedUnit(track, sample, decoderPrefix(track))];
    this.#onPicture({ codec, width, height, units, takenAt });
  }

  onDiscontinuity(): void {}
  onEnd(): void {}
}
