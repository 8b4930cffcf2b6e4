import { Readable } from 'node:stream';
import { ProgressiveBuilder } from '@flux-iot/media/format/fmp4/progressive';
import { ParseError } from '@flux-iot/media/model/parse-error';
import { FluxError } from '../errors/flux-error.ts';
import type { MediaStorage } from '../storage/media-storage.ts';
import type { FragmentEntry } from './manifest.ts';
import { driverTime, fragmentsOf, headOf, type RecordedFile } from './recorded-file.ts';
import type { Recording } from './recording.ts';

export interface Export {
  readonly byteLength: number;
  readonly stream: Readable;
}

/** Milliseconds since 1970 of a time of a recording's stream. */
export function wallClock({ startedAt, startTime }: Recording, seconds: number): number {
  return startedAt + (seconds - startTime) * 1000;
}

/** Those of a file that have something of `from` up to `to`, and before them those that decoding needs. */
export function fragmentsWithin(
  { recording, fragments }: RecordedFile,
  from: number,
  to: number,
): readonly FragmentEntry[] {
  let first = fragments.findIndex(({ end }) => wallClock(recording, end) > from);
  if (first < 0) return [];
  while (first > 0 && !fragments[first]?.key) first--;
  const after = fragments.findIndex(({ start }) => wallClock(recording, start) >= to);
  return fragments.slice(first, after < 0 ? undefined : after);
}

/**
 * One MP4 file of the recordings from `from` up to `to` (milliseconds since 1970), its tables before its data. It
 * begins with the key frame at or before `from`; holes between recordings stay holes. Throws `RECORDING_NOT_FOUND`
 * where there is nothing, `REQUEST_INVALID` where it is too much for one file.
 */
export async function exportRange(
  storage: MediaStorage,
  files: readonly RecordedFile[],
  from: number,
  to: number,
): Promise<Export> {
  const builder = new ProgressiveBuilder();
  const clock = new ExportClock();
  try {
    for (const file of files) await addFile(builder, clock, file, from, to);
    if (builder.isEmpty) throw new FluxError('RECORDING_NOT_FOUND', 'Nothing was recorded at this time.');
    const { head, ranges, byteLength } = builder.finish();
    return { byteLength, stream: Readable.from(content(storage, head, ranges), { objectMode: false }) };
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new FluxError('REQUEST_INVALID', `It cannot be put into one file: ${cause.message}.`, { cause });
  }
}

async function addFile(
  builder: ProgressiveBuilder,
  clock: ExportClock,
  file: RecordedFile,
  from: number,
  to: number,
): Promise<void> {
  const { recording } = file;
  const listed = fragmentsWithin(file, from, to);
  const first = listed[0];
  if (!first) return;
  const head = await headOf(file);
  const start = clock.begin(recording, first.start);
  const origin = recording.startTime - (await driverTime(file, head));
  const limit = (to - recording.startedAt) / 1000 + recording.startTime;
  for await (const { offset, tracks } of fragmentsOf(file, head, listed)) {
    for (const { trackId, samples } of tracks) {
      const track = head.tracks.find(({ id }) => id === trackId);
      if (!track) continue;
      const shift = Math.round((origin + start) * track.timescale);
      const last = (limit - origin) * track.timescale;
      const wanted = samples.filter(({ dts }) => dts < last);
      builder.add(recording.key, offset, track, wanted, shift);
      const end = wanted.at(-1);
      if (end) clock.reach((end.dts + end.duration + shift) / track.timescale);
    }
  }
}

/** Puts the times of several sessions on one line: a session keeps its own time, others are placed by the clock. */
class ExportClock {
  #first: Recording | undefined;
  #firstOffset = 0;
  #session = '';
  /** Seconds to be added to the times of the stream. */
  #offset = 0;
  #end = 0;

  /** Returns what is to be added to the times of this file's stream. */
  begin(recording: Recording, start: number): number {
    if (!this.#first) {
      this.#first = recording;
      this.#offset = -Math.floor(start);
    } else if (this.#session !== recording.session) {
      const apart = (recording.startedAt - this.#first.startedAt) / 1000;
      const base = this.#first.startTime - recording.startTime;
      this.#offset = Math.max(this.#firstOffset + base + apart, this.#end - start);
    }
    if (this.#session === '') this.#firstOffset = this.#offset;
    this.#session = recording.session;
    return this.#offset;
  }

  reach(end: number): void {
    this.#end = Math.max(this.#end, end);
  }
}

async function* content(
  storage: MediaStorage,
  head: Buffer,
  ranges: readonly { source: string; start: number; end: number }[],
): AsyncGenerator<Buffer> {
  yield head;
  for (const { source, start, end } of ranges) {
    const stream = await storage.getStream(source, { start, end });
    let size = 0;
    for await (const part of stream ?? []) {
      size += (part as Buffer).length;
      yield part as Buffer;
    }
    // The length was promised: a file that is gone must not look whole.
    if (size !== end - start) throw new FluxError('STORAGE_FAILED', `${source} ended too early.`);
  }
}
