import type {
  Attribute,
  Bandwidth,
  Connection,
  Line,
  MediaDescription,
  SessionDescription,
} from './session-description.ts';

const LINE_END = '\r\n';
/** Lines that the standard puts before `c=`: information, address of a page, of mail, of telephone. */
const BEFORE_CONNECTION = ['i', 'u', 'e', 'p'];
/** Lines that it puts before the attributes: repetitions, time zones, keys. */
const BEFORE_ATTRIBUTES = ['r', 'z', 'k'];

/**
 * Writes a session description with its lines in the order of RFC 8866 §5, and with those that it must have; what is
 * not of the standard comes last, as GB28181 has it. Line ends within values are left out.
 */
export function formatSdp(session: SessionDescription): string {
  const { origin } = session;
  const lines = ['v=0'];
  const who = origin ? `${origin.username} ${origin.sessionId} ${origin.sessionVersion}` : '- 0 0';
  lines.push(`o=${who} IN ${origin?.addressType ?? 'IP4'} ${origin?.address ?? '0.0.0.0'}`);
  // A single space stands for a session without a name (§5.3).
  lines.push(`s=${session.name || ' '}`);
  addOthers(lines, session.otherLines, isBeforeConnection);
  addConnection(lines, session.connection);
  addBandwidths(lines, session.bandwidths);
  for (const time of session.times.length > 0 ? session.times : ['0 0']) lines.push(`t=${time}`);
  addRest(lines, session);
  for (const media of session.media) addMedia(lines, media);
  return lines.map(line => line.replaceAll(/[\r\n]/g, '') + LINE_END).join('');
}

function addMedia(lines: string[], media: MediaDescription): void {
  lines.push(`m=${[media.type, media.port, media.protocol, ...media.formats].join(' ')}`);
  addOthers(lines, media.otherLines, isBeforeConnection);
  addConnection(lines, media.connection);
  addBandwidths(lines, media.bandwidths);
  addRest(lines, media);
}

function addRest(
  lines: string[],
  section: { attributes: readonly Attribute[]; otherLines: readonly Line[] },
): void {
  addOthers(lines, section.otherLines, isBeforeAttributes);
  for (const { name, value } of section.attributes) {
    lines.push(value === undefined ? `a=${name}` : `a=${name}:${value}`);
  }
  addOthers(lines, section.otherLines, type => !isBeforeConnection(type) && !isBeforeAttributes(type));
}

function addConnection(lines: string[], connection: Connection | undefined): void {
  if (!connection) return;
  const { addressType, address, ttl } = connection;
  lines.push(`c=IN ${addressType} ${address}${ttl === undefined ? '' : `/${ttl}`}`);
}

function addBandwidths(lines: string[], bandwidths: readonly Bandwidth[]): void {
  for (const { type, value } of bandwidths) lines.push(`b=${type}:${value}`);
}

function addOthers(lines: string[], others: readonly Line[], isWanted: (type: string) => boolean): void {
  for (const { type, value } of others) if (isWanted(type)) lines.push(`${type}=${value}`);
}

function isBeforeConnection(type: string): boolean {
  return BEFORE_CONNECTION.includes(type);
}

function isBeforeAttributes(type: string): boolean {
  return BEFORE_ATTRIBUTES.includes(type);
}
