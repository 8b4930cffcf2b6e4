import { ParseError } from '@flux-iot/media/model/parse-error';
import { NO_BODY, SipHeaders, type SipMessage } from './message.ts';

export interface SipLimits {
  /** Of the start line and the headers after it. */
  readonly maxHeadBytes: number;
  readonly maxHeaders: number;
  readonly maxBodyBytes: number;
}

/** A catalog with hundreds of channels in one message has been seen on TCP; on UDP the datagram is the limit. */
export const SIP_LIMITS: SipLimits = { maxHeadBytes: 16_384, maxHeaders: 100, maxBodyBytes: 1_048_576 };

const CR = 0x0d;
const LF = 0x0a;
const STATUS_LINE = /^SIP\/2\.0 +(\d{3})(?: (.*))?$/i;
const REQUEST_LINE = /^([!%'*+\-.0-9A-Z_`a-z~]{1,64}) +(\S(?:.*\S)?) +SIP\/(\d+\.\d+)$/i;
/** Two of these that differ: who reads the one and who reads the other take it for different messages. */
const UNIQUE = ['From', 'To', 'Call-ID', 'CSeq', 'Content-Length'];
const HEADER_NAME = /^[!%'*+\-.0-9A-Z_`a-z~]+$/;

type Head = { readonly message: SipMessage; readonly end: number };

/** Reads one datagram (RFC 3261 §18.3). Throws `ParseError`. */
export function parseSipDatagram(data: Buffer, limits = SIP_LIMITS): SipMessage {
  const start = skipLineEnds(data, 0);
  const end = headEnd(data, start);
  if (end === -1) throw new ParseError('headers without an end', data.length);
  const head = parseHead(data, start, end, limits);
  const declared = contentLength(head.message.headers);
  const available = data.length - head.end;
  if (declared === undefined) return withBody(head.message, data.subarray(head.end));
  if (declared > available)
    throw new ParseError(`body of ${available} bytes, ${declared} were announced`, head.end);
  return withBody(head.message, data.subarray(head.end, head.end + declared));
}

/** Cuts what comes on a connection into messages: there each has to say how long it is (§18.3). */
export class SipStreamReader {
  readonly #limits: SipLimits;
  readonly #onMessage: (message: SipMessage) => void;
  #pending: Buffer = NO_BODY;

  constructor(onMessage: (message: SipMessage) => void, limits = SIP_LIMITS) {
    this.#onMessage = onMessage;
    this.#limits = limits;
  }

  /** Throws `ParseError`; the connection is of no use then. Keep-alives of line ends (RFC 5626 §3.5.1) are skipped. */
  push(data: Buffer): void {
    let buffer = this.#pending.length === 0 ? data : Buffer.concat([this.#pending, data]);
    for (;;) {
      buffer = buffer.subarray(skipLineEnds(buffer, 0));
      const size = buffer.length === 0 ? undefined : this.#take(buffer);
      if (size === undefined) break;
      buffer = buffer.subarray(size);
    }
    // What waits may be a slice of a much larger buffer.
    this.#pending = buffer.length === 0 ? NO_BODY : Buffer.from(buffer);
  }

  /** Bytes of the message that the buffer begins with; undefined while it is not whole. */
  #take(buffer: Buffer): number | undefined {
    const end = headEnd(buffer, 0);
    if (end === -1) {
      if (buffer.length > this.#limits.maxHeadBytes) throw new ParseError('headers are too long', 0);
      return undefined;
    }
    const head = parseHead(buffer, 0, end, this.#limits);
    const size = contentLength(head.message.headers) ?? 0;
    if (size > this.#limits.maxBodyBytes) throw new ParseError(`body of ${size} bytes`, head.end);
    if (buffer.length < head.end + size) return undefined;
    this.#onMessage(withBody(head.message, Buffer.from(buffer.subarray(head.end, head.end + size))));
    return head.end + size;
  }
}

function skipLineEnds(data: Buffer, from: number): number {
  let at = from;
  while (at < data.length && (data[at] === CR || data[at] === LF)) at++;
  return at;
}

/** Where the empty line begins; -1 where there is none. Lines may end in LF alone. */
function headEnd(data: Buffer, start: number): number {
  for (let at = data.indexOf(LF, start); at !== -1; at = data.indexOf(LF, at + 1)) {
    const next = at + 1;
    if (data[next] === LF || (data[next] === CR && data[next + 1] === LF)) return next;
  }
  return -1;
}

function parseHead(data: Buffer, start: number, end: number, limits: SipLimits): Head {
  if (end - start > limits.maxHeadBytes) throw new ParseError('headers are too long', start);
  const [first = '', ...lines] = data.toString('latin1', start, end).split(/\r?\n/);
  const headers = new SipHeaders();
  for (const line of lines) {
    if (line === '') continue;
    if (line.startsWith(' ') || line.startsWith('\t')) {
      headers.continue(line.trim());
      continue;
    }
    if (headers.size === limits.maxHeaders) throw new ParseError('too many headers', start);
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim();
    // Some devices send a line that is no header: the rest of the message is good.
    if (HEADER_NAME.test(name)) headers.append(name, line.slice(colon + 1).trim());
  }
  for (const name of UNIQUE)
    if (new Set(headers.all(name)).size > 1) throw new ParseError(`several ${name} that differ`, start);
  const after = data[end] === CR ? end + 2 : end + 1;
  return { message: startLine(first.trimEnd(), headers, start), end: after };
}

function startLine(line: string, headers: SipHeaders, offset: number): SipMessage {
  const status = STATUS_LINE.exec(line);
  if (status) {
    const code = Number(status[1]);
    if (code < 100 || code > 699) throw new ParseError(`status ${code}`, offset);
    return { kind: 'response', status: code, reason: (status[2] ?? '').trim(), headers, body: NO_BODY };
  }
  const request = REQUEST_LINE.exec(line);
  if (!request) throw new ParseError('no SIP start line', offset);
  const [, method = '', uri = '', version = ''] = request;
  if (version !== '2.0') throw new ParseError(`SIP version ${version}`, offset);
  return { kind: 'request', method, uri, headers, body: NO_BODY };
}

/** Undefined where the message does not say. Throws `ParseError` for what is no length. */
function contentLength(headers: SipHeaders): number | undefined {
  const value = headers.get('Content-Length');
  if (value === undefined) return undefined;
  if (!/^\d{1,9}$/.test(value)) throw new ParseError(`Content-Length "${value.slice(0, 20)}"`, 0);
  return Number(value);
}

function withBody(message: SipMessage, body: Buffer): SipMessage {
  return { ...message, body };
}
