import type { ServerResponse } from 'node:http';
import { FluxError, isErrorCode } from '@flux-iot/core/errors/flux-error';
import type {
  ProtocolAdapter,
  ProtocolStats,
  StreamCallback,
} from '@flux-iot/core/orchestrator/protocol-adapter';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import type { MediaStorage } from '@flux-iot/core/storage/media-storage';
import type { Stream } from '@flux-iot/core/stream/stream';
import { appAndName, type StreamId } from '@flux-iot/core/stream/stream-id';
import { type PlayableForm, parseCodecs } from '@flux-iot/core/transcode/playable';
import type { Rendition } from '@flux-iot/core/transcode/rendition';
import { formatMasterPlaylist, type Variant } from '@flux-iot/media/format/m3u8/playlist';
import { tsCarries } from '@flux-iot/media/format/mpegts/muxer';
import { isVideo, type Track } from '@flux-iot/media/model/track';
import type { MediaRequest, MediaServer } from '../http/media-server.ts';
import { type HlsAddress, hlsAddress } from './address.ts';
import { HlsChannel } from './channel.ts';
import { LeftBehind } from './left-behind.ts';
import type { Numbering } from './live-playlist.ts';
import { SegmentCache } from './segment-cache.ts';
import type { NodeAnswer, SegmentMakers } from './segment-makers.ts';
import { sendSegment } from './segment-response.ts';
import { SharedEpoch } from './shared-epoch.ts';

export interface HlsOptions {
  /** In seconds; segments end at the first key frame after it. */
  readonly segmentDuration: number;
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

/** The smaller sizes in which streams can be had, each a stream of its own. */
export interface Ladder {
  renditionsOf(tracks: readonly Track[]): readonly Rendition[];
  idOf(sourceId: StreamId, profile: string): StreamId;
  /** The id itself for what is no rendition. */
  sourceOf(streamId: StreamId): StreamId;
}

const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl';
/** In segment durations: how long a request waits for a segment. */
const MAX_WAIT = 3;
/** What transport streams add to the coded bits; and the share by which a segment may be above what was wished. */
const OVERHEAD = 1.08;
const PEAK = 1.3;
/** Streams whose numbering is remembered after they are gone. */
const MAX_REMEMBERED = 10_000;
const MEDIA_SEQUENCE = /^\d{1,15}$/;

/** HLS with transport stream segments: `GET /hls/{stream_id}/index.m3u8` on the shared media server. */
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
  readonly #cache = new SegmentCache();
  readonly #channels = new Map<StreamId, HlsChannel>();
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
      if (address.kind !== 'segment') await this.#sendElsewhere(address, request);
      const maker = request.access.isInternal ? undefined : this.#makers?.elsewhere(address.streamId);
      if (maker !== undefined) await this.#passOn(maker, address, request, response);
      else if (address.kind === 'segment') await this.#sendSegment(address, request, response);
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
  async #sendElsewhere(
    { streamId, kind }: Exclude<HlsAddress, { kind: 'segment' }>,
    { query, access }: MediaRequest,
  ): Promise<void> {
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

  /** The answer of the node that cuts the stream; segments are kept, for more clients here to ask for them. */
  async #passOn(
    node: string,
    address: HlsAddress,
    request: MediaRequest,
    response: ServerResponse,
  ): Promise<void> {
    await this.#orchestrator.authorize('play', address.streamId, request.access);
    const fetch = async (signal: AbortSignal | undefined) => {
      const answer = await this.#makers!.fetch(node, {
        target: request.message.url ?? '/',
        peer: request.peer,
        userAgent: request.message.headers['user-agent'] ?? '',
        signal,
      });
      if (answer.status !== 200) throw problemOfNode(answer);
      return answer;
    };
    if (address.kind === 'segment') {
      // Who asks first may go away while others wait.
      const key = `${address.streamId}/${address.sequence}`;
      const data = await this.#cache.get(key, async () => (await fetch(undefined)).body);
      request.access.signal?.throwIfAborted();
      this.#bytesOut += sendSegment(request, response, data, this.#maxAge);
      return;
    }
    const { body } = await fetch(request.access.signal);
    sendText(request, response, body);
  }

  async #sendPlaylist(
    address: Exclude<HlsAddress, { kind: 'segment' }>,
    request: MediaRequest,
    response: ServerResponse,
  ): Promise<void> {
    const sequence = mediaSequenceOf(request.query);
    const channel = await this.#open(address.streamId, request);
    const seconds = Math.max(this.#options.segmentDuration, channel.playlist.targetDuration);
    await channel.until(sequence, MAX_WAIT * seconds * 1000, request.access.signal);
    channel.noteViewer(request, 0);
    // Players do not pass on the playlist's query by themselves.
    const token = request.query.get('token');
    const query = token === null ? '' : `?token=${encodeURIComponent(token)}`;
    const text =
      address.kind === 'master'
        ? this.#masterPlaylist(address.streamId, channel, query)
        : channel.playlist.text(address.prefix, query);
    sendText(request, response, Buffer.from(text));
  }

  async #sendSegment(
    { streamId, sequence }: Extract<HlsAddress, { kind: 'segment' }>,
    request: MediaRequest,
    response: ServerResponse,
  ): Promise<void> {
    await this.#orchestrator.authorize('play', streamId, request.access);
    const channel = this.#channels.get(streamId);
    if (!channel) {
      if (this.#orchestrator.findStream(streamId)) {
        throw new FluxError('SEGMENT_NOT_FOUND', `Segment ${sequence} is not kept.`);
      }
      throw new FluxError('STREAM_NOT_FOUND', `There is no stream ${streamId}.`);
    }
    const data = await channel.playlist.read(sequence);
    request.access.signal?.throwIfAborted();
    const bytes = sendSegment(request, response, data, this.#maxAge);
    this.#bytesOut += bytes;
    channel.noteViewer(request, bytes);
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
    if (!stream.tracks.some(tsCarries)) {
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
      });
      this.#channels.set(stream.id, channel);
    }
    channel.begin(stream);
    return channel;
  }

  /** For players that choose by size and rate, and those that want to know the codecs before they load anything. */
  #masterPlaylist(streamId: StreamId, channel: HlsChannel, query: string): string {
    const ladder = this.#ladder;
    const { name } = appAndName(streamId);
    const smaller = (ladder?.renditionsOf(channel.tracks) ?? []).map((rendition): Variant => {
      const { bitrate, codecs, width, height, frameRate, profile } = rendition;
      const made = this.#channels.get(ladder!.idOf(streamId, profile))?.playlist;
      return {
        uri: `../${ladder!.idOf(name, profile)}/index.m3u8${query}`,
        // Measured as soon as there is something, and never less than was said before.
        bandwidth: Math.max(bitrate * PEAK, made?.peakBitrate ?? 0),
        averageBandwidth: made?.averageBitrate || bitrate * OVERHEAD,
        codecs,
        resolution: { width, height },
        frameRate,
      };
    });
    return formatMasterPlaylist([wholeVariant(channel, query), ...smaller]);
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

