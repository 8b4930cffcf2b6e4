import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { Ingest, IngestStatus, StreamCallback } from '@flux-iot/core/orchestrator/protocol-adapter';
import { StreamHistory } from '@flux-iot/core/stream/history';
import { type EndReason, TENANT_LIMIT_END } from '@flux-iot/core/stream/sink';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import { Retry } from '../../retry/retry.ts';
import type { TrackReception } from '../rtp-ingest.ts';
import type { LowerTransport } from '../track-transports.ts';
import { PullAttempt } from './attempt.ts';
import { isOfKind } from './failure.ts';
import type { PullEnvironment } from './session.ts';
import type { PullSource } from './source.ts';

export interface RtspPullerOptions {
  readonly streamId: StreamId;
  readonly source: PullSource;
  readonly environment: PullEnvironment;
  readonly callback: StreamCallback;
  /** Milliseconds until the first attempt of one that does not wait for demand. */
  readonly delay: number;
}

/** A camera locks the account of whoever goes on with a wrong password. */
const MAX_REFUSALS = 3;
const IDLE: EndReason = { code: 'idle', message: 'Nobody watches it.' };

/** Brings a camera's stream here, always or on demand, and comes back after every failure until it is closed. */
export class RtspPuller implements Ingest {
  readonly protocol = 'rtsp';
  readonly streamId: StreamId;
  readonly sourceUrl: string;
  readonly history = new StreamHistory();
  readonly demand: ((isWanted: boolean) => void) | undefined;
  readonly #options: RtspPullerOptions;
  readonly #retry = new Retry(() => void this.#attempt());
  #current: PullAttempt | undefined;
  /** By which media came last. */
  #lower: LowerTransport | undefined;
  #refusals = 0;
  /** Nothing came since the last failure. */
  #isFailing = false;

  constructor(options: RtspPullerOptions) {
    this.#options = options;
    const { streamId, source, delay } = options;
    this.streamId = streamId;
    this.sourceUrl = source.url.shown;
    if (source.isOnDemand) {
      this.demand = isWanted => (isWanted ? this.#wake() : this.#rest());
      this.#retry.rest();
    } else {
      this.#retry.start(delay);
    }
  }

  get status(): IngestStatus {
    return this.#retry.status;
  }

  /** How its tracks come in at present. */
  get reception(): readonly TrackReception[] {
    return this.#current?.reception ?? [];
  }

  close(reason: EndReason): void {
    if (this.#retry.closed) return;
    this.#retry.close();
    this.#end(reason);
  }

  #wake(): void {
    if (this.status.state !== 'waiting') return;
    this.history.note('wanted');
    this.#retry.start();
  }

  #rest(): void {
    if (this.#retry.closed || this.status.state === 'waiting') return;
    this.history.note('unwanted', 'disconnected from the camera');
    this.#isFailing = false;
    this.#retry.rest();
    this.#end(IDLE);
  }

  #end(reason: EndReason): void {
    const attempt = this.#current;
    this.#current = undefined;
    attempt?.close(reason);
  }

  async #attempt(): Promise<void> {
    const { streamId, source, environment, callback } = this.#options;
    const { history } = this;
    if (!this.#isFailing) history.note('connecting', `to ${this.sourceUrl}`);
    const attempt = new PullAttempt({
      ...{ streamId, source, environment, callback, history },
      transports: this.#transports,
      onMedia: lower => this.#connected(lower),
      onRevoked: reason => this.#revoked(reason),
    });
    this.#current = attempt;
    try {
      await attempt.run();
    } catch (cause) {
      if (this.#current !== attempt) return;
      this.#current = undefined;
      const error = FluxError.from(cause);
      attempt.close({ code: 'publisher-lost', message: error.message });
      this.#failed(error);
    }
  }

  /** What worked last is tried first. */
  get #transports(): readonly LowerTransport[] {
    const { transports } = this.#options.source;
    const last = this.#lower;
    return last === undefined ? transports : [last, ...transports.filter(lower => lower !== last)];
  }

  #connected(lower: LowerTransport): void {
    this.#lower = lower;
    this.#refusals = 0;
    this.#isFailing = false;
    this.#retry.connected();
  }

  #failed(error: FluxError): void {
    const { message } = error;
    this.#isFailing = true;
    if (isOfKind(error, 'refused')) {
      this.#refusals++;
      this.history.note('authentication-refused', message);
      if (this.#refusals >= MAX_REFUSALS) {
        this.#retry.giveUp(`${message} It was tried ${MAX_REFUSALS} times and is not tried again.`);
        this.history.note('given-up', this.status.lastError);
        return;
      }
    }
    const delay = this.#retry.failed(message);
    if (delay !== undefined)
      this.history.note('reconnecting', `in ${(delay / 1000).toFixed(1)} s: ${message}`);
  }

  /** Somebody took the id over, or the stream was stopped: there is nothing left to bring, but on demand. */
  #revoked(reason: EndReason): void {
    if (this.demand && reason.code === IDLE.code) this.#rest();
    else if (reason.code === TENANT_LIMIT_END) {
      // There may be room again: it is tried as after any failure.
      this.#end(reason);
      this.#failed(new FluxError('TENANT_LIMIT', reason.message));
    } else this.close(reason);
  }
}
