import type { TSchema } from 'typebox';
import { ConfigSchema } from './schema.ts';

/** A table within a list. */
export type ConfigTable = Readonly<Record<string, string | number | boolean>>;
export type ConfigValue = string | number | boolean | readonly string[] | readonly ConfigTable[];

/** What the schema says of one key, in the form that messages, documents and the environment need. */
export interface ConfigKey {
  /** `['protocols', 'rtmp', 'bind']` */
  readonly path: readonly string[];
  /** `protocols.rtmp.bind` */
  readonly name: string;
  /** `FLUX_PROTOCOLS_RTMP_BIND` */
  readonly variable: string;
  readonly schema: TSchema;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'array';
  /** Every table of a list needs it. */
  readonly isRequired: boolean;
  /** Without one it may be left out of the tables of a list. */
  readonly hasDefault: boolean;
  readonly default: ConfigValue;
  readonly description: string;
  /** In words: "a whole number from 1 to 10". */
  readonly allowed: string;
}

export interface ConfigSection {
  readonly path: readonly string[];
  readonly name: string;
  readonly description: string;
  readonly keys: readonly ConfigKey[];
  /** It may be written several times, `[[name]]`, and not in the environment. */
  readonly isList: boolean;
}

/** The part of JSON Schema that the configuration uses. */
export interface SchemaNode extends TSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly allowed?: string;
  readonly default?: ConfigValue;
  readonly description?: string;
}

export const LIST_OF_TABLES = 'a list of tables';

export const CONFIG_SECTIONS: readonly ConfigSection[] = sectionsOf([], ConfigSchema);
export const CONFIG_KEYS: readonly ConfigKey[] = CONFIG_SECTIONS.flatMap(section =>
  section.isList ? [] : section.keys,
);

function sectionsOf(path: readonly string[], node: SchemaNode): ConfigSection[] {
  const keys: ConfigKey[] = [];
  const inner: ConfigSection[] = [];
  for (const [name, child] of Object.entries(node.properties ?? {})) {
    const childPath = [...path, name];
    if (child.properties) inner.push(...sectionsOf(childPath, child));
    else if (child.items?.properties) inner.push(listOf(childPath, child, child.items));
    else keys.push(keyOf(childPath, child));
  }
  const own = { path, name: path.join('.'), description: node.description ?? '', keys, isList: false };
  return keys.length > 0 ? [own, ...inner] : inner;
}

function listOf(path: readonly string[], { description = '' }: SchemaNode, table: SchemaNode): ConfigSection {
  const required = requiredOf(table);
  const keys = Object.entries(table.properties ?? {}).map(([name, child]) => ({
    ...keyOf([...path, name], child),
    isRequired: required.includes(name),
  }));
  return { path, name: path.join('.'), description, keys, isList: true };
}

/** Keys that a table of a list must have: those without a default that may not be left out. */
export function requiredOf({ required = [], properties }: SchemaNode): readonly string[] {
  return required.filter(name => properties?.[name]?.default === undefined);
}

function keyOf(path: readonly string[], schema: SchemaNode): ConfigKey {
  return {
    path,
    name: path.join('.'),
    variable: `FLUX_${path.join('_').toUpperCase()}`,
    schema,
    // An enumeration has no type of its own; all of ours are strings.
    type: (schema.type ?? 'string') as ConfigKey['type'],
    isRequired: false,
    hasDefault: schema.default !== undefined,
    default: schema.default ?? '',
    description: schema.description ?? '',
    allowed: allowedBy(schema),
  };
}

/** What the schema takes, in words. */
export function allowedBy(schema: SchemaNode): string {
  if (schema.allowed) return schema.allowed;
  if (schema.enum) return `one of ${schema.enum.map(value => `"${value}"`).join(', ')}`;
  switch (schema.type) {
    case 'integer':
      return `a whole number from ${schema.minimum} to ${schema.maximum}`;
    case 'number':
      return `a number from ${schema.minimum} to ${schema.maximum}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      if (schema.items?.properties) return LIST_OF_TABLES;
      return `a list, each ${schema.items ? allowedBy(schema.items) : 'a text'}, none twice`;
    default:
      return 'a table';
  }
}