function sendText({ method }: MediaRequest, response: ServerResponse, text: Buffer): void {
  response.writeHead(200, {
    'Content-Type': PLAYLIST_TYPE,
    'Content-Length': text.length,
    'Cache-Control': 'no-cache',
  });
  response.end(method === 'HEAD' ? undefined : text);
}

/** What another node refused is refused here for the same reason. */
function problemOfNode({ status, body }: NodeAnswer): FluxError {
  try {
    const { code, detail } = JSON.parse(body.toString()) as { code?: unknown; detail?: unknown };
    if (isErrorCode(code)) return new FluxError(code, String(detail));
  } catch {
    // It was not one of our problem documents.
  }
  return new FluxError('UPSTREAM_FAILED', `The media node that has the stream answered with ${status}.`);
}

/** The stream as it comes. */
function wholeVariant(channel: HlsChannel, query: string): Variant {
  const tracks = channel.tracks.filter(tsCarries);
  const video = tracks.find(isVideo);
  return {
    uri: `index.m3u8${query}`,
    bandwidth: channel.playlist.peakBitrate,
    averageBandwidth: channel.playlist.averageBitrate,
    codecs: tracks.map(track => track.codecString),
    resolution: video?.width ? { width: video.width, height: video.height } : undefined,
    frameRate: video?.frameRate,
  };
}

/**
 * Numbers of a stream that nobody remembers begin with the seconds since 1970, as ffmpeg's can: whatever the last
 * run of the server called a segment, and caches keep under that name, is not called so again.
 */
function firstNumbering(): Numbering {
  return { sequence: Math.floor(Date.now() / 1000), discontinuity: 0, isContinued: false };
}

/** `_HLS_msn`: the segment that the client waits for (draft 8216bis §6.2.5.2). Throws `REQUEST_INVALID`. */
function mediaSequenceOf(query: URLSearchParams): number | undefined {
  const value = query.get('_HLS_msn');
  if (value === null) return undefined;
  if (!MEDIA_SEQUENCE.test(value)) throw new FluxError('REQUEST_INVALID', '_HLS_msn is not a number.');
  return Number(value);
}
