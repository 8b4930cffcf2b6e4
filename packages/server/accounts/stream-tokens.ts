import { randomBytes } from 'node:crypto';
import { randomSecret } from '@flux-iot/core/access/secret';
import { type StreamTokenClaims, signStreamToken } from '@flux-iot/core/access/stream-token';
import type { Kysely } from 'kysely';
import type { Tables } from '../database/tables.ts';

const SIGNING_KEY = 'stream-tokens';
const DAY = 24 * 3_600_000;
/** What was begun by a token may go on for long after it has expired: until then it can be taken back. */
const MEMORY = 30 * DAY;

export interface IssuedToken {
  readonly id: string;
  readonly streamId: string;
  readonly tenantId: string;
  readonly action: 'publish' | 'play';
  readonly address?: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly revokedAt?: number;
}

/** Signed rights to publish or play one stream, and which of them were taken back. */
export class StreamTokenStore {
  readonly #sql: Kysely<Tables>;
  readonly signingKey: string;

  private constructor(sql: Kysely<Tables>, signingKey: string) {
    this.#sql = sql;
    this.signingKey = signingKey;
  }

  /** The signing key is made at the first start and stays, so that tokens outlive a restart. */
  static async open(sql: Kysely<Tables>): Promise<StreamTokenStore> {
    await sql
      .insertInto('secrets')
      .values({ name: SIGNING_KEY, value: randomSecret() })
      .onConflict(conflict => conflict.column('name').doNothing())
      .execute();
    const { value } = await sql
      .selectFrom('secrets')
      .select('value')
      .where('name', '=', SIGNING_KEY)
      .executeTakeFirstOrThrow();
    return new StreamTokenStore(sql, value);
  }

  async issue(
    claims: Omit<StreamTokenClaims, 'id'>,
  ): Promise<{ readonly id: string; readonly token: string }> {
    const id = randomBytes(12).toString('base64url');
    const { tenantId, streamId, action, expiresAt, address, userId, keyId } = claims;
    await this.#sql
      .insertInto('stream_tokens')
      .values({
        id,
        tenant_id: tenantId,
        stream_id: streamId,
        action,
        address: address ?? null,
        user_id: userId ?? null,
        key_id: keyId ?? null,
        created_at: Date.now(),
        expires_at: expiresAt,
        revoked_at: null,
      })
      .execute();
    return { id, token: signStreamToken({ id, ...claims }, this.signingKey) };
  }

  /** The token of this id once more, for protocols in which clients name it and prove to know its seal. */
  async find(id: string): Promise<string | undefined> {
    const row = await this.#sql
      .selectFrom('stream_tokens')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    if (!row || row.revoked_at !== null) return undefined;
    const claims: StreamTokenClaims = {
      id,
      tenantId: row.tenant_id,
      streamId: row.stream_id,
      action: row.action as StreamTokenClaims['action'],
      expiresAt: row.expires_at,
      address: row.address ?? undefined,
      userId: row.user_id ?? undefined,
      keyId: row.key_id ?? undefined,
    };
    return signStreamToken(claims, this.signingKey);
  }

  /** The newest first. */
  async list(streamId: string, limit: number): Promise<IssuedToken[]> {
    const rows = await this.#sql
      .selectFrom('stream_tokens')
      .selectAll()
      .where('stream_id', '=', streamId)
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(row => ({
      id: row.id,
      streamId: row.stream_id,
      tenantId: row.tenant_id,
      action: row.action as IssuedToken['action'],
      address: row.address ?? undefined,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      revokedAt: row.revoked_at ?? undefined,
    }));
  }

  /** False where there is no such token of this stream. */
  async revoke(streamId: string, id: string): Promise<boolean> {
    const { numUpdatedRows } = await this.#sql
      .updateTable('stream_tokens')
      .set({ revoked_at: Date.now() })
      .where('id', '=', id)
      .where('stream_id', '=', streamId)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async revoked(): Promise<string[]> {
    const query = this.#sql.selectFrom('stream_tokens').select('id').where('revoked_at', 'is not', null);
    return (await query.execute()).map(({ id }) => id);
  }

  async sweep(): Promise<void> {
    await this.#sql
      .deleteFrom('stream_tokens')
      .where('expires_at', '<', Date.now() - MEMORY)
      .execute();
  }
}
