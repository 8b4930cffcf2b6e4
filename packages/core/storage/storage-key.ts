import { FluxError } from '../errors/flux-error.ts';

/** Of a stream id's letters (DESIGN §8); the first one keeps out `.`, `..` and hidden files. */
const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,259}$/;
const MAX_SEGMENTS = 16;

/** The segments of a storage key. Throws `STORAGE_FAILED` for a key that is not a relative path of safe segments. */
export function storageKeySegments(key: string): string[] {
  const segments = key.split('/', MAX_SEGMENTS + 1);
  if (segments.length > MAX_SEGMENTS || !segments.every(segment => SEGMENT.test(segment))) {
    throw new FluxError('STORAGE_FAILED', 'A storage key is a relative path of letters, digits and "._~-".', {
      context: { key: key.slice(0, 200) },
    });
  }
  return segments;
}
