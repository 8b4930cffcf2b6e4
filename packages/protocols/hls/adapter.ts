import type { ServerResponse } from 'node:http';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type {
  ProtocolAdapter,
  ProtocolStats,
  StreamCallback,
} from '@flux-iot/core/orchestrator/protocol-adapter';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import type { MediaStorage } from '@flux-iot/core/storage/media-storage';
import type { Stream } from '@flux-iot/core/stream/stream';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import { type PlayableForm, parseCodecs } from '@flux-iot/core/transcode/playable';
import { withQuery } from '@flux-iot/media/format/m3u8/playlist';
import type { MediaRequest, MediaServer } from '../http/media-server.ts';
import { type HlsAddress, hlsAddress, type MediaAddress, type PlaylistAddress } from './address.ts';
import { HlsChannel } from './channel.ts';
import { LeftBehind } from './left-behind.ts';
import { PassingOn } from './passing-on.ts';
import type { Numbering } from './playlist-window.ts';
import { reloadOf, wantsUpdate } from './reload-directives.ts';
import { type Ladder, RenditionPlaylists } from './rendition-playlists.ts';
import { sendMedia, sendPlaylist } from './response.ts';
import { hlsCarries, SEGMENT_EXTENSION, SEGMENT_TYPE, type SegmentFormat } from './segment-format.ts';
import type { SegmentMakers } from './segment-makers.ts';
import { SharedEpoch } from './shared-epoch.ts';
import { WaitingPlaces } from './waiting-room.ts';

export type { Ladder } from './rendition-playlists.ts';

export interface HlsOptions {
  readonly format: SegmentFormat;
  /** In seconds; segments end at the first key frame after it. */
  readonly segmentDuration: number;
  /** Seconds of the parts that are listed before their segment is; left out for none. */
  readonly partDuration: number | undefined;
  /** Segments in a playlist. */
  readonly playlistLength: number;
  /** Every stream is cut from its beginning, not from the first request on. */
  readonly alwaysOn: boolean;
}

export interface HlsAdapterOptions {
  readonly orchestrator: StreamOrchestrator;
  readonly server: MediaServer;
  readonly storage: MediaStorage;
  readonly options: HlsOptions;
  /** Where streams are to be had in smaller sizes, too. */
  readonly ladder?: Ladder;
  /** Where there are several media nodes. */
  readonly makers?: SegmentMakers;
  /** Under which id a player that says its codecs is to be served. */
  readonly playable?: PlayableForm;
  /** Told of a storage that could not be cleaned up. */
  readonly onError?: (error: FluxError) => void;
}

/** In target durations: how long a request waits (draft 8216bis §6.2.5.2). */
const MAX_WAIT = 3;
/** Requests that wait, of all streams together. */
const MAX_WAITING = 10_000;
/** Streams whose numbering is remembered after they are gone. */
const MAX_REMEMBERED = 10_000;

/** HLS: `GET /hls/{stream_id}/index.m3u8` on the shared media server. */
export class HlsAdapter implements ProtocolAdapter {
  readonly protocolName = 'hls';
  readonly #orchestrator: StreamOrchestrator;
  readonly #server: MediaServer;
  readonly #storage: MediaStorage;
  readonly #options: HlsOptions;
  readonly #makers: SegmentMakers | undefined;
  readonly #ladder: Ladder | undefined;
  readonly #playable: PlayableForm | undefined;
  /** By the id of the source. */
  readonly #epochs = new Map<StreamId, SharedEpoch>();
  readonly #channels = new Map<StreamId, HlsChannel>();
  readonly #places = new WaitingPlaces(MAX_WAITING);
  readonly #passingOn: PassingOn | undefined;
  readonly #renditions: RenditionPlaylists;
  /** By stream id, those longest unused first. */
  readonly #numberings = new Map<StreamId, Numbering>();
  readonly #refused: Record<string, number> = {};
  readonly #leftBehind: LeftBehind;
  #bytesOut = 0;
  #ticker: NodeJS.Timeout | undefined;

