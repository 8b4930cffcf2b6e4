import { randomUUID } from 'node:crypto';
import type { Role } from '@flux-iot/core/access/access-policy';
import { API_KEY_PREFIX, hashSecret, randomSecret } from '@flux-iot/core/access/secret';
import type { Kysely, Selectable } from 'kysely';
import type { ApiKeyRow } from '../database/tables/accounts.ts';
import type { Tables } from '../database/tables.ts';

export interface ApiKey {
  readonly id: string;
  readonly tenantId: string;
  readonly userId?: string;
  readonly name: string;
  readonly role: Role;
  /** Its first characters. */
  readonly hint: string;
  readonly createdAt: number;
  readonly expiresAt?: number;
  readonly usedAt?: number;
}

export interface NewApiKey {
  readonly tenantId: string;
  readonly userId?: string;
  readonly name: string;
  readonly role: Role;
  readonly expiresAt?: number;
}

const HINT_LENGTH = API_KEY_PREFIX.length + 6;
/** How often it is written down that a key is used. */
const USED_INTERVAL = 60_000;

/** Keys for programs. A key is shown once; its hash is kept. */
export class ApiKeyStore {
  readonly #sql: Kysely<Tables>;

  constructor(sql: Kysely<Tables>) {
    this.#sql = sql;
  }

  async list(tenantId?: string): Promise<ApiKey[]> {
    let query = this.#sql.selectFrom('api_keys').selectAll().orderBy('created_at').orderBy('id');
    if (tenantId !== undefined) query = query.where('tenant_id', '=', tenantId);
    return (await query.execute()).map(keyOf);
  }

  async find(id: string): Promise<ApiKey | undefined> {
    const row = await this.#sql.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst();
    return row && keyOf(row);
  }

  /** The key itself, which nobody can read again, and what is kept of it. */
  async create({
    tenantId,
    userId,
    name,
    role,
    expiresAt,
  }: NewApiKey): Promise<{ secret: string; key: ApiKey }> {
    const secret = API_KEY_PREFIX + randomSecret();
    const row = {
      id: randomUUID(),
      tenant_id: tenantId,
      user_id: userId ?? null,
      name,
      role,
      key_hash: hashSecret(secret),
      hint: secret.slice(0, HINT_LENGTH),
      created_at: Date.now(),
      expires_at: expiresAt ?? null,
      used_at: null,
    };
    await this.#sql.insertInto('api_keys').values(row).execute();
    return { secret, key: keyOf(row) };
  }

  async remove(id: string): Promise<void> {
    await this.#sql.deleteFrom('api_keys').where('id', '=', id).execute();
  }

  /** The key that `secret` is; undefined where it is none, has expired, or its user or tenant may not come in. */
  async findBySecret(secret: string): Promise<ApiKey | undefined> {
    const now = Date.now();
    const row = await this.#sql
      .selectFrom('api_keys')
      .innerJoin('tenants', 'tenants.id', 'api_keys.tenant_id')
      .leftJoin('users', 'users.id', 'api_keys.user_id')
      .where('api_keys.key_hash', '=', hashSecret(secret))
      .where('tenants.is_active', '=', 1)
      .where(where => where.or([where('api_keys.user_id', 'is', null), where('users.is_active', '=', 1)]))
      .where(where =>
        where.or([where('api_keys.expires_at', 'is', null), where('api_keys.expires_at', '>', now)]),
      )
      .selectAll('api_keys')
      .executeTakeFirst();
    if (!row) return undefined;
    if (now - (row.used_at ?? 0) > USED_INTERVAL)
      await this.#sql.updateTable('api_keys').set({ used_at: now }).where('id', '=', row.id).execute();
    return keyOf(row);
  }
}

function keyOf(row: Selectable<ApiKeyRow>): ApiKey {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    userId: row.user_id ?? undefined,
    name: row.name,
    role: row.role as Role,
    hint: row.hint,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    usedAt: row.used_at ?? undefined,
  };
}
