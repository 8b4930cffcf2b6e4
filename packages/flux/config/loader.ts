import { readFileSync } from 'node:fs';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { parse, TomlError } from 'smol-toml';
import { Value } from 'typebox/value';
import { findContradictions } from './consistency.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { type ConfigProblem, configError } from './problem.ts';
import { type Config, ConfigSchema } from './schema.ts';
import { TomlLocator } from './toml-locator.ts';
import { validate } from './validation.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** What is odd but no reason not to start. */
  readonly warnings: readonly string[];
  /** Environment variables that took effect. */
  readonly overrides: readonly string[];
}

/** No configuration is as long; a wrong file (a video) often is. */
const MAX_LENGTH = 1_048_576;

/** Reads a TOML file, if there is one, and the environment. Throws `CONFIG_INVALID` with all that is wrong. */
export function loadConfig(file: string | undefined, environment: Environment): LoadedConfig {
  return parseConfig(file === undefined ? '' : readText(file), environment, file ?? 'The environment');
}

/** `source` is what messages call the document. Throws `CONFIG_INVALID`. */
export function parseConfig(toml: string, environment: Environment, source: string): LoadedConfig {
  const document = parseToml(toml, source);
  const locator = new TomlLocator(toml);
  const { values, problems: wrongVariables, warnings } = readEnvironment(environment);
  const problems = [...validate(document, locator), ...wrongVariables];
  if (problems.length > 0) throw configError(source, problems);

  const config = Value.Default(ConfigSchema, document) as Config;
  for (const [key, value] of values) setAt(config, key.path, value);
  const variables = new Map([...values.keys()].map(key => [key.name, key.variable]));
  const contradictions = findContradictions(config).map(({ paths, message }): ConfigProblem => {
    for (const path of paths) {
      const variable = variables.get(path.join('.'));
      if (variable) return { line: 0, where: variable, key: '', message };
      const line = locator.lineOf(path);
      if (locator.has(path)) return { line, where: `line ${line}`, key: path.join('.'), message };
    }
    return { line: 0, where: '', key: '', message };
  });
  if (contradictions.length > 0) throw configError(source, contradictions);
  return { config, warnings: [...warnings, ...oddities(config)], overrides: [...variables.values()] };
}

function readText(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FluxError('CONFIG_INVALID', `The configuration cannot be read: ${reason}`, { cause });
  }
  if (text.length > MAX_LENGTH) {
    throw new FluxError('CONFIG_INVALID', `${file} is too long to be a configuration.`);
  }
  // Editors on Windows begin files with a byte order mark, which TOML does not know.
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function parseToml(toml: string, source: string): Record<string, unknown> {
  try {
    return parse(toml, { maxDepth: 100 });
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [summary = ''] = cause.message.split('\n');
    const { line, column, codeblock } = cause;
    const message = `${summary.replace('Invalid TOML document: ', '')}\n${codeblock.trimEnd()}`;
    throw configError(source, [{ line, where: `line ${line}, column ${column}`, key: '', message }]);
  }
}

function oddities({ protocols }: Config): string[] {
  const warnings: string[] = [];
  const { admission, password, device_passwords } = protocols.gb28181;
  const hasPassword = password !== '' || device_passwords.length > 0;
  if (protocols.enabled.includes('gb28181') && admission !== 'open' && !hasPassword) {
    warnings.push('gb28181 is enabled, but no device can register: set protocols.gb28181.password.');
  }
  return warnings;
}

/** The path comes from the schema, and the defaults are there: every section exists. */
function setAt(config: Config, path: readonly string[], value: unknown): void {
  let node = config as unknown as Record<string, unknown>;
  for (const part of path.slice(0, -1)) node = node[part] as Record<string, unknown>;
  node[path.at(-1) ?? ''] = value;
}
