import type { Role } from '@flux-iot/core/access/access-policy';
import { hashSecret, randomSecret } from '@flux-iot/core/access/secret';
import type { Kysely } from 'kysely';
import type { Tables } from '../database/tables.ts';

export interface SessionUser {
  readonly userId: string;
  readonly name: string;
  readonly role: Role;
  readonly tenantId: string;
}

const HOUR = 3_600_000;
/** A session that is not used for this long is over. */
const IDLE_TIME = 12 * HOUR;
const LIFETIME = 7 * 24 * HOUR;
/** How often it is written down that a session is used. */
const SEEN_INTERVAL = 60_000;
const LINK_LIFETIME = 24 * HOUR;

/** Sessions of the page, and links that begin one. Only hashes are kept: who reads the database cannot come in by them. */
export class SessionStore {
  readonly #sql: Kysely<Tables>;

  constructor(sql: Kysely<Tables>) {
    this.#sql = sql;
  }

  /** Returns what the cookie is to hold. */
  async begin(userId: string, address: string): Promise<string> {
    const token = randomSecret();
    const now = Date.now();
    await this.#sql
      .insertInto('sessions')
      .values({
        token_hash: hashSecret(token),
        user_id: userId,
        address,
        created_at: now,
        seen_at: now,
        expires_at: now + LIFETIME,
      })
      .execute();
    return token;
  }

  /** Whose session it is; undefined where it is over, or its user or tenant may not come in any more. */
  async find(token: string): Promise<SessionUser | undefined> {
    const now = Date.now();
    const hash = hashSecret(token);
    const row = await this.#sql
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .innerJoin('tenants', 'tenants.id', 'users.tenant_id')
      .where('sessions.token_hash', '=', hash)
      .where('sessions.expires_at', '>', now)
      .where('sessions.seen_at', '>', now - IDLE_TIME)
      .where('users.is_active', '=', 1)
      .where('tenants.is_active', '=', 1)
      .select(['users.id', 'users.name', 'users.role', 'users.tenant_id', 'sessions.seen_at'])
      .executeTakeFirst();
    if (!row) return undefined;
    if (now - row.seen_at > SEEN_INTERVAL)
      await this.#sql.updateTable('sessions').set({ seen_at: now }).where('token_hash', '=', hash).execute();
    return { userId: row.id, name: row.name, role: row.role as Role, tenantId: row.tenant_id };
  }

  async end(token: string): Promise<void> {
    await this.#sql.deleteFrom('sessions').where('token_hash', '=', hashSecret(token)).execute();
  }

  /** Returns the token of a link that logs the user in, once. */
  async createLink(userId: string): Promise<string> {
    const token = randomSecret();
    const link = { token_hash: hashSecret(token), user_id: userId, expires_at: Date.now() + LINK_LIFETIME };
    await this.#sql.insertInto('login_links').values(link).execute();
    return token;
  }

  /** The user of a link, which is good no more from now on. */
  async redeemLink(token: string): Promise<string | undefined> {
    const rows = await this.#sql
      .deleteFrom('login_links')
      .where('token_hash', '=', hashSecret(token))
      .returning(['user_id', 'expires_at'])
      .execute();
    return rows.find(({ expires_at }) => expires_at > Date.now())?.user_id;
  }

  /** Forgets what is over. */
  async sweep(): Promise<void> {
    const now = Date.now();
    await this.#sql
      .deleteFrom('sessions')
      .where(where => where.or([where('expires_at', '<=', now), where('seen_at', '<=', now - IDLE_TIME)]))
      .execute();
    await this.#sql.deleteFrom('login_links').where('expires_at', '<=', now).execute();
  }
}
