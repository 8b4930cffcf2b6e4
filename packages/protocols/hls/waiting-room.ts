import { FluxError } from '@flux-iot/core/errors/flux-error';

/** How many requests may wait, for whatever it is, and how many do. */
export class WaitingPlaces {
  readonly #places: number;
  #taken = 0;

  constructor(places: number) {
    this.#places = places;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Calls `wait` on a place of its own. Throws `WAITING_LIMIT`. */
  async take<Result>(wait: () => Promise<Result>): Promise<Result> {
    if (this.#taken >= this.#places) {
      throw new FluxError('WAITING_LIMIT', `${this.#places} requests wait already.`);
    }
    this.#taken++;
    try {
      return await wait();
    } finally {
      this.#taken--;
    }
  }
}

interface Waiter {
  readonly isOver: () => boolean;
  readonly leave: () => void;
}

/** Requests of one stream that wait for what is to come. */
export class WaitingRoom {
  readonly #own: WaitingPlaces;
  readonly #shared: WaitingPlaces;
  readonly #waiters = new Set<Waiter>();

  /** `places`: of this stream; `shared`: of all streams together. */
  constructor(places: number, shared: WaitingPlaces) {
    this.#own = new WaitingPlaces(places);
    this.#shared = shared;
  }

  /** Lets those go whose waiting is over. */
  wake(): void {
    for (const waiter of [...this.#waiters]) if (waiter.isOver()) waiter.leave();
  }

  /**
   * Resolves with true when `wake` finds that `isOver`, with false after `timeout` milliseconds. Throws the signal's
   * reason, and `WAITING_LIMIT`.
   */
  wait(isOver: () => boolean, timeout: number, signal: AbortSignal | undefined): Promise<boolean> {
    return this.#own.take(() => this.#shared.take(() => this.#stay(isOver, timeout, signal)));
  }

  #stay(isOver: () => boolean, timeout: number, signal: AbortSignal | undefined): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const finish = () => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        signal?.removeEventListener('abort', onAbort);
      };
      const leave = () => {
        finish();
        resolve(true);
      };
      const onAbort = () => {
        finish();
        reject(signal?.reason);
      };
      const waiter = { isOver, leave };
      const timer = setTimeout(() => {
        finish();
        resolve(false);
      }, timeout);
      this.#waiters.add(waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}
