import { FluxError } from '../errors/flux-error.ts';
import type { Admission } from '../orchestrator/stream-orchestrator.ts';

interface Client {
  /** All times are milliseconds of a monotonic clock. */
  readonly freshUntil: number;
  readonly lastSeen: number;
  /** When its time is over, however often it was asked for since. */
  readonly endsAt: number | undefined;
}

/** An answer is good for this long, for its own question alone. */
const FRESH = 5000;
/** Who asks for nothing for this long is gone, and comes anew. */
const ABSENCE = 60_000;
/** For how long a client whose time is over is refused before it is taken for one that comes anew. */
const FAREWELL = 10_000;
const MAX_CLIENTS = 20_000;

/**
 * Clients without a connection that lasts, who were let in a moment ago. Refusals are not remembered, and no answer
 * lengthens the time that an earlier one gave.
 */
export class RecentAdmissions {
  /** By their question, those longest unseen first. */
  readonly #clients = new Map<string, Client>();
  readonly #asking = new Map<string, Promise<Admission | undefined>>();

  /** Throws what `ask` does, and `NOT_ALLOWED` where the client's time is over. */
  async admit(key: string, now: number, ask: () => Promise<Admission | undefined>): Promise<undefined> {
    const client = this.#clientOf(key, now);
    if (client?.endsAt !== undefined && now >= client.endsAt)
      throw new FluxError('NOT_ALLOWED', 'The time is over for which it was let in.');
    if (client && now < client.freshUntil) {
      this.#keep(key, { ...client, lastSeen: now });
      return;
    }
    let asking = this.#asking.get(key);
    if (!asking) {
      asking = ask().finally(() => this.#asking.delete(key));
      this.#asking.set(key, asking);
    }
    const admission = await asking;
    const ends = [client?.endsAt, admission?.lifetime === undefined ? undefined : now + admission.lifetime];
    const endsAt = ends.filter(end => end !== undefined);
    this.#keep(key, {
      freshUntil: now + FRESH,
      lastSeen: now,
      endsAt: endsAt.length > 0 ? Math.min(...endsAt) : undefined,
    });
  }

  clear(): void {
    this.#clients.clear();
  }

  #clientOf(key: string, now: number): Client | undefined {
    const client = this.#clients.get(key);
    if (!client) return undefined;
    const isOver = client.endsAt !== undefined && now >= client.endsAt + FAREWELL;
    if (!isOver && now - client.lastSeen <= ABSENCE) return client;
    this.#clients.delete(key);
    return undefined;
  }

  #keep(key: string, client: Client): void {
    this.#clients.delete(key);
    this.#clients.set(key, client);
    const [oldest] = this.#clients.keys();
    if (this.#clients.size > MAX_CLIENTS && oldest !== undefined) this.#clients.delete(oldest);
  }
}
