import { readFile } from 'node:fs/promises';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';

/** A file of the page, as it is sent. */
export interface PageAsset {
  readonly type: string;
  readonly body: Buffer;
}

const PAGE = join(import.meta.dirname, 'page');
const JAVASCRIPT = 'text/javascript; charset=utf-8';

const MODULES = ['app', 'api', 'dom', 'format', 'player', 'stream-list', 'stream-view'];

/**
 * The page's files by path, ready to be served: modules with their types stripped, and the two players from their
 * packages. Read once at the start.
 */
export async function pageAssets(): Promise<Map<string, PageAsset>> {
  const require = createRequire(import.meta.url);
  const assets = new Map<string, PageAsset>();
  const add = async (path: string, file: string, type: string) => {
    assets.set(path, { type, body: await readFile(file) });
  };
  await add('/', join(PAGE, 'index.html'), 'text/html; charset=utf-8');
  await add('/style.css', join(PAGE, 'style.css'), 'text/css; charset=utf-8');
  await add('/icon.svg', join(PAGE, 'icon.svg'), 'image/svg+xml');
  await add('/vendor/mpegts.js', require.resolve('mpegts.js/dist/mpegts.js'), JAVASCRIPT);
  await add('/vendor/hls.js', require.resolve('hls.js/dist/hls.min.js'), JAVASCRIPT);
  for (const name of MODULES) {
    const source = await readFile(join(PAGE, `${name}.ts`), 'utf8');
    // Browsers ask for what the import says: `./api.ts`.
    assets.set(`/${name}.ts`, { type: JAVASCRIPT, body: Buffer.from(stripTypeScriptTypes(source)) });
  }
  return assets;
}
