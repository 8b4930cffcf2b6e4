import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { StreamCallback } from '@flux-iot/core/orchestrator/protocol-adapter';
import type { StreamHistory } from '@flux-iot/core/stream/history';
import type { Publication } from '@flux-iot/core/stream/publication';
import type { EndReason } from '@flux-iot/core/stream/sink';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import type { TrackReception } from '../rtp-ingest.ts';
import type { LowerTransport } from '../track-transports.ts';
import { parseRtspUrl, type RtspUrl } from '../url.ts';
import { isOfKind } from './failure.ts';
import { type PullEnvironment, PullSession } from './session.ts';
import type { PullSource } from './source.ts';

export interface PullAttemptOptions {
  readonly streamId: StreamId;
  readonly source: PullSource;
  readonly environment: PullEnvironment;
  /** What is tried, in this order. */
  readonly transports: readonly LowerTransport[];
  readonly callback: StreamCallback;
  readonly history: StreamHistory;
  /** Media comes, by this transport. */
  readonly onMedia: (lower: LowerTransport) => void;
  /** The right to publish was taken away. */
  readonly onRevoked: (reason: EndReason) => void;
}

const MAX_MOVES = 3;

/** One attempt to bring a camera's stream: by one transport after the other, until media comes, and while it does. */
export class PullAttempt {
  readonly #options: PullAttemptOptions;
  #url: RtspUrl;
  #moves = 0;
  #session: PullSession | undefined;
  #publishing: Promise<Publication> | undefined;
  #closed = false;

  constructor(options: PullAttemptOptions) {
    this.#options = options;
    this.#url = options.source.url;
  }

  get reception(): readonly TrackReception[] {
    return this.#session?.reception ?? [];
  }

  /** Rejects when it is over, with a `PullError` or another `FluxError`. */
  async run(): Promise<never> {
    const { transports, history } = this.#options;
    for (const [index, lower] of transports.entries()) {
      const next = transports[index + 1];
      try {
        await this.#runSession(lower, next);
      } catch (error) {
        const isTried = next === undefined || this.#session?.lower === next;
        if (this.#closed || isTried || !isOfKind(error, 'transport')) throw error;
        history.note('fell-back', `to ${next.toUpperCase()}: ${error.message}`);
      }
    }
    throw new FluxError('INTERNAL', 'There was no transport to try.');
  }

  /** Ends the session, and the publication with `reason`. Idempotent. */
  close(reason: EndReason): void {
    if (this.#closed) return;
    this.#closed = true;
    void this.#session?.close();
    void this.#publishing?.then(
      publication => publication.close(reason),
      () => {},
    );
  }

  async #runSession(lower: LowerTransport, alternative: LowerTransport | undefined): Promise<never> {
    const { source, environment, history, onMedia } = this.#options;
    for (;;) {
      this.#session = new PullSession({
        ...environment,
        ...{ source, lower, alternative, history, onMedia },
        url: this.#url,
        publish: () => this.#publish(),
      });
      try {
        return await this.#session.run();
      } catch (error) {
        if (this.#closed || !isOfKind(error, 'moved') || this.#moves >= MAX_MOVES) throw error;
        this.#moves++;
        this.#url = parseRtspUrl(error.location ?? '');
        history.note('moved', `to ${this.#url.shown}`);
      }
    }
  }

  /** Asked for once: what came to nothing by one transport goes on by the next. */
  async #publish(): Promise<Publication> {
    const { streamId, callback, source, onRevoked } = this.#options;
    this.#publishing ??= callback.registerStream(
      streamId,
      { protocol: 'rtsp', peer: source.url.shown, close: onRevoked },
      { isInternal: true },
    );
    const publication = await this.#publishing;
    if (this.#closed) throw new FluxError('STREAM_ENDED', 'The attempt was given up meanwhile.');
    return publication;
  }
}
