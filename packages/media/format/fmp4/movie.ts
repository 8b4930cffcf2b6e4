import type { Track } from '../../model/track.ts';
import { box, fullBox, u16, u32, u64 } from './box.ts';

/** Ticks a second of the movie's own durations: fine enough for the delays of tracks. Tracks have their own clocks. */
export const MOVIE_TIMESCALE = 90_000;

/** A track as the movie box describes it. */
export interface MovieTrack {
  /** In the file; counts from 1. */
  readonly id: number;
  readonly kind: Track['kind'];
  readonly timescale: number;
  /** In ticks of `timescale`; 0 for a movie of fragments, which says it nowhere. */
  readonly duration: number;
  readonly width: number;
  readonly height: number;
  /** Where in the track's own time the presentation begins (§8.6.6); 0 for none. */
  readonly mediaStart: number;
  /** How long after the beginning of the movie the track begins, in ticks of the movie. */
  readonly delay?: number;
  /** Sample entries, one or more. */
  readonly entries: readonly Buffer[];
  /** `stts`, `ctts`, `stss`, `stsc`, `stsz`, `co64`; none for a movie of fragments. */
  readonly tables?: readonly Buffer[];
}

const UNITY_MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
const NO_LANGUAGE = 0x55c4; // `und`

const EMPTY_TABLES = [
  fullBox('stts', 0, 0, u32(0)),
  fullBox('stsc', 0, 0, u32(0)),
  fullBox('stsz', 0, 0, u32(0, 0)),
  fullBox('stco', 0, 0, u32(0)),
];

export function fileType(): Buffer {
  return box('ftyp', Buffer.from('iso6'), u32(1), Buffer.from('isomiso6mp41'));
}

/** The movie box (ISO/IEC 14496-12 §8.2.1), of fragments where the tracks have no tables. */
export function movieBox(tracks: readonly MovieTrack[]): Buffer {
  const isFragmented = tracks.every(track => !track.tables);
  const durations = tracks.map(track => presentationDuration(track));
  const nextId = Math.max(0, ...tracks.map(track => track.id)) + 1;
  const header = fullBox(
    'mvhd',
    1,
    0,
    ...[u64(0), u64(0), u32(MOVIE_TIMESCALE), u64(Math.max(0, ...durations))],
    u32(0x10000),
    u16(0x0100, 0),
    u32(0, 0),
    UNITY_MATRIX,
    u32(0, 0, 0, 0, 0, 0, nextId),
  );
  const boxes = tracks.map((track, index) => trackBox(track, durations[index]!));
  if (isFragmented)
    boxes.push(box('mvex', ...tracks.map(({ id }) => fullBox('trex', 0, 0, u32(id, 1, 0, 0, 0)))));
  return box('moov', header, ...boxes);
}

/** In ticks of the movie. */
function presentationDuration({ duration, mediaStart, timescale, delay = 0 }: MovieTrack): number {
  if (duration === 0) return 0;
  return delay + Math.round(((duration - mediaStart) * MOVIE_TIMESCALE) / timescale);
}

function trackBox(track: MovieTrack, duration: number): Buffer {
  const { id, kind, timescale, width, height, entries } = track;
  const isVideo = kind === 'video';
  const header = fullBox(
    'tkhd',
    1,
    3, // enabled, in the movie
    ...[u64(0), u64(0), u32(id, 0), u64(duration)],
    u32(0, 0),
    u16(0, 0, isVideo ? 0 : 0x0100, 0),
    UNITY_MATRIX,
    u16(width, 0, height, 0),
  );
  const media = box(
    'mdia',
    fullBox('mdhd', 1, 0, u64(0), u64(0), u32(timescale), u64(track.duration), u16(NO_LANGUAGE, 0)),
    fullBox(
      'hdlr',
      0,
      0,
      u32(0),
      Buffer.from(isVideo ? 'vide' : 'soun'),
      u32(0, 0, 0),
      Buffer.from(isVideo ? 'Video\0' : 'Audio\0'),
    ),
    box(
      'minf',
      isVideo ? fullBox('vmhd', 0, 1, u16(0, 0, 0, 0)) : fullBox('smhd', 0, 0, u16(0, 0)),
      box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1))),
      box('stbl', fullBox('stsd', 0, 0, u32(entries.length), ...entries), ...(track.tables ?? EMPTY_TABLES)),
    ),
  );
  const edits = editList(track, duration);
  return edits ? box('trak', header, edits, media) : box('trak', header, media);
}

function editList({ mediaStart, delay = 0 }: MovieTrack, duration: number): Buffer | undefined {
  if (mediaStart === 0 && delay === 0) return undefined;
  const edits = [];
  // An empty edit has no media: -1 in 64 bits.
  if (delay > 0) edits.push(u64(delay), u32(0xffffffff, 0xffffffff, 0x10000));
  // In a movie of fragments the duration 0 means all there is (§8.6.6.1).
  edits.push(u64(Math.max(0, duration - delay)), u64(mediaStart), u32(0x10000));
  return box('edts', fullBox('elst', 1, 0, u32(delay > 0 ? 2 : 1), ...edits));
}
