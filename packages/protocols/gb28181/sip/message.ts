/**
 * SIP messages (RFC 3261 §7). Start lines and headers are kept as the bytes that they are, one character each
 * (Latin-1): what a device said goes back to it unchanged, whatever character set it meant.
 */
export type SipMessage = SipRequest | SipResponse;

export interface SipRequest {
  readonly kind: 'request';
  readonly method: string;
  readonly uri: string;
  readonly headers: SipHeaders;
  readonly body: Buffer;
}

export interface SipResponse {
  readonly kind: 'response';
  readonly status: number;
  /** Empty where the peer leaves it out. */
  readonly reason: string;
  readonly headers: SipHeaders;
  readonly body: Buffer;
}

export const SIP_VERSION = 'SIP/2.0';
export const NO_BODY = Buffer.alloc(0);

/** Reason phrases of the status codes that are sent, or that devices answer (§21). */
const REASONS: Readonly<Record<number, string>> = {
  100: 'Trying',
  180: 'Ringing',
  183: 'Session Progress',
  200: 'OK',
  202: 'Accepted',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Request Entity Too Large',
  415: 'Unsupported Media Type',
  420: 'Bad Extension',
  423: 'Interval Too Brief',
  480: 'Temporarily Unavailable',
  481: 'Call/Transaction Does Not Exist',
  482: 'Loop Detected',
  483: 'Too Many Hops',
  486: 'Busy Here',
  487: 'Request Terminated',
  488: 'Not Acceptable Here',
  489: 'Bad Event',
  491: 'Request Pending',
  500: 'Server Internal Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  504: 'Server Time-out',
  505: 'Version Not Supported',
  603: 'Decline',
};

export function reasonOf(status: number): string {
  return REASONS[status] ?? 'Unknown';
}

/** §7.3.3, §20: names that have a form of one letter. */
const COMPACT: Readonly<Record<string, string>> = {
  i: 'call-id',
  m: 'contact',
  e: 'content-encoding',
  l: 'content-length',
  c: 'content-type',
  f: 'from',
  s: 'subject',
  k: 'supported',
  t: 'to',
  v: 'via',
  o: 'event',
  u: 'allow-events',
};

export type HeaderValues = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** Header fields in the order in which they came. Names are told apart without regard to case or to their form. */
export class SipHeaders {
  readonly #fields: [key: string, name: string, value: string][] = [];

  static of(fields: HeaderValues): SipHeaders {
    const headers = new SipHeaders();
    for (const [name, value] of Object.entries(fields)) {
      if (typeof value === 'object') for (const one of value) headers.append(name, one);
      else if (value !== undefined) headers.append(name, String(value));
    }
    return headers;
  }

  get size(): number {
    return this.#fields.length;
  }

  /** The first value of the name. */
  get(name: string): string | undefined {
    const key = keyOf(name);
    return this.#fields.find(field => field[0] === key)?.[2];
  }

  /** All values of the name, one for each line in which it came. */
  all(name: string): string[] {
    const key = keyOf(name);
    return this.#fields.filter(field => field[0] === key).map(field => field[2]);
  }

  /** All values of the name, also those that share a line (§7.3.1). */
  list(name: string): string[] {
    return this.all(name).flatMap(value => splitOutsideQuotes(value, ','));
  }

  append(name: string, value: string): void {
    this.#fields.push([keyOf(name), name, value]);
  }

  /** In the place of the first value of that name; the others stay. */
  replaceFirst(name: string, value: string): void {
    const key = keyOf(name);
    const field = this.#fields.find(candidate => candidate[0] === key);
    if (field) field[2] = value;
    else this.append(name, value);
  }

  /** Adds to the value of the last field: its line was folded. */
  continue(text: string): void {
    const last = this.#fields.at(-1);
    if (last) last[2] = last[2] === '' ? text : `${last[2]} ${text}`;
  }

  *[Symbol.iterator](): IterableIterator<readonly [name: string, value: string]> {
    for (const [, name, value] of this.#fields) yield [name, value];
  }
}

function keyOf(name: string): string {
  const key = name.toLowerCase();
  return COMPACT[key] ?? key;
}

/** Parts between separators that stand in no quoted string and in no angle brackets. Empty ones are left out. */
export function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let isQuoted = false;
  let isBracketed = false;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isQuoted && character === '\\') at++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (character === '<') isBracketed = true;
    else if (character === '>') isBracketed = false;
    else if (character === separator && !isBracketed) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts.filter(part => part !== '');
}
