/**
 * Builds the console where its built files are missing or were made from other sources: `node build.ts`. What the
 * sources are is known by their contents, so a fresh checkout and a changed branch are both noticed.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const ROOT = import.meta.dirname;
const BUILT = join(ROOT, 'dist');
const MARK = 'sources.sha256';
/** Files of other kinds (pictures, fonts) are compressed already. */
const COMPRESSIBLE = new Set(['.html', '.js', '.css', '.svg', '.json']);
const BROTLI_QUALITY = 9;

const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);

/** Returns whether anything was built. Throws where Vite or the console's libraries are not installed. */
export async function ensureBuilt(say: (line: string) => void = () => {}): Promise<boolean> {
  const sources = await fingerprint();
  const mark = join(BUILT, MARK);
  if (existsSync(mark) && (await readFile(mark, 'utf8')) === sources) return false;
  say('Building the console, once; it takes a few seconds …');
  const { build } = await import('vite');
  // Two programs that start at once each build into a folder of their own; the last one's stays.
  const outDir = `${BUILT}-${process.pid}`;
  try {
    await build({
      root: join(ROOT, 'page'),
      configFile: join(ROOT, 'vite.config.ts'),
      build: { outDir },
      logLevel: 'warn',
    });
    await compressAll(outDir);
    await writeFile(join(outDir, MARK), sources);
    await rm(BUILT, { recursive: true, force: true });
    await rename(outDir, BUILT);
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
  return true;
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  for (const path of [
    join(ROOT, 'package.json'),
    join(ROOT, 'vite.config.ts'),
    ...(await filesIn(join(ROOT, 'page'))),
  ]) {
    if (path.includes('.test.')) continue;
    hash
      .update(relative(ROOT, path))
      .update('\0')
      .update(await readFile(path))
      .update('\0');
  }
  return hash.digest('hex');
}

async function compressAll(folder: string): Promise<void> {
  for (const path of await filesIn(folder)) {
    if (!COMPRESSIBLE.has(extname(path))) continue;
    const body = await readFile(path);
    await writeFile(
      `${path}.br`,
      await toBrotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
    );
    await writeFile(`${path}.gz`, await toGzip(body, { level: 9 }));
  }
}

/** Sorted, so that the same files give the same fingerprint everywhere. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const start = performance.now();
  try {
    if (await ensureBuilt(line => console.log(line)))
      console.log(`The console is built (${((performance.now() - start) / 1000).toFixed(1)} s).`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    console.log('The console is not built: what builds it is not installed (npm ci without --omit=dev).');
  }
}
