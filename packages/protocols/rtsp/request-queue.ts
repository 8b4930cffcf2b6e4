import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { RtspRequest } from './message.ts';

/** Requests that wait for the one before to be answered. */
const MAX_QUEUED = 16;

/** The requests of a connection, answered one after the other. */
export class RequestQueue {
  readonly #answer: (request: RtspRequest) => Promise<void>;
  readonly #waiting: RtspRequest[] = [];
  #isBusy = false;

  /** `answer` does not throw. */
  constructor(answer: (request: RtspRequest) => Promise<void>) {
    this.#answer = answer;
  }

  /** Throws `PROTOCOL_ERROR` where too many wait. */
  push(request: RtspRequest): void {
    if (this.#waiting.length >= MAX_QUEUED)
      throw new FluxError('PROTOCOL_ERROR', 'Too many requests at once.');
    this.#waiting.push(request);
    if (!this.#isBusy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) await this.#answer(next);
    this.#isBusy = false;
  }
}
