import { formatMediaPlaylist, type PlaylistSegment } from '@flux-iot/media/format/m3u8/playlist';
import { fragmentsWithin, wallClock } from './export.ts';
import type { FragmentEntry } from './manifest.ts';
import type { RecordedFile } from './recorded-file.ts';

/** Seconds of a segment, at least: it ends with the fragment before the next key frame. */
const SEGMENT_SECONDS = 4;
/** Seconds between fragments that are a hole, not rounding. */
const HOLE = 0.5;

/**
 * An HLS playlist of the recordings from `from` up to `to` (milliseconds since 1970): its segments are ranges of the
 * recorded files. `uriOf`: a file's address, relative to the playlist's. Undefined where there is nothing.
 */
export function vodPlaylist(
  files: readonly RecordedFile[],
  from: number,
  to: number,
  uriOf: (file: RecordedFile) => string,
): string | undefined {
  const segments = files.flatMap(file => {
    const uri = uriOf(file);
    return segmentsOf(file, fragmentsWithin(file, from, to), uri);
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

function segmentsOf(file: RecordedFile, fragments: readonly FragmentEntry[], uri: string): PlaylistSegment[] {
  const { recording, headSize } = file;
  const segments: PlaylistSegment[] = [];
  let group: FragmentEntry[] = [];
  let discontinuity = true;
  const finish = (end: number) => {
    const [first] = group;
    const last = group.at(-1);
    if (!first || !last) return;
    segments.push({
      uri,
      duration: Math.max(0.001, end - first.start),
      programDateTime: Math.round(wallClock(recording, first.start)),
      discontinuity,
      byteRange: { offset: first.offset, length: last.offset + last.size - first.offset },
      map: { uri, byteRange: { offset: 0, length: headSize } },
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
