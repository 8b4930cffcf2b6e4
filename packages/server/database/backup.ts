import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FluxError } from '@flux-iot/core/errors/flux-error';

/** A small file without which the database is worth less: a key. */
export interface BackupFile {
  /** What it is, whatever it is called where it is restored. */
  readonly name: string;
  readonly content: Uint8Array;
}

const TABLE = 'backup_files';
/** Milliseconds that a writer may hold the database. */
const TIMEOUT = 30_000;

/**
 * Copies a database of SQLite into a new file as it is at one moment, while others write to it (`VACUUM INTO`: one
 * transaction of reading, whereas the online backup API begins anew with every write of another process). The files
 * are put into the same file, in a table of their own. Throws `BACKUP_FAILED`; a file that was there stays.
 */
export function writeBackup(databaseFile: string, target: string, files: readonly BackupFile[]): void {
  if (!existsSync(databaseFile)) throw failed(`There is no database ${databaseFile}.`);
  const unfinished = claim(target);
  try {
    const source = new DatabaseSync(databaseFile, { readOnly: true, timeout: TIMEOUT });
    try {
      source.prepare('VACUUM INTO ?').run(unfinished);
    } finally {
      source.close();
    }
    const copy = new DatabaseSync(unfinished);
    try {
      copy.exec(`CREATE TABLE ${TABLE} (name TEXT PRIMARY KEY, content BLOB NOT NULL)`);
      const insert = copy.prepare(`INSERT INTO ${TABLE} VALUES (?, ?)`);
      for (const { name, content } of files) insert.run(name, content);
      requireWhole(copy);
    } finally {
      copy.close();
    }
    renameSync(unfinished, target);
  } catch (cause) {
    throw failed(`The backup ${target} cannot be written`, cause);
  } finally {
    // Renamed, it is not there any more.
    rmSync(unfinished, { force: true });
  }
}

/**
 * Makes a database of a backup, and returns the files that were in it. `keep` is called with them before the database
 * is in its place. Throws `BACKUP_FAILED` where there is a database already, or the backup is none or damaged; nothing
 * is left then but what `keep` kept.
 */
export function restoreBackup(
  backup: string,
  databaseFile: string,
  keep: (files: readonly BackupFile[]) => void,
): void {
  if (!existsSync(backup)) throw failed(`There is no backup ${backup}.`);
  const unfinished = claim(databaseFile);
  try {
    copyFileSync(backup, unfinished);
    chmodSync(unfinished, 0o600);
    const database = new DatabaseSync(unfinished);
    try {
      requireWhole(database);
      const rows = database.prepare(`SELECT name, content FROM ${TABLE} ORDER BY name`).all();
      database.exec(`DROP TABLE ${TABLE}`);
      keep(rows as unknown as BackupFile[]);
    } finally {
      database.close();
    }
    renameSync(unfinished, databaseFile);
  } catch (cause) {
    throw cause instanceof FluxError ? cause : failed(`${backup} cannot be restored`, cause);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** An empty file beside the one that is to be made, for this user alone. Throws where there is that one already. */
function claim(target: string): string {
  // What SQLite keeps beside a database would be taken for the new one's.
  for (const path of [target, `${target}-wal`, `${target}-journal`])
    if (existsSync(path)) throw failed(`There is ${path} already; it is not overwritten.`);
  const unfinished = `${target}.${process.pid}.new`;
  try {
    mkdirSync(dirname(target), { recursive: true, mode: 0o750 });
    writeFileSync(unfinished, '', { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    throw failed(`${target} cannot be written`, cause);
  }
  return unfinished;
}

function requireWhole(database: DatabaseSync): void {
  const { integrity_check: verdict } = database.prepare('PRAGMA integrity_check').get() as {
    integrity_check: string;
  };
  if (verdict !== 'ok') throw new Error(verdict);
}

function failed(message: string, cause?: unknown): FluxError {
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  return new FluxError('BACKUP_FAILED', `${message}${reason}`, { cause });
}
