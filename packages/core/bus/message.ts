import { ERROR_CODES, type ErrorCode, FluxError } from '../errors/flux-error.ts';
import type { BusValue } from './bus.ts';

/**
 * What a member and the hub of the local bus say to each other: JSON, one message a frame. A member begins with
 * `join`, then `serve`, `subscribe` and `hold` for all that it has, then `ready`; the hub answers with an `entry` for
 * each key of the directory and with `joined`. All else comes after that.
 */
export type MemberMessage =
  /** `instance` tells a member that comes back from another one of the same name. */
  | { readonly type: 'join'; readonly member: string; readonly instance: string }
  | { readonly type: 'serve' | 'unserve' | 'subscribe' | 'unsubscribe'; readonly subject: string }
  | { readonly type: 'hold'; readonly key: string; readonly value: BusValue }
  | { readonly type: 'ready' }
  | ClaimMessage
  | { readonly type: 'release'; readonly key: string }
  | { readonly type: 'publish'; readonly subject: string; readonly payload: BusValue }
  | RequestMessage
  /** Nobody waits for the answer any more. */
  | { readonly type: 'cancel'; readonly id: number }
  | AnswerMessage;

export type HubMessage =
  /** Why the hub ends the link. */
  | { readonly type: 'refused'; readonly error: WireError }
  | {
      readonly type: 'entry' | 'changed';
      readonly key: string;
      readonly member: string;
      readonly value: BusValue;
    }
  | { readonly type: 'joined' }
  | { readonly type: 'released'; readonly key: string }
  | { readonly type: 'claimed'; readonly id: number; readonly isHeld: boolean }
  /** There is no room for it. */
  | { readonly type: 'claimFailed'; readonly id: number; readonly error: WireError }
  | { readonly type: 'event'; readonly subject: string; readonly payload: BusValue }
  | RequestMessage
  | AnswerMessage;

export interface ClaimMessage {
  readonly type: 'claim';
  readonly id: number;
  readonly key: string;
  readonly value: BusValue;
}

export interface RequestMessage {
  readonly type: 'request';
  readonly id: number;
  readonly subject: string;
  readonly payload: BusValue;
}

export type AnswerMessage =
  | { readonly type: 'answer'; readonly id: number; readonly payload: BusValue }
  | { readonly type: 'failure'; readonly id: number; readonly error: WireError };

export interface WireError {
  /** One of `ERROR_CODES`; any other means `INTERNAL`. */
  readonly code: string;
  readonly message: string;
}

/** Bytes of one message. */
export const MAX_MESSAGE = 16 * 1024 * 1024;

/** What the hub may add to a message that it passes on: the member's name, longer ids. */
const HUB_SHARE = 1024;

/** Levels of lists and objects inside one another: deeper ones would exhaust the stack of who walks through them. */
const MAX_DEPTH = 64;

const MAX_ERROR_MESSAGE = 4096;

/** Member names, keys, subjects. */
const NAME = /^[\x21-\x7e]{1,256}$/;

/**
 * Throws `REQUEST_TOO_LARGE` and `REQUEST_INVALID`, and what `JSON.stringify` throws at what is no plain data. Done
 * when the caller says it, not when it is sent: the fault is the caller's, and what it changes later is not sent.
 */
export function encodeMemberMessage(message: MemberMessage): string {
  return encode(message, MAX_MESSAGE - HUB_SHARE);
}

export function encodeHubMessage(message: HubMessage): string {
  return encode(message, MAX_MESSAGE);
}

/** Throws `PROTOCOL_ERROR`. */
export function parseMemberMessage(text: string): MemberMessage {
  const fields = decode(text);
  const { type } = fields;
  switch (type) {
    case 'join':
      return { type, member: nameOf(fields.member), instance: nameOf(fields.instance) };
    case 'serve':
    case 'unserve':
    case 'subscribe':
    case 'unsubscribe':
      return { type, subject: nameOf(fields.subject) };
    case 'hold':
      return { type, key: nameOf(fields.key), value: toValue(fields.value) };
    case 'ready':
      return { type };
    case 'claim':
      return { type, id: idOf(fields.id), key: nameOf(fields.key), value: toValue(fields.value) };
    case 'release':
      return { type, key: nameOf(fields.key) };
    case 'publish':
      return { type, subject: nameOf(fields.subject), payload: toValue(fields.payload) };
    case 'cancel':
      return { type, id: idOf(fields.id) };
    default:
      return parseEither(fields);
  }
}

