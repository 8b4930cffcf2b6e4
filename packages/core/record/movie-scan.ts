import { BOX_HEADER_SIZE, MAX_BOX_HEADER_SIZE, readBoxHeader } from '@flux-iot/media/format/fmp4/box';
import {
  MAX_MOOF_SIZE,
  MAX_MOVIE_SIZE,
  parseFragment,
  parseMovie,
  type ReadTrack,
  type ReadTrackFragment,
} from '@flux-iot/media/format/fmp4/reader';
import { ParseError } from '@flux-iot/media/model/parse-error';

/** Reads bytes `start` up to `end` of a file; fewer where it is shorter. */
export type ReadBytes = (start: number, end: number) => Promise<Buffer>;

export interface ScannedFragment {
  /** Of the movie fragment box; the samples' offsets count from here. */
  readonly offset: number;
  /** With the media data. */
  readonly size: number;
  readonly tracks: readonly ReadTrackFragment[];
}

export interface MovieHead {
  readonly tracks: readonly ReadTrack[];
  /** Where the first fragment begins. */
  readonly size: number;
}

const MAX_BOXES_BEFORE = 16;

/** The head of a movie of fragments; undefined where the file does not hold it whole. Throws `ParseError`. */
export async function scanHead(read: ReadBytes): Promise<MovieHead | undefined> {
  let at = 0;
  for (let count = 0; count < MAX_BOXES_BEFORE; count++) {
    const header = readBoxHeader(await read(at, at + MAX_BOX_HEADER_SIZE), 0);
    if (!header) return undefined;
    if (header.size > MAX_MOVIE_SIZE || header.size === 0)
      throw new ParseError('not the head of a movie', at);
    if (header.type === 'moov') {
      const box = await read(at, at + header.size);
      if (box.length < header.size) return undefined;
      return { tracks: parseMovie(box.subarray(header.headerSize)), size: at + header.size };
    }
    at += header.size;
  }
  throw new ParseError('no movie box', at);
}

/** The fragment at `offset`; undefined where the file does not hold it whole. Throws `ParseError`. */
export async function scanFragment(
  read: ReadBytes,
  tracks: readonly ReadTrack[],
  offset: number,
  fileSize: number,
): Promise<ScannedFragment | undefined> {
  const header = readBoxHeader(await read(offset, offset + MAX_BOX_HEADER_SIZE), 0);
  if (!header) return undefined;
  if (header.type !== 'moof' || header.size > MAX_MOOF_SIZE)
    throw new ParseError('no movie fragment', offset);
  const end = offset + header.size;
  const box = await read(offset, end + BOX_HEADER_SIZE);
  if (box.length < header.size + BOX_HEADER_SIZE) return undefined;
  const data = readBoxHeader(box, header.size);
  if (data?.type !== 'mdat') throw new ParseError('fragment without its data', end);
  const size = header.size + data.size;
  if (offset + size > fileSize) return undefined;
  return { offset, size, tracks: parseFragment(box.subarray(0, header.size), tracks) };
}

/** All whole fragments from `offset` on; ends before what is cut off or is no fragment. */
export async function* scanFragments(
  read: ReadBytes,
  head: MovieHead,
  fileSize: number,
): AsyncGenerator<ScannedFragment> {
  for (let at = head.size; at < fileSize; ) {
    let fragment: ScannedFragment | undefined;
    try {
      fragment = await scanFragment(read, head.tracks, at, fileSize);
    } catch (cause) {
      if (!(cause instanceof ParseError)) throw cause;
    }
    if (!fragment) return;
    yield fragment;
    at += fragment.size;
  }
}

/** In seconds of the file: when the fragment's first sample is decoded and its last one ends, and whether it is a start. */
export function fragmentTimes(
  { tracks: fragments }: ScannedFragment,
  tracks: readonly ReadTrack[],
): { start: number; end: number; key: boolean } {
  let start = Number.POSITIVE_INFINITY;
  let end = 0;
  let key = true;
  for (const { trackId, samples } of fragments) {
    const track = tracks.find(({ id }) => id === trackId);
    const first = samples[0];
    const last = samples.at(-1);
    if (!track || !first || !last) continue;
    start = Math.min(start, first.dts / track.timescale);
    end = Math.max(end, (last.dts + last.duration) / track.timescale);
    if (track.kind === 'video') key = first.key;
  }
  return { start: Number.isFinite(start) ? start : end, end, key };
}

/** Seconds of the file at which the track that drives it begins: the picture, or else the sound. */
export function driverStart(first: ScannedFragment, tracks: readonly ReadTrack[]): number {
  const driver = tracks.find(({ kind }) => kind === 'video') ?? tracks[0];
  const sample = first.tracks.find(({ trackId }) => trackId === driver?.id)?.samples[0];
  return driver && sample ? sample.dts / driver.timescale : fragmentTimes(first, tracks).start;
}
