import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { Reload } from './playlist-window.ts';

const NUMBER = /^\d{1,15}$/;

/**
 * What a client wants of a playlist, `_HLS_msn` and `_HLS_part` (draft 8216bis §6.2.5.2). Throws `REQUEST_INVALID`.
 */
export function reloadOf(query: URLSearchParams): Reload {
  const sequence = numberOf(query, '_HLS_msn');
  const part = numberOf(query, '_HLS_part');
  if (part !== undefined && sequence === undefined) {
    throw new FluxError('REQUEST_INVALID', '_HLS_part says nothing without _HLS_msn.');
  }
  return { sequence, part };
}

/** `_HLS_skip`: the client has the playlist, and asks for what has changed (§6.2.5.1). */
export function wantsUpdate(query: URLSearchParams): boolean {
  const value = query.get('_HLS_skip');
  return value === 'YES' || value === 'v2';
}

function numberOf(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  if (!NUMBER.test(value)) throw new FluxError('REQUEST_INVALID', `${name} is not a number.`);
  return Number(value);
}
