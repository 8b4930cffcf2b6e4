import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { parseDatabaseUrl } from '@flux-iot/server/database/url';
import type { Environment } from './config/environment.ts';
import type { Config } from './config/schema.ts';

const FILE = 'flux.db';
const KEY_SUFFIX = '.key';

/** The configured database, or a file of SQLite where the server has its state. Throws `CONFIG_INVALID`. */
export function databaseUrl(config: Config, environment: Environment): string {
  const { url } = config.database;
  return url === '' ? `sqlite:${defaultFile(config, environment)}` : url;
}

/**
 * The file of the key that secrets in the database are encrypted with: the configured one, or the one beside the
 * database's file. Undefined where the database is in memory. Throws `CONFIG_INVALID`.
 */
export function databaseKeyFile(config: Config, environment: Environment): string | undefined {
  if (config.database.key_file !== '') return config.database.key_file;
  const location = parseDatabaseUrl(databaseUrl(config, environment));
  if (location.kind === 'postgresql') return defaultFile(config, environment) + KEY_SUFFIX;
  return location.path === ':memory:' ? undefined : location.path + KEY_SUFFIX;
}

/**
 * In the first folder that this user may write to: beside the media storage, where a service has its state, where a
 * person's programs have theirs.
 */
function defaultFile({ media }: Config, environment: Environment): string {
  const { STATE_DIRECTORY, XDG_STATE_HOME = join(homedir(), '.local', 'state') } = environment;
  const folders = [
    dirname(resolve(media.storage_dir)),
    ...(STATE_DIRECTORY ? [STATE_DIRECTORY.split(':')[0]!] : []),
    join(XDG_STATE_HOME, 'flux-media'),
  ];
  const folder = folders.find(isWritable);
  if (folder !== undefined) return join(folder, FILE);
  throw new FluxError(
    'CONFIG_INVALID',
    `The database and its key have no place: none of ${folders.join(', ')} can be written. Set database.url and database.key_file.`,
  );
}

function isWritable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o750 });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
