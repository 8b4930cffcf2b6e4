import { DEFAULT_TENANT } from '@flux-iot/core/access/access-policy';
import type { Kysely } from 'kysely';
import type { Tables } from '../database/tables.ts';

interface Owned {
  readonly tenantId: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** Whose devices are: the default tenant's, until an administrator of the server gives them to another. */
export class DeviceTenants {
  readonly #sql: Kysely<Tables>;
  #owned: ReadonlyMap<string, Owned> = new Map();

  constructor(sql: Kysely<Tables>) {
    this.#sql = sql;
  }

  /** Reads the table; tenants that are gone have no devices any more. */
  async load(): Promise<void> {
    const rows = await this.#sql.selectFrom('device_tenants').selectAll().execute();
    this.#owned = new Map(
      rows.map(({ device_id, tenant_id, since }) => [device_id, { tenantId: tenant_id, since }]),
    );
  }

  tenantOf(deviceId: string): string {
    return this.#owned.get(deviceId)?.tenantId ?? DEFAULT_TENANT;
  }

  /** Who may know what the device told at this time; undefined for what it told while it was another's. */
  tenantAt(deviceId: string, at: number): string | undefined {
    const owned = this.#owned.get(deviceId);
    if (!owned) return DEFAULT_TENANT;
    return at >= owned.since ? owned.tenantId : undefined;
  }

  /** It stays the tenant's when the device is forgotten and registers again. */
  async give(deviceId: string, tenantId: string, now = Date.now()): Promise<void> {
    const owned = { tenant_id: tenantId, since: now };
    await this.#sql
      .insertInto('device_tenants')
      .values({ device_id: deviceId, ...owned })
      .onConflict(conflict => conflict.column('device_id').doUpdateSet(owned))
      .execute();
    await this.load();
  }
}
