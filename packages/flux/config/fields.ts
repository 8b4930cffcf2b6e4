/** The kinds of keys that the schema is made of, each with what it may be, in words too. */
import { Type } from 'typebox';

export const PORT = '(?:\\d{1,4}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])';
export const HOST = '(?:\\[[0-9A-Fa-f:.]{2,45}\\]|[A-Za-z0-9][A-Za-z0-9.-]{0,252})';
const ADDRESS = '"HOST:PORT", such as "0.0.0.0:1935"';

/** `allowed` says in words what a pattern means. */
export function address(value: string, description: string) {
  return Type.String({ pattern: `^${HOST}:${PORT}$`, allowed: ADDRESS, default: value, description });
}

export function optionalAddress(description: string) {
  return Type.String({
    pattern: `^(?:${HOST}:${PORT})?$`,
    allowed: `${ADDRESS}; or "" for off`,
    default: '',
    description,
  });
}

export function path(value: string, description: string) {
  return Type.String({ minLength: 1, maxLength: 4096, allowed: 'a path', default: value, description });
}

export function optionalPath(description: string) {
  return Type.String({ maxLength: 4096, allowed: 'a path', default: '', description });
}

export function integer(value: number, minimum: number, maximum: number, description: string) {
  return Type.Integer({ minimum, maximum, default: value, description });
}

export function number(value: number, minimum: number, maximum: number, description: string) {
  return Type.Number({ minimum, maximum, default: value, description });
}

export function flag(value: boolean, description: string) {
  return Type.Boolean({ default: value, description });
}

export function choice<Values extends string[]>(
  values: readonly [...Values],
  value: Values[number],
  description: string,
) {
  return Type.Enum(values, { default: value, description });
}

export function choices<Values extends string[]>(
  values: readonly [...Values],
  value: readonly Values[number][],
  description: string,
) {
  return Type.Array(Type.Enum(values), { uniqueItems: true, default: [...value], description });
}

export function texts(pattern: string, allowed: string, description: string) {
  return Type.Array(Type.String({ pattern, allowed }), { uniqueItems: true, default: [], description });
}

/** Tables that may be written several times, `[[name]]`; keys without a default are needed in each. */
export function list<Properties extends Type.TProperties>(description: string, properties: Properties) {
  return Type.Array(Type.Object(properties, { additionalProperties: false }), { default: [], description });
}

export function openness(description: string) {
  return choice(
    ['loopback', 'all', 'none'],
    'loopback',
    `${description} "loopback" is programs on this machine, while there is one tenant.`,
  );
}

export function secret(description: string, least = 16) {
  return Type.String({
    pattern: `^(?:.{${least},512})?$`,
    allowed: `at least ${least} characters; or "" for none`,
    default: '',
    description,
  });
}

export function text(description: string, value = '') {
  return Type.String({ maxLength: 500, allowed: 'a text', default: value, description });
}

export function section<Properties extends Type.TProperties>(description: string, properties: Properties) {
  return Type.Object(properties, { additionalProperties: false, default: {}, description });
}
