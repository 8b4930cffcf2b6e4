/**
 * Writes the documents that are made from code: docs/configuration.md from the configuration's schema, docs/errors.md
 * from the table of errors, docs/openapi.json from the routes. With `--check` it writes nothing and exits 1 where a document has drifted.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { configurationPage, errorsPage } from '../packages/flux/config/documents.ts';
import { openApiDocument } from '../packages/server/openapi.ts';

const DOCS = resolve(import.meta.dirname, '..', 'docs');
const PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
  'configuration.md': configurationPage,
  'errors.md': errorsPage,
  'openapi.json': async () => `${JSON.stringify(await openApiDocument(), null, 2)}\n`,
};

const isCheck = process.argv.includes('--check');
mkdirSync(DOCS, { recursive: true });
for (const [name, make] of Object.entries(PAGES)) {
  const path = join(DOCS, name);
  const page = await make();
  if (existsSync(path) && readFileSync(path, 'utf8') === page) continue;
  if (isCheck) {
    console.error(`docs/${name} has drifted from the code: node scripts/generate-docs.ts`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, page);
    console.log(`wrote docs/${name}`);
  }
}
