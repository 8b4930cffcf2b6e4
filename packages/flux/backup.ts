import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { KEY_FILE } from '@flux-iot/core/record/manifest';
import { type BackupFile, restoreBackup, writeBackup } from '@flux-iot/server/database/backup';
import { parseDatabaseUrl } from '@flux-iot/server/database/url';
import type { Environment } from './config/environment.ts';
import type { Config } from './config/schema.ts';
import { databaseKeyFile, databaseUrl } from './database-url.ts';

/** `flux backup FILE`: the database and the keys, while the program runs. What it says. Throws `BACKUP_FAILED`. */
export function backUp(config: Config, environment: Environment, target: string): string {
  const database = databaseFile(config, environment);
  const keys = keyFiles(config, environment);
  const files = Object.entries(keys).flatMap(([name, path]) =>
    existsSync(path) ? [{ name, content: readFileSync(path) }] : [],
  );
  writeBackup(database, target, files);
  return `${target} has ${[database, ...files.map(({ name }) => keys[name])].join(', ')}. Keep it safe: the keys are in it.\n`;
}

/** `flux restore FILE`: where there is no database yet. What it says. Throws `BACKUP_FAILED`. */
export function restore(config: Config, environment: Environment, backup: string): string {
  const database = databaseFile(config, environment);
  const keys = keyFiles(config, environment);
  restoreBackup(backup, database, files => {
    const known = files.flatMap(file =>
      keys[file.name] === undefined ? [] : [{ path: keys[file.name]!, file }],
    );
    for (const { path, file } of known) requireFree(path, file);
    for (const { path, file } of known) keep(path, file);
  });
  return `${backup} was restored as ${database}, with its keys. Start flux now.\n`;
}

/** Throws `BACKUP_FAILED` where the database is no file. */
function databaseFile(config: Config, environment: Environment): string {
  const location = parseDatabaseUrl(databaseUrl(config, environment));
  if (location.kind === 'sqlite' && location.path !== ':memory:') return location.path;
  const files = Object.values(keyFiles(config, environment)).join(' and ');
  throw new FluxError(
    'BACKUP_FAILED',
    location.kind === 'sqlite'
      ? 'The database is in memory: nothing of it is kept.'
      : `PostgreSQL has its own tools: pg_dump and pg_restore. Copy ${files} as well.`,
  );
}

/** The keys by their names in a backup, and where they are. */
function keyFiles(config: Config, environment: Environment): Readonly<Record<string, string>> {
  const database = databaseKeyFile(config, environment);
  return {
    ...(database === undefined ? {} : { 'database.key': database }),
    [KEY_FILE]: join(config.recording.state_dir, KEY_FILE),
  };
}

/** Another key may be in use for recordings that are there: it is not overwritten. */
function requireFree(path: string, { content }: BackupFile): void {
  if (!existsSync(path) || readFileSync(path).equals(content)) return;
  throw new FluxError(
    'BACKUP_FAILED',
    `${path} is another key than that of the backup; it is not overwritten.`,
  );
}

function keep(path: string, { content }: BackupFile): void {
  if (existsSync(path)) return;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, content, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FluxError('BACKUP_FAILED', `${path} cannot be written: ${reason}`, { cause });
  }
}
