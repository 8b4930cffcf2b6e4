import { FluxError } from '@flux-iot/core/errors/flux-error';

export type DatabaseLocation =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgresql'; readonly connectionString: string };

const SQLITE = 'sqlite:';
const POSTGRESQL = /^postgres(?:ql)?:\/\//;

/**
 * `sqlite:/var/lib/flux-media/flux.db`, `sqlite::memory:` or `postgresql://user:password@host/database`. Throws
 * `CONFIG_INVALID`; the message does not repeat the URL, for a password may be in it.
 */
export function parseDatabaseUrl(url: string): DatabaseLocation {
  const path = url.startsWith(SQLITE) ? url.slice(SQLITE.length) : '';
  if (path !== '') return { kind: 'sqlite', path };
  if (POSTGRESQL.test(url) && URL.canParse(url)) return { kind: 'postgresql', connectionString: url };
  throw new FluxError(
    'CONFIG_INVALID',
    'database.url is neither "sqlite:/PATH" nor "postgresql://USER:PASSWORD@HOST:PORT/DATABASE".',
  );
}
