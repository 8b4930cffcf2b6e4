import { Value } from 'typebox/value';
import { allowedBy, CONFIG_KEYS, requiredOf, type SchemaNode } from './keys.ts';
import { nearest } from './nearest.ts';
import type { ConfigProblem } from './problem.ts';
import { ConfigSchema } from './schema.ts';
import type { KeyPath, TomlLocator } from './toml-locator.ts';

const MAX_QUOTED = 60;

/** Checks what a file says against the schema, key by key. Missing keys are no problem. */
export function validate(document: Record<string, unknown>, locator: TomlLocator): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const report = (path: KeyPath, message: string) => {
    const line = locator.lineOf(path);
    problems.push({ line, where: `line ${line}`, key: keyName(path), message });
  };
  const check = (path: KeyPath, schema: SchemaNode, value: unknown) => {
    if (schema.items?.properties) checkList(path, schema.items, value);
    else if (!schema.properties) checkValue(path, schema, value, report);
    else if (!isTable(value)) report(path, wrongValue(value, allowedBy(schema)));
    else {
      for (const [name, member] of Object.entries(value)) {
        const known = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
        if (known) check([...path, name], known, member);
        else report([...path, name], unknownKey(name, Object.keys(schema.properties)));
      }
    }
  };
  const checkList = (path: KeyPath, item: SchemaNode, value: unknown) => {
    if (!Array.isArray(value)) {
      report(path, `has to be written [[${path.join('.')}]]: there may be several`);
      return;
    }
    for (const [index, table] of value.entries()) {
      check([...path, index], item, table);
      if (!isTable(table)) continue;
      for (const name of requiredOf(item)) {
        if (!(name in table)) report([...path, index], `${name} is missing`);
      }
    }
  };
  check([], ConfigSchema, document);
  return problems;
}

function checkValue(
  path: KeyPath,
  schema: SchemaNode,
  value: unknown,
  report: (path: KeyPath, message: string) => void,
): void {
  const reported = new Set<string>();
  for (const error of Value.Errors(schema, value)) {
    if (error.keyword === 'uniqueItems') {
      for (const index of error.params.duplicateItems) report([...path, index], 'stands in the list twice');
    } else if (!reported.has(error.instancePath)) {
      // One line for each place, however many of its rules are broken.
      reported.add(error.instancePath);
      const index = error.instancePath === '' ? undefined : Number(error.instancePath.slice(1));
      if (index === undefined) report(path, wrongValue(shown(path, value), allowedBy(schema)));
      else if (Array.isArray(value) && schema.items) {
        report([...path, index], wrongValue(value[index], allowedBy(schema.items)));
      }
    }
  }
}

/** Messages go into logs. */
function shown(path: KeyPath, value: unknown): unknown {
  return path.at(-1) === 'secret' && typeof value === 'string' ? '…' : value;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

export function wrongValue(value: unknown, allowed: string): string {
  return `${quote(value)} is not allowed; allowed: ${allowed}`;
}

function unknownKey(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  if (meant) return `unknown key; did you mean "${meant}"?`;
  const elsewhere = CONFIG_KEYS.filter(key => key.path.at(-1) === name);
  const sections = elsewhere.map(key => `[${key.path.slice(0, -1).join('.')}]`);
  if (sections.length > 0) return `unknown key here; it belongs to ${sections.join(' or ')}`;
  return `unknown key; allowed here: ${known.join(', ')}`;
}

function quote(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isTable(value)) return 'a table';
  if (value instanceof Date) return 'a date';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
}

/** `protocols.enabled[2]`, `server."odd key"` */
function keyName(path: KeyPath): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      return `${index === 0 ? '' : '.'}${/^[A-Za-z0-9_-]+$/.test(part) ? part : JSON.stringify(part)}`;
    })
    .join('');
}
