import { moveFragments } from '@flux-iot/media/format/fmp4/rebase';
import { formatMediaPlaylist, type PlaylistSegment } from '@flux-iot/media/format/m3u8/playlist';
import { fragmentsWithin, wallClock } from './export.ts';
import type { FragmentEntry } from './manifest.ts';
import { driverTime, headOf, type RecordedFile } from './recorded-file.ts';
import type { Recording } from './recording.ts';

/** Seconds of a segment, at least: it ends with the fragment before the next key frame. */
const SEGMENT_SECONDS = 4;
/** 200 Mbit/s over ten seconds. */
const MAX_SEGMENT_BYTES = 256 * 1024 * 1024;
/** Seconds between fragments that are a hole, not rounding. */
const HOLE = 0.5;

/**
 * An HLS playlist of the recordings from `from` up to `to` (milliseconds since 1970): its segments are
 * fragments of the recorded files, on the stream's own time, so that one file goes on from another. `uriOf`: the address
 * of what belongs to a recording, relative to the playlist's. Undefined where there is nothing.
 */
export function vodPlaylist(
  files: readonly RecordedFile[],
  from: number,
  to: number,
  uriOf: (recording: Recording, name: string) => string,
): string | undefined {
  const segments = files.flatMap((file, index) => {
    const goesOn = continues(files[index - 1]?.recording, file.recording);
    return segmentsOf(file, fragmentsWithin(file, from, to), name => uriOf(file.recording, name), !goesOn);
  });
  if (segments.length === 0) return undefined;
  // A file that grows may get more segments, as long as more is asked for than there is.
  const isGrowing = files.some(({ recording }) => recording.state === 'recording') && to > Date.now();
  return formatMediaPlaylist({
    targetDuration: Math.ceil(Math.max(...segments.map(({ duration }) => duration))),
    mediaSequence: 0,
    discontinuitySequence: 0,
    independentSegments: true,
    canBlockReload: false,
    ended: !isGrowing,
    type: isGrowing ? 'EVENT' : 'VOD',
    segments: segments.map((segment, index) =>
      index === 0 ? { ...segment, discontinuity: false } : segment,
    ),
  });
}

/** Whether a file's times and content go on from the one before. */
function continues(before: Recording | undefined, { session, tracks }: Recording): boolean {
  return before?.session === session && JSON.stringify(before.tracks) === JSON.stringify(tracks);
}

function segmentsOf(
  { recording }: RecordedFile,
  fragments: readonly FragmentEntry[],
  uriOf: (name: string) => string,
  isBreak: boolean,
): PlaylistSegment[] {
  const segments: PlaylistSegment[] = [];
  let group: FragmentEntry[] = [];
  let discontinuity = isBreak;
  const finish = (end: number) => {
    const [first] = group;
    const last = group.at(-1);
    if (!first || !last) return;
    segments.push({
      uri: uriOf(segmentName(first.offset, last.offset + last.size)),
      duration: Math.max(0.001, end - first.start),
      programDateTime: Math.round(wallClock(recording, first.start)),
      discontinuity,
      map: { uri: uriOf('init.mp4') },
    });
    discontinuity = false;
    group = [];
  };
  for (const fragment of fragments) {
    const [first] = group;
    const last = group.at(-1);
    if (first && last) {
      const isHole = fragment.start - last.end > HOLE;
      if (isHole) finish(last.end);
      else if (fragment.key && fragment.start - first.start >= SEGMENT_SECONDS) finish(fragment.start);
      discontinuity ||= isHole;
    }
    group.push(fragment);
  }
  // The last group of a file that grows may lack its end.
  if (recording.state === 'finished') finish(group.at(-1)?.end ?? 0);
  return segments;
}

/** By the bytes of the file. */
function segmentName(start: number, end: number): string {
  return `segment-${start}-${end}.m4s`;
}

/**
 * The bytes `start` up to `end` of a file, which are to be whole fragments of it, on the stream's own time. Undefined
 * where they are not.
 */
export async function vodSegment(
  file: RecordedFile,
  start: number,
  end: number,
): Promise<Buffer | undefined> {
  const { fragments, recording } = file;
  const isWhole =
    fragments.some(({ offset }) => offset === start) &&
    fragments.some(({ offset, size }) => offset + size === end);
  if (!isWhole || end <= start || end - start > MAX_SEGMENT_BYTES) return undefined;
  const head = await headOf(file);
  const segment = Buffer.from(await file.read(start, end));
  moveFragments(segment, head.tracks, recording.startTime - (await driverTime(file, head)));
  return segment;
}
