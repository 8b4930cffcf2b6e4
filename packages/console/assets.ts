import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';

/** A file of the console, as it is sent. */
export interface PageAsset {
  readonly type: string;
  readonly body: Buffer;
  /** The same, compressed already. */
  readonly compressed?: { readonly br: Buffer; readonly gzip: Buffer };
  /** Its name changes with its contents, so browsers may keep it for ever. */
  readonly immutable?: boolean;
}

const BUILT = join(import.meta.dirname, 'dist');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webp': 'image/webp',
  '.png': 'image/png',
};

/** The pages that the console finds by itself from the address; a server answers each with `index.html`. */
const PAGES = [
  '/',
  '/streams',
  '/streams/*',
  '/wall',
  '/recordings',
  '/devices',
  '/nodes',
  '/tenants',
  '/users',
  '/keys',
  '/hooks',
  '/audit',
  '/settings',
  '/embed/*',
] as const;

const NOT_BUILT: PageAsset = {
  type: 'text/html; charset=utf-8',
  body: Buffer.from(
    '<!doctype html><title>FLUX IoT</title><p>The console is not built: run <code>npm run build</code>. ' +
      'The API at <a href="/api/docs">/api/docs</a> works without it.</p>\n',
  ),
};

/** The console's files by path, ready to be served; a path that ends in `*` stands for all below it. Read once. */
export async function pageAssets(): Promise<Map<string, PageAsset>> {
  const assets = new Map<string, PageAsset>();
  if (!existsSync(join(BUILT, 'index.html'))) return assets.set('/', NOT_BUILT);
  for (const entry of await readdir(BUILT, { recursive: true, withFileTypes: true })) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || !type) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(BUILT, file).split(sep).join('/')}`;
    assets.set(path, {
      type,
      body: await readFile(file),
      ...(existsSync(`${file}.br`)
        ? { compressed: { br: await readFile(`${file}.br`), gzip: await readFile(`${file}.gz`) } }
        : {}),
      immutable: path.startsWith('/assets/'),
    });
  }
  const index = assets.get('/index.html');
  assets.delete('/index.html');
  if (index) for (const page of PAGES) assets.set(page, index);
  return assets;
}
