import { withoutEdits } from '@flux-iot/media/format/fmp4/rebase';
import { ParseError } from '@flux-iot/media/model/parse-error';
import { FluxError } from '../errors/flux-error.ts';
import type { MediaStorage } from '../storage/media-storage.ts';
import { type FragmentEntry, parseManifest } from './manifest.ts';
import {
  driverStart,
  fragmentTimes,
  type MovieHead,
  type ReadBytes,
  type ScannedFragment,
  scanFragment,
  scanFragments,
  scanHead,
} from './movie-scan.ts';
import { manifestKey, type Recording } from './recording.ts';

/** A recorded file as its readers see it: its fragments, with times in seconds of the stream. */
export interface RecordedFile {
  readonly recording: Recording;
  readonly fragments: readonly FragmentEntry[];
  readonly headSize: number;
  readonly read: ReadBytes;
}

/** Files being written whose fragments are remembered, so that looking again costs what came since. */
const MAX_REMEMBERED = 64;
/** Read at once where a fragment begins: its box, usually whole. */
const READ_AHEAD = 16 * 1024;
/** How many of a file's boxes are asked for at once, of a storage that is far away. */
const PARALLEL_READS = 8;

interface Growing {
  readonly head: MovieHead;
  readonly shift: number;
  readonly fragments: FragmentEntry[];
}

/** Opens recorded files, whole ones by their manifests and those being written by looking into them. */
export class RecordedFiles {
  readonly #storage: MediaStorage;
  readonly #growing = new Map<string, Growing>();

  constructor(storage: MediaStorage) {
    this.#storage = storage;
  }

  /** Undefined for a file without a fragment, or that is not MP4. Throws `STORAGE_FAILED`, `ParseError`. */
  async open(recording: Recording): Promise<RecordedFile | undefined> {
    if (recording.format !== 'fmp4') return undefined;
    const { key } = recording;
    const read = this.#reader(key);
    const data = await this.#storage.get(manifestKey(key));
    if (data) {
      const { fragments, headSize, recording: finished } = parseManifest(data, manifestKey(key));
      this.#growing.delete(key);
      return fragments.length > 0 ? { recording: finished, fragments, headSize, read } : undefined;
    }
    const growing = await this.#look(recording, read);
    if (!growing || growing.fragments.length === 0) return undefined;
    const { fragments, head } = growing;
    return { recording, fragments: [...fragments], headSize: head.size, read };
  }

  async #look(recording: Recording, read: ReadBytes): Promise<Growing | undefined> {
    const { key } = recording;
    const size = (await this.#storage.stat(key))?.size ?? 0;
    let growing = this.#growing.get(key);
    const head = growing?.head ?? (await scanHead(read));
    if (!head) return undefined;
    const last = growing?.fragments.at(-1);
    const from = last ? { ...head, size: last.offset + last.size } : head;
    for await (const fragment of scanFragments(read, from, size)) {
      growing ??= this.#remember(key, {
        head,
        shift: recording.startTime - driverStart(fragment, head.tracks),
        fragments: [],
      });
      const { start, end, key: isKey } = fragmentTimes(fragment, head.tracks);
      const { shift, fragments } = growing;
      // Another request may have looked at the same time.
      if (fragments.some(({ offset }) => offset === fragment.offset)) continue;
      const { offset, size: fragmentSize } = fragment;
      fragments.push({ offset, size: fragmentSize, start: start + shift, end: end + shift, key: isKey });
    }
    return growing;
  }

  #remember(key: string, growing: Growing): Growing {
    const [oldest] = this.#growing.keys();
    if (this.#growing.size >= MAX_REMEMBERED && oldest !== undefined) this.#growing.delete(oldest);
    this.#growing.set(key, growing);
    return growing;
  }

  #reader(key: string): ReadBytes {
    return async (start, end) => (await this.#storage.get(key, { start, end })) ?? Buffer.alloc(0);
  }
}

/** The head of an open file. Throws `STORAGE_FAILED` where it cannot be read. */
export async function headOf({ recording, headSize, read }: RecordedFile): Promise<MovieHead> {
  const bytes = await read(0, headSize);
  const head = await scanHead(within(bytes, 0, read));
  if (head) return head;
  throw new FluxError('STORAGE_FAILED', `${recording.key} cannot be read.`);
}

/** The head of a file as HLS wants it: what places a file by itself would move its fragments there. */
export async function headWithoutEdits({ headSize, read }: RecordedFile): Promise<Buffer> {
  return withoutEdits(await read(0, headSize));
}

/** The listed fragments with their samples, in order. Throws `STORAGE_FAILED` where one is not as it was listed. */
export async function* fragmentsOf(
  file: RecordedFile,
  head: MovieHead,
  listed: readonly FragmentEntry[],
): AsyncGenerator<ScannedFragment> {
  for (let at = 0; at < listed.length; at += PARALLEL_READS) {
    const some = listed.slice(at, at + PARALLEL_READS);
    yield* await Promise.all(some.map(fragment => readFragment(file, head, fragment)));
  }
}

/** In seconds of the file, when the track begins at whose first sample the recording's times begin. */
export async function driverTime(file: RecordedFile, head: MovieHead): Promise<number> {
  for await (const fragment of fragmentsOf(file, head, file.fragments.slice(0, 1))) {
    return driverStart(fragment, head.tracks);
  }
  return 0;
}

async function readFragment(
  { recording, read }: RecordedFile,
  head: MovieHead,
  { offset, size }: FragmentEntry,
): Promise<ScannedFragment> {
  const ahead = await read(offset, offset + Math.min(size, READ_AHEAD));
  try {
    const fragment = await scanFragment(within(ahead, offset, read), head.tracks, offset, offset + size);
    if (fragment) return fragment;
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
  }
  throw new FluxError('STORAGE_FAILED', `${recording.key} has no fragment at byte ${offset}.`);
}

/** Reads from bytes that are there, and beyond them from the file. */
function within(bytes: Buffer, offset: number, read: ReadBytes): ReadBytes {
  return async (start, end) =>
    start >= offset && end <= offset + bytes.length
      ? bytes.subarray(start - offset, end - offset)
      : read(start, end);
}
