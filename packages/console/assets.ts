import { readdir, readFile } from 'node:fs/promises';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';

/** A file of the page, as it is sent. */
export interface PageAsset {
  readonly type: string;
  readonly body: Buffer;
}

const PAGE = join(import.meta.dirname, 'page');
const JAVASCRIPT = 'text/javascript; charset=utf-8';

/** The players' packages, as the page's modules import them, and the address from which a browser gets them. */
const VENDORS: Readonly<Record<string, string>> = {
  'hls.js': '/vendor/hls.js',
  'mpegts.js': '/vendor/mpegts.js',
};

/**
 * The page's files by path, ready to be served: modules with their types stripped, and the two players from their
 * packages. Read once at the start.
 */
export async function pageAssets(): Promise<Map<string, PageAsset>> {
  const require = createRequire(import.meta.url);
  const assets = new Map<string, PageAsset>();
  const add = (path: string, type: string, body: Buffer) => assets.set(path, { type, body });
  add('/', 'text/html; charset=utf-8', await readFile(join(PAGE, 'index.html')));
  for (const name of ['style.css', 'stream.css'])
    add(`/${name}`, 'text/css; charset=utf-8', await readFile(join(PAGE, name)));
  add('/icon.svg', 'image/svg+xml', await readFile(join(PAGE, 'icon.svg')));
  for (const name of await readdir(PAGE)) {
    if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue;
    // Browsers ask for what the import says: `./api.ts`.
    add(`/${name}`, JAVASCRIPT, moduleOf(await readFile(join(PAGE, name), 'utf8')));
  }
  add('/vendor/hls.js', JAVASCRIPT, await readFile(require.resolve('hls.js/dist/hls.min.mjs')));
  const mpegts = await readFile(require.resolve('mpegts.js/dist/mpegts.js'), 'utf8');
  add('/vendor/mpegts.js', JAVASCRIPT, wrapCommonJs(mpegts));
  return assets;
}

function moduleOf(source: string): Buffer {
  let code = stripTypeScriptTypes(source);
  for (const [name, address] of Object.entries(VENDORS)) code = code.replaceAll(`'${name}'`, `'${address}'`);
  return Buffer.from(code);
}

/** mpegts.js has no module of its own for browsers. */
function wrapCommonJs(code: string): Buffer {
  return Buffer.from(
    `const module = { exports: {} };\nconst exports = module.exports;\n${code}\nexport default module.exports;\n`,
  );
}
