import type { EventKind } from '@flux-iot/core/control/gateway-event';
import type { Action } from '@flux-iot/core/orchestrator/stream-orchestrator';
import type { Database } from '../database/open-database.ts';
import type { DeadLetterRow, HookRow } from '../database/tables/hooks.ts';
import type { DeadLetter, Hook } from './hook.ts';
import { type HookStore, MAX_DEAD_LETTERS } from './hook-store.ts';

/** In the tables `hooks` and `dead_letters`. */
export class DatabaseHookStore implements HookStore {
  readonly #sql: Database['sql'];

  constructor({ sql }: Database) {
    this.#sql = sql;
  }

  async hooks(): Promise<Hook[]> {
    const rows = await this.#sql
      .selectFrom('hooks')
      .selectAll()
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return rows.map(hookOf);
  }

  async putHook(hook: Hook): Promise<void> {
    const { id, ...others } = rowOf(hook);
    await this.#sql
      .insertInto('hooks')
      .values({ id, ...others })
      .onConflict(conflict => conflict.column('id').doUpdateSet(others))
      .execute();
  }

  async deleteHook(id: string): Promise<void> {
    await this.#sql.transaction().execute(async sql => {
      await sql.deleteFrom('dead_letters').where('hook_id', '=', id).execute();
      await sql.deleteFrom('hooks').where('id', '=', id).execute();
    });
  }

  async deadLetters(hookId: string): Promise<DeadLetter[]> {
    const rows = await this.#sql
      .selectFrom('dead_letters')
      .selectAll()
      .where('hook_id', '=', hookId)
      .orderBy('failed_at')
      .orderBy('id')
      .limit(MAX_DEAD_LETTERS)
      .execute();
    return rows.map(letterOf);
  }

  async addDeadLetter({
    id,
    hookId,
    kind,
    body,
    attempts,
    error,
    createdAt,
    failedAt,
  }: DeadLetter): Promise<void> {
    const values = {
      hook_id: hookId,
      kind,
      body,
      attempts,
      error,
      created_at: createdAt,
      failed_at: failedAt,
    };
    await this.#sql.transaction().execute(async sql => {
      await sql
        .insertInto('dead_letters')
        .values({ id, ...values })
        .onConflict(conflict => conflict.column('id').doUpdateSet(values))
        .execute();
      const tooOld = await sql
        .selectFrom('dead_letters')
        .select('id')
        .where('hook_id', '=', hookId)
        .orderBy('failed_at', 'desc')
        .orderBy('id', 'desc')
        .offset(MAX_DEAD_LETTERS)
        .limit(100)
        .execute();
      if (tooOld.length === 0) return;
      const ids = tooOld.map(letter => letter.id);
      await sql.deleteFrom('dead_letters').where('id', 'in', ids).execute();
    });
  }

  async deleteDeadLetter(hookId: string, id: string): Promise<void> {
    await this.#sql.deleteFrom('dead_letters').where('hook_id', '=', hookId).where('id', '=', id).execute();
  }
}

function hookOf(row: HookRow): Hook {
  return {
    id: row.id,
    url: row.url,
    events: JSON.parse(row.events) as EventKind[],
    decides: JSON.parse(row.decides) as Action[],
    apps: JSON.parse(row.apps) as string[],
    secret: row.secret,
    timeout: row.timeout,
    enabled: row.is_enabled === 1,
    description: row.description,
    createdAt: row.created_at,
    ...(row.tenant_id === null ? {} : { tenantId: row.tenant_id }),
  };
}

function rowOf(hook: Hook): HookRow {
  return {
    id: hook.id,
    tenant_id: hook.tenantId ?? null,
    url: hook.url,
    events: JSON.stringify(hook.events),
    decides: JSON.stringify(hook.decides),
    apps: JSON.stringify(hook.apps),
    secret: hook.secret,
    timeout: Math.round(hook.timeout),
    is_enabled: hook.enabled ? 1 : 0,
    description: hook.description,
    created_at: hook.createdAt,
  };
}

function letterOf(row: DeadLetterRow): DeadLetter {
  return {
    id: row.id,
    hookId: row.hook_id,
    kind: row.kind as EventKind,
    body: row.body,
    attempts: row.attempts,
    error: row.error,
    createdAt: row.created_at,
    failedAt: row.failed_at,
  };
}
