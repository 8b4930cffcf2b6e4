import type { ServerResponse } from 'node:http';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { rangeOf } from '@flux-iot/core/storage/byte-range';
import type { MediaRequest } from '../http/media-server.ts';

/** A client that takes nothing for this long is disconnected. */
const STALL_TIMEOUT = 30_000;

const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl';

export function sendPlaylist({ method }: MediaRequest, response: ServerResponse, text: Buffer): void {
  response.writeHead(200, {
    'Content-Type': PLAYLIST_TYPE,
    'Content-Length': text.length,
    'Cache-Control': 'no-cache',
  });
  response.end(method === 'HEAD' ? undefined : text);
}

/** How media is sent: its type, and for how many seconds whoever passes it on may keep it. */
export interface MediaHeaders {
  readonly type: string;
  readonly maxAge: number;
}

/**
 * Answers with a segment or a part, or with the range of it that was asked for (RFC 9110 §14). Returns how many bytes were
 * sent. Throws `RANGE_INVALID`.
 */
export function sendMedia(
  request: MediaRequest,
  response: ServerResponse,
  data: Buffer,
  { type, maxAge }: MediaHeaders,
): number {
  const range = rangeOf(request.message.headers.range, data.length);
  response.setHeader('Accept-Ranges', 'bytes');
  if (range === 'unsatisfiable') {
    response.setHeader('Content-Range', `bytes */${data.length}`);
    throw new FluxError('RANGE_INVALID', `The segment has ${data.length} bytes.`);
  }
  const body = range ? data.subarray(range.start, range.end) : data;
  if (range) response.setHeader('Content-Range', `bytes ${range.start}-${range.end - 1}/${data.length}`);
  response.writeHead(range ? 206 : 200, {
    'Content-Type': type,
    'Content-Length': body.length,
    'Cache-Control': `max-age=${maxAge}, immutable`,
  });
  if (request.method === 'HEAD') {
    response.end();
    return 0;
  }
  request.message.socket.setTimeout(STALL_TIMEOUT);
  response.end(body);
  return body.length;
}
