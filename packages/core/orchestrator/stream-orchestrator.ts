import { EventEmitter } from 'node:events';
import type { AudioSample, VideoSample } from '@flux-iot/media/model/sample';
import { FluxError } from '../errors/flux-error.ts';
import { type FlushOptions, FlushScheduler } from '../stream/flush-scheduler.ts';
import { Publication, type Publisher } from '../stream/publication.ts';
import type { EndReason } from '../stream/sink.ts';
import { Stream, type StreamOptions } from '../stream/stream.ts';
import { parseStreamId, type StreamId } from '../stream/stream-id.ts';
import { TurnSpacing, type TurnSpacingOptions } from '../stream/turn-spacing.ts';
import type { AccessRequest, Ingest, Push, StreamCallback } from './protocol-adapter.ts';
import { type StreamStatus, streamStatus } from './stream-status.ts';

export type Action = 'publish' | 'play';

/** Decides who may do what; throws a `FluxError` (`NOT_ALLOWED`) to refuse. */
export type Authorizer = (action: Action, streamId: StreamId, request: AccessRequest) => Promise<void> | void;

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
  readonly authorize?: Authorizer;
}

export interface OrchestratorEvents {
  streamAdded: [stream: Stream];
  streamEnded: [stream: Stream, reason: EndReason];
}

