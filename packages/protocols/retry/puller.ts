import type { Ingest, IngestStatus } from '@flux-iot/core/orchestrator/protocol-adapter';
import { StreamHistory } from '@flux-iot/core/stream/history';
import { type EndReason, TENANT_LIMIT_END } from '@flux-iot/core/stream/sink';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import { Retry } from './retry.ts';

const IDLE: EndReason = { code: 'idle', message: 'Nobody watches it.' };

/** One connection to the source, or the attempt to make one. */
export interface PullAttempt {
  close(reason: EndReason): void;
}

export interface PullerOptions {
  readonly streamId: StreamId;
  /** Without secrets. */
  readonly sourceUrl: string;
  readonly isOnDemand: boolean;
  /** What the stream's history says when nobody wants it any more. */
  readonly resting: string;
}

/** Brings a stream here, always or on demand, by one attempt after the other until it is closed. */
export abstract class Puller<Attempt extends PullAttempt> implements Ingest {
  abstract readonly protocol: string;
  readonly streamId: StreamId;
  readonly sourceUrl: string;
  readonly history = new StreamHistory();
  readonly demand: ((isWanted: boolean) => void) | undefined;
  protected readonly retry = new Retry(() => void this.attempt());
  /** The one at hand. */
  protected current: Attempt | undefined;
  readonly #resting: string;

  constructor({ streamId, sourceUrl, isOnDemand, resting }: PullerOptions) {
    this.streamId = streamId;
    this.sourceUrl = sourceUrl;
    this.#resting = resting;
    if (isOnDemand) this.demand = isWanted => (isWanted ? this.#wake() : this.#rest());
  }

  get status(): IngestStatus {
    return this.retry.status;
  }

  /** Idempotent. */
  close(reason: EndReason): void {
    if (this.retry.closed) return;
    this.retry.close();
    this.#end(reason);
  }

  /** To be called once, when it is made; the first attempt is made after `delay` milliseconds, or when it is wanted. */
  protected begin(delay = 0): void {
    if (this.demand) this.retry.rest();
    else this.retry.start(delay);
  }

  /** Makes `current`, and tells `retry` what becomes of it. Throws nothing. */
  protected abstract attempt(): Promise<void>;

  /** It has failed, and is tried again after a while. */
  protected tryLater(message: string): void {
    const delay = this.retry.failed(message);
    if (delay !== undefined)
      this.history.note('reconnecting', `in ${(delay / 1000).toFixed(1)} s: ${message}`);
  }

  /** Somebody took the id over, or the stream was stopped: there is nothing left to bring, but on demand. */
  protected revoked(reason: EndReason): void {
    if (this.demand && reason.code === IDLE.code) this.#rest();
    else if (reason.code === TENANT_LIMIT_END) {
      // There may be room again: it is tried as after any failure.
      this.#end(reason);
      this.tryLater(reason.message);
    } else this.close(reason);
  }

  /** Nobody wants it at present. */
  protected rested(): void {}

  #wake(): void {
    if (this.status.state !== 'waiting') return;
    this.history.note('wanted');
    this.retry.start();
  }

  #rest(): void {
    if (this.retry.closed || this.status.state === 'waiting') return;
    this.history.note('unwanted', this.#resting);
    this.rested();
    this.retry.rest();
    this.#end(IDLE);
  }

  #end(reason: EndReason): void {
    const attempt = this.current;
    this.current = undefined;
    attempt?.close(reason);
  }
}
