import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { Environment } from './config/environment.ts';
import type { Config } from './config/schema.ts';

const FILE = 'flux.db';

/**
 * The configured database, or a file of SQLite in the first folder that this user may write to: beside the media
 * storage, where a service has its state, where a person's programs have theirs. Throws `CONFIG_INVALID`.
 */
export function databaseUrl({ database, media }: Config, environment: Environment): string {
  if (database.url !== '') return database.url;
  const { STATE_DIRECTORY, XDG_STATE_HOME = join(homedir(), '.local', 'state') } = environment;
  const folders = [
    dirname(resolve(media.storage_dir)),
    ...(STATE_DIRECTORY ? [STATE_DIRECTORY.split(':')[0]!] : []),
    join(XDG_STATE_HOME, 'flux-media'),
  ];
  const folder = folders.find(isWritable);
  if (folder !== undefined) return `sqlite:${join(folder, FILE)}`;
  throw new FluxError(
    'CONFIG_INVALID',
    `The database has no place: none of ${folders.join(', ')} can be written. Set database.url.`,
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
