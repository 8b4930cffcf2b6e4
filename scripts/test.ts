/**
 * `npm test`: makes sure that the console is built and that the programs the end-to-end tests run are there, runs all
 * tests, and says what was
 * skipped and why. The last line counts.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { ensureBuilt } from '../packages/console/build.ts';
import { ensureClients } from './clients.ts';

const ROOT = resolve(import.meta.dirname, '..');
const REPORT = join(ROOT, '.cache', 'test-report.json');

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: { name: string; status: string; assertionResults: { status: string; fullName: string }[] }[];
}

const missing = ensureClients();
// Once, before tests that run beside one another ask for it.
await ensureBuilt(line => console.log(line));
mkdirSync(join(ROOT, '.cache'), { recursive: true });
rmSync(REPORT, { force: true });
const run = spawnSync(
  process.execPath,
  [
    join(ROOT, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${REPORT}`,
    ...process.argv.slice(2),
  ],
  { cwd: ROOT, stdio: 'inherit' },
);

const report = JSON.parse(readFileSync(REPORT, 'utf8')) as Report;
const skipped = report.testResults.flatMap(file =>
  file.assertionResults
    .filter(test => test.status === 'skipped' || test.status === 'pending')
    .map(test => `${relative(ROOT, file.name)}: ${test.fullName}`),
);
if (missing.length > 0) console.log(`\nNot installed, so their tests were skipped: ${missing.join(', ')}`);
if (skipped.length > 0) console.log(`\nSkipped:\n${skipped.map(line => `  ${line}`).join('\n')}`);
// A file that fails before its first test has no failed test to be counted.
const brokenFiles = report.testResults.filter(
  file => file.status === 'failed' && file.assertionResults.length === 0,
);
const failed = report.numFailedTests + brokenFiles.length;
console.log(`\n${report.numPassedTests} passed, ${failed} failed, ${skipped.length} skipped`);
process.exitCode = run.status ?? 1;
