import type { Kysely } from 'kysely';
import type { Tables } from '../database/tables.ts';

/** What a tenant used, or used more since it was last asked. */
export interface Usage {
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Seconds that streams were published, and watched, summed over all of them. */
  readonly publishSeconds: number;
  readonly playSeconds: number;
}

export interface DailyUsage extends Usage {
  readonly tenantId: string;
  /** `2026-11-24`, of UTC. */
  readonly day: string;
}

/** What each tenant used on each day. */
export class UsageStore {
  readonly #sql: Kysely<Tables>;

  constructor(sql: Kysely<Tables>) {
    this.#sql = sql;
  }

  async add(tenantId: string, used: Usage, now = Date.now()): Promise<void> {
    const day = new Date(now).toISOString().slice(0, 10);
    const row = {
      tenant_id: tenantId,
      day,
      bytes_in: Math.round(used.bytesIn),
      bytes_out: Math.round(used.bytesOut),
      publish_seconds: Math.round(used.publishSeconds),
      play_seconds: Math.round(used.playSeconds),
    };
    await this.#sql
      .insertInto('usage')
      .values(row)
      .onConflict(conflict =>
        conflict.columns(['tenant_id', 'day']).doUpdateSet(({ ref, eb }) => ({
          bytes_in: eb('usage.bytes_in', '+', ref('excluded.bytes_in')),
          bytes_out: eb('usage.bytes_out', '+', ref('excluded.bytes_out')),
          publish_seconds: eb('usage.publish_seconds', '+', ref('excluded.publish_seconds')),
          play_seconds: eb('usage.play_seconds', '+', ref('excluded.play_seconds')),
        })),
      )
      .execute();
  }

  /** By day and tenant; of one tenant, or of all. Days are `2026-11-24`, both included. */
  async list(from: string, to: string, tenantId?: string): Promise<DailyUsage[]> {
    let query = this.#sql
      .selectFrom('usage')
      .selectAll()
      .where('day', '>=', from)
      .where('day', '<=', to)
      .orderBy('day')
      .orderBy('tenant_id');
    if (tenantId !== undefined) query = query.where('tenant_id', '=', tenantId);
    return (await query.execute()).map(row => ({
      tenantId: row.tenant_id,
      day: row.day,
      bytesIn: row.bytes_in,
      bytesOut: row.bytes_out,
      publishSeconds: row.publish_seconds,
      playSeconds: row.play_seconds,
    }));
  }
}
