import { EventEmitter } from 'node:events';
import type { AudioSample, VideoSample } from '@flux-iot/media/model/sample';
import { FluxError } from '../errors/flux-error.ts';
import { type FlushLoad, type FlushOptions, FlushScheduler } from '../stream/flush-scheduler.ts';
import { Publication, type Publisher } from '../stream/publication.ts';
import type { EndReason } from '../stream/sink.ts';
import { Stream, type StreamOptions } from '../stream/stream.ts';
import { parseStreamId, type StreamId } from '../stream/stream-id.ts';
import { TurnSpacing, type TurnSpacingOptions } from '../stream/turn-spacing.ts';
import { Demand } from './demand.ts';
import type { AccessRequest, Derivation, Ingest, StreamCallback } from './protocol-adapter.ts';
import { Pushes } from './pushes.ts';
import { createContext, type StreamContext, statusOf } from './stream-context.ts';
import type { StreamRegistry } from './stream-registry.ts';
import { RELAY_PROTOCOL, type StreamStatus } from './stream-status.ts';
import { untilLive } from './until-live.ts';

export type Action = 'publish' | 'play';

/** For how long a client was let in. */
export interface Admission {
  /** Milliseconds; without it, for as long as it likes. */
  readonly lifetime?: number;
}

/** Decides who may do what; throws a `FluxError` (`NOT_ALLOWED`, `REDIRECTED`) to refuse. */
export type Authorizer = (
  action: Action,
  streamId: StreamId,
  request: AccessRequest,
) => Promise<Admission | undefined> | Promise<void> | void;

/** What more there may be, whoever asks, the product itself as well. Each throws `TENANT_LIMIT`. */
export interface StreamLimits {
  /** At the very moment at which the stream would begin. */
  publish(streamId: StreamId): void;
  transcode(streamId: StreamId): void;
}

export interface OrchestratorOptions {
  readonly stream: StreamOptions;
  readonly flush: FlushOptions;
  readonly turns: TurnSpacingOptions;
  readonly maxStreams: number;
  /** A second publisher closes the first instead of being refused. */
  readonly takeover: boolean;
  /** Milliseconds that viewers are kept when a publisher is lost without a goodbye. */
  readonly publisherGrace: number;
  /** Milliseconds that a viewer waits for a stream that is known but has no pictures yet. */
  readonly openTimeout: number;
  /** Milliseconds that a stream is fetched on demand after its last taker; 10,000 if left out. */
  readonly demandLinger?: number;
  readonly authorize?: Authorizer;
  readonly limits?: StreamLimits;
  /** What a stream that is not there would be made of, if it can be. */
  readonly derive?: (streamId: StreamId, orchestrator: StreamOrchestrator) => Derivation | undefined;
  /** Where there are several media nodes; without it, this process has all streams. */
  readonly registry?: StreamRegistry;
}

export interface OrchestratorEvents {
  /** `isRelay`: it is another node's, fetched for viewers of this one. */
  streamAdded: [stream: Stream, isRelay: boolean];
  /** It still has what it was; not for relays. */
  streamEnding: [stream: Stream];
  streamEnded: [stream: Stream, reason: EndReason, isRelay: boolean];
  published: [publication: Publication];
  unpublished: [publication: Publication, reason: EndReason];
}

/** A relayed stream is kept for this long, in milliseconds, after its last taker. */
const RELAY_LINGER = 10_000;
const RELAY_RETRY = 500;
const DEMAND_LINGER = 10_000;
/** No timer of Node's waits longer: 24 days. */
const MAX_LIFETIME = 2 ** 31 - 1;
const TIME_IS_OVER: EndReason = { code: 'time-over', message: 'The time is over for which it was let in.' };

/**
 * The only door to streams: publishers and viewers of every protocol pass it, so authorisation, limits and
 * everything else that must not differ between protocols happen here once.
 */
