import { type Kysely, type SelectQueryBuilder, sql as statement, type Transaction } from 'kysely';
import type { Database } from '../database/open-database.ts';
import type { AuditRow } from '../database/tables/audit.ts';
import type { Tables } from '../database/tables.ts';
import { type AuditEntry, type AuditEvent, entryOf, GENESIS, rowOf } from './entry.ts';

export interface AuditFilter {
  /** Of one tenant, or of all. */
  readonly tenantId?: string;
  readonly actor?: string;
  readonly action?: string;
  readonly target?: string;
  readonly result?: string;
  readonly requestId?: string;
  /** Milliseconds since 1970; `until` itself is not in it. */
  readonly since?: number;
  readonly until?: number;
  /** Only what comes before this entry. */
  readonly before?: number;
}

interface Waiting {
  readonly event: AuditEvent;
  readonly at: number;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Entries in one transaction. */
const MAX_BATCH = 200;
const DAY = 24 * 3_600_000;
/** Rows in one step of an export. */
const PAGE = 500;

/**
 * Who did what. Entries are only ever added, each with the hash of the one before; what has been acknowledged is in
 * the database and survives the death of the process.
 */
export class AuditLog {
  readonly #database: Database;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Resolves when it is written. What comes at the same time is written together. */
  append(event: AuditEvent): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ event, at: Date.now(), done, failed });
      this.#writing ??= this.#write();
    });
  }

  /** The newest first. */
  async search(filter: AuditFilter, limit: number, offset = 0): Promise<AuditEntry[]> {
    const query = matching(this.#database.sql.selectFrom('audit').selectAll(), filter);
    const rows = await query.orderBy('sequence', 'desc').limit(limit).offset(offset).execute();
    return rows.map(entryOf);
  }

  async count(filter: AuditFilter): Promise<number> {
    const query = this.#database.sql
      .selectFrom('audit')
      .select(({ fn }) => fn.countAll<number>().as('total'));
    const [row] = await matching(query, filter).execute();
    return Number(row?.total ?? 0);
  }

  /** All that match, the newest first, without holding them all. */
  async *all(filter: AuditFilter): AsyncGenerator<AuditEntry> {
    let before = filter.before;
    for (;;) {
      const page = await this.search({ ...filter, before }, PAGE);
      yield* page;
      const last = page.at(-1);
      if (page.length < PAGE || !last) return;
      before = last.sequence;
    }
  }

  /** Removes entries that are older, from the beginning on; where the chain goes on is kept. Returns how many. */
  async retain(days: number, now = Date.now()): Promise<number> {
    const oldest = now - days * DAY;
    await this.#writing;
    return this.#database.sql.transaction().execute(async transaction => {
      await this.#lock(transaction);
      const first = await transaction
        .selectFrom('audit')
        .select('sequence')
        .where('at', '>=', oldest)
        .orderBy('sequence')
        .limit(1)
        .executeTakeFirst();
      let query = transaction
        .selectFrom('audit')
        .select(['sequence', 'hash'])
        .orderBy('sequence', 'desc')
        .limit(1);
      if (first) query = query.where('sequence', '<', first.sequence);
      const last = await query.executeTakeFirst();
      if (!last) return 0;
      await transaction.deleteFrom('audit_anchor').execute();
      await transaction
        .insertInto('audit_anchor')
        .values({ id: 1, ...last })
        .execute();
      const { numDeletedRows } = await transaction
        .deleteFrom('audit')
        .where('sequence', '<=', last.sequence)
        .executeTakeFirst();
      return Number(numDeletedRows);
    });
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      try {
        await this.#append(batch);
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.#writing = undefined;
  }

  #append(batch: readonly Waiting[]): Promise<void> {
    return this.#database.sql.transaction().execute(async transaction => {
      await this.#lock(transaction);
      let { sequence, hash } = await latest(transaction);
      for (const { event, at } of batch) {
        const row = rowOf(event, ++sequence, at, hash);
        await transaction.insertInto('audit').values(row).execute();
        hash = row.hash;
      }
    });
  }

  /** Several servers may write to one PostgreSQL: the chain has one end. */
  async #lock(transaction: Transaction<Tables>): Promise<void> {
    if (this.#database.kind === 'postgresql')
      await statement`LOCK TABLE audit IN SHARE ROW EXCLUSIVE MODE`.execute(transaction);
  }
}

/** The end of the chain. */
export async function latest(sql: Kysely<Tables>): Promise<{ sequence: number; hash: string }> {
  const last = await sql
    .selectFrom('audit')
    .select(['sequence', 'hash'])
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last ?? anchor(sql);
}

/** What comes before the first entry that is kept. */
export async function anchor(sql: Kysely<Tables>): Promise<{ sequence: number; hash: string }> {
  const kept = await sql.selectFrom('audit_anchor').select(['sequence', 'hash']).executeTakeFirst();
  return kept ?? { sequence: 0, hash: GENESIS };
}

function matching<Output>(
  query: SelectQueryBuilder<Tables, 'audit', Output>,
  { tenantId, actor, action, target, result, requestId, since, until, before }: AuditFilter,
): SelectQueryBuilder<Tables, 'audit', Output> {
  const equal: [column: keyof AuditRow, value: string | undefined][] = [
    ['tenant_id', tenantId],
    ['actor', actor],
    ['action', action],
    ['target', target],
    ['result', result],
    ['request_id', requestId],
  ];
  let narrowed = query;
  for (const [column, value] of equal) if (value !== undefined) narrowed = narrowed.where(column, '=', value);
  if (since !== undefined) narrowed = narrowed.where('at', '>=', since);
  if (until !== undefined) narrowed = narrowed.where('at', '<', until);
  if (before !== undefined) narrowed = narrowed.where('sequence', '<', before);
  return narrowed;
}
