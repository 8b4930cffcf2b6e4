import type { TrackList } from '@flux-iot/media/format/relay/track-list';
import { AudioSample, DataSample, type Sample, VideoSample } from '@flux-iot/media/model/sample';
import type { Track } from '@flux-iot/media/model/track';
import type { Publication } from '../stream/publication.ts';
import type { EndReason } from '../stream/sink.ts';

const RESUMED = { code: 'publisher-lost', message: 'The publisher came back.' };

/** Feeds a local stream with the tracks and samples of another, as they are. */
export class RelayIntake {
  readonly #publish: () => Publication;
  #publication: Publication | undefined;
  #generation = 0;
  #tracks = new Map<number, Track>();

  /** `publish`: the right to write; asked for again where the other stream's content does not go on. */
  constructor(publish: () => Publication) {
    this.#publish = publish;
  }

  useTracks({ generation, tracks, metadata }: TrackList): void {
    if (this.#publication && generation !== this.#generation) {
      // The owner's content does not go on from what was before, so the local stream's does not either.
      this.close(RESUMED);
      this.#tracks.clear();
    }
    this.#generation = generation;
    if (!this.#publication) {
      this.#publication = this.#publish();
      this.#publication.expect({
        video: tracks.some(({ kind }) => kind === 'video'),
        audio: tracks.some(({ kind }) => kind === 'audio'),
      });
    }
    for (const track of tracks) {
      if (this.#tracks.get(track.id)?.version === track.version) continue;
      this.#tracks.set(track.id, track);
      this.#publication.setTrack(track);
    }
    this.#publication.setMetadata(metadata);
  }

  write(sample: Sample): void {
    const publication = this.#publication;
    if (!publication) return;
    const { clock } = publication;
    if (!clock.started && sample.kind !== 'data') {
      const track = this.#tracks.get(sample.trackId);
      if (!track) return;
      clock.start(sample.dts / track.clockRate);
    }
    publication.write(clock.offset === 0 ? sample : this.#moved(sample, clock.offset));
  }

  /** False where nothing was published. Idempotent. */
  close(reason: EndReason): boolean {
    const publication = this.#publication;
    this.#publication = undefined;
    publication?.close(reason);
    return publication !== undefined;
  }

  /** The local stream has its own time where it went on after an interruption; the payload stays shared. */
  #moved(sample: Sample, offset: number): Sample {
    if (sample.kind === 'data') {
      return new DataSample(sample.dts + Math.round(offset * 1000), sample.name, sample.values);
    }
    const ticks = Math.round(offset * (this.#tracks.get(sample.trackId)?.clockRate ?? 0));
    if (sample.kind === 'audio') return new AudioSample(sample.trackId, sample.dts + ticks, sample.data);
    const { trackId, dts, pts, key, data } = sample;
    return VideoSample.fromData(trackId, dts + ticks, pts + ticks, key, data);
  }
}
