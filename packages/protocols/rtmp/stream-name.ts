import { parseStreamId, type StreamId, streamIdOf } from '@flux-iot/core/stream/stream-id';

export interface StreamAddress {
  readonly streamId: StreamId;
  readonly token: string | undefined;
}

/**
 * The stream that the app of `connect` and the name of `publish` or `play` mean together, and the token in a query of
 * either or of the `tcUrl`. Clients cut an address at different slashes: `rtmp://host/acme/cam1` may come as app
 * `acme` and name `cam1`, or as app `acme/cam1` and no name. Throws `STREAM_ID_INVALID`.
 */
export function streamAddress(app: string, name: string, tcUrl = ''): StreamAddress {
  const [appPath, appQuery] = splitQuery(app);
  const [namePath, nameQuery] = splitQuery(name);
  const [, tcUrlQuery] = splitQuery(tcUrl);
  // Some players mark the container: "mp4:name", "flv:name"; some servers' addresses name a virtual host.
  const path = `${appPath.replace(/\.\.\.vhost\.\.\..*$/, '')}/${namePath.replace(/^(?:flv|mp4|mp3):/, '')}`;
  const segments = path.split('/').filter(segment => segment !== '' && segment !== '_definst_');
  const [first = '', ...rest] = segments.map(decodeSegment);
  const token = [nameQuery, appQuery, tcUrlQuery].map(tokenOf).find(found => found !== null);
  return { streamId: streamIdOf(first, rest.join('/')), token: token ?? undefined };
}

function splitQuery(text: string): [string, string] {
  const question = text.indexOf('?');
  return question === -1 ? [text, ''] : [text.slice(0, question), text.slice(question + 1)];
}

function tokenOf(query: string): string | null {
  return new URLSearchParams(query).get('token');
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Throws: no id has a percent sign.
    return parseStreamId(segment);
  }
}