  constructor({
    orchestrator,
    server,
    storage,
    options,
    ladder,
    makers,
    playable,
    onError = () => {},
  }: HlsAdapterOptions) {
    this.#ladder = ladder;
    this.#playable = playable;
    this.#orchestrator = orchestrator;
    this.#server = server;
    this.#storage = storage;
    this.#options = options;
    this.#makers = makers;
    this.#leftBehind = new LeftBehind({
      storage,
      cutSince: streamId => this.#channels.get(streamId)?.since,
      isCutElsewhere: streamId => makers?.elsewhere(streamId) !== undefined,
      lifetime: this.#maxAge * 1000,
      onError,
    });
    this.#passingOn = makers && new PassingOn(makers, this.#places);
    this.#renditions = new RenditionPlaylists(ladder, options.format, this.#channels);
    server.addRoute({ handle: (request, response) => this.#handle(request, response) });
  }

  async start(): Promise<void> {
    if (this.#ticker) return;
    this.#ticker = setInterval(() => this.#tick(), 1000).unref();
    this.#leftBehind.start();
    if (!this.#options.alwaysOn) return;
    this.#orchestrator.on('streamAdded', this.#onStreamAdded);
    for (const { streamId, isRelay } of this.#orchestrator.listStreams()) {
      if (isRelay) continue;
      const stream = this.#orchestrator.findStream(streamId);
      if (stream) this.#begin(stream);
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#ticker);
    this.#leftBehind.close();
    this.#ticker = undefined;
    this.#orchestrator.off('streamAdded', this.#onStreamAdded);
    const channels = [...this.#channels];
    this.#channels.clear();
    await Promise.all(channels.map(([streamId, channel]) => this.#close(streamId, channel)));
  }

  /** HLS brings no streams. */
  onStreamReady(_callback: StreamCallback): void {}

  stats(): ProtocolStats {
    let viewers = 0;
    for (const channel of this.#channels.values()) viewers += channel.viewerCount;
    return {
      listening: this.#ticker ? [this.#server.address] : [],
      connections: viewers,
      publishers: 0,
      viewers,
      bytesIn: 0,
      bytesOut: this.#bytesOut,
      refused: { ...this.#refused },
    };
  }

  playUrls(streamId: StreamId, host: string): Readonly<Record<string, string>> {
    return {
      hls: `http://${host}:${this.#server.port}/hls/${streamId}/${this.#ladder ? 'master' : 'index'}.m3u8`,
    };
  }

  async #handle(given: MediaRequest, response: ServerResponse): Promise<boolean> {
    try {
      const address = this.#ticker ? hlsAddress(given.path) : undefined;
      if (!address) return false;
      // A client comes again and again, by whatever connection: there is none to be ended.
      const request = {
        ...given,
        access: { ...given.access, protocol: 'hls', isRepeated: true, end: undefined },
      };
      if (!('number' in address)) await this.#sendElsewhere(address, request);
      const maker = request.access.isInternal ? undefined : this.#makers?.elsewhere(address.streamId);
      if (maker !== undefined) await this.#passOn(maker, address, request, response);
      else if ('number' in address) await this.#sendMedia(address, request, response);
      else await this.#sendPlaylist(address, request, response);
      return true;
    } catch (cause) {
      // Nobody is left to be told.
      if (given.access.signal?.aborted) return true;
      const { code } = FluxError.from(cause);
      this.#refused[code] = (this.#refused[code] ?? 0) + 1;
      throw cause;
    }
  }

  /** A player that says its codecs is sent to where it finds them. Throws `REDIRECTED`, `NOT_PLAYABLE`. */
  async #sendElsewhere({ streamId, kind }: PlaylistAddress, { query, access }: MediaRequest): Promise<void> {
    const codecs = query.get('codecs');
    if (codecs === null || !this.#playable || this.#channels.get(streamId)?.ended) return;
    const { tracks } = await this.#orchestrator.openStream(streamId, access);
    const id = this.#playable(streamId, tracks, parseCodecs(codecs));
    if (id === streamId) return;
    const rest = new URLSearchParams(query);
    rest.delete('codecs');
    const location = `/hls/${id}/${kind === 'master' ? 'master' : 'index'}.m3u8${rest.size > 0 ? `?${rest}` : ''}`;
    throw new FluxError('REDIRECTED', `It is to be had as ${id}.`, { context: { location } });
  }

  /** The answer of the node that cuts the stream. */
  async #passOn(
    node: string,
    address: HlsAddress,
    request: MediaRequest,
    response: ServerResponse,
  ): Promise<void> {
    await this.#orchestrator.authorize('play', address.streamId, request.access);
    if ('number' in address) {
      const data = await this.#passingOn!.media(node, address, request);
      request.access.signal?.throwIfAborted();
      this.#bytesOut += sendMedia(request, response, data, this.#mediaHeaders);
    } else {
      sendPlaylist(request, response, await this.#passingOn!.playlist(node, address, request));
    }
  }

  async #sendPlaylist(
    address: PlaylistAddress,
    request: MediaRequest,
    response: ServerResponse,
  ): Promise<void> {
    const reload = reloadOf(request.query);
    const channel = await this.#open(address.streamId, request);
    await channel.until(reload, this.#maxWait(channel), request.access.signal);
    channel.noteViewer(request, 0);
    const text =
      address.kind === 'master'
        ? this.#renditions.master(address, channel)
        : this.#mediaPlaylist(address, channel, wantsUpdate(request.query));
    // Players do not pass on the playlist's query by themselves.
    const token = request.query.get('token');
    const query = token === null ? '' : `?token=${encodeURIComponent(token)}`;
    sendPlaylist(request, response, Buffer.from(withQuery(text, query)));
  }

  #mediaPlaylist(address: PlaylistAddress, { playlist }: HlsChannel, skips: boolean): string {
    const text = playlist.text(address.prefix, skips);
    const isFast = this.#options.partDuration !== undefined && !playlist.ended;
    return isFast ? text + this.#renditions.reports(address) : text;
  }

  async #sendMedia(
    { kind, streamId, number, extension }: MediaAddress,
    request: MediaRequest,
    response: ServerResponse,
  ): Promise<void> {
    await this.#orchestrator.authorize('play', streamId, request.access);
    const channel = this.#channels.get(streamId);
    if (!channel || extension !== SEGMENT_EXTENSION[this.#options.format]) {
      if (channel || this.#orchestrator.findStream(streamId)) {
        throw new FluxError('SEGMENT_NOT_FOUND', `There is no ${kind} ${number} as .${extension}.`);
      }
      throw new FluxError('STREAM_NOT_FOUND', `There is no stream ${streamId}.`);
    }
    const data = await channel.read(kind, number, this.#maxWait(channel), request.access.signal);
    request.access.signal?.throwIfAborted();
    const bytes = sendMedia(request, response, data, this.#mediaHeaders);
    this.#bytesOut += bytes;
    channel.noteViewer(request, bytes);
  }

  /** In milliseconds. */
  #maxWait({ playlist }: HlsChannel): number {
    return MAX_WAIT * 1000 * Math.max(this.#options.segmentDuration, playlist.targetDuration);
  }

  get #mediaHeaders() {
    return { type: SEGMENT_TYPE[this.#options.format], maxAge: this.#maxAge };
  }

  /** As long as a segment is kept. */
  get #maxAge(): number {
    return Math.ceil(this.#options.segmentDuration * (2 * this.#options.playlistLength + 1));
  }

  /** Throws as `openStream` does, and `CODEC_UNSUPPORTED`. */
  async #open(streamId: StreamId, request: MediaRequest): Promise<HlsChannel> {
    const past = this.#channels.get(streamId);
    if (past?.ended && !this.#orchestrator.findStream(streamId)) {
      await this.#orchestrator.authorize('play', streamId, request.access);
      return past;
    }
    const stream = await this.#orchestrator.openStream(streamId, request.access);
    request.access.signal?.throwIfAborted();
    if (!stream.tracks.some(track => hlsCarries(this.#options.format, track))) {
      const codecs = stream.tracks.map(track => track.codec).join(', ');
      throw new FluxError('CODEC_UNSUPPORTED', `HLS has nothing to send of this stream (${codecs}).`);
    }
    if (this.#makers && !(await this.#makers.claim(streamId)))
      throw new FluxError('NOT_READY', 'Another node begins to cut the stream; please ask again.');
    return this.#begin(stream);
  }

  readonly #onStreamAdded = (stream: Stream, isRelay: boolean): void => {
    if (isRelay) return;
    void this.#makers?.claim(stream.id).catch(() => {});
    this.#begin(stream);
  };

  #begin(stream: Stream): HlsChannel {
    let channel = this.#channels.get(stream.id);
    if (!channel) {
      channel = new HlsChannel({
        ...this.#options,
        streamId: stream.id,
        storage: this.#storage,
        numbering: this.#numberings.get(stream.id) ?? firstNumbering(),
        epoch: this.#epochOf(stream.id),
        isRendition: this.#ladder !== undefined && this.#ladder.sourceOf(stream.id) !== stream.id,
        places: this.#places,
      });
      this.#channels.set(stream.id, channel);
    }
    channel.begin(stream);
    return channel;
  }

  #epochOf(streamId: StreamId): SharedEpoch | undefined {
    if (!this.#ladder) return undefined;
    const sourceId = this.#ladder.sourceOf(streamId);
    const epoch = this.#epochs.get(sourceId) ?? new SharedEpoch();
    this.#epochs.set(sourceId, epoch);
    return epoch;
  }

  /** Those that no stream needs any more. */
  #forgetEpochs(): void {
    const needed = new Set([...this.#channels.keys()].map(id => this.#ladder?.sourceOf(id)));
    for (const sourceId of this.#epochs.keys()) if (!needed.has(sourceId)) this.#epochs.delete(sourceId);
  }

  #tick(): void {
    const now = performance.now();
    for (const [streamId, channel] of this.#channels) {
      if (channel.tick(now)) continue;
      this.#channels.delete(streamId);
      this.#forgetEpochs();
      void this.#close(streamId, channel);
    }
  }

  async #close(streamId: StreamId, channel: HlsChannel): Promise<void> {
    this.#numberings.delete(streamId);
    this.#numberings.set(streamId, channel.playlist.numbering);
    const [oldest] = this.#numberings.keys();
    if (this.#numberings.size > MAX_REMEMBERED && oldest !== undefined) this.#numberings.delete(oldest);
    await channel.close();
    this.#makers?.release(streamId);
  }
}

/**
 * Numbers of a stream that nobody remembers begin with the seconds since 1970, as ffmpeg's can: whatever the last
 * run of the server called a segment, and caches keep under that name, is not called so again. Parts, which are shorter,
 * begin with tenths of seconds.
 */
function firstNumbering(): Numbering {
  const now = Date.now();
  return {
    sequence: Math.floor(now / 1000),
    part: Math.floor(now / 100),
    discontinuity: 0,
    isContinued: false,
  };
}
