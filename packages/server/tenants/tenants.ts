import { DEFAULT_TENANT, type TenantRule } from '@flux-iot/core/access/access-policy';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { Kysely, Selectable } from 'kysely';
import type { TenantRow } from '../database/tables/accounts.ts';
import type { Tables } from '../database/tables.ts';
import { isDuplicate } from '../database/violations.ts';

/** What a tenant may have at once; what is left out has no limit. */
export type TenantLimits = Pick<TenantRule, (typeof LIMITS)[number]>;

/** Each of them, and its column. */
const COLUMNS = {
  maxStreams: 'max_streams',
  maxViewers: 'max_viewers',
  maxBitrate: 'max_bitrate',
  maxStorageBytes: 'max_storage_bytes',
  maxTranscodes: 'max_transcodes',
} as const satisfies Partial<Record<keyof TenantRule, keyof TenantRow>>;
const LIMITS = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];

export interface Tenant extends TenantLimits {
  readonly id: string;
  readonly name: string;
  readonly isActive: boolean;
  /** Its apps; of the default tenant none is named, for it has all that are nobody else's. */
  readonly apps: readonly string[];
  readonly createdAt: number;
}

/** Null takes a limit away. */
export interface TenantChange extends Readonly<Partial<Record<keyof TenantLimits, number | null>>> {
  readonly name?: string;
  readonly isActive?: boolean;
  readonly apps?: readonly string[];
}

/** Who shares the server without seeing one another. Streams belong to a tenant by their app. */
export class TenantStore {
  readonly #sql: Kysely<Tables>;

  constructor(sql: Kysely<Tables>) {
    this.#sql = sql;
  }

  /** By id. */
  async list(): Promise<Tenant[]> {
    const rows = await this.#sql.selectFrom('tenants').selectAll().orderBy('id').execute();
    const apps = await this.#sql.selectFrom('apps').selectAll().orderBy('name').execute();
    return rows.map(row =>
      tenantOf(
        row,
        apps.filter(app => app.tenant_id === row.id).map(app => app.name),
      ),
    );
  }

  async find(id: string): Promise<Tenant | undefined> {
    const row = await this.#sql.selectFrom('tenants').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row) return undefined;
    const query = this.#sql.selectFrom('apps').select('name').where('tenant_id', '=', id).orderBy('name');
    return tenantOf(
      row,
      (await query.execute()).map(({ name }) => name),
    );
  }

  /** Throws `NAME_TAKEN` where the id or one of the apps is somebody's already. */
  async create(
    id: string,
    { name = id, isActive = true, apps = [], ...limits }: TenantChange,
  ): Promise<void> {
    const row = {
      id,
      name,
      is_active: isActive ? 1 : 0,
      max_streams: limits.maxStreams ?? null,
      max_viewers: limits.maxViewers ?? null,
      max_bitrate: limits.maxBitrate ?? null,
      max_storage_bytes: limits.maxStorageBytes ?? null,
      max_transcodes: limits.maxTranscodes ?? null,
      created_at: Date.now(),
    };
    await this.#sql.transaction().execute(async transaction => {
      try {
        await transaction.insertInto('tenants').values(row).execute();
      } catch (cause) {
        if (isDuplicate(cause))
          throw new FluxError('NAME_TAKEN', `There is a tenant ${id} already.`, { cause });
        throw cause;
      }
      await setApps(transaction, id, apps);
    });
  }

  /** Throws `NAME_TAKEN` as `create` does. */
  async change(id: string, { name, isActive, apps, ...limits }: TenantChange): Promise<void> {
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(isActive === undefined ? {} : { is_active: isActive ? 1 : 0 }),
      ...Object.fromEntries(
        LIMITS.flatMap(name => (limits[name] === undefined ? [] : [[COLUMNS[name], limits[name]]])),
      ),
    };
    if (id === DEFAULT_TENANT && isActive === false)
      throw new FluxError('REQUEST_INVALID', 'The default tenant is the server itself, and always active.');
    await this.#sql.transaction().execute(async transaction => {
      if (Object.keys(change).length > 0)
        await transaction.updateTable('tenants').set(change).where('id', '=', id).execute();
      if (apps) await setApps(transaction, id, apps);
    });
  }

  /** Its users, keys and tokens go with it, and its apps are the default tenant's. */
  async remove(id: string): Promise<void> {
    if (id === DEFAULT_TENANT)
      throw new FluxError('REQUEST_INVALID', 'The default tenant is the server itself, and stays.');
    await this.#sql.deleteFrom('tenants').where('id', '=', id).execute();
  }

  async ensureDefault(): Promise<void> {
    if (!(await this.find(DEFAULT_TENANT))) await this.create(DEFAULT_TENANT, { name: 'Default' });
  }
}

async function setApps(sql: Kysely<Tables>, id: string, apps: readonly string[]): Promise<void> {
  await sql.deleteFrom('apps').where('tenant_id', '=', id).execute();
  for (const name of new Set(apps)) {
    // Everybody publishes to it who names no app; it can be nobody's alone.
    if (name === 'live') throw new FluxError('NAME_TAKEN', "The app live is the default tenant's.");
    try {
      await sql.insertInto('apps').values({ name, tenant_id: id }).execute();
    } catch (cause) {
      if (isDuplicate(cause)) throw new FluxError('NAME_TAKEN', `The app ${name} is taken.`, { cause });
      throw cause;
    }
  }
}

function tenantOf(row: Selectable<TenantRow>, apps: readonly string[]): Tenant {
  return {
    id: row.id,
    name: row.name,
    isActive: row.is_active === 1,
    maxStreams: row.max_streams ?? undefined,
    maxViewers: row.max_viewers ?? undefined,
    maxBitrate: row.max_bitrate ?? undefined,
    maxStorageBytes: row.max_storage_bytes ?? undefined,
    maxTranscodes: row.max_transcodes ?? undefined,
    apps,
    createdAt: row.created_at,
  };
}
