import fc from 'fast-check';
import { ParseError } from '../model/parse-error.ts';

export const IDENTITY = { id: 1, version: 1, clockRate: 90_000 };

/** Runs of property tests are repeatable. */
export const FUZZ = { seed: 20_240_607, numRuns: 3000 };

export function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

export function bytes(maxLength: number): fc.Arbitrary<Buffer> {
  return fc.uint8Array({ maxLength }).map(array => Buffer.from(array));
}

/** Inputs that are nearly right: one of `seeds` with some bytes changed, and perhaps cut off or run on. */
export function mutated(seeds: readonly Buffer[]): fc.Arbitrary<Buffer> {
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 });
  return fc
    .tuple(fc.constantFrom(...seeds), changes, fc.option(fc.nat()), bytes(8))
    .map(([seed, edits, cut, tail]) => {
      const data = Buffer.from(seed);
      for (const [at, byte] of edits) data[at % data.length] = byte;
      return cut === null ? data : Buffer.concat([data.subarray(0, cut % (data.length + 1)), tail]);
    });
}

/** Calls a parser, which may refuse with a `ParseError` and nothing else. */
export function survives(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
  }
}

/** The collected bad inputs beside the project. */
const CORPORA = new URL('../../../../shared/corpora/', import.meta.url);

/** What the reader needs of `node:fs`, which the tests hand in: this package imports no file system. */
interface Files {
  existsSync(path: URL): boolean;
  readdirSync(path: URL): string[];
  readFileSync(path: URL, encoding: 'utf8'): string;
}

/**
 * Every string, of bytes or text, in some folders of Go's fuzzing corpora: a header line, then a Go literal a line. None
 * where the collection is absent.
 */
export function goCorpus(files: Files, ...folders: string[]): Buffer[] {
  const inputs: Buffer[] = [];
  for (const folder of folders) {
    const root = new URL(`${folder}/`, CORPORA);
    if (!files.existsSync(root)) continue;
    for (const name of files.readdirSync(root)) {
      const text = files.readFileSync(new URL(name, root), 'utf8');
      for (const [, literal] of text.matchAll(/^(?:\[\]byte|string)\("(.*)"\)$/gm)) {
        inputs.push(goString(literal!));
      }
    }
  }
  return inputs;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function goString(literal: string): Buffer {
  const parts: Buffer[] = [];
  const token = /\\x([0-9a-f]{2})|\\u([0-9a-f]{4})|\\U([0-9a-f]{8})|\\([0-7]{3})|\\(.)|([^\\]+)/giu;
  for (const [, byte, short, long, octal, escaped, plain] of literal.matchAll(token)) {
    if (byte) parts.push(Buffer.from([Number.parseInt(byte, 16)]));
    else if (octal) parts.push(Buffer.from([Number.parseInt(octal, 8)]));
    else if (short || long)
      parts.push(Buffer.from(String.fromCodePoint(Number.parseInt(short ?? long!, 16))));
    else parts.push(Buffer.from(escaped ? (ESCAPES[escaped] ?? escaped) : plain!));
  }
  return Buffer.concat(parts);
}
