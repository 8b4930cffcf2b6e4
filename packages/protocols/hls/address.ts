import { isStreamId, type StreamId, streamIdOf } from '@flux-iot/core/stream/stream-id';
import { OWN_PATHS } from '../http/own-paths.ts';
import type { SegmentExtension } from './segment-format.ts';

/** What a path names. */
export type HlsAddress = PlaylistAddress | MediaAddress;

export interface PlaylistAddress {
  readonly kind: 'playlist' | 'master';
  readonly streamId: StreamId;
  /** What stands for the stream in the path. */
  readonly name: string;
  /** Leads from the playlist's own address to its segments. */
  readonly prefix: string;
}

/** A segment, a part of one, or what a decoder needs before them. */
export interface MediaAddress {
  readonly kind: 'segment' | 'part' | 'init';
  readonly streamId: StreamId;
  readonly number: number;
  readonly extension: SegmentExtension;
}

const MEDIA =
  /^(?:(?<kind>segment|part)_(?<number>\d{1,15})\.(?<extension>ts|m4s)|init_(?<init>\d{1,15})\.mp4)$/;
const LEADING_ZERO = /_0\d/;
const PLAYLIST_SUFFIX = '.m3u8';

/** The name of a segment's file beside its playlist. */
export function segmentName(sequence: number, extension: SegmentExtension): string {
  return `segment_${sequence}.${extension}`;
}

/** Parts are of MP4 segments alone. */
export function partName(number: number): string {
  return `part_${number}.m4s`;
}

export function initName(number: number): string {
  return `init_${number}.mp4`;
}

/**
 * What a path names: `/hls/{id}/index.m3u8`, `…/master.m3u8`, `…/segment_{n}.ts` (or `.m4s`), `…/part_{n}.m4s` and
 * `…/init_{n}.mp4`, and the forms known from other servers, `/{app}/{name}.m3u8` and the same files under
 * `/{app}/{name}/`. Undefined for a path of another kind; throws `STREAM_ID_INVALID`.
 */
export function hlsAddress(path: readonly string[]): HlsAddress | undefined {
  const [first, second, file] = path;
  if (first === undefined || second === undefined || path.length > 3) return undefined;
  if (file === undefined) {
    if (OWN_PATHS.has(first) || !second.endsWith(PLAYLIST_SUFFIX)) return undefined;
    const name = second.slice(0, -PLAYLIST_SUFFIX.length);
    const prefix = `${encodeURIComponent(name)}/`;
    return { kind: 'playlist', streamId: streamIdOf(first, name), name, prefix };
  }
  const media = mediaFile(file);
  if (!media && file !== 'index.m3u8' && file !== 'master.m3u8') return undefined;
  if (first === 'hls' ? !isStreamId(second) : OWN_PATHS.has(first)) return undefined;
  const streamId = first === 'hls' ? second : streamIdOf(first, second);
  if (media) return { ...media, streamId };
  return { kind: file === 'master.m3u8' ? 'master' : 'playlist', streamId, name: second, prefix: '' };
}

function mediaFile(file: string): Omit<MediaAddress, 'streamId'> | undefined {
  const groups = LEADING_ZERO.test(file) ? undefined : MEDIA.exec(file)?.groups;
  if (!groups) return undefined;
  const { kind, number, extension, init } = groups;
  if (init !== undefined) return { kind: 'init', number: Number(init), extension: 'm4s' };
  return {
    kind: kind === 'part' ? 'part' : 'segment',
    number: Number(number),
    extension: extension === 'm4s' ? 'm4s' : 'ts',
  };
}
