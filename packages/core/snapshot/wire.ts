import { FluxError, isErrorCode } from '../errors/flux-error.ts';
import type { StreamId } from '../stream/stream-id.ts';
import {
  PICTURE_FORMATS,
  type PictureFormat,
  SNAPSHOT_MODES,
  SNAPSHOT_PATHS,
  type Snapshot,
  type SnapshotMode,
  type SnapshotRequest,
} from './snapshot.ts';

/**
 * How flux-server asks a media node for a picture, by HTTP on a connection between the two: the request in the query,
 * what is known of the picture in headers, its file as the body. Both are of the same program.
 */
export const SNAPSHOT_PATH = 'snapshot';

const HEADER = 'x-flux-snapshot';

/** Path and query. */
export function snapshotTarget(streamId: StreamId, request: SnapshotRequest): string {
  const { mode, width, height, format, quality, maxAge, allowStale } = request;
  const query = new URLSearchParams({
    mode,
    format,
    quality: String(quality),
    max_age: String(maxAge),
    allow_stale: String(allowStale),
  });
  if (width !== undefined) query.set('width', String(width));
  if (height !== undefined) query.set('height', String(height));
  return `/${SNAPSHOT_PATH}/${streamId}?${query}`;
}

/** Throws `REQUEST_INVALID`. */
export function readSnapshotQuery(query: URLSearchParams): SnapshotRequest {
  const mode = query.get('mode');
  const format = query.get('format');
  if (!SNAPSHOT_MODES.includes(mode as SnapshotMode) || !PICTURE_FORMATS.includes(format as PictureFormat))
    throw new FluxError('REQUEST_INVALID', 'This is no request for a picture.');
  return {
    mode: mode as SnapshotMode,
    format: format as PictureFormat,
    width: numberOf(query, 'width'),
    height: numberOf(query, 'height'),
    quality: numberOf(query, 'quality') ?? 0,
    maxAge: numberOf(query, 'max_age') ?? 0,
    allowStale: query.get('allow_stale') === 'true',
  };
}

export function snapshotHeaders({ data: _, ...about }: Snapshot): Record<string, string> {
  return { [HEADER]: JSON.stringify(about) };
}

/** What the node answered. Throws the `FluxError` that it had instead. */
export function readSnapshotAnswer(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  data: Buffer,
): Snapshot {
  if (status !== 200) throw errorOf(data);
  try {
    const about = JSON.parse(String(headers[HEADER])) as Omit<Snapshot, 'data'>;
    if (SNAPSHOT_PATHS.includes(about.path)) return { ...about, data };
  } catch {
    // As for any other answer that is none.
  }
  throw new FluxError('UPSTREAM_FAILED', 'The media node answered what is no picture.');
}

function numberOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw new FluxError('REQUEST_INVALID', `${name} is not a number.`);
}

function errorOf(body: Buffer): FluxError {
  try {
    const { code, detail } = JSON.parse(body.toString('utf8')) as { code?: unknown; detail?: unknown };
    if (isErrorCode(code)) return new FluxError(code, String(detail));
  } catch {
    // As for any other answer that is none.
  }
  return new FluxError('UPSTREAM_FAILED', 'The media node answered what is no picture.');
}
