import { FluxError } from '../errors/flux-error.ts';

/** What carries a member's messages to the hub. */
export interface BusLink {
  /** Lost where the link is ending. */
  send(text: string): void;
  /** Sends what was given, and ends. Idempotent. */
  close(): Promise<void>;
}

export interface UplinkOptions {
  /** Milliseconds to wait for a link that is away; 5000 by default. */
  readonly patience?: number;
  /** Claims and requests that wait at a time, for the link and for their answers each; 10,000 by default. */
  readonly maxWaiting?: number;
}

/** A member's end of a link that comes and goes. */
export class Uplink {
  readonly patience: number;
  readonly maxWaiting: number;
  readonly #waiting = new Set<(error?: Error) => void>();
  #link: BusLink | undefined;
  #isJoined = false;
  #isClosed = false;

  constructor({ patience = 5000, maxWaiting = 10_000 }: UplinkOptions) {
    this.patience = patience;
    this.maxWaiting = maxWaiting;
  }

  get link(): BusLink | undefined {
    return this.#link;
  }

  /** Whether the hub knows the member and the member the directory. */
  get isJoined(): boolean {
    return this.#isJoined;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  attach(link: BusLink): void {
    this.#link = link;
  }

  joined(): void {
    this.#isJoined = true;
    for (const settle of [...this.#waiting]) settle();
  }

  detach(): void {
    this.#link = undefined;
    this.#isJoined = false;
  }

  async close(): Promise<void> {
    const link = this.#link;
    this.#isClosed = true;
    this.detach();
    for (const settle of [...this.#waiting]) settle(closedError());
    await link?.close();
  }

  send(text: string): void {
    this.#link?.send(text);
  }

  /**
   * Resolves when the link is there. It may be gone again when the caller goes on. Throws `NOT_READY` where it stays
   * away, and the reason of `signal`.
   */
  untilJoined(timeout = this.patience, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.#isClosed) throw closedError();
      if (this.#isJoined) return resolve();
      if (this.#waiting.size >= this.maxWaiting) throw crowdedError();
      const settle = (error?: Error) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        this.#waiting.delete(settle);
        if (error) reject(error);
        else resolve();
      };
      const abort = () => settle(signal?.reason);
      const timer = setTimeout(() => settle(awayError()), timeout);
      signal?.addEventListener('abort', abort);
      this.#waiting.add(settle);
    });
  }
}

function awayError(): FluxError {
  return new FluxError('NOT_READY', 'The other programs cannot be reached now.');
}

function closedError(): FluxError {
  return new FluxError('NOT_READY', 'The bus is closed.');
}

export function crowdedError(): FluxError {
  return new FluxError('NOT_READY', 'Too many requests wait for the other programs.');
}
