import fc from 'fast-check';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { type KeyPath, TomlLocator } from './toml-locator.ts';

function lines(toml: string, ...paths: KeyPath[]): number[] {
  parse(toml);
  const locator = new TomlLocator(toml);
  return paths.map(path => (locator.has(path) ? locator.lineOf(path) : 0));
}

describe('TomlLocator', () => {
  it('finds keys under tables, past comments and blank lines', () => {
    const toml = '# x = 1\n\na = 1 # b = 2\n[ t . "u v" ] # [no]\r\n\n  b = 2\n[t]\nc = 3';
    expect(lines(toml, ['a'], ['t', 'u v'], ['t', 'u v', 'b'], ['t', 'c'], ['b'])).toEqual([3, 4, 6, 8, 0]);
  });

  it('finds every part of a dotted key', () => {
    const toml = 'a . b."c.d".\'e\' = 1\na.b.f = 2';
    const found = lines(toml, ['a'], ['a', 'b'], ['a', 'b', 'c.d'], ['a', 'b', 'c.d', 'e'], ['a', 'b', 'f']);
    expect(found).toEqual([1, 1, 1, 1, 2]);
  });

  it('knows the escapes of quoted keys', () => {
    expect(lines('x = 1\n"a\\u0062\\"\\t" = 1\n"" = 2', ['ab"\t'], [''])).toEqual([2, 3]);
  });

  it('finds keys in inline tables and elements of arrays over several lines', () => {
    const toml =
      'a = { b = 1, c = { d = [1,\n2, # three, four\n  3\n] } }\nf = [\n  { g = 1 },\n  { g = 2 },\n]\nh = 1';
    const found = lines(toml, ['a', 'b'], ['a', 'c', 'd', 1], ['a', 'c', 'd', 2], ['f', 1, 'g'], ['h']);
    expect(found).toEqual([1, 2, 3, 7, 9]);
  });

  it('finds keys in arrays of tables and in tables below them', () => {
    const toml = '[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 3\n[[a.e]]\n[[a.e]]\nf = 1';
    const found = lines(toml, ['a'], ['a', 0, 'b'], ['a', 1, 'b'], ['a', 1, 'c', 'd'], ['a', 1, 'e', 1, 'f']);
    expect(found).toEqual([1, 2, 4, 6, 9]);
  });

  it('is not misled by strings', () => {
    const toml = [
      'a = """\nb = 1 \\""" \n[c]"""""',
      "d = '''\ne = 1\n[f] \\'''",
      'g = "# \\" h = 1" # "',
      "i = '\\' # '",
      'j = ["]", \'}\', """]\n""", "", \'\']',
      'k = 1979-05-27 07:32:00',
      'l = 2',
    ].join('\n');
    const found = lines(
      toml,
      ['a'],
      ['d'],
      ['g'],
      ['i'],
      ['j'],
      ['j', 2],
      ['j', 4],
      ['k'],
      ['l'],
      ['b'],
      ['e'],
      ['c'],
    );
    expect(found).toEqual([1, 4, 7, 8, 9, 9, 10, 11, 12, 0, 0, 0]);
  });

  it('falls back to the nearest table above', () => {
    const locator = new TomlLocator('a = 1\n[b]\nc = 1');
    expect(locator.lineOf(['b', 'x', 'y'])).toBe(2);
    expect(locator.lineOf(['z'])).toBe(1);
  });

  it('ends, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab.=[]{}",\'#\n\\ 1'.split('')) }), text => {
        try {
          new TomlLocator(text);
        } catch (error) {
          // Only the parser of escapes throws, for quoted keys that are none.
          expect(error).toHaveProperty('name', 'Error');
        }
      }),
      { seed: 7, numRuns: 3000 },
    );
  });

  it('finds every key of generated documents', () => {
    fc.assert(
      fc.property(documentArbitrary, tables => {
        const { toml, expected } = write(tables);
        parse(toml);
        const locator = new TomlLocator(toml);
        for (const { path, line } of expected) expect([path, locator.lineOf(path)]).toEqual([path, line]);
      }),
      { seed: 42, numRuns: 500 },
    );
  });
});

interface Entry {
  readonly key: string;
  readonly value: string;
  readonly noise: string;
}

const keyArbitrary = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_-]{1,6}$/),
  fc.string({ unit: fc.constantFrom(...'a.=#[]{}"\' '.split('')), maxLength: 5 }),
);
const valueArbitrary = fc.constantFrom(
  '1',
  '-1.5e3',
  'true',
  '1979-05-27T07:32:00Z',
  '"# = [x]"',
  "'\\'",
  '"""\n[x]\n# \\""" = "" """',
  "'''\n'' = 1'''''",
  '[]',
  '[\n  1, # ]\n  [2, "]"],\n]',
  '{}',
  '{ a = "}", b.c = [{ d = 1 }] }',
);
const noiseArbitrary = fc.constantFrom('', '\n', '# a = 1\n', '  \t# [a]\r\n', '\r\n\n');
const documentArbitrary = fc.uniqueArray(
  fc.record({
    name: keyArbitrary,
    entries: fc.uniqueArray(fc.record({ key: keyArbitrary, value: valueArbitrary, noise: noiseArbitrary }), {
      selector: (entry: Entry) => entry.key,
      maxLength: 5,
    }),
    dotted: fc.boolean(),
  }),
  { selector: table => table.name, maxLength: 4 },
);

/** Writes tables as `[header]` or dotted keys at the top, and notes where each key came to stand. */
function write(tables: readonly { name: string; entries: readonly Entry[]; dotted: boolean }[]) {
  const expected: { path: KeyPath; line: number }[] = [];
  let toml = '';
  const here = () => toml.split('\n').length;
  for (const { name, entries } of tables.filter(table => table.dotted)) {
    for (const { key, value, noise } of entries) {
      toml += noise;
      expected.push({ path: [name, key], line: here() });
      toml += `${quoted(name)} . ${quoted(key)}= ${value}\n`;
    }
  }
  for (const { name, entries } of tables.filter(table => !table.dotted)) {
    expected.push({ path: [name], line: here() });
    toml += ` [ ${quoted(name)}] # x\n`;
    for (const { key, value, noise } of entries) {
      toml += noise;
      expected.push({ path: [name, key], line: here() });
      toml += `\t${quoted(key)} =${value} # ${key}\n`;
    }
  }
  return { toml, expected };
}

function quoted(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key);
}
