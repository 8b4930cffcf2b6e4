import type { ByteRange } from './media-storage.ts';

const RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/;

/**
 * The bytes that a `Range` header asks for (RFC 9110 §14), `start` up to `end`; undefined for none, or one that may be
 * ignored: several at once, or of another form or unit.
 */
export function rangeOf(
  header: string | undefined,
  length: number,
): Required<ByteRange> | 'unsatisfiable' | undefined {
  const match = header === undefined ? undefined : RANGE.exec(header.trim());
  if (!match) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '') {
    if (last === '') return undefined;
    const count = Math.min(Number(last), length);
    return count === 0 ? 'unsatisfiable' : { start: length - count, end: length };
  }
  const start = Number(first);
  const end = last === '' ? length : Math.min(Number(last) + 1, length);
  if (last !== '' && Number(last) < start) return undefined;
  return start >= length ? 'unsatisfiable' : { start, end };
}
