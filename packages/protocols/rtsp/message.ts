/**
 * RTSP messages (RFC 2326 §6, §7). Text of start lines and headers is kept as the bytes that it is, one character
 * each (Latin-1): what a camera said goes back to it unchanged, whatever character set it meant.
 */
export type RtspMessage = RtspRequest | RtspResponse;

export interface RtspRequest {
  readonly kind: 'request';
  /** `1.0` */
  readonly version: string;
  readonly method: string;
  readonly uri: string;
  readonly headers: HeaderFields;
  readonly body: Buffer;
}

export interface RtspResponse {
  readonly kind: 'response';
  readonly version: string;
  readonly status: number;
  /** Empty where the peer leaves it out. */
  readonly reason: string;
  readonly headers: HeaderFields;
  readonly body: Buffer;
}

export const RTSP_VERSION = '1.0';
export const NO_BODY = Buffer.alloc(0);
/** Bytes before the payload of an interleaved frame: `$`, channel, length (§10.12). */
export const INTERLEAVED_HEADER_SIZE = 4;
export const DOLLAR = 0x24;

/** Methods of §10. What a peer calls besides them is passed on all the same. */
export const METHODS = [
  'OPTIONS',
  'DESCRIBE',
  'ANNOUNCE',
  'SETUP',
  'PLAY',
  'PAUSE',
  'RECORD',
  'TEARDOWN',
  'GET_PARAMETER',
  'SET_PARAMETER',
  'REDIRECT',
] as const;

/** Reason phrases of the status codes that are sent (§7.1.1). */
const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Time-out',
  413: 'Request Entity Too Large',
  415: 'Unsupported Media Type',
  451: 'Parameter Not Understood',
  453: 'Not Enough Bandwidth',
  454: 'Session Not Found',
  455: 'Method Not Valid in This State',
  457: 'Invalid Range',
  459: 'Aggregate operation not allowed',
  460: 'Only aggregate operation allowed',
  461: 'Unsupported transport',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  504: 'Gateway Time-out',
  505: 'RTSP Version not supported',
  551: 'Option not supported',
};

export function reasonOf(status: number): string {
  return REASONS[status] ?? 'Unknown';
}

/** Header fields in the order in which they came. Names are told apart without regard to case (§4.2 of RFC 2616). */
export class HeaderFields {
  readonly #fields: [name: string, value: string][] = [];

  static of(fields: Readonly<Record<string, string | number | readonly string[] | undefined>>): HeaderFields {
    const headers = new HeaderFields();
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
    const wanted = name.toLowerCase();
    return this.#fields.find(([other]) => other.toLowerCase() === wanted)?.[1];
  }

  /** All values of the name, one for each line in which it came. */
  all(name: string): string[] {
    const wanted = name.toLowerCase();
    return this.#fields.filter(([other]) => other.toLowerCase() === wanted).map(([, value]) => value);
  }

  append(name: string, value: string): void {
    this.#fields.push([name, value]);
  }

  /** Adds to the value of the last field: its line was folded. */
  continue(text: string): void {
    const last = this.#fields.at(-1);
    if (last) last[1] = last[1] === '' ? text : `${last[1]} ${text}`;
  }

  [Symbol.iterator](): IterableIterator<readonly [name: string, value: string]> {
    return this.#fields.values();
  }
}

/** The sequence number by which an answer finds its request (§12.17); undefined where there is none. */
export function sequenceOf(headers: HeaderFields): number | undefined {
  const digits = /^\d{1,15}/.exec(headers.get('CSeq') ?? '')?.[0];
  return digits === undefined ? undefined : Number(digits);
}
