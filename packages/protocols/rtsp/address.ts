import { parseStreamId, type StreamId, streamIdOf } from '@flux-iot/core/stream/stream-id';

/** What a request's URL names on this server. */
export interface StreamAddress {
  readonly streamId: StreamId;
  readonly token: string | undefined;
}

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i;
const TRACK = /\/trackID=(\d{1,9})\/?(?=\?|$)/i;

/**
 * The stream of `rtsp://host/{app}/{name}`: `name` in the app `live`, `app~name` elsewhere; a token may be in the query.
 * Throws `STREAM_ID_INVALID`.
 */
export function streamAddress(url: string): StreamAddress {
  const { path, query } = splitQuery(presentationOf(url));
  const segments = path.replace(ORIGIN, '').split('/').filter(Boolean).map(decodeSegment);
  const [app = '', ...name] = segments;
  const token = new URLSearchParams(query.slice(1)).get('token');
  return { streamId: streamIdOf(app, name.join('/')), token: token ?? undefined };
}

/**
 * The URL of a track: in the path, so that a token goes along behind it, however a client would join the two
 * (`controlUrls`).
 */
export function trackUrl(presentation: string, trackId: number): string {
  const { path, query } = splitQuery(presentation);
  return `${path}/trackID=${trackId}${query}`;
}

/** Which track a URL of `trackUrl`, or one that a client put together itself, names; undefined where none. */
export function trackIdOf(url: string): number | undefined {
  const digits = TRACK.exec(url)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The URL without the name of a track and without a slash at the end of its path. */
export function presentationOf(url: string): string {
  const { path, query } = splitQuery(url.replace(TRACK, ''));
  return path.replace(/\/+$/, '') + query;
}

function splitQuery(url: string): { readonly path: string; readonly query: string } {
  const question = url.indexOf('?');
  return question === -1
    ? { path: url, query: '' }
    : { path: url.slice(0, question), query: url.slice(question) };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Throws: no id has a percent sign.
    return parseStreamId(segment);
  }
}
