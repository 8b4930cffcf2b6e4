import { randomBytes } from 'node:crypto';
import { DEFAULT_TENANT } from '@flux-iot/core/access/access-policy';
import type { DeviceEvent } from '@flux-iot/core/control/gb28181-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { SelectQueryBuilder } from 'kysely';
import type { Database } from '../database/open-database.ts';
import type { EventRow } from '../database/tables/gb28181.ts';
import type { Tables } from '../database/tables.ts';

export interface EventFilter {
  /** Of the devices that are the tenant's, since they are. */
  readonly tenant?: string | undefined;
  readonly deviceId?: string;
  readonly channelId?: string;
  readonly kind?: string;
  /** Milliseconds since 1970; `to` itself is not in it. */
  readonly from?: number;
  readonly to?: number;
}

/** What devices told, the newest first. */
export interface DeviceEvents {
  list(filter: EventFilter, limit: number, offset: number): Promise<{ events: DeviceEvent[]; total: number }>;
}

export interface EventLogOptions {
  readonly database: Database;
  /** What is older goes, and what is more than so many. */
  readonly days: number;
  readonly maxEvents: number;
  onError(error: FluxError): void;
}

/** Milliseconds that events are gathered, and between two looks at what is to go. */
const WRITE_INTERVAL = 500;
const RETAIN_INTERVAL = 10 * 60_000;
const DAY = 24 * 3_600_000;
/** In one statement. */
const BATCH = 100;
/** While the database is away, so many wait; then the oldest of them go. */
const MAX_WAITING = 20_000;

/** What GB28181 devices told, in the database. A thousand positions a second are a few statements. */
export class DeviceEventLog implements DeviceEvents {
  readonly #options: EventLogOptions;
  #waiting: EventRow[] = [];
  #writing: Promise<void> | undefined;
  #timers: NodeJS.Timeout[] = [];
  #count = 0;

  constructor(options: EventLogOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timers = [
      setInterval(() => this.#report(this.write()), WRITE_INTERVAL).unref(),
      setInterval(() => this.#report(this.retain()), RETAIN_INTERVAL).unref(),
    ];
  }

  /** Is in the database a little later. */
  add({ kind, deviceId, channelId, at, detail }: DeviceEvent): void {
    if (this.#waiting.length >= MAX_WAITING) this.#waiting.shift();
    this.#count = (this.#count + 1) % 1_000_000;
    // Of one time, those come after that were told later; two servers on one database do not meet.
    const id = `${at}-${String(this.#count).padStart(6, '0')}-${randomBytes(4).toString('hex')}`;
    const row = { id, at, kind, device_id: deviceId, channel_id: channelId ?? null };
    this.#waiting.push({ ...row, detail: JSON.stringify(detail) });
  }

  async list(
    filter: EventFilter,
    limit: number,
    offset: number,
  ): Promise<{ events: DeviceEvent[]; total: number }> {
    await this.write();
    const { sql } = this.#options.database;
    const [rows, counted] = await Promise.all([
      matching(sql.selectFrom('gb28181_events').selectAll(), filter)
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .offset(offset)
        .execute(),
      matching(
        sql.selectFrom('gb28181_events').select(({ fn }) => fn.countAll<number>().as('total')),
        filter,
      ).executeTakeFirst(),
    ]);
    return { events: rows.map(eventOf), total: Number(counted?.total ?? 0) };
  }

  /** Writes what waits. What could not be written waits on. */
  write(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  /** Removes what is too old, or too much. */
  async retain(now = Date.now()): Promise<void> {
    const { database, days, maxEvents } = this.#options;
    const { sql } = database;
    await this.write();
    const surplus = await sql
      .selectFrom('gb28181_events')
      .select('at')
      .orderBy('at', 'desc')
      .offset(maxEvents)
      .limit(1)
      .executeTakeFirst();
    const last = Math.max(now - days * DAY, surplus?.at ?? 0);
    await sql.deleteFrom('gb28181_events').where('at', '<=', last).execute();
  }

  /** Writes what waits. Idempotent. */
  async close(): Promise<void> {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    await this.write().catch(cause => this.#options.onError(FluxError.from(cause)));
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH);
      try {
        await this.#options.database.sql.insertInto('gb28181_events').values(batch).execute();
      } catch (cause) {
        this.#waiting = [...batch, ...this.#waiting].slice(-MAX_WAITING);
        throw cause;
      }
    }
  }

  #report(done: Promise<void>): void {
    done.catch((cause: unknown) => this.#options.onError(FluxError.from(cause)));
  }
}

function eventOf({ kind, device_id, channel_id, at, detail }: EventRow): DeviceEvent {
  return {
    ...{ kind, deviceId: device_id, channelId: channel_id ?? undefined, at: Number(at) },
    // Written by ourselves.
    detail: JSON.parse(detail) as DeviceEvent['detail'],
  };
}

function matching<Output>(
  query: SelectQueryBuilder<Tables, 'gb28181_events', Output>,
  { tenant, deviceId, channelId, kind, from, to }: EventFilter,
): SelectQueryBuilder<Tables, 'gb28181_events', Output> {
  let narrowed = tenant === undefined ? query : ofTenant(query, tenant);
  if (deviceId !== undefined) narrowed = narrowed.where('device_id', '=', deviceId);
  if (channelId !== undefined) narrowed = narrowed.where('channel_id', '=', channelId);
  if (kind !== undefined) narrowed = narrowed.where('kind', '=', kind);
  if (from !== undefined) narrowed = narrowed.where('at', '>=', from);
  if (to !== undefined) narrowed = narrowed.where('at', '<', to);
  return narrowed;
}

/** A device that nobody has given away is the default tenant's. */
function ofTenant<Output>(
  query: SelectQueryBuilder<Tables, 'gb28181_events', Output>,
  tenant: string,
): SelectQueryBuilder<Tables, 'gb28181_events', Output> {
  return query.where(({ exists, not, or, selectFrom }) => {
    const owners = selectFrom('device_tenants')
      .select('tenant_id')
      .whereRef('device_tenants.device_id', '=', 'gb28181_events.device_id');
    const own = exists(
      owners.where('tenant_id', '=', tenant).whereRef('device_tenants.since', '<=', 'gb28181_events.at'),
    );
    return tenant === DEFAULT_TENANT ? or([own, not(exists(owners))]) : own;
  });
}
