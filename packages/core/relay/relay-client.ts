import type { Socket } from 'node:net';
import { RelayDemuxer } from '@flux-iot/media/format/relay/demuxer';
import type { TrackList } from '@flux-iot/media/format/relay/track-list';
import { AudioSample, DataSample, type Sample, VideoSample } from '@flux-iot/media/model/sample';
import type { Track } from '@flux-iot/media/model/track';
import { FluxError } from '../errors/flux-error.ts';
import type { Relay, RelayTarget } from '../orchestrator/stream-registry.ts';
import { dial } from '../socket/dial.ts';
import { parseSocketAddress } from '../socket/socket-address.ts';
import type { Publication } from '../stream/publication.ts';
import { checkAnswer, readLine, writeLine } from './relay-request.ts';

export interface RelaySource {
  /** Where the owner's node is reached: `unix:/path` or `tcp:host:port`. Throws where that node is gone. */
  readonly link: () => string;
  readonly secret: string;
  /** This node's name, for the owner to show. */
  readonly member: string;
  /** Milliseconds that the owner may take: it may have to wait for the stream's first picture. */
  readonly openTimeout: number;
}

const ENDED = { code: 'unpublished', message: 'The stream ended on its node.' };
const LOST = { code: 'publisher-lost', message: 'The connection to the node that has the stream was lost.' };
const RESUMED = { code: 'publisher-lost', message: 'The publisher came back.' };

/** Fetches one stream from its owner and feeds the local stream with it, tracks and samples as they are. */
export class RelayClient implements Relay {
  readonly #source: RelaySource;
  readonly #target: RelayTarget;
  readonly #closing = new AbortController();
  #socket: Socket | undefined;
  #publication: Publication | undefined;
  #generation = 0;
  #tracks = new Map<number, Track>();
  #isOver = false;

  constructor(source: RelaySource, target: RelayTarget) {
    this.#source = source;
    this.#target = target;
    void this.#run();
  }

  close(): void {
    this.#isOver = true;
    this.#closing.abort();
    this.#socket?.destroy();
  }

  async #run(): Promise<void> {
    try {
      const { link, secret, member, openTimeout } = this.#source;
      const socket = await dial(parseSocketAddress(link()), secret, this.#closing.signal);
      this.#socket = socket;
      if (this.#isOver) {
        socket.destroy();
        return;
      }
      writeLine(socket, { kind: 'stream', streamId: this.#target.streamId, node: member });
      checkAnswer(await readLine(socket, openTimeout));
      this.#receive(socket);
    } catch (cause) {
      const { code, message } = FluxError.from(cause);
      this.#finish({ code: code === 'STREAM_NOT_FOUND' ? 'unpublished' : 'publisher-lost', message });
    }
  }

  #receive(socket: Socket): void {
    const demuxer = new RelayDemuxer({
      onTracks: list => this.#useTracks(list),
      onSample: sample => this.#write(sample),
      onEnd: () => this.#finish(ENDED),
    });
    socket.on('data', data => {
      try {
        if (!this.#isOver) demuxer.push(data);
      } catch (cause) {
        this.#finish({ code: 'publisher-lost', message: FluxError.from(cause).message });
      }
    });
    socket.once('close', () => this.#finish(LOST));
    if (socket.destroyed) this.#finish(LOST);
  }

  #useTracks({ generation, tracks, metadata }: TrackList): void {
    if (this.#publication && generation !== this.#generation) {
      // The owner's content does not go on from what was before, so the local stream's does not either.
      const before = this.#publication;
      this.#publication = undefined;
      before.close(RESUMED);
      this.#tracks.clear();
    }
    if (this.#isOver) return;
    this.#generation = generation;
    if (!this.#publication) {
      this.#publication = this.#target.publish(reason => this.#finish(reason));
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

  #write(sample: Sample): void {
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

  /** Once. */
  #finish(reason: { readonly code: string; readonly message: string }): void {
    if (this.#isOver) return;
    this.close();
    const publication = this.#publication;
    this.#publication = undefined;
    if (publication) publication.close(reason);
    else this.#target.failed(reason);
  }
}
