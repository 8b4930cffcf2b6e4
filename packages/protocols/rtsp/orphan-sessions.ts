import type { EndReason } from '@flux-iot/core/stream/sink';
import type { RtspSession } from './session.ts';

/**
 * Sessions that have outlived their connections (RFC 2326 §1.5): a player by UDP that is still there says so by its
 * reports, or comes back with another connection.
 */
export class OrphanSessions {
  readonly #sessions = new Map<string, RtspSession>();

  get all(): readonly RtspSession[] {
    return [...this.#sessions.values()];
  }

  keep(session: RtspSession): void {
    this.#sessions.set(session.id, session);
    session.belongTo(() => this.#sessions.delete(session.id));
  }

  /** Hands the session over, if it is there and `address` is its client's. */
  take(id: string, address: string): RtspSession | undefined {
    const session = this.#sessions.get(id);
    if (session?.transports.address !== address) return undefined;
    this.#sessions.delete(id);
    return session;
  }

  close(reason: EndReason): void {
    for (const session of this.#sessions.values()) session.end(reason);
    this.#sessions.clear();
  }
}