export class StreamOrchestrator extends EventEmitter<OrchestratorEvents> implements StreamCallback {
  readonly #options: OrchestratorOptions;
  /** Told of every read by the sessions that read publishers' sockets. */
  readonly turns: TurnSpacing;
  readonly #scheduler: FlushScheduler;
  readonly #contexts = new Map<StreamId, StreamContext>();
  readonly #ingests = new Map<StreamId, Ingest>();
  readonly #demand: Demand;
  readonly pushes: Pushes;
  readonly #ticker: NodeJS.Timeout;
  #closed = false;

  constructor(options: OrchestratorOptions) {
    super();
    this.#options = options;
    this.#scheduler = new FlushScheduler(options.flush);
    this.turns = new TurnSpacing(options.turns);
    this.pushes = new Pushes(options.maxStreams);
    this.#demand = new Demand(options.demandLinger ?? DEMAND_LINGER);
    this.#ticker = setInterval(() => this.#tick(), 1000).unref();
  }

  /** How the work is batched at present. */
  get load(): FlushLoad & { readonly turnInterval: number } {
    return { turnInterval: this.turns.interval, ...this.#scheduler.load };
  }

  /** Whether the client may; for what was made of a stream and may outlive it. Throws `NOT_ALLOWED`, `REDIRECTED`. */
  async authorize(action: Action, streamId: StreamId, request: AccessRequest): Promise<void> {
    endInTime(await this.#admit(action, streamId, request), request, request.end);
  }

  /** A new stream begins (or its publisher comes back). Throws `STREAM_BUSY`, `STREAM_LIMIT`, `TENANT_LIMIT`, … */
  async registerStream(
    streamId: StreamId,
    publisher: Publisher,
    request: AccessRequest = {},
  ): Promise<Publication> {
    parseStreamId(streamId);
    const admission = await this.#admit('publish', streamId, request);
    request.signal?.throwIfAborted();
    if (this.#closed) throw new FluxError('STREAM_ENDED', 'The server is shutting down.');
    // What is made of others has had its limit checked when it began.
    if (!this.#ingests.get(streamId)?.isDerived) this.#checkLimit('publish', streamId);
    const context = this.#contexts.get(streamId) ?? this.#create(streamId);
    this.#makeWay(context, publisher);
    await this.#claim(context, request.signal);
    this.#detachRelay(context);
    const publication = this.#publish(context, publisher);
    endInTime(admission, request, reason => publication.revoke(reason));
    return publication;
  }

  /** For callers that know a stream by its id alone; sessions write to their publication. */
  processVideo(streamId: StreamId, sample: VideoSample): void {
    this.#contexts.get(streamId)?.publication?.write(sample);
  }

  processAudio(streamId: StreamId, sample: AudioSample): void {
    this.#contexts.get(streamId)?.publication?.write(sample);
  }

  getStreamStatus(streamId: StreamId): StreamStatus | undefined {
    const context = this.#contexts.get(streamId);
    return context && statusOf(context);
  }

  /** Streams that this node has or fetches. */
  get streamCount(): number {
    return this.#contexts.size;
  }

  listStreams(): StreamStatus[] {
    return [...this.#contexts.values()].map(statusOf);
  }

  /** A stream that this node owns, in whatever state it is; undefined for what is fetched from other nodes. */
  ownStream(streamId: StreamId): Stream | undefined {
    const context = this.#contexts.get(streamId);
    return context?.relay ? undefined : context?.stream;
  }

  /** All streams of this node, for those who count. */
  get streams(): readonly {
    readonly stream: Stream;
    readonly isRelay: boolean;
    /** It is made of another. */
    readonly isDerived: boolean;
    readonly publication: Publication | undefined;
  }[] {
    return [...this.#contexts.values()].map(({ stream, relay, publication }) => ({
      stream,
      isRelay: relay !== undefined,
      isDerived: this.#ingests.get(stream.id)?.isDerived ?? false,
      publication,
    }));
  }

  /** Whether there are samples to be had of it, from this node or from another. */
  isAvailable(streamId: StreamId): boolean {
    const context = this.#contexts.get(streamId);
    if (context) return context.stream.state === 'live';
    return this.#options.registry?.ownerOf(streamId) !== undefined;
  }

  /** The stream itself, for those who need its history or add sinks; viewers come by `openStream`. */
  findStream(streamId: StreamId): Stream | undefined {
    return this.#contexts.get(streamId)?.stream;
  }

  /**
   * A viewer wants the stream. Resolves when its tracks are known, within `openTimeout`. Throws `NOT_ALLOWED`,
   * `STREAM_NOT_FOUND`, `STREAM_NOT_READY`, `STREAM_ENDED`, `UPSTREAM_FAILED`.
   */
  async openStream(streamId: StreamId, request: AccessRequest = {}): Promise<Stream> {
    parseStreamId(streamId);
    const admission = await this.#admit('play', streamId, request);
    const stream = await this.#untilOpen(
      this.#contexts.get(streamId) ?? this.#await(streamId),
      request.signal,
    );
    endInTime(admission, request, request.end);
    return stream;
  }

  /** The same for another node that fetches the stream: only what this node owns is opened. */
  async openOwnStream(streamId: StreamId, signal?: AbortSignal): Promise<Stream> {
    const context = this.#contexts.get(streamId);
    if (context?.relay) throw new FluxError('STREAM_NOT_FOUND', `${streamId} is not published here.`);
    return this.#untilOpen(context ?? this.#awaitIngest(streamId), signal);
  }

  /**
   * Another node takes the stream over: its publisher came back there. Throws `STREAM_BUSY` where it is published
   * here and `takeover` does not allow that to end. Viewers stay, and are fed from the new owner.
   */
  yieldStream(streamId: StreamId, takeover: boolean): void {
    const context = this.#contexts.get(streamId);
    if (context?.isClaiming || (context?.publication && !context.relay && !takeover)) throw busy(streamId);
    this.#options.registry?.release(streamId);
    if (!context || context.relay) return;
    const { publication } = context;
    context.publication = undefined;
    publication?.revoke({ code: 'replaced', message: 'Published to another node.' });
    context.stream.interrupt();
    this.#awaitReturn(context, { code: 'publisher-lost', message: 'It was not brought by another node.' });
  }

  /** The registry says that `owner`, another node, has the stream now. */
  ownerChanged(streamId: StreamId, owner: string): void {
    const context = this.#contexts.get(streamId);
    if (!context || context.isClaiming || (context.publication && !context.relay)) return;
    this.#detachRelay(context);
    this.#relay(context, owner);
  }

  /** Closes the publisher, the ingest and all viewers. */
  stopStream(streamId: StreamId, reason: EndReason): void {
    const context = this.#contexts.get(streamId);
    const ingest = this.#ingests.get(streamId);
    if (!context && !ingest) throw new FluxError('STREAM_NOT_FOUND', `There is no stream ${streamId}.`);
    this.#ingests.delete(streamId);
    if (ingest) this.#demand.forget(ingest);
    ingest?.close(reason);
    if (context) this.#end(context, reason);
    else this.#release(streamId);
  }

  // --- ingests ---------------------------------------------------------------------------------------

  /** Keeps an ingest; `make` is called once it is sure that the id is free. Throws `STREAM_BUSY`, `STREAM_LIMIT`. */
  async addIngest(streamId: StreamId, make: () => Ingest): Promise<Ingest> {
    parseStreamId(streamId);
    const { registry } = this.#options;
    const isTaken = this.#contexts.get(streamId)?.publication || registry?.ownerOf(streamId) !== undefined;
    if (this.#ingests.has(streamId) || isTaken) throw busy(streamId);
    if (this.#ingests.size >= this.#options.maxStreams) {
      throw new FluxError('STREAM_LIMIT', `${this.#options.maxStreams} ingests are the most.`);
    }
    const ingest = make();
    this.#ingests.set(streamId, ingest);
    try {
      // Of what is pulled this node is the owner already, so that viewers on other nodes find it.
      if (isPulled(ingest)) await registry?.claim(streamId, false);
    } catch (cause) {
      this.stopStream(streamId, { code: 'stopped', message: 'The id is taken.' });
      throw cause;
    }
    return ingest;
  }

  getIngest(streamId: StreamId): Ingest | undefined {
    return this.#ingests.get(streamId);
  }

  get ingests(): readonly Ingest[] {
    return [...this.#ingests.values()];
  }

  /** Ends everything. Idempotent. */
  close(reason: EndReason = { code: 'shutdown', message: 'The server is shutting down.' }): void {
    if (this.#closed) return;
    this.#closed = true;
    this.pushes.close(reason);
    for (const ingest of this.#ingests.values()) ingest.close(reason);
    for (const context of [...this.#contexts.values()]) this.#end(context, reason);
    clearInterval(this.#ticker);
    this.#scheduler.close();
    this.turns.close();
  }

  async #admit(action: Action, streamId: StreamId, request: AccessRequest): Promise<Admission | undefined> {
    if (request.isInternal) return undefined;
    return (await this.#options.authorize?.(action, streamId, request)) ?? undefined;
  }

  /** Throws `TENANT_LIMIT`, which is then in the time line of `notedIn`, too. */
  #checkLimit(kind: keyof StreamLimits, streamId: StreamId, notedIn = streamId): void {
    try {
      this.#options.limits?.[kind](streamId);
    } catch (cause) {
      const history = this.#contexts.get(notedIn)?.stream.history ?? this.#ingests.get(notedIn)?.history;
      history?.note('tenant-limit', FluxError.from(cause).message);
      throw cause;
    }
  }

  #create(streamId: StreamId, isRelay = false): StreamContext {
    if (this.#contexts.size >= this.#options.maxStreams) {
      throw new FluxError('STREAM_LIMIT', `${this.#options.maxStreams} streams are the most.`);
    }
    const history = this.#ingests.get(streamId)?.history;
    const stream = new Stream(streamId, this.#scheduler, this.#options.stream, history);
    const context = createContext(stream);
    this.#contexts.set(streamId, context);
    this.emit('streamAdded', stream, isRelay);
    return context;
  }

  /** Sends a publisher away that is there already, or throws `STREAM_BUSY`. */
  #makeWay(context: StreamContext, publisher: Publisher): void {
    const { stream, publication } = context;
    if (!context.isClaiming && (!publication || context.relay)) return;
    if (!this.#options.takeover || context.isClaiming) {
      stream.history.note('publisher-refused', `${publisher.protocol} from ${publisher.peer}: busy`);
      throw busy(stream.id);
    }
    context.publication = undefined;
    publication?.revoke({ code: 'replaced', message: `${publisher.peer} took over.` });
  }

  /** Makes this node the owner of the stream; a context made for nothing is taken back. */
  async #claim(context: StreamContext, signal: AbortSignal | undefined): Promise<void> {
    const { registry, takeover } = this.#options;
    if (!registry) return;
    const { id } = context.stream;
    context.isClaiming = true;
    try {
      await registry.claim(id, takeover);
      signal?.throwIfAborted();
      if (this.#contexts.get(id) !== context) {
        throw new FluxError('STREAM_ENDED', `The stream ${id} was stopped meanwhile.`);
      }
    } catch (cause) {
      context.isClaiming = false;
      if (context.stream.state === 'waiting' && !this.#ingests.has(id)) {
        this.#end(context, { code: 'unpublished', message: 'Nobody publishes it.' });
      }
      throw cause;
    }
    context.isClaiming = false;
  }

  #publish(context: StreamContext, publisher: Publisher): Publication {
    clearTimeout(context.graceTimer);
    context.graceTimer = undefined;
    const made = new Publication(context.stream, publisher, (publication, reason) => {
      this.emit('unpublished', publication, reason);
      this.#unpublished(context, publication, reason);
    });
    context.publication = made;
    this.emit('published', made);
    return made;
  }

  /** Fetches a stream from the node that owns it. */
  #relay(context: StreamContext, owner: string): void {
    const { registry } = this.#options;
    if (!registry) return;
    context.relay = registry.relay(owner, {
      streamId: context.stream.id,
      publish: close => this.#publish(context, { protocol: RELAY_PROTOCOL, peer: owner, close }),
      failed: reason => {
        if (context.stream.state === 'waiting') {
          this.#end(context, reason);
          return;
        }
        // It is counted from when the stream was lost, however often the owner is asked since.
        if (context.graceTimer === undefined) this.#awaitReturn(context, reason);
        this.#relayLater(context);
      },
    });
  }

  /** The way to the owner was lost; if the owner still has the stream, it is fetched again. */
  #relayLater(context: StreamContext): void {
    const { id } = context.stream;
    const timer = setTimeout(() => {
      if (this.#contexts.get(id) !== context || context.publication || context.isClaiming) return;
      this.#detachRelay(context);
      const owner = this.#options.registry?.ownerOf(id);
      if (owner !== undefined) this.#relay(context, owner);
    }, RELAY_RETRY);
    timer.unref();
  }

  /** Ends the relay, not the local stream. */
  #detachRelay(context: StreamContext): void {
    const { relay, publication } = context;
    if (!relay) return;
    context.relay = undefined;
    context.publication = undefined;
    relay.close();
    if (!publication) return;
    publication.close({ code: 'publisher-lost', message: 'It comes from elsewhere now.' });
    context.stream.interrupt();
  }

  /** A stream of another node, or one that an ingest will bring, can be waited for; any other is unknown. */
  #await(streamId: StreamId): StreamContext {
    const { registry, derive } = this.#options;
    // What is made of another stream is made where that is.
    const owner =
      registry?.ownerOf(streamId) ?? registry?.ownerOf(derive?.(streamId, this)?.sourceId ?? streamId);
    if (owner === undefined) return this.#awaitIngest(streamId);
    const context = this.#create(streamId, true);
    this.#relay(context, owner);
    return context;
  }

  #awaitIngest(streamId: StreamId): StreamContext {
    const ingest = this.#ingests.get(streamId) ?? this.#derive(streamId);
    const { state, lastError } = ingest?.status ?? { state: 'waiting' };
    if (!ingest || (state === 'waiting' && !ingest.demand)) {
      throw new FluxError('STREAM_NOT_FOUND', `There is no stream ${streamId}.`, { context: { streamId } });
    }
    if (state === 'closed') {
      throw new FluxError('UPSTREAM_FAILED', lastError ?? 'The source of the stream was given up.');
    }
    return this.#create(streamId);
  }

  /** Begins to make the stream of another that is here, where it can be made. Throws `TRANSCODE_LIMIT`, `TENANT_LIMIT`. */
  #derive(streamId: StreamId): Ingest | undefined {
    const derivation = this.#options.derive?.(streamId, this);
    if (!derivation) return undefined;
    const { sourceId } = derivation;
    const source = this.#ingests.get(sourceId);
    // What was made of another is no source of a third: whoever asks could go on for ever.
    if (source?.isDerived || (!source && !this.#contexts.has(sourceId))) return undefined;
    this.#checkLimit('transcode', streamId, sourceId);
    const ingest = derivation.begin();
    this.#ingests.set(streamId, ingest);
    return ingest;
  }

  async #untilOpen(context: StreamContext, signal: AbortSignal | undefined): Promise<Stream> {
    const { stream } = context;
    const ingest = this.#ingests.get(stream.id);
    if (ingest?.demand && !context.relay) this.#demand.want(ingest);
    if (stream.state === 'waiting' || stream.state === 'discovering') {
      context.waiting++;
      await untilLive(stream, this.#options.openTimeout, signal).finally(() => context.waiting--);
    }
    return stream;
  }

  #unpublished(context: StreamContext, publication: Publication, reason: EndReason): void {
    // Of a publication that was replaced, nothing is left to do.
    if (context.publication !== publication) return;
    context.publication = undefined;
    if (reason.code !== 'publisher-lost' || this.#options.publisherGrace === 0) {
      this.#end(context, reason);
      return;
    }
    context.stream.interrupt();
    this.#awaitReturn(context, reason);
    if (context.relay) this.#relayLater(context);
  }

  /** Viewers are kept for the publisher to come back, here or on another node. */
  #awaitReturn(context: StreamContext, reason: EndReason): void {
    clearTimeout(context.graceTimer);
    context.graceTimer = setTimeout(() => this.#end(context, reason), this.#options.publisherGrace);
  }

  #end(context: StreamContext, reason: EndReason): void {
    clearTimeout(context.graceTimer);
    const { stream, publication } = context;
    if (this.#contexts.get(stream.id) !== context) return;
    this.#contexts.delete(stream.id);
    if (!context.relay) this.emit('streamEnding', stream);
    context.relay?.close();
    context.publication = undefined;
    publication?.revoke(reason);
    stream.end(reason);
    this.#forgetDerived(stream.id, reason);
    if (!context.relay) this.#release(stream.id);
    this.emit('streamEnded', stream, reason, context.relay !== undefined);
  }

  #forgetDerived(streamId: StreamId, reason: EndReason): void {
    const ingest = this.#ingests.get(streamId);
    if (!ingest?.isDerived) return;
    this.#ingests.delete(streamId);
    this.#demand.forget(ingest);
    ingest.close(reason);
  }

