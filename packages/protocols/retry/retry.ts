import type { IngestStatus } from '@flux-iot/core/orchestrator/protocol-adapter';

/** How often it is looked whether there is something to connect for. */
const READY_INTERVAL = 1000;
const FIRST_DELAY = 1000;
const MAX_DELAY = 60_000;
/** A connection that lasted this long was a good one: the next delay is the first again. */
const GOOD_AFTER = 30_000;

/**
 * Tries again after growing delays, with jitter so that a fleet does not come back in step, and knows its status.
 * The owner reports what becomes of each attempt.
 */
export class Retry {
  readonly #attempt: () => void;
  readonly #isReady: () => boolean;
  #state: IngestStatus['state'] = 'connecting';
  #attempts = 0;
  #failures = 0;
  #lastError: string | undefined;
  #nextAttemptAt: number | undefined;
  #connectedAt = 0;
  #timer: NodeJS.Timeout | undefined;

  /** No attempt is made while `isReady` says no. */
  constructor(attempt: () => void, isReady = () => true) {
    this.#attempt = attempt;
    this.#isReady = isReady;
  }

  get closed(): boolean {
    return this.#state === 'closed';
  }

  get status(): IngestStatus {
    return {
      state: this.#state,
      attempts: this.#attempts,
      lastError: this.#lastError,
      nextAttemptAt: this.#nextAttemptAt,
    };
  }

  /** Makes an attempt, the first or the next one; after `delay` milliseconds, if there are any. */
  start(delay = 0): void {
    if (this.closed) return;
    clearTimeout(this.#timer);
    if (delay > 0) {
      this.#state = 'connecting';
      this.#schedule(delay);
      return;
    }
    this.#nextAttemptAt = undefined;
    if (!this.#isReady()) {
      this.#state = 'waiting';
      this.#failures = 0;
      this.#timer = setTimeout(() => this.start(), READY_INTERVAL);
      return;
    }
    this.#state = 'connecting';
    this.#attempts++;
    this.#attempt();
  }

  connected(): void {
    if (this.closed) return;
    this.#state = 'connected';
    this.#connectedAt = performance.now();
    this.#lastError = undefined;
  }

  /**
   * The attempt, or the connection that came of it, is over. Returns the milliseconds until the next one; undefined
   * where that is not this call's doing.
   */
  failed(message: string): number | undefined {
    if (this.closed || this.#state === 'retrying') return undefined;
    if (this.#state === 'connected' && performance.now() - this.#connectedAt > GOOD_AFTER) this.#failures = 0;
    this.#lastError = message;
    this.#state = 'retrying';
    const delay = Math.min(MAX_DELAY, FIRST_DELAY * 2 ** this.#failures++) * (0.75 + Math.random() / 2);
    this.#schedule(delay);
    return delay;
  }

  /** Nobody wants it at present: no attempt is made until `start`. */
  rest(): void {
    if (this.closed) return;
    this.#stop('waiting');
    this.#failures = 0;
    this.#lastError = undefined;
  }

  /** It makes no sense to try again. */
  giveUp(message: string): void {
    if (this.closed) return;
    this.#stop('closed');
    this.#lastError = message;
  }

  close(): void {
    this.#stop('closed');
  }

  #stop(state: 'waiting' | 'closed'): void {
    this.#state = state;
    this.#nextAttemptAt = undefined;
    clearTimeout(this.#timer);
  }

  #schedule(delay: number): void {
    this.#nextAttemptAt = Date.now() + delay;
    this.#timer = setTimeout(() => this.start(), delay);
  }
}
