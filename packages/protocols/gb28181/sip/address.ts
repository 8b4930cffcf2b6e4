import { splitOutsideQuotes } from './message.ts';

/** A SIP URI (RFC 3261 §19.1), as far as it says where to send and to whom. */
export interface SipUri {
  readonly scheme: 'sip' | 'sips';
  /** Empty where the URI names a host alone. In GB28181 the device's or channel's id. */
  readonly user: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: ReadonlyMap<string, string>;
}

/** The value of From, To or Contact: a URI, and parameters of the header (§20.10). */
export interface NameAddress {
  readonly uri: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const HOST_PORT = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?:[ \t]*:[ \t]*(\d{1,5}))?$/;

/** Undefined where it is none that the product can use. */
export function parseSipUri(text: string): SipUri | undefined {
  const [head = ''] = text.trim().split('?');
  const scheme = /^(sips?):/i.exec(head)?.[1]?.toLowerCase();
  if (scheme !== 'sip' && scheme !== 'sips') return undefined;
  const rest = head.slice(scheme.length + 1);
  // A user may have semicolons; parameters come after the host alone.
  const at = rest.lastIndexOf('@');
  const [authority = '', ...parameters] = rest.slice(at + 1).split(';');
  const match = HOST_PORT.exec(authority.trim());
  if (!match) return undefined;
  const port = match[2] === undefined ? undefined : Number(match[2]);
  if (port !== undefined && (port === 0 || port > 65_535)) return undefined;
  return {
    scheme,
    user: userOf(rest.slice(0, Math.max(0, at))),
    host: (match[1] ?? '').toLowerCase(),
    port,
    parameters: parametersOf(parameters),
  };
}

/** Without a password, and with what was escaped as it is meant. */
function userOf(text: string): string {
  const [user = ''] = text.split(':');
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}

/** `"Name" <uri>;tag=1`, `<uri>` or `uri;tag=1`. Undefined where there is no URI in it. */
export function parseNameAddress(text: string): NameAddress | undefined {
  const [first = '', ...parameters] = splitOutsideQuotes(text, ';');
  const open = openingBracket(first);
  if (open === -1) {
    // Without brackets, what follows a semicolon is of the header (§20.10).
    return /^[A-Za-z][A-Za-z0-9+.-]*:./.test(first)
      ? { uri: first, parameters: parametersOf(parameters) }
      : undefined;
  }
  const close = first.indexOf('>', open);
  if (close === -1) return undefined;
  const uri = first.slice(open + 1, close).trim();
  return uri === '' ? undefined : { uri, parameters: parametersOf(parameters) };
}

/** Of a bracket that stands in no quoted name; -1 where there is none. */
function openingBracket(text: string): number {
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isQuoted && character === '\\') at++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === '<' && !isQuoted) return at;
  }
  return -1;
}

/** Names in lower case; values without their quotes. */
export function parametersOf(parts: readonly string[]): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = (equals === -1 ? part : part.slice(0, equals)).trim().toLowerCase();
    const value = equals === -1 ? '' : part.slice(equals + 1).trim();
    if (name !== '' && !parameters.has(name)) parameters.set(name, value.replace(/^"(.*)"$/, '$1'));
  }
  return parameters;
}

/** One hop of the way that a request came (§20.42). */
export interface Via {
  /** `UDP`, `TCP`, in upper case. */
  readonly transport: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: ReadonlyMap<string, string>;
}

const VIA = /^SIP\s*\/\s*2\.0\s*\/\s*([A-Za-z0-9-]+)\s+(.+)$/i;

export function parseVia(text: string): Via | undefined {
  const [first = '', ...parameters] = splitOutsideQuotes(text, ';');
  const match = VIA.exec(first);
  const sentBy = HOST_PORT.exec((match?.[2] ?? '').trim());
  if (!match || !sentBy) return undefined;
  return {
    transport: (match[1] ?? '').toUpperCase(),
    host: sentBy[1] ?? '',
    port: sentBy[2] === undefined ? undefined : Number(sentBy[2]),
    parameters: parametersOf(parameters),
  };
}

/**
 * The topmost Via as it goes back: with the address that the packet came from (§18.2.1) and, where it was asked for,
 * the port (RFC 3581 §4). Most devices are behind an address translation, or say an address that is not theirs.
 */
export function receivedVia(text: string, address: string, port: number): string {
  const parts = splitOutsideQuotes(text, ';').filter(part => !/^received\s*=/i.test(part));
  const asked = parts.findIndex(part => /^rport\s*(?:=|$)/i.test(part));
  if (asked !== -1) parts[asked] = `rport=${port}`;
  return [...parts, `received=${address}`].join(';');
}

export function hostPort(address: string, port: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}