  /** Others may own the stream, unless it is still to be pulled here. */
  #release(streamId: StreamId): void {
    const ingest = this.#ingests.get(streamId);
    if (!ingest || !isPulled(ingest)) this.#options.registry?.release(streamId);
  }

  #tick(): void {
    const now = performance.now();
    let isWatched = false;
    for (const context of this.#contexts.values()) {
      context.stream.tick(now);
      isWatched ||= context.stream.viewerCount > 0;
      if (context.relay) this.#endIdleRelay(context, now);
    }
    this.turns.tick(isWatched);
    for (const ingest of this.#ingests.values()) this.#checkIngest(ingest, now);
  }

  /** Ends what nobody wants any more, and what viewers wait for in vain. */
  #checkIngest(ingest: Ingest, now: number): void {
    const { streamId, status } = ingest;
    const context = this.#contexts.get(streamId);
    const isTaken = context !== undefined && (context.waiting > 0 || context.stream.isTaken);
    const isIdle = this.#demand.check(ingest, isTaken, now);
    if (!context || context.publication || context.relay || context.isClaiming) return;
    if (isIdle) this.#end(context, { code: 'idle', message: 'Nobody watches it.' });
    else if (status.state === 'closed')
      this.#end(context, { code: 'given-up', message: status.lastError ?? 'Its source was given up.' });
  }

  #endIdleRelay(context: StreamContext, now: number): void {
    if (context.stream.isTaken) {
      context.idleSince = undefined;
      return;
    }
    context.idleSince ??= now;
    if (now - context.idleSince < RELAY_LINGER) return;
    this.#end(context, { code: 'idle', message: 'Nobody here watches it.' });
  }
}

/** Calls `end` when the time is over for which the client was let in, unless it is gone by then. */
function endInTime(
  admission: Admission | undefined,
  { signal }: AccessRequest,
  end: AccessRequest['end'],
): void {
  if (admission?.lifetime === undefined || !end || signal?.aborted) return;
  const timer = setTimeout(() => end(TIME_IS_OVER), Math.min(admission.lifetime, MAX_LIFETIME)).unref();
  signal?.addEventListener('abort', () => clearTimeout(timer), { once: true });
}

/** Whether the product fetches it by itself; else a publisher is to bring it, to whichever node it comes. */
function isPulled(ingest: Ingest): boolean {
  return ingest.sourceUrl !== undefined;
}

function busy(streamId: StreamId): FluxError {
  return new FluxError('STREAM_BUSY', `Somebody publishes ${streamId} already.`, { context: { streamId } });
}
