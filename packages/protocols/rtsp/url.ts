import { isIPv6 } from 'node:net';
import { FluxError } from '@flux-iot/core/errors/flux-error';

/** A camera's or server's address, taken apart. */
export interface RtspUrl {
  readonly isTls: boolean;
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /**
   * What requests ask for: without user and password, and otherwise as it was given, to the byte: cameras compare text.
   * Only what would break a request line is escaped.
   */
  readonly request: string;
  /** For people and logs: nothing in it that may be a secret. */
  readonly shown: string;
}

const DEFAULT_PORT = 554;
const DEFAULT_TLS_PORT = 322;
const MAX_LENGTH = 4096;
const SCHEME = /^(rtsps?):\/\//i;
/** The host may be in brackets, and the port may be missing behind its colon. */
const HOST_AND_PORT = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d*))?$/;
const HOST = /^[\w.~-]{1,253}$/;

/** Throws `URL_INVALID` for anything but `rtsp[s]://[user[:password]@]host[:port][/path][?query]`. */
export function parseRtspUrl(text: string): RtspUrl {
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined || text.length > MAX_LENGTH) throw invalid();
  const isTls = scheme === 'rtsps';
  const rest = text.slice(`${scheme}://`.length);
  const userEnd = userInfoEnd(rest);
  const pathStart = rest.slice(userEnd + 1).search(/[/?#]/);
  const authorityEnd = pathStart === -1 ? rest.length : userEnd + 1 + pathStart;
  const [, bracketed, plain = '', portText] = HOST_AND_PORT.exec(rest.slice(userEnd + 1, authorityEnd)) ?? [];
  // The zone of a link-local address is for this machine alone (RFC 6874 §1).
  const [address = '', zone] = (bracketed ?? '').split(/%(?:25)?/, 2);
  const isHost = bracketed === undefined ? HOST.test(plain) : isIPv6(address);
  const port = portText ? Number(portText) : isTls ? DEFAULT_TLS_PORT : DEFAULT_PORT;
  if (!isHost || port < 1 || port > 65_535) throw invalid();
  const host = bracketed === undefined ? plain : zone === undefined ? address : `${address}%${zone}`;
  const hostText = bracketed === undefined ? plain : `[${address}]`;
  // A port is named where it was named, and no slash is added: IQeye's cameras know `rtsp://host` and not
  // `rtsp://host/`.
  const origin = `${scheme}://${hostText}${portText ? `:${portText}` : ''}`;
  const path = escapeForRequestLine(rest.slice(authorityEnd));
  const { user, password } = splitUserInfo(userEnd === -1 ? undefined : rest.slice(0, userEnd));
  return { isTls, host, port, user, password, request: origin + path, shown: origin + withoutSecrets(path) };
}

/**
 * Where the `@` behind the password stands, -1 if there is none. People write passwords as they are, with `@`, `/`, `?`
 * and `#` in them: what stands before the first slash and is no host with a port is the beginning of one.
 */
function userInfoEnd(rest: string): number {
  const pathStart = rest.search(/[/?#]/);
  const authority = pathStart === -1 ? rest : rest.slice(0, pathStart);
  const last = authority.lastIndexOf('@');
  if (isHostAt(rest, last + 1) && (last !== -1 || (rest[pathStart] ?? '/') === '/')) return last;
  for (let at = rest.indexOf('@', last + 1); at !== -1; at = rest.indexOf('@', at + 1)) {
    if (isHostAt(rest, at + 1)) return at;
  }
  return last;
}

function isHostAt(rest: string, start: number): boolean {
  const [, bracketed, plain = ''] = HOST_AND_PORT.exec(/^[^/?#]*/.exec(rest.slice(start))?.[0] ?? '') ?? [];
  return bracketed === undefined ? HOST.test(plain) : true;
}

function splitUserInfo(text: string | undefined): Pick<RtspUrl, 'user' | 'password'> {
  if (text === undefined || text === '') return { user: undefined, password: undefined };
  const colon = text.indexOf(':');
  if (colon === -1) return { user: decoded(text), password: '' };
  return { user: decoded(text.slice(0, colon)), password: decoded(text.slice(colon + 1)) };
}

/** A per cent sign that begins no escape is one. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%[0-9A-Fa-f]{2}/g, escaped => {
      const byte = Number.parseInt(escaped.slice(1), 16);
      return byte < 0x80 ? String.fromCharCode(byte) : escaped;
    });
  }
}

/** Blanks, controls and what is not ASCII; the rest is as it is, whatever the standard says of it. */
function escapeForRequestLine(text: string): string {
  // Half of a surrogate pair cannot be encoded.
  return text.toWellFormed().replace(/[^!-~]/gu, character => encodeURIComponent(character));
}

/** Many cameras' addresses have the password in the path: XiongMai's `/user=admin_password=x_channel=1_stream=0`. */
const SECRET = /(user\w*|pass\w*|pwd|token|secret|auth\w*|key|sig\w*)(=|%3d)(?:(?!_[a-z]+=)[^/&;?])*/gi;
const HARMLESS_NAME =
  /^(?:channel|ch|chn|subtype|stream|streamtype|track|profile|unicast|proto|transportmode)$/i;

/** Of a query the numbers of channel and stream are shown, by which people tell cameras apart. */
function withoutSecrets(path: string): string {
  const question = path.indexOf('?');
  const plain = question === -1 ? path : path.slice(0, question);
  const hidden = plain.replace(SECRET, '$1$2***');
  if (question === -1) return hidden;
  const shown = path
    .slice(question + 1)
    .split('&')
    .filter(parameter => {
      const [name = '', value = ''] = parameter.split('=', 2);
      return HARMLESS_NAME.test(name) && /^[\w.]{0,16}$/.test(value);
    });
  return shown.length === 0 ? hidden : `${hidden}?${shown.join('&')}`;
}

function invalid(): FluxError {
  return new FluxError(
    'URL_INVALID',
    'The URL must be of the form rtsp://[user:password@]host[:port]/path or rtsps://….',
  );
}
