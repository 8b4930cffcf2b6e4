/**
 * Writes what is made from code: docs/configuration.md from the configuration's schema, docs/errors.md from the table
 * of errors, docs/openapi.json from the routes, and from that the types of packages/client. With `--check` it writes
 * nothing and exits 1 where a document has drifted.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { clientSchema } from '../packages/client/generate.ts';
import { configurationPage, errorsPage } from '../packages/flux/config/documents.ts';
import { openApiDocument } from '../packages/server/openapi.ts';

const ROOT = resolve(import.meta.dirname, '..');
const PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/configuration.md': configurationPage,
  'docs/errors.md': errorsPage,
  'docs/openapi.json': async () => `${JSON.stringify(await openApiDocument(), null, 2)}\n`,
  'packages/client/schema.ts': async () => clientSchema(JSON.parse(JSON.stringify(await openApiDocument()))),
};

const isCheck = process.argv.includes('--check');
for (const [name, make] of Object.entries(PAGES)) {
  const path = join(ROOT, name);
  const page = await make();
  if (existsSync(path) && readFileSync(path, 'utf8') === page) continue;
  if (isCheck) {
    console.error(`${name} has drifted from the code: node scripts/generate-docs.ts`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, page);
    console.log(`wrote ${name}`);
  }
}
