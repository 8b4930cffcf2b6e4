/**
 * Holds the imports to one direction: media ← core ← protocols, server ← flux; one protocol never names another;
 * and nothing outside a package reaches into it by a relative path. Prints every offence and exits 1 if there is one.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const PACKAGES = join(ROOT, 'packages');

/** What each package may import of ours, besides itself. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  media: [],
  core: ['media'],
  protocols: ['core', 'media'],
  server: ['core'],
  client: [],
  console: ['client'],
  testkit: ['core', 'media', 'protocols'],
  flux: ['core', 'media', 'protocols', 'server', 'console', 'testkit'],
};

/** Folders of `protocols` that any protocol may use. */
const SHARED_PROTOCOL_FOLDERS = new Set(['http', 'tcp', 'authentication', 'camera', 'retry']);

/** Modules that would bring a socket, file, timer or clock into the pure package. */
const IMPURE =
  /^node:(net|fs|fs\/promises|http|https|dgram|tls|timers|timers\/promises|child_process|worker_threads|os|events)$/;

const IMPORT = /(?:^|\s)(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}

function offence(file: string, specifier: string): string | undefined {
  const [name = '', folder = ''] = relative(PACKAGES, file).split(sep);
  const isTest = file.endsWith('.test.ts');
  if (specifier.startsWith('.')) {
    const [targetName = '', targetFolder = ''] = relative(PACKAGES, resolve(dirname(file), specifier)).split(
      sep,
    );
    if (targetName !== name) return 'reaches into another package by a relative path';
    const crosses =
      name === 'protocols' && targetFolder !== folder && !SHARED_PROTOCOL_FOLDERS.has(targetFolder);
    if (crosses) return 'one protocol names another';
    return undefined;
  }
  if (specifier.startsWith('@flux-iot/')) {
    const target = specifier.split('/')[1] ?? '';
    if (target === name) return 'imports its own package by name: use a relative path';
    if (isTest && target === 'media') return undefined;
    return ALLOWED[name]?.includes(target) ? undefined : `${name} may not import ${target}`;
  }
  if (name === 'media' && !isTest && IMPURE.test(specifier)) return 'media is pure';
  return undefined;
}

let offences = 0;
for (const file of sources(PACKAGES)) {
  for (const match of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    const specifier = match[1] ?? match[2] ?? '';
    const reason = offence(file, specifier);
    if (!reason) continue;
    offences++;
    console.error(`${relative(ROOT, file)}: ${specifier}: ${reason}`);
  }
}
console.log(`boundaries: ${offences} offences`);
process.exitCode = offences === 0 ? 0 : 1;
