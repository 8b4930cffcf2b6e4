import { FluxError } from '../errors/flux-error.ts';

const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const DEFAULT_APP = 'live';

/** `cam1` in the app `live`, `acme~cam1` elsewhere: one URL segment that is safe in any path (DESIGN §8). */
export type StreamId = string;

export function isStreamId(value: string): boolean {
  const tilde = value.indexOf('~');
  if (tilde === -1) return SEGMENT.test(value);
  const app = value.slice(0, tilde);
  return app !== DEFAULT_APP && SEGMENT.test(app) && SEGMENT.test(value.slice(tilde + 1));
}

/** Throws `STREAM_ID_INVALID` for anything that is not a stream id. */
export function parseStreamId(value: string): StreamId {
  if (isStreamId(value)) return value;
  throw new FluxError(
    'STREAM_ID_INVALID',
    'A stream id begins with a letter or digit and holds at most 128 letters, digits, ".", "_" or "-", with "app~" before it outside the app "live".',
    { context: { streamId: value.slice(0, 160) } },
  );
}

/** `live`, `cam1` → `cam1`; `acme`, `cam1` → `acme~cam1`. Throws `STREAM_ID_INVALID`. */
export function streamIdOf(app: string, name: string): StreamId {
  if (!SEGMENT.test(name) || !SEGMENT.test(app)) parseStreamId(`${app}~${name}`);
  return app === DEFAULT_APP ? name : `${app}~${name}`;
}

/** The inverse of `streamIdOf`, for building addresses. */
export function appAndName(streamId: StreamId): { app: string; name: string } {
  const tilde = streamId.indexOf('~');
  if (tilde === -1) return { app: DEFAULT_APP, name: streamId };
  return { app: streamId.slice(0, tilde), name: streamId.slice(tilde + 1) };
}
