/**
 * What a supervisor and its programs say to each other, by the IPC channel that Node gives a child process: that a
 * program is ready, that it could not start, that it is to stop. Nothing of media goes this way.
 */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

export type JsonObject = { readonly [key: string]: JsonValue };

export type ProgramMessage =
  | { readonly type: 'ready'; readonly payload: JsonObject }
  | { readonly type: 'failed'; readonly message: string };

export interface StopMessage {
  readonly type: 'stop';
}

/**
 * In the environment of a supervised program: its name. A channel alone says little, since other process managers
 * open one too, to which these messages mean nothing.
 */
export const PROGRAM_VARIABLE = 'SUPERVISED_PROGRAM';

/** Characters of JSON. */
const MAX_MESSAGE = 65_536;

/** Undefined where it is none, or is longer than 64 Ki characters. */
export function parseProgramMessage(value: unknown): ProgramMessage | undefined {
  if (!isObject(value) || JSON.stringify(value).length > MAX_MESSAGE) return undefined;
  const { type, payload, message } = value;
  if (type === 'ready' && isObject(payload)) return { type, payload };
  if (type === 'failed' && typeof message === 'string') return { type, message };
  return undefined;
}

export function isStopMessage(value: unknown): value is StopMessage {
  return isObject(value) && value.type === 'stop';
}

/** What comes by the channel was JSON, so an object of it holds nothing else. */
function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
