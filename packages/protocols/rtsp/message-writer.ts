import type { HeaderFields, RtspRequest, RtspResponse } from './message.ts';
import { DOLLAR, INTERLEAVED_HEADER_SIZE, reasonOf } from './message.ts';

export function writeRequest(request: Omit<RtspRequest, 'kind'>): Buffer {
  return write(`${request.method} ${request.uri} RTSP/${request.version}`, request.headers, request.body);
}

export function writeResponse(response: Omit<RtspResponse, 'kind'>): Buffer {
  const reason = response.reason === '' ? reasonOf(response.status) : response.reason;
  return write(`RTSP/${response.version} ${response.status} ${reason}`, response.headers, response.body);
}

/** One interleaved frame with a copy of the payload (RFC 2326 §10.12). */
export function writeInterleaved(channel: number, payload: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(INTERLEAVED_HEADER_SIZE + payload.length);
  frame[0] = DOLLAR;
  frame[1] = channel;
  frame.writeUInt16BE(payload.length, 2);
  frame.set(payload, INTERLEAVED_HEADER_SIZE);
  return frame;
}

/** The length of the body is said here and nowhere else. */
function write(startLine: string, headers: HeaderFields, body: Buffer): Buffer {
  let text = `${line(startLine)}\r\n`;
  for (const [name, value] of headers) text += `${line(name)}: ${line(value)}\r\n`;
  if (body.length > 0) text += `Content-Length: ${body.length}\r\n`;
  const head = Buffer.from(`${text}\r\n`, 'latin1');
  return body.length === 0 ? head : Buffer.concat([head, body]);
}

/** Much of what is sent was said by somebody else: it may not begin a line of its own. */
function line(text: string): string {
  return text.replace(/[\r\n\0]+/g, ' ');
}
