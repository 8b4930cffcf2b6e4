import { ParseError } from '../../model/parse-error.ts';
import type {
  Attribute,
  Bandwidth,
  Connection,
  Line,
  MediaDescription,
  Origin,
  SessionDescription,
} from './session-description.ts';

const MAX_SIZE = 64 * 1024;
const MAX_LINES = 1000;
const MAX_MEDIA = 32;
const MAX_FORMATS = 128;
const MAX_PORT = 65_535;

/** What the session and a media description have in common, while it is read. */
interface Section {
  connection: Connection | undefined;
  readonly bandwidths: Bandwidth[];
  readonly attributes: Attribute[];
  readonly otherLines: Line[];
}

interface SessionSection extends Section {
  origin: Origin | undefined;
  name: string | undefined;
  readonly times: string[];
  readonly media: (MediaDescription & Section)[];
}

/**
 * Reads a session description. Cameras break the rules of RFC 8866 in every way: lines in any order, with line feeds
 * alone, with spaces at their ends; lines that are missing or that nobody knows. All that is taken, and a line that
 * can't be understood is left out. Throws `ParseError` only beyond the caps on size, lines and media.
 */
export function parseSdp(text: string): SessionDescription {
  if (text.length > MAX_SIZE) throw new ParseError(`session description of ${text.length} characters`);
  const lines = text.split(/\r\n|\n|\r/, MAX_LINES + 1);
  if (lines.length > MAX_LINES) throw new ParseError(`session description of more than ${MAX_LINES} lines`);
  const session: SessionSection = {
    ...newSection(),
    origin: undefined,
    name: undefined,
    times: [],
    media: [],
  };
  let section: Section = session;
  for (const line of lines) {
    // Some cameras end the whole with a zero byte.
    const match = /^\s*([a-z])\s?=(.*)$/i.exec(line.replaceAll('\0', ''));
    if (!match) continue;
    const type = match[1]!.toLowerCase();
    const value = match[2]!.trim();
    if (type === 'm') section = beginMedia(session, value);
    else if (section !== session || !readSessionLine(session, type, value)) readLine(section, type, value);
  }
  return session;
}

/** Whether the line is one that only the session has. */
function readSessionLine(session: SessionSection, type: string, value: string): boolean {
  if (type === 'o') session.origin ??= parseOrigin(value);
  else if (type === 's') session.name ??= value;
  else if (type === 't') session.times.push(value);
  else return type === 'v';
  return true;
}

function readLine(section: Section, type: string, value: string): void {
  if (type === 'a') section.attributes.push(parseAttribute(value));
  else if (type === 'c') section.connection ??= parseConnection(value);
  else if (type === 'b') {
    const bandwidth = parseBandwidth(value);
    if (bandwidth) section.bandwidths.push(bandwidth);
  } else section.otherLines.push({ type, value });
}

/** Begins a media description even if its line is a bad one: what follows belongs to no other. */
function beginMedia(session: SessionSection, value: string): Section {
  if (session.media.length === MAX_MEDIA) {
    throw new ParseError(`session description of more than ${MAX_MEDIA} media`);
  }
  const [type = '', ports = '', protocol = '', ...formats] = value.split(/\s+/);
  const port = Number.parseInt(ports, 10);
  const media = {
    ...newSection(),
    type: type.toLowerCase(),
    port: port >= 0 && port <= MAX_PORT ? port : 0,
    protocol,
    formats: formats.slice(0, MAX_FORMATS),
  };
  if (type !== '') session.media.push(media);
  return media;
}

function newSection(): Section {
  return { connection: undefined, bandwidths: [], attributes: [], otherLines: [] };
}

function parseOrigin(value: string): Origin | undefined {
  const parts = value.split(/\s+/);
  // The user name is the one that is left out, or has spaces in it.
  const [sessionId, sessionVersion, networkType, addressType, address] = parts.slice(-5);
  if (networkType?.toUpperCase() !== 'IN' || !sessionId || !sessionVersion || !addressType || !address) {
    return undefined;
  }
  return { username: parts.slice(0, -5).join(' ') || '-', sessionId, sessionVersion, addressType, address };
}

function parseConnection(value: string): Connection | undefined {
  const [networkType, addressType, whole] = value.split(/\s+/);
  if (networkType?.toUpperCase() !== 'IN' || !addressType || !whole) return undefined;
  const [address = '', ttl] = whole.split('/');
  if (address === '') return undefined;
  const isIp4 = addressType.toUpperCase() === 'IP4';
  return {
    addressType: addressType.toUpperCase(),
    address,
    ttl: isIp4 && ttl !== undefined && /^\d{1,3}$/.test(ttl) ? Number(ttl) : undefined,
  };
}

function parseBandwidth(value: string): Bandwidth | undefined {
  const match = /^([^\s:]+)\s*:\s*(\d+(?:\.\d+)?)/.exec(value);
  return match ? { type: match[1]!, value: Number(match[2]) } : undefined;
}

function parseAttribute(value: string): Attribute {
  const colon = value.indexOf(':');
  if (colon === -1) return { name: value, value: undefined };
  return { name: value.slice(0, colon).trim(), value: value.slice(colon + 1).trim() };
}
