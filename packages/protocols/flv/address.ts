import { isStreamId, type StreamId, streamIdOf } from '@flux-iot/core/stream/stream-id';
import { OWN_PATHS } from '../http/own-paths.ts';

const SUFFIX = /(?:\.live)?\.flv$/;

/**
 * The stream that a path names: `/flv/{id}.flv`, and the forms known from other servers, `/{app}/{name}.flv` and
 * `/{app}/{name}.live.flv`. Undefined for a path of another kind; throws `STREAM_ID_INVALID`.
 */
export function streamIdOfPath(path: readonly string[]): StreamId | undefined {
  const [first, file] = path;
  if (path.length !== 2 || first === undefined || file === undefined || !SUFFIX.test(file)) return undefined;
  if (first === 'flv') {
    // A stream's own name may end in ".live".
    const whole = file.slice(0, -'.flv'.length);
    return isStreamId(whole) ? whole : undefined;
  }
  return OWN_PATHS.has(first) ? undefined : streamIdOf(first, file.replace(SUFFIX, ''));
}
