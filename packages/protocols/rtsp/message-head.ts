import { ParseError } from '@flux-iot/media/model/parse-error';
import type { HeaderFields, RtspMessage } from './message.ts';

type WithoutFields<Message> = Message extends RtspMessage ? Omit<Message, 'headers' | 'body'> : never;

/** A message's first line, taken apart. */
export type StartLine = WithoutFields<RtspMessage>;

const STATUS_LINE = /^RTSP\/(\d\.\d)[ \t]+(\d{3})(?:[ \t](.*))?$/;
const METHOD = /^[A-Z][A-Z_-]{0,31}$/;
const VERSION = /^\d\.\d$/;
const VERSION_MARK = ' RTSP/';
/** A start line of which only the beginning has come. */
const BEGINNING = /^[A-Z][A-Z_-]{0,31}(?: |$)|^RTSP\//;
/** So much is looked at: if a frame stands there, its header has bytes that no line has. */
const BEGINNING_SIZE = 64;
const BLANK = 0x20;
const TAB = 0x09;
const CR = 0x0d;
const LF = 0x0a;
/** Of a start line, line end included; there are tokens in the queries of URLs. */
export const MAX_START_LINE = 4096;

/**
 * `line` may still have the carriage return at its end. Undefined where it is no start line (RFC 2326 §6.1, §7.1).
 * Some cameras leave the reason phrase out.
 */
export function parseStartLine(line: string): StartLine | undefined {
  const text = line.trimEnd();
  const status = STATUS_LINE.exec(text);
  if (status) {
    const [, version = '', code, reason = ''] = status;
    return { kind: 'response', version, status: Number(code), reason: reason.trim() };
  }
  const methodEnd = text.indexOf(' ');
  const uriEnd = text.lastIndexOf(VERSION_MARK);
  if (uriEnd <= methodEnd) return undefined;
  const method = text.slice(0, methodEnd);
  const uri = text.slice(methodEnd, uriEnd).trim();
  const version = text.slice(uriEnd + VERSION_MARK.length);
  if (!METHOD.test(method) || uri === '' || !VERSION.test(version)) return undefined;
  return { kind: 'request', version, method, uri };
}

/** Whether what stands at `start`, of which more may be to come, can be a start line. */
export function mayBeginStartLine(data: Buffer, start: number, end = data.length): boolean {
  const last = Math.min(end, start + BEGINNING_SIZE);
  let at = start;
  while (at < last && data[at] !== LF) {
    const byte = data[at]!;
    if (byte < BLANK && byte !== TAB && byte !== CR) return false;
    at++;
  }
  return BEGINNING.test(data.toString('latin1', start, at));
}

/** Adds one line to the fields. A line that is no header is left out: some cameras send such. */
export function readHeaderLine(headers: HeaderFields, line: string): void {
  if (line.startsWith(' ') || line.startsWith('\t')) {
    headers.continue(line.trim());
    return;
  }
  const colon = line.indexOf(':');
  if (colon <= 0) return;
  headers.append(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
}

/** How long the body is (§12.14). Throws `ParseError` above `max`; a length that is no number counts as none. */
export function bodySize(headers: HeaderFields, max: number): number {
  const size = Number(/^\d+/.exec(headers.get('Content-Length') ?? '')?.[0] ?? 0);
  if (size > max) throw new ParseError(`body of ${size} bytes, ${max} are the most`);
  return size;
}
