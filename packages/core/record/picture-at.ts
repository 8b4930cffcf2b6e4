import type { ReadSample, ReadTrack } from '@flux-iot/media/format/fmp4/reader';
import { videoTrackOf } from '@flux-iot/media/format/fmp4/track-entry';
import { ParseError } from '@flux-iot/media/model/parse-error';
import { VideoSample } from '@flux-iot/media/model/sample';
import type { VideoTrack } from '@flux-iot/media/model/track';
import { FluxError } from '../errors/flux-error.ts';
import { type CodedPicture, codedUnit, decoderPrefix } from '../snapshot/coded-picture.ts';
import type { Extent } from '../snapshot/picture-collector.ts';
import { wallClock } from './export.ts';
import type { FragmentEntry } from './manifest.ts';
import type { MovieHead } from './movie-scan.ts';
import { driverTime, fragmentsOf, headOf, type RecordedFile } from './recorded-file.ts';

/** Seconds between fragments that are rounding, not a hole. */
const TOLERANCE = 0.5;
/** Frames from a key frame on that are read for one picture, and their bytes: key frames can be hours apart. */
const MAX_UNITS = 6000;
const MAX_BYTES = 128 * 1024 * 1024;

/** A sample and where it is in the file; times in seconds of the file. */
interface Located {
  readonly sample: ReadSample;
  readonly at: number;
  readonly pts: number;
}

/**
 * The picture that was to be seen at `time` (milliseconds since 1970): the key frame at or before it, or exactly the
 * frame, with all from its key frame on. Throws `RECORDING_NOT_FOUND` where nothing was recorded then,
 * `CODEC_UNSUPPORTED` for a recording without a picture, `PICTURE_UNDECODABLE` where that would be too much to decode.
 */
export async function pictureAt(
  files: readonly RecordedFile[],
  time: number,
  extent: Extent,
): Promise<CodedPicture> {
  for (const file of files) {
    const index = fragmentAt(file, time);
    if (index !== undefined) return pictureOf(file, index, time, extent);
  }
  throw new FluxError(
    'RECORDING_NOT_FOUND',
    'Nothing was recorded at this time of which a picture can be made.',
  );
}

/** The fragment that has this time. */
function fragmentAt({ recording, fragments }: RecordedFile, time: number): number | undefined {
  const index = fragments.findLastIndex(({ start }) => wallClock(recording, start) <= time);
  const found = fragments[index];
  return found && wallClock(recording, found.end + TOLERANCE) >= time ? index : undefined;
}

async function pictureOf(
  file: RecordedFile,
  index: number,
  time: number,
  extent: Extent,
): Promise<CodedPicture> {
  const { recording, fragments } = file;
  const head = await headOf(file);
  const [source, track] = pictureTrack(head);
  let first = index;
  while (first > 0 && !fragments[first]?.key) first--;
  // In seconds of the file.
  const shift = recording.startTime - (await driverTime(file, head));
  const wanted = (time - recording.startedAt) / 1000 + recording.startTime - shift;
  // Frames that are shown before `wanted` may be decoded a little after it.
  const located = await locate(file, head, source, fragments.slice(first, index + 2));
  const delay = located[0] ? located[0].pts - located[0].sample.dts / source.timescale : 0;
  const shown = located.filter(({ pts }) => pts - delay <= wanted);
  // A time before the first frame of the file, by rounding.
  const candidates = shown.length > 0 ? shown : located.slice(0, 1);
  const key = candidates.findLast(({ sample }) => sample.key);
  const last = extent === 'keyframe' ? key : latest(candidates, key);
  if (!key || !last) {
    throw new FluxError('RECORDING_NOT_FOUND', 'The recording has no key frame before this time.');
  }
  const needed = located.slice(located.indexOf(key), located.indexOf(last) + 1);
  return {
    codec: track.codec,
    width: track.width,
    height: track.height,
    units: await readUnits(file, track, needed),
    takenAt: Math.round(wallClock(recording, last.pts - delay + shift)),
    isLastWanted: true,
  };
}

/** Of those decoded from the key frame on, the one that is shown last. */
function latest(candidates: readonly Located[], key: Located | undefined): Located | undefined {
  if (!key) return undefined;
  return candidates
    .slice(candidates.indexOf(key))
    .reduce((newest, located) => (located.pts > newest.pts ? located : newest), key);
}

function pictureTrack({ tracks }: MovieHead): [ReadTrack, VideoTrack] {
  const source = tracks.find(({ kind }) => kind === 'video');
  if (!source) throw new FluxError('CODEC_UNSUPPORTED', 'The recording has no picture.');
  try {
    const track = videoTrackOf(source);
    if (track) return [source, track];
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
  }
  throw new FluxError('PICTURE_UNDECODABLE', 'The picture of the recording cannot be read.');
}

async function locate(
  file: RecordedFile,
  head: MovieHead,
  { id, timescale }: ReadTrack,
  fragments: readonly FragmentEntry[],
): Promise<Located[]> {
  const located: Located[] = [];
  for await (const { offset, tracks } of fragmentsOf(file, head, fragments)) {
    for (const { trackId, samples } of tracks) {
      if (trackId !== id) continue;
      for (const sample of samples) {
        const pts = (sample.dts + sample.compositionOffset) / timescale;
        located.push({ sample, at: offset + sample.offset, pts });
      }
    }
    if (located.length > MAX_UNITS) break;
  }
  return located;
}

/** Samples of a track lie side by side within a fragment: what touches is read at once. */
async function readUnits(
  { read }: RecordedFile,
  track: VideoTrack,
  needed: readonly Located[],
): Promise<Buffer[]> {
  const bytes = needed.reduce((sum, { sample }) => sum + sample.size, 0);
  if (bytes > MAX_BYTES || needed.length > MAX_UNITS)
    throw new FluxError(
      'PICTURE_UNDECODABLE',
      'The frames since the key frame before this time are too many.',
    );
  const units: Buffer[] = [];
  for (let from = 0; from < needed.length; ) {
    let to = from + 1;
    while (to < needed.length && needed[to]?.at === endOf(needed[to - 1])) to++;
    const start = needed[from]?.at ?? 0;
    const run = await read(start, endOf(needed[to - 1]));
    for (const { sample, at } of needed.slice(from, to)) {
      const data = run.subarray(at - start, at - start + sample.size);
      units.push(unitOf(track, sample, data, units.length === 0));
    }
    from = to;
  }
  return units;
}

function unitOf(track: VideoTrack, { dts, size, key }: ReadSample, data: Buffer, isFirst: boolean): Buffer {
  try {
    if (data.length < size) throw new ParseError('sample cut off');
    const sample = VideoSample.fromData(track.id, dts, dts, key, data);
    return codedUnit(track, sample, isFirst ? decoderPrefix(track) : undefined);
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new FluxError('PICTURE_UNDECODABLE', `The recording is damaged: ${cause.message}.`, { cause });
  }
}

function endOf(located: Located | undefined): number {
  return located ? located.at + located.sample.size : 0;
}
