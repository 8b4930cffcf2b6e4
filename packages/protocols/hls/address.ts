import { isStreamId, type StreamId, streamIdOf } from '@flux-iot/core/stream/stream-id';

/** What a path names. `prefix` leads from the playlist's own address to its segments. */
export type HlsAddress =
  | { readonly kind: 'playlist'; readonly streamId: StreamId; readonly prefix: string }
  | { readonly kind: 'master'; readonly streamId: StreamId }
  | { readonly kind: 'segment'; readonly streamId: StreamId; readonly sequence: number };

const SEGMENT = /^segment_(0|[1-9][0-9]{0,14})\.ts$/;
const PLAYLIST_SUFFIX = '.m3u8';
/** First segments that are not apps: the product's own paths. */
const RESERVED = new Set(['flv', 'hls', 'api']);

/** The name of a segment's file beside its playlist. */
export function segmentName(sequence: number): string {
  return `segment_${sequence}.ts`;
}

/**
 * What a path names: `/hls/{id}/index.m3u8`, `…/master.m3u8` and `…/segment_{n}.ts`, and the forms known from other
 * servers, `/{app}/{name}.m3u8` and the same files under `/{app}/{name}/`. Undefined for a path of another kind;
 * throws `STREAM_ID_INVALID`.
 */
export function hlsAddress(path: readonly string[]): HlsAddress | undefined {
  const [first, second, file] = path;
  if (first === undefined || second === undefined || path.length > 3) return undefined;
  if (file === undefined) {
    if (RESERVED.has(first) || !second.endsWith(PLAYLIST_SUFFIX)) return undefined;
    const name = second.slice(0, -PLAYLIST_SUFFIX.length);
    return { kind: 'playlist', streamId: streamIdOf(first, name), prefix: `${encodeURIComponent(name)}/` };
  }
  const segment = SEGMENT.exec(file);
  if (!segment && file !== 'index.m3u8' && file !== 'master.m3u8') return undefined;
  if (first === 'hls' ? !isStreamId(second) : RESERVED.has(first)) return undefined;
  const streamId = first === 'hls' ? second : streamIdOf(first, second);
  if (segment) return { kind: 'segment', streamId, sequence: Number(segment[1]) };
  return file === 'master.m3u8' ? { kind: 'master', streamId } : { kind: 'playlist', streamId, prefix: '' };
}
