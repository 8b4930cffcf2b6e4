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
  /** Of recordings, the most at one time of that day. */
  readonly storedBytes: number;
  /** `2026-11-24`, of UTC. */
  readonly day: string;
}

/** What each tenant used on each day. */
export class UsageStore {
  readonly #sql: Kysely<Tables>;
  /** What is written already of the day at hand, by tenant. */
  readonly #stored = new Map<string, { readonly day: string; readonly bytes: number }>();

  constructor(sql: Kysely<Tables>) {
    this.#sql = sql;
  }

  async add(tenantId: string, used: Usage, now = Date.now()): Promise<void> {
    const day = dayOf(now);
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

  /** The tenant has so many bytes of recordings at present. Written where it is more than before on that day. */
  async stored(tenantId: string, bytes: number, now = Date.now()): Promise<void> {
    const day = dayOf(now);
    const written = this.#stored.get(tenantId);
    if (written?.day === day && written.bytes >= bytes) return;
    const none = { bytes_in: 0, bytes_out: 0, publish_seconds: 0, play_seconds: 0 };
    await this.#sql
      .insertInto('usage')
      .values({ tenant_id: tenantId, day, ...none, stored_bytes: bytes })
      .onConflict(conflict =>
        conflict
          .columns(['tenant_id', 'day'])
          .doUpdateSet({ stored_bytes: bytes })
          .where('usage.stored_bytes', '<', bytes),
      )
      .execute();
    this.#stored.set(tenantId, { day, bytes });
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
      storedBytes: row.stored_bytes,
    }));
  }
}

function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