/** Throws `PROTOCOL_ERROR`. */
export function parseHubMessage(text: string): HubMessage {
  const fields = decode(text);
  const { type } = fields;
  switch (type) {
    case 'refused':
      return { type, error: errorOf(fields.error) };
    case 'entry':
    case 'changed':
      return {
        type,
        key: nameOf(fields.key),
        member: nameOf(fields.member),
        value: toValue(fields.value),
      };
    case 'joined':
      return { type };
    case 'released':
      return { type, key: nameOf(fields.key) };
    case 'claimed':
      if (typeof fields.isHeld !== 'boolean') throw malformed('no outcome of a claim');
      return { type, id: idOf(fields.id), isHeld: fields.isHeld };
    case 'claimFailed':
      return { type, id: idOf(fields.id), error: errorOf(fields.error) };
    case 'event':
      return { type, subject: nameOf(fields.subject), payload: toValue(fields.payload) };
    default:
      return parseEither(fields);
  }
}

export function isName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value);
}

/** Throws `REQUEST_INVALID` where it is not 1 to 256 visible ASCII characters. */
export function checkName(name: string): void {
  if (isName(name)) return;
  throw new FluxError('REQUEST_INVALID', `${JSON.stringify(name)} cannot be a name on the bus.`);
}

export function toWireError(error: unknown): WireError {
  const { code, message } = FluxError.from(error);
  return { code, message: message.slice(0, MAX_ERROR_MESSAGE) };
}

export function fromWireError({ code, message }: WireError): FluxError {
  return new FluxError(Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : 'INTERNAL', message);
}

function encode(message: MemberMessage | HubMessage, maxBytes: number): string {
  const text = JSON.stringify(message);
  if (Buffer.byteLength(text) > maxBytes)
    throw new FluxError('REQUEST_TOO_LARGE', `A message of the bus has at most ${maxBytes} bytes.`);
  if (!isShallow(message, MAX_DEPTH))
    throw new FluxError('REQUEST_INVALID', `A message of the bus is nested at most ${MAX_DEPTH} deep.`);
  return text;
}

type Fields = { readonly [name: string]: unknown };

function decode(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('no JSON');
  }
  if (typeof value !== 'object' || value === null) throw malformed('no object');
  if (!isShallow(value, MAX_DEPTH)) throw malformed('nested too deep');
  return value as Fields;
}

/** The messages that go both ways. */
function parseEither(fields: Fields): RequestMessage | AnswerMessage {
  const { type } = fields;
  switch (type) {
    case 'request':
      return {
        type,
        id: idOf(fields.id),
        subject: nameOf(fields.subject),
        payload: toValue(fields.payload),
      };
    case 'answer':
      return { type, id: idOf(fields.id), payload: toValue(fields.payload) };
    case 'failure':
      return { type, id: idOf(fields.id), error: errorOf(fields.error) };
    default:
      throw malformed('unknown type');
  }
}

function nameOf(value: unknown): string {
  if (!isName(value)) throw malformed('no name');
  return value;
}

function idOf(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw malformed('no id');
  return value as number;
}

/** What was JSON is a value. JSON has no `undefined`: a handler that returns nothing answers null. */
function toValue(value: unknown): BusValue {
  return value === undefined ? null : (value as BusValue);
}

function errorOf(value: unknown): WireError {
  const { code, message } = (value ?? {}) as Fields;
  if (typeof code !== 'string' || typeof message !== 'string') throw malformed('no error');
  return { code, message };
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every(child => isShallow(child, levels - 1));
}

function malformed(reason: string): FluxError {
  return new FluxError('PROTOCOL_ERROR', `A message of the bus is malformed: ${reason}.`);
}
