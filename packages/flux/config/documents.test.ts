import { ERROR_CODES } from '@flux-iot/core/errors/flux-error';
import { describe, expect, it } from 'vitest';
import { configurationPage, errorsPage, exampleFile } from './documents.ts';
import { CONFIG_KEYS } from './keys.ts';
import { parseConfig } from './loader.ts';

describe('exampleFile', () => {
  it('loads as what the defaults are', () => {
    expect(parseConfig(exampleFile(), {}, 'x')).toEqual(parseConfig('', {}, 'x'));
  });

  it('has every key once, with its explanation above it', () => {
    const lines = exampleFile().split('\n');
    for (const { path, name, description, allowed } of CONFIG_KEYS) {
      const section = lines.indexOf(`[${path.slice(0, -1).join('.')}]`);
      const line = lines.findIndex((text, index) => index > section && text.startsWith(`${path.at(-1)} = `));
      expect(lines[line - 1], name).toBe(`# ${description} (${allowed})`);
    }
    expect(lines.filter(line => /^\w+ = /.test(line))).toHaveLength(CONFIG_KEYS.length);
  });
});

describe('the pages', () => {
  it('explain every key and every error', () => {
    const configuration = configurationPage();
    for (const { path, description, variable } of CONFIG_KEYS) {
      expect(configuration).toContain(`| \`${path.at(-1)}\` |`);
      expect(configuration).toContain(description);
      expect(description).toMatch(/^["A-Z].*\.$/);
      expect(variable).toMatch(/^FLUX_[A-Z0-9_]+$/);
    }
    for (const code of Object.keys(ERROR_CODES)) expect(errorsPage()).toContain(`| \`${code}\` |`);
  });

  it('have a variable of its own for each key', () => {
    expect(new Set(CONFIG_KEYS.map(key => key.variable)).size).toBe(CONFIG_KEYS.length);
  });
});
