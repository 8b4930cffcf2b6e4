import { type HookAnswer, HookError } from './call-hook.ts';
import type { DeadLetter, Hook } from './hook.ts';

export type Delivery = Pick<DeadLetter, 'id' | 'kind' | 'body' | 'createdAt'>;

export interface DeliveryQueueOptions {
  readonly hook: Hook;
  /** One attempt. Throws `HookError`. */
  readonly send: (hook: Hook, delivery: Delivery) => Promise<HookAnswer>;
  /** Called once for each delivery that was given up. Never rejects. */
  readonly onDead: (letter: DeadLetter) => Promise<void>;
  /** From 0 to 1; for the jitter of the delays. */
  readonly random?: () => number;
}

export interface DeliveryStats {
  readonly delivered: number;
  /** Attempts that failed. */
  readonly failures: number;
  /** Deliveries that were given up. */
  readonly dead: number;
  readonly waiting: number;
  readonly lastError: string | undefined;
}

/** Deliveries that wait or are under way, of one hook. */
export const MAX_WAITING = 1000;
const MAX_AT_ONCE = 8;
/** Milliseconds after each failed attempt; after the last, the delivery is dead. */
const DELAYS = [1000, 5000, 30_000, 120_000, 600_000] as const;
/** However much later the answer asks to be tried again. */
const MAX_DELAY = 3_600_000;

/**
 * Deliveries to one hook: some at once, each tried again after growing delays, in no order. What finds the queue full,
 * or is never taken, is a dead letter.
 */
export class DeliveryQueue {
  readonly #options: DeliveryQueueOptions;
  readonly #ready: { delivery: Delivery; attempts: number }[] = [];
  readonly #later = new Map<NodeJS.Timeout, Delivery>();
  readonly #underWay = new Set<Promise<void>>();
  #closed = false;
  #delivered = 0;
  #failures = 0;
  #dead = 0;
  #lastError: string | undefined;

  constructor(options: DeliveryQueueOptions) {
    this.#options = options;
  }

  get hook(): Hook {
    return this.#options.hook;
  }

  get stats(): DeliveryStats {
    return {
      delivered: this.#delivered,
      failures: this.#failures,
      dead: this.#dead,
      waiting: this.#waiting,
      lastError: this.#lastError,
    };
  }

  push(delivery: Delivery): void {
    if (this.#closed) return;
    if (this.#waiting >= MAX_WAITING) {
      void this.#bury(delivery, 0, `${MAX_WAITING} others wait.`);
      return;
    }
    this.#ready.push({ delivery, attempts: 0 });
    this.#next();
  }

  /**
   * Makes no more attempts: those under way are the last. Returns what waits, for somebody else to deliver. Idempotent.
   */
  close(): Delivery[] {
    this.#closed = true;
    const waiting = [...this.#ready.splice(0).map(({ delivery }) => delivery), ...this.#later.values()];
    for (const timer of this.#later.keys()) clearTimeout(timer);
    this.#later.clear();
    return waiting;
  }

  /** Resolves when no attempt is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  get #waiting(): number {
    return this.#ready.length + this.#later.size + this.#underWay.size;
  }

  #next(): void {
    while (this.#underWay.size < MAX_AT_ONCE) {
      const entry = this.#ready.shift();
      if (!entry) return;
      const attempt = this.#attempt(entry.delivery, entry.attempts + 1).finally(() => {
        this.#underWay.delete(attempt);
        this.#next();
      });
      this.#underWay.add(attempt);
    }
  }

  async #attempt(delivery: Delivery, attempts: number): Promise<void> {
    const { hook, send } = this.#options;
    let retryAfter: number | undefined;
    let isOver = false;
    let reason: string;
    try {
      const answer = await send(hook, delivery);
      if (answer.status >= 200 && answer.status <= 299) {
        this.#delivered++;
        return;
      }
      reason = `It answered ${answer.status}.`;
      retryAfter = answer.retryAfter;
      // 410: it does not want any more.
      isOver = answer.status === 410;
    } catch (cause) {
      reason = cause instanceof HookError ? cause.message : String(cause);
    }
    this.#failures++;
    this.#lastError = reason;
    const delay = DELAYS[attempts - 1];
    if (isOver || delay === undefined || this.#closed) await this.#bury(delivery, attempts, reason);
    else this.#tryLater(delivery, attempts, delay, retryAfter);
  }

  /** Half of the delay is left to chance, so that what failed together does not come again together. */
  #tryLater(delivery: Delivery, attempts: number, delay: number, retryAfter = 0): void {
    const random = this.#options.random ?? Math.random;
    const wanted = Math.max(delay * (0.75 + random() / 2), retryAfter * 1000);
    const timer = setTimeout(
      () => {
        this.#later.delete(timer);
        this.#ready.push({ delivery, attempts });
        this.#next();
      },
      Math.min(wanted, MAX_DELAY),
    ).unref();
    this.#later.set(timer, delivery);
  }

  #bury(delivery: Delivery, attempts: number, error: string): Promise<void> {
    this.#dead++;
    this.#lastError = error;
    return this.#options.onDead({
      ...delivery,
      hookId: this.#options.hook.id,
      attempts,
      error,
      failedAt: Date.now(),
    });
  }
}
