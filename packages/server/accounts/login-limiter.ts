import { FluxError } from '@flux-iot/core/errors/flux-error';

/** Wrong attempts that are free, then each doubles the wait. */
const FREE = { pair: 5, address: 30, name: 100 } as const;
const FIRST_WAIT = 5_000;
const MAX_WAIT = 15 * 60_000;
/** Without another wrong attempt for this long, all is forgotten. */
const MEMORY = 30 * 60_000;
const MAX_REMEMBERED = 30_000;

interface Record {
  failures: number;
  latest: number;
}

/**
 * Slows guessing down: by a name from an address (where people mistype), by an address, and by a name from all
 * addresses together, each with its own patience, so that a stranger cannot easily lock the owner of a name out.
 */
export class LoginLimiter {
  readonly #now: () => number;
  readonly #records = new Map<string, Record>();

  /** `now`: milliseconds. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Throws `TOO_MANY_ATTEMPTS` with `retryAfter`, in seconds. */
  check(name: string, address: string): void {
    const now = this.#now();
    const until = Math.max(...keysOf(name, address).map(([key, free]) => this.#blockedUntil(key, free, now)));
    if (until <= now) return;
    throw new FluxError('TOO_MANY_ATTEMPTS', 'Too many wrong attempts; please wait.', {
      context: { retryAfter: Math.ceil((until - now) / 1000) },
    });
  }

  failed(name: string, address: string): void {
    const now = this.#now();
    for (const [key] of keysOf(name, address)) {
      const known = this.#recall(key, now);
      this.#records.delete(key);
      this.#records.set(key, { failures: (known?.failures ?? 0) + 1, latest: now });
    }
    while (this.#records.size > MAX_REMEMBERED) {
      const [oldest] = this.#records.keys();
      if (oldest === undefined) return;
      this.#records.delete(oldest);
    }
  }

  /** The name's own address is trusted again; others are not. */
  succeeded(name: string, address: string): void {
    const [[pair]] = keysOf(name, address);
    this.#records.delete(pair);
  }

  #blockedUntil(key: string, free: number, now: number): number {
    const known = this.#recall(key, now);
    if (!known || known.failures < free) return 0;
    return known.latest + Math.min(MAX_WAIT, FIRST_WAIT * 2 ** (known.failures - free));
  }

  #recall(key: string, now: number): Record | undefined {
    const known = this.#records.get(key);
    return known && now - known.latest < MEMORY ? known : undefined;
  }
}

function keysOf(name: string, address: string) {
  return [
    [`${name} ${address}`, FREE.pair],
    [`address ${address}`, FREE.address],
    [`name ${name}`, FREE.name],
  ] as const satisfies [string, number][];
}
