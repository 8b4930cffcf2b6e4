import { FluxError } from '@flux-iot/core/errors/flux-error';
import { parse, TomlError } from 'smol-toml';
import { allowedFor, isAllowed, NO_QUIRKS, QUIRKS, type QuirkName, type Quirks } from './quirks.ts';

/** What a camera shows of itself before anything depends on its quirks. */
export interface CameraTraits {
  /** The Server header of an answer. */
  readonly server?: string | undefined;
  /** The User-Agent header of one that publishes. */
  readonly userAgent?: string | undefined;
  /** The realm that it wants a password for. */
  readonly realm?: string | undefined;
  /** `a=tool` of its SDP. */
  readonly tool?: string | undefined;
}

/** One kind of camera and its quirks. */
export interface Profile {
  /** By which it is chosen by hand: `hipcam`. */
  readonly name: string;
  readonly title: string;
  /** What is known of it, and from where. */
  readonly about: string;
  /** Texts with `*` for anything. Where there are none it is chosen by hand alone. */
  readonly patterns: readonly TraitPattern[];
  readonly quirks: Quirks;
}

export interface TraitPattern {
  readonly trait: keyof CameraTraits;
  readonly text: string;
}

const TRAITS: Readonly<Record<string, keyof CameraTraits>> = {
  server: 'server',
  user_agent: 'userAgent',
  realm: 'realm',
  tool: 'tool',
};
const KEYS = ['title', 'about', 'match', 'quirks'];
const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
const MAX_PATTERN = 200;
const MAX_LENGTH = 65_536;

/** Reads a profile of the given name. Throws `CONFIG_INVALID` with all that is wrong, a line for each. */
export function parseProfile(name: string, toml: string): Profile {
  const problems: string[] = [];
  const document = parseToml(name, toml);
  if (!NAME.test(name)) problems.push('the name of a profile has small letters, digits and hyphens');
  reportUnknown(problems, '', document, KEYS);
  const profile = {
    name,
    title: readText(problems, 'title', document.title),
    about: readText(problems, 'about', document.about),
    patterns: readPatterns(problems, document.match),
    quirks: readQuirks(problems, document.quirks),
  };
  if (problems.length > 0) throw invalid(name, problems);
  return profile;
}

function parseToml(name: string, toml: string): Record<string, unknown> {
  if (toml.length > MAX_LENGTH) throw invalid(name, [`longer than ${MAX_LENGTH} characters`]);
  try {
    return parse(toml);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [reason = ''] = cause.message.split('\n');
    throw invalid(name, [`line ${cause.line}, column ${cause.column}: ${reason}`]);
  }
}

function readText(problems: string[], key: string, value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  problems.push(
    `${key}: ${value === undefined ? 'is missing' : `${quote(value)} is not allowed`}; allowed: a text`,
  );
  return '';
}

function readPatterns(problems: string[], match: unknown): TraitPattern[] {
  if (match === undefined) return [];
  if (!isTable(match)) {
    problems.push(`match: ${quote(match)} is not allowed; allowed: a table`);
    return [];
  }
  reportUnknown(problems, 'match.', match, Object.keys(TRAITS));
  const patterns: TraitPattern[] = [];
  for (const [key, trait] of Object.entries(TRAITS)) {
    const texts = match[key] ?? [];
    if (!Array.isArray(texts)) {
      problems.push(`match.${key}: ${quote(texts)} is not allowed; allowed: a list of texts`);
      continue;
    }
    for (const [index, text] of texts.entries()) {
      const isPattern = typeof text === 'string' && text.length <= MAX_PATTERN && /[^*\s]/.test(text);
      if (isPattern) patterns.push({ trait, text });
      else
        problems.push(
          `match.${key}[${index}]: ${quote(text)} is not allowed; allowed: a text, not of "*" alone`,
        );
    }
  }
  return patterns;
}

function readQuirks(problems: string[], table: unknown): Quirks {
  if (!isTable(table)) {
    problems.push('quirks: is missing; allowed: a table');
    return NO_QUIRKS;
  }
  reportUnknown(problems, 'quirks.', table, Object.keys(QUIRKS));
  const quirks = Object.entries(QUIRKS).map(([key, definition]) => {
    const value = Object.hasOwn(table, key) ? table[key] : undefined;
    if (value === undefined) return [key, definition.initial];
    if (!isAllowed(definition, value))
      problems.push(`quirks.${key}: ${quote(value)} is not allowed; allowed: ${allowedFor(definition)}`);
    return [key, value];
  });
  return Object.fromEntries(quirks) as Record<QuirkName, unknown> as Quirks;
}

function reportUnknown(
  problems: string[],
  prefix: string,
  table: Record<string, unknown>,
  known: readonly string[],
): void {
  for (const key of Object.keys(table)) {
    if (!known.includes(key))
      problems.push(`${prefix}${key}: unknown key; allowed here: ${known.join(', ')}`);
  }
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function quote(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isTable(value)) return 'a table';
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : String(value);
}

function invalid(name: string, problems: readonly string[]): FluxError {
  const lines = problems.map(problem => `\n  ${problem}`).join('');
  return new FluxError('CONFIG_INVALID', `The camera profile ${name} is not valid:${lines}`, {
    context: { problems },
  });
}
