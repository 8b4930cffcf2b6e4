import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { type Dialect, Kysely, type LogEvent, PostgresDialect, SqliteDialect } from 'kysely';
import pg from 'pg';
import { migrate } from './migrate.ts';
import { NodeSqlite } from './node-sqlite.ts';
import type { Tables } from './tables.ts';
import { type DatabaseLocation, parseDatabaseUrl } from './url.ts';

/** All that flux-server remembers. Only flux-server has it; media nodes report to it over the bus. */
export interface Database {
  readonly kind: DatabaseLocation['kind'];
  readonly sql: Kysely<Tables>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** A question to the database that was answered, or failed. */
export interface QueryReport {
  readonly system: 'sqlite' | 'postgresql';
  /** With placeholders in place of the values. */
  readonly sql: string;
  readonly milliseconds: number;
  /** What the database called the fault. */
  readonly failure?: string;
}

const CONNECT_TIMEOUT = 10_000;
/** No question of ours takes as long; a stuck one may not hold a connection for ever. */
const STATEMENT_TIMEOUT = 30_000;
const MAX_CONNECTIONS = 8;

/**
 * Opens the database, made if there is none, and brings its tables up to date. `onQuery` is told of each question, in
 * the asynchronous course of who asked. Throws `CONFIG_INVALID`.
 */
export async function openDatabase(url: string, onQuery?: (report: QueryReport) => void): Promise<Database> {
  const location = parseDatabaseUrl(url);
  const system = location.kind === 'sqlite' ? 'sqlite' : 'postgresql';
  const log = onQuery && ((event: LogEvent) => onQuery(reportOf(system, event)));
  try {
    const sql = new Kysely<Tables>({ dialect: dialectOf(location), log });
    let closing: Promise<void> | undefined;
    const close = () => {
      closing ??= sql.destroy();
      return closing;
    };
    try {
      await migrate(sql);
    } catch (cause) {
      await close();
      throw cause;
    }
    return { kind: location.kind, sql, close };
  } catch (cause) {
    if (cause instanceof FluxError) throw cause;
    const what = location.kind === 'sqlite' ? location.path : 'PostgreSQL';
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FluxError('CONFIG_INVALID', `The database (${what}) cannot be used: ${reason}`, { cause });
  }
}

function reportOf(system: QueryReport['system'], event: LogEvent): QueryReport {
  const { query, queryDurationMillis: milliseconds } = event;
  const report = { system, sql: query.sql, milliseconds };
  if (event.level === 'query') return report;
  const { code } = (event.error ?? {}) as { code?: unknown };
  return { ...report, failure: typeof code === 'string' ? code : 'error' };
}

function dialectOf(location: DatabaseLocation): Dialect {
  if (location.kind === 'sqlite') return new SqliteDialect({ database: openFile(location.path) });
  const pool = new pg.Pool({
    connectionString: location.connectionString,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    statement_timeout: STATEMENT_TIMEOUT,
    types: { getTypeParser: typeParser as typeof pg.types.getTypeParser },
  });
  // An idle connection that is lost is replaced by the next question; unheard, the event would end the process.
  pool.on('error', () => {});
  return new PostgresDialect({ pool });
}

/** The file and its folder are private to this user: hashes and keys are in it. */
function openFile(path: string): NodeSqlite {
  if (path === ':memory:') return new NodeSqlite(path);
  mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
  const database = new NodeSqlite(path);
  chmodSync(path, 0o600);
  return database;
}

/** Times and counts are 64 bit integers that stay below 2^53: numbers, as SQLite has them, not texts. */
function typeParser(oid: number, format?: 'text' | 'binary') {
  if (oid === pg.types.builtins.INT8) return Number;
  return pg.types.getTypeParser(oid, format as 'text');
}
