import type { Socket } from 'node:net';
import { FluxError, isErrorCode } from '../errors/flux-error.ts';
import { isStreamId } from '../stream/stream-id.ts';

/**
 * What a node says first on a connection to another, after both have proven themselves: whether it wants a stream or
 * will speak HTTP. The answer, for a stream, is `ok` or an error; the stream's frames follow. Both are JSON on a line.
 */
export type RelayRequest =
  | { readonly kind: 'stream'; readonly streamId: string; readonly node: string }
  | { readonly kind: 'http'; readonly node: string };

const MAX_LINE = 2048;
const NEWLINE = 10;

export function writeLine(socket: Socket, value: unknown): void {
  socket.write(`${JSON.stringify(value)}\n`);
}

export function parseRequest(line: string): RelayRequest {
  const { kind, streamId, node } = parseObject(line);
  if (typeof node === 'string') {
    if (kind === 'http') return { kind, node };
    if (kind === 'stream' && typeof streamId === 'string' && isStreamId(streamId))
      return { kind, streamId, node };
  }
  throw new FluxError('PROTOCOL_ERROR', 'A media node asked for something that does not exist.');
}

/** Throws what the other node answered instead of `ok`. */
export function checkAnswer(line: string): void {
  const { ok, code, message } = parseObject(line);
  if (ok === true) return;
  throw new FluxError(isErrorCode(code) ? code : 'UPSTREAM_FAILED', String(message ?? 'It refused.'));
}

function parseObject(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new FluxError('PROTOCOL_ERROR', 'A media node did not send JSON.');
}

/** The first line; what was read behind it is put back. Throws `TIMED_OUT`, `PROTOCOL_ERROR`, `UPSTREAM_FAILED`. */
export function readLine(socket: Socket, timeout: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let line = Buffer.alloc(0);
    const finish = (error: FluxError | undefined, text = '') => {
      clearTimeout(timer);
      socket.off('readable', onReadable);
      socket.off('close', onClose);
      if (error) reject(error);
      else resolve(text);
    };
    const onReadable = () => {
      for (let chunk = socket.read() as Buffer | null; chunk; chunk = socket.read() as Buffer | null) {
        const end = chunk.indexOf(NEWLINE);
        line = Buffer.concat([line, end === -1 ? chunk : chunk.subarray(0, end)]);
        if (line.length > MAX_LINE) return finish(new FluxError('PROTOCOL_ERROR', 'The line is too long.'));
        if (end === -1) continue;
        if (end + 1 < chunk.length) socket.unshift(chunk.subarray(end + 1));
        return finish(undefined, line.toString());
      }
    };
    const onClose = () => finish(new FluxError('UPSTREAM_FAILED', 'The media node closed the connection.'));
    const timer = setTimeout(
      () => finish(new FluxError('TIMED_OUT', 'The media node did not answer in time.')),
      timeout,
    );
    socket.on('readable', onReadable);
    socket.on('close', onClose);
    onReadable();
  });
}
