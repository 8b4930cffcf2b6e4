import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EXIT_CODE, EXIT_CODE_MEANINGS, exitCodesText, startFailureCode } from './exit-code.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

it('lists every code for --help', () => {
  const lines = exitCodesText().trimEnd().split('\n');
  expect(lines.map(line => Number.parseInt(line, 10))).toEqual([0, 1, 2, 78]);
});

it('knows the codes that a restart does not mend', () => {
  expect([0, 1, 2, 3, 78, 137, null].map(startFailureCode)).toEqual([
    undefined,
    1,
    2,
    undefined,
    78,
    undefined,
    undefined,
  ]);
});

it('is what docs/operations.md says', () => {
  const page = readFileSync(join(ROOT, 'docs', 'operations.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (\d+) +\| (.*?) +\|$/gm)].map(([, code, meaning]) => [code, meaning]);
  expect(rows).toEqual(expect.arrayContaining(Object.entries(EXIT_CODE_MEANINGS)));
});

it('is what the systemd unit does not restart for', () => {
  const unit = readFileSync(join(ROOT, 'deploy', 'flux.service'), 'utf8');
  const codes = unit
    .match(/^RestartPreventExitStatus=(.*)$/m)?.[1]
    ?.split(' ')
    .map(Number);
  expect(codes).toEqual([EXIT_CODE.WRONG_USAGE, EXIT_CODE.WRONG_CONFIGURATION]);
});
