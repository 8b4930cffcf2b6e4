import type { Metadata } from '@flux-iot/media/format/muxer';
import type { Sample } from '@flux-iot/media/model/sample';
import { SourceClock } from '@flux-iot/media/model/timeline';
import type { Track, TrackIdentity } from '@flux-iot/media/model/track';
import type { EndReason } from './sink.ts';
import type { Stream } from './stream.ts';

/** Who publishes, and how to send them away. */
export interface Publisher {
  readonly protocol: string;
  /** Address and port, for people to read. */
  readonly peer: string;
  /** Ends the session; called at most once, never for an end that the session itself reported. */
  close(reason: EndReason): void;
}

/**
 * The right to publish one stream, held by one session. After `close` (its own, or because another took over) all
 * its operations do nothing, so that a session that has not noticed yet cannot write into its successor's stream.
 */
export class Publication {
  readonly stream: Stream;
  readonly publisher: Publisher;
  readonly since = Date.now();
  /** The source's clock: all timelines of this publication's tracks are made on it. */
  readonly clock: SourceClock;
  readonly #onClose: (publication: Publication, reason: EndReason) => void;
  #closed = false;

  constructor(
    stream: Stream,
    publisher: Publisher,
    onClose: (publication: Publication, reason: EndReason) => void,
  ) {
    this.stream = stream;
    this.publisher = publisher;
    this.#onClose = onClose;
    const origin = stream.begin();
    this.clock = new SourceClock({
      origin,
      onMend: ({ trackId, kind, from, to }) =>
        this.note('time-mended', `track ${trackId}: ${kind} from ${from.toFixed(3)} s to ${to.toFixed(3)} s`),
    });
    this.note('published', `${publisher.protocol} from ${publisher.peer}`);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** What identifies the next version of the track `id`. */
  identity(id: number, clockRate: number): TrackIdentity {
    return { id, version: (this.stream.track(id)?.version ?? 0) + 1, clockRate };
  }

  expect(expected: { video: boolean; audio: boolean }): void {
    if (!this.#closed) this.stream.expect(expected);
  }

  setMetadata(metadata: Metadata): void {
    if (!this.#closed) this.stream.setMetadata(metadata);
  }

  /** Before the first sample of the track, and before the first key sample with new parameters. */
  setTrack(track: Track): void {
    if (!this.#closed) this.stream.setTrack(track);
  }

  write(sample: Sample): void {
    if (!this.#closed) this.stream.write(sample);
  }

  /** An entry in the stream's time line. */
  note(step: string, detail?: string): void {
    if (!this.#closed) this.stream.history.note(step, detail);
  }

  /**
   * The session is over. `publisher-lost` (no goodbye) keeps the viewers for a while, for the publisher to come
   * back; any other reason ends the stream.
   */
  close(reason: EndReason): void {
    if (this.#closed) return;
    this.note('publisher-closed', `${reason.code}: ${reason.message}`);
    this.#closed = true;
    this.#onClose(this, reason);
  }

  /** Takes the right away and tells the session. */
  revoke(reason: EndReason): void {
    if (this.#closed) return;
    this.close(reason);
    this.publisher.close(reason);
  }
}
