import { Value } from 'typebox/value';
import { CONFIG_KEYS, type ConfigKey, type ConfigValue, LIST_OF_TABLES } from './keys.ts';
import { nearest } from './nearest.ts';
import type { ConfigProblem } from './problem.ts';
import { wrongValue } from './validation.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Overrides {
  readonly values: ReadonlyMap<ConfigKey, ConfigValue>;
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly string[];
}

const PREFIX = 'FLUX_';
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;
const KEYS_BY_VARIABLE = new Map(CONFIG_KEYS.map(key => [key.variable, key]));

/** Reads `FLUX_PROTOCOLS_RTMP_BIND` and its like. Lists are separated by commas. */
export function readEnvironment(environment: Environment): Overrides {
  const values = new Map<ConfigKey, ConfigValue>();
  const problems: ConfigProblem[] = [];
  const warnings: string[] = [];
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || text === undefined) continue;
    const key = KEYS_BY_VARIABLE.get(variable);
    if (!key) {
      const meant = nearest(variable, [...KEYS_BY_VARIABLE.keys()]);
      warnings.push(`${variable} is not a known variable${meant ? `; did you mean ${meant}?` : '.'}`);
      continue;
    }
    const value = convert(key, text.trim());
    if (Value.Check(key.schema, value)) values.set(key, value);
    else {
      const isTables = key.allowed === LIST_OF_TABLES;
      const list = isTables ? ' in JSON' : key.type === 'array' ? ', separated by commas' : '';
      problems.push({
        line: 0,
        where: variable,
        key: '',
        message: wrongValue(text, key.allowed) + list,
      });
    }
  }
  return { values, problems, warnings };
}

/** A list of tables is JSON. */
function parseList(schema: ConfigKey['schema'], text: string): ConfigValue {
  try {
    return Value.Default(schema, JSON.parse(text)) as ConfigValue;
  } catch {
    return text;
  }
}

/** The value in the type of the key; the text itself where it is not of its form. */
function convert(key: ConfigKey, text: string): ConfigValue {
  switch (key.type) {
    case 'integer':
    case 'number':
      return NUMBER.test(text) ? Number(text) : text;
    case 'boolean':
      if (text === 'true') return true;
      return text === 'false' ? false : text;
    case 'array':
      if (text.startsWith('[')) return parseList(key.schema, text);
      return text === '' ? [] : text.split(',').map(part => part.trim());
    default:
      // A key that takes a word or a number.
      return NUMBER.test(text) && !Value.Check(key.schema, text) ? Number(text) : text;
  }
}
