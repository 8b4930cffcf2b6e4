import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { StreamCallback } from '@flux-iot/core/orchestrator/protocol-adapter';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import { Puller } from '../../retry/puller.ts';
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
/** Brings a camera's stream here, always or on demand, and comes back after every failure until it is closed. */
export class RtspPuller extends Puller<PullAttempt> {
  readonly protocol = 'rtsp';
  readonly #options: RtspPullerOptions;
  /** By which media came last. */
  #lower: LowerTransport | undefined;
  #refusals = 0;
  /** Nothing came since the last failure. */
  #isFailing = false;

  constructor(options: RtspPullerOptions) {
    const { streamId, source, delay } = options;
    const { isOnDemand, url } = source;
    super({ streamId, sourceUrl: url.shown, isOnDemand, resting: 'disconnected from the camera' });
    this.#options = options;
    this.begin(delay);
  }

  /** How its tracks come in at present. */
  get reception(): readonly TrackReception[] {
    return this.current?.reception ?? [];
  }

  protected async attempt(): Promise<void> {
    const { streamId, source, environment, callback } = this.#options;
    const { history } = this;
    if (!this.#isFailing) history.note('connecting', `to ${this.sourceUrl}`);
    const attempt = new PullAttempt({
      ...{ streamId, source, environment, callback, history },
      transports: this.#transports,
      onMedia: lower => this.#connected(lower),
      onRevoked: reason => this.revoked(reason),
    });
    this.current = attempt;
    try {
      await attempt.run();
    } catch (cause) {
      if (this.current !== attempt) return;
      this.current = undefined;
      const error = FluxError.from(cause);
      attempt.close({ code: 'publisher-lost', message: error.message });
      this.#failed(error);
    }
  }

  protected override rested(): void {
    this.#isFailing = false;
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
    this.retry.connected();
  }

  #failed(error: FluxError): void {
    const { message } = error;
    this.#isFailing = true;
    if (isOfKind(error, 'refused')) {
      this.#refusals++;
      this.history.note('authentication-refused', message);
      if (this.#refusals >= MAX_REFUSALS) {
        this.retry.giveUp(`${message} It was tried ${MAX_REFUSALS} times and is not tried again.`);
        this.history.note('given-up', this.status.lastError);
        return;
      }
    }
    this.tryLater(message);
  }
}
