import type { Quirks } from '../camera/quirks.ts';
import { DEFAULT_SESSION_TIMEOUT } from './headers/session.ts';

const MIN_INTERVAL = 1000;
const MAX_INTERVAL = 30_000;

/**
 * The request that keeps a session alive, as ffmpeg, GStreamer and VLC choose it too: GET_PARAMETER without a body is a
 * ping by RFC 2326 §10.8, OPTIONS is what all understand. Undefined: none is to be sent.
 */
export function keepAliveMethod(
  quirks: Pick<Quirks, 'keep_alive'>,
  publicMethods: ReadonlySet<string>,
): 'GET_PARAMETER' | 'OPTIONS' | 'SET_PARAMETER' | undefined {
  if (quirks.keep_alive === 'none') return undefined;
  if (quirks.keep_alive !== 'auto') return quirks.keep_alive;
  return publicMethods.has('GET_PARAMETER') ? 'GET_PARAMETER' : 'OPTIONS';
}

/**
 * How often, in milliseconds: twice in the time that the camera waits, which may be as little as eight seconds.
 * `timeout` is what its Session header says, in seconds.
 */
export function keepAliveInterval(
  quirks: Pick<Quirks, 'session_timeout'>,
  timeout: number | undefined,
): number {
  const seconds = quirks.session_timeout || timeout || DEFAULT_SESSION_TIMEOUT;
  return Math.min(MAX_INTERVAL, Math.max(MIN_INTERVAL, seconds * 500));
}