interface StreamContext {
  readonly stream: Stream;
  publication: Publication | undefined;
  graceTimer: NodeJS.Timeout | undefined;
}

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
  readonly #pushes = new Map<string, Push>();
  readonly #ticker: NodeJS.Timeout;
  #closed = false;

  constructor(options: OrchestratorOptions) {
    super();
    this.#options = options;
    this.#scheduler = new FlushScheduler(options.flush);
    this.turns = new TurnSpacing(options.turns);
    this.#ticker = setInterval(() => this.#tick(), 1000).unref();
  }

  /** Whether the client may; for what was made of a stream and may outlive it. Throws `NOT_ALLOWED`. */
  async authorize(action: Action, streamId: StreamId, request: AccessRequest): Promise<void> {
    await this.#options.authorize?.(action, streamId, request);
  }

  /** A new stream begins (or its publisher comes back). Throws `STREAM_BUSY`, `STREAM_LIMIT`, `NOT_ALLOWED`, … */
  async registerStream(
    streamId: StreamId,
    publisher: Publisher,
    request: AccessRequest = {},
  ): Promise<Publication> {
    parseStreamId(streamId);
    await this.authorize('publish', streamId, request);
    request.signal?.throwIfAborted();
    if (this.#closed) throw new FluxError('STREAM_ENDED', 'The server is shutting down.');
    const context = this.#contexts.get(streamId) ?? this.#create(streamId);
    if (context.publication) {
      if (!this.#options.takeover) {
        context.stream.history.note(
          'publisher-refused',
          `${publisher.protocol} from ${publisher.peer}: busy`,
        );
        throw new FluxError('STREAM_BUSY', `Somebody publishes ${streamId} already.`, {
          context: { streamId },
        });
      }
      const previous = context.publication;
      context.publication = undefined;
      previous.revoke({ code: 'replaced', message: `${publisher.peer} took over.` });
    }
    clearTimeout(context.graceTimer);
    context.publication = new Publication(context.stream, publisher, (publication, reason) =>
      this.#unpublished(context, publication, reason),
    );
    return context.publication;
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
    return context && streamStatus(context.stream, context.publication);
  }

  listStreams(): StreamStatus[] {
    return [...this.#contexts.values()].map(context => streamStatus(context.stream, context.publication));
  }

  /** The stream itself, for those who need its history or add sinks; viewers come by `openStream`. */
  findStream(streamId: StreamId): Stream | undefined {
    return this.#contexts.get(streamId)?.stream;
  }

  /**
   * A viewer wants the stream. Resolves when its tracks are known, within `openTimeout`. Throws `NOT_ALLOWED`,
   * `STREAM_NOT_FOUND`, `STREAM_NOT_READY`, `STREAM_ENDED`.
   */
  async openStream(streamId: StreamId, request: AccessRequest = {}): Promise<Stream> {
    parseStreamId(streamId);
    await this.authorize('play', streamId, request);
    const stream = this.#contexts.get(streamId)?.stream ?? this.#await(streamId);
    if (stream.state === 'waiting' || stream.state === 'discovering') {
      await this.#untilLive(stream, request.signal);
    }
    return stream;
  }

  /** Closes the publisher, the ingest and all viewers. */
  stopStream(streamId: StreamId, reason: EndReason): void {
    const context = this.#contexts.get(streamId);
    const ingest = this.#ingests.get(streamId);
    if (!context && !ingest) throw new FluxError('STREAM_NOT_FOUND', `There is no stream ${streamId}.`);
    this.#ingests.delete(streamId);
    ingest?.close(reason);
    if (context) this.#end(context, reason);
  }

  // --- ingests and pushes ---------------------------------------------------------------------------------------

  /** Keeps an ingest; `make` is called once it is sure that the id is free. */
  addIngest(streamId: StreamId, make: () => Ingest): Ingest {
    parseStreamId(streamId);
    if (this.#ingests.has(streamId) || this.#contexts.get(streamId)?.publication) {
      throw new FluxError('STREAM_BUSY', `The id ${streamId} is taken.`, { context: { streamId } });
    }
    if (this.#ingests.size >= this.#options.maxStreams) {
      throw new FluxError('STREAM_LIMIT', `${this.#options.maxStreams} ingests are the most.`);
    }
    const ingest = make();
    this.#ingests.set(streamId, ingest);
    return ingest;
  }

  getIngest(streamId: StreamId): Ingest | undefined {
    return this.#ingests.get(streamId);
  }

  get ingests(): readonly Ingest[] {
    return [...this.#ingests.values()];
  }

  /** Throws `STREAM_LIMIT`. A push waits for its stream, also when that ends, until it is removed. */
  addPush(push: Push): void {
    if (this.#pushes.size >= this.#options.maxStreams) {
      push.close({ code: 'stopped', message: 'There are too many pushes.' });
      throw new FluxError('STREAM_LIMIT', `${this.#options.maxStreams} pushes are the most.`);
    }
    this.#pushes.set(push.id, push);
  }

  pushesOf(streamId: StreamId): Push[] {
    return [...this.#pushes.values()].filter(push => push.streamId === streamId);
  }

  removePush(streamId: StreamId, id: string): void {
    const push = this.#pushes.get(id);
    if (push?.streamId !== streamId) throw new FluxError('PUSH_NOT_FOUND', `There is no push ${id}.`);
    this.#pushes.delete(id);
    push.close({ code: 'stopped', message: 'Removed by request.' });
  }

  /** Ends everything. Idempotent. */
  close(reason: EndReason = { code: 'shutdown', message: 'The server is shutting down.' }): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const push of this.#pushes.values()) push.close(reason);
    for (const ingest of this.#ingests.values()) ingest.close(reason);
    for (const context of [...this.#contexts.values()]) this.#end(context, reason);
    clearInterval(this.#ticker);
    this.#scheduler.close();
    this.turns.close();
  }

  #create(streamId: StreamId): StreamContext {
    if (this.#contexts.size >= this.#options.maxStreams) {
      throw new FluxError('STREAM_LIMIT', `${this.#options.maxStreams} streams are the most.`);
    }
    const stream = new Stream(streamId, this.#scheduler, this.#options.stream);
    const context = { stream, publication: undefined, graceTimer: undefined };
    this.#contexts.set(streamId, context);
    this.emit('streamAdded', stream);
    return context;
  }

  /** A stream that an ingest will bring can be waited for; any other is unknown. */
  #await(streamId: StreamId): Stream {
    const ingest = this.#ingests.get(streamId);
    if (!ingest || ingest.status.state === 'waiting') {
      throw new FluxError('STREAM_NOT_FOUND', `There is no stream ${streamId}.`, { context: { streamId } });
    }
    return this.#create(streamId).stream;
  }

  #untilLive(stream: Stream, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (error?: unknown) => {
        clearTimeout(timer);
        stream.off('state', onState);
        signal?.removeEventListener('abort', onAbort);
        if (error) reject(error);
        else resolve();
      };
      const onAbort = () => finish(signal?.reason ?? new FluxError('TIMED_OUT', 'Given up by the viewer.'));
      const onState = (state: Stream['state']) => {
        if (state === 'live') finish();
        else if (state === 'ended') finish(new FluxError('STREAM_ENDED', `The stream ${stream.id} ended.`));
      };
      const timer = setTimeout(() => {
        finish(
          new FluxError('STREAM_NOT_READY', `The stream ${stream.id} has brought no picture or sound yet.`),
        );
      }, this.#options.openTimeout);
      stream.on('state', onState);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
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
    context.graceTimer = setTimeout(() => this.#end(context, reason), this.#options.publisherGrace);
  }

  #end(context: StreamContext, reason: EndReason): void {
    clearTimeout(context.graceTimer);
    const { stream, publication } = context;
    if (this.#contexts.get(stream.id) !== context) return;
    this.#contexts.delete(stream.id);
    context.publication = undefined;
    publication?.revoke(reason);
    stream.end(reason);
    this.emit('streamEnded', stream, reason);
  }

  #tick(): void {
    this.turns.tick();
    const now = performance.now();
    for (const { stream } of this.#contexts.values()) stream.tick(now);
  }
}
