import type { Readable } from 'node:stream';
import type { MediaControl } from '@flux-iot/core/control/media-control';
import type { TaskStore } from '@flux-iot/core/control/task';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { type Export, exportRange } from '@flux-iot/core/record/export';
import { parseManifest } from '@flux-iot/core/record/manifest';
import { pictureAt } from '@flux-iot/core/record/picture-at';
import { headWithoutEdits, type RecordedFile, RecordedFiles } from '@flux-iot/core/record/recorded-file';
import {
  type ActiveRecording,
  HOLD_SUFFIX,
  holdKey,
  MANIFEST_SUFFIX,
  manifestKey,
  RECORDINGS_PREFIX,
  type Recording,
  type RecordingEvent,
  type RecordingOptions,
} from '@flux-iot/core/record/recording';
import { vodPlaylist, vodSegment } from '@flux-iot/core/record/vod-playlist';
import type { CodedPicture } from '@flux-iot/core/snapshot/coded-picture';
import type { Extent } from '@flux-iot/core/snapshot/picture-collector';
import type { ByteRange, MediaStorage } from '@flux-iot/core/storage/media-storage';
import type { IndexedRecording, RecordingFilter, RecordingIndex } from './recording-index.ts';
import { RecordingRequests } from './recording-requests.ts';
import { expired, type RetentionPolicy } from './retention.ts';

export interface RecordingLibraryOptions {
  readonly index: RecordingIndex;
  readonly control: MediaControl;
  /** All recordings, those being written as well. */
  readonly storage: MediaStorage;
  readonly retention: RetentionPolicy;
  /** Where what was asked for outlives the program; without it, it does not. */
  readonly tasks?: TaskStore;
  readonly onError: (error: FluxError) => void;
}

/** Milliseconds. What the nodes said while nobody heard it is caught up with. */
const RECONCILE_INTERVAL = 10_000;
const RETENTION_INTERVAL = 60_000;
const PAGE = 1000;
/** Milliseconds after which a file that is not whole is nobody's any more: no upload takes so long. */
const REMAINS_AGE = 86_400_000;
/** Files of one playlist or export. */
const MAX_FILES = 1000;

/**
 * All recordings there are: the index, kept in step with what the nodes record and with what the storage holds, and
 * everything that is done with them. The index can be lost: it is made again from the manifests.
 */
export class RecordingLibrary {
  readonly #options: RecordingLibraryOptions;
  readonly #files: RecordedFiles;
  readonly #requests: RecordingRequests;
  readonly #timers: NodeJS.Timeout[] = [];
  #working: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: RecordingLibraryOptions) {
    this.#options = options;
    this.#files = new RecordedFiles(options.storage);
    this.#requests = new RecordingRequests(options.control, options.tasks);
  }

  /** Takes up the recordings that were asked for before the program was started; before `start`. */
  restore(): Promise<void> {
    return this.#requests.restore();
  }

  /** Reads the manifests of what the index does not have, then keeps it up to date. */
  start(): void {
    this.#requests.start();
    this.#do(() => this.#rebuild());
    this.#do(async () => {
      await this.#options.storage.deleteRemains?.(Date.now() - REMAINS_AGE);
    });
    this.#do(() => this.#reconcile());
    this.#timers.push(
      setInterval(() => this.#do(() => this.#reconcile()), RECONCILE_INTERVAL).unref(),
      setInterval(() => this.#do(() => this.retain()), RETENTION_INTERVAL).unref(),
    );
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#requests.close();
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    await this.#working;
  }

  /** What a node says of its recordings. */
  apply(event: RecordingEvent): void {
    if (event.kind !== 'alarm') this.#do(() => this.#options.index.put(event.recording));
  }

  /** The stream is there now: it is recorded if that was asked for. */
  published(streamId: string): void {
    this.#requests.published(streamId);
  }

  /** Throws `STREAM_NOT_FOUND`, `RECORDING_ACTIVE`. */
  record(streamId: string, options: RecordingOptions): Promise<ActiveRecording> {
    return this.#requests.record(streamId, options);
  }

  /** Throws `RECORDING_NOT_FOUND`. */
  stop(streamId: string): Promise<void> {
    return this.#requests.stop(streamId);
  }

  /** What is recorded, and what waits for its stream. */
  active(): Promise<ActiveRecording[]> {
    return this.#requests.active();
  }

  async list(filter: RecordingFilter): Promise<{ recordings: IndexedRecording[]; total: number }> {
    const { recordings, total } = await this.#options.index.list(filter);
    if (!recordings.some(({ recording }) => recording.state === 'recording')) return { recordings, total };
    // Those being written have grown since.
    const current = new Map((await this.active()).map(({ recording }) => [recording?.id, recording]));
    return {
      recordings: recordings.map(({ recording, held }) => ({
        recording: current.get(recording.id) ?? recording,
        held,
      })),
      total,
    };
  }

  /** Throws `RECORDING_NOT_FOUND`. */
  async get(id: string): Promise<IndexedRecording> {
    const entry = await this.#options.index.get(id);
    if (entry) return entry;
    throw new FluxError('RECORDING_NOT_FOUND', `There is no recording ${id}.`);
  }

  /** Its bytes, and how many there are now. Throws `RECORDING_NOT_FOUND`, `STORAGE_FAILED`. */
  async size({ recording }: IndexedRecording): Promise<number> {
    const found = await this.#options.storage.stat(recording.key);
    if (found) return found.size;
    throw new FluxError('RECORDING_NOT_FOUND', `The file of recording ${recording.id} is gone.`);
  }

  async read({ recording }: IndexedRecording, range: ByteRange): Promise<Readable> {
    const stream = await this.#options.storage.getStream(recording.key, range);
    if (stream) return stream;
    throw new FluxError('RECORDING_NOT_FOUND', `The file of recording ${recording.id} is gone.`);
  }

  /** The manifest as it was signed. Throws `RECORDING_NOT_FOUND` while the file is being written. */
  async manifest({ recording }: IndexedRecording): Promise<Buffer> {
    const data = await this.#options.storage.get(manifestKey(recording.key));
    if (data) return data;
    throw new FluxError('RECORDING_NOT_FOUND', `Recording ${recording.id} has no manifest yet.`);
  }

  /** A held recording is kept until the hold is taken off. Throws `RECORDING_NOT_FOUND`. */
  async hold(id: string, held: boolean): Promise<IndexedRecording> {
    const { recording } = await this.get(id);
    const { storage, index } = this.#options;
    // With the file as well: the index may have to be made again.
    if (held) await storage.put(holdKey(recording.key), Buffer.from('held\n'));
    await index.setHeld(id, held);
    if (!held) await storage.delete(holdKey(recording.key));
    return this.get(id);
  }

  /** Throws `RECORDING_NOT_FOUND`, and `RECORDING_HELD` for what is held or being written. */
  async delete(id: string): Promise<void> {
    const entry = await this.get(id);
    if (entry.held) throw new FluxError('RECORDING_HELD', `Recording ${id} is held.`);
    if (entry.recording.state === 'recording') {
      throw new FluxError('RECORDING_HELD', `Recording ${id} is being written.`);
    }
    await this.#delete(entry.recording);
  }

  /** The beginning of a file, for players that put its fragments beside others'. Throws `RECORDING_NOT_FOUND`. */
  async head(entry: IndexedRecording): Promise<Buffer> {
    const file = await this.#files.open(entry.recording);
    if (file) return headWithoutEdits(file);
    throw new FluxError('RECORDING_NOT_FOUND', `Recording ${entry.recording.id} has no fragment.`);
  }

  /** A segment of the playlist, by the bytes of the file. Throws `SEGMENT_NOT_FOUND`. */
  async segment(entry: IndexedRecording, start: number, end: number): Promise<Buffer> {
    const file = await this.#files.open(entry.recording);
    const segment = file && (await vodSegment(file, start, end));
    if (segment) return segment;
    throw new FluxError('SEGMENT_NOT_FOUND', `Recording ${entry.recording.id} has no such segment.`);
  }

  /** One MP4 file. Throws `RECORDING_NOT_FOUND`, `REQUEST_INVALID`. */
  async export(streamId: string, from: number, to: number): Promise<Export> {
    return exportRange(this.#options.storage, await this.#open(streamId, from, to), from, to);
  }

  /** An HLS playlist. `uriOf`: of what belongs to a recording, relative to the playlist. Throws `RECORDING_NOT_FOUND`. */
  async playlist(
    streamId: string,
    from: number,
    to: number,
    uriOf: (id: string, name: string) => string,
  ): Promise<string> {
    const files = await this.#open(streamId, from, to);
    const text = vodPlaylist(files, from, to, ({ id }, name) => uriOf(id, name));
    if (text !== undefined) return text;
    throw new FluxError('RECORDING_NOT_FOUND', 'Nothing was recorded at this time that can be played.');
  }

  /** The picture that was to be seen at a time: milliseconds since 1970. Throws as `pictureAt` does. */
  async picture(streamId: string, time: number, extent: Extent): Promise<CodedPicture> {
    return pictureAt(await this.#open(streamId, time, time + 1), time, extent);
  }

  /** Deletes what is too old or too much. */
  async retain(): Promise<void> {
    const { index, retention } = this.#options;
    for await (const { recording } of expired(index, retention, Date.now())) {
      if (this.#closed) return;
      await this.#delete(recording);
    }
  }

  async #open(streamId: string, from: number, to: number): Promise<RecordedFile[]> {
    if (to <= from) throw new FluxError('REQUEST_INVALID', 'The time range ends before it begins.');
    const { recordings, total } = await this.list({ streamId, from, to, limit: MAX_FILES, offset: 0 });
    if (total > MAX_FILES) {
      throw new FluxError('REQUEST_INVALID', `More than ${MAX_FILES} files: ask for a shorter time.`);
    }
    const files: RecordedFile[] = [];
    for (const { recording } of recordings) {
      const file = await this.#files.open(recording);
      if (file) files.push(file);
    }
    return files;
  }

  async #delete({ id, key }: Recording): Promise<void> {
    const { storage, index } = this.#options;
    // The file goes first: an entry without a file can be seen and deleted again, a file without one could not.
    await storage.delete(key);
    await storage.delete(manifestKey(key));
    await index.delete(id);
  }

  async #rebuild(): Promise<void> {
    const { storage, index } = this.#options;
    const known = await index.finishedKeys();
    const held = new Set<string>();
    for await (const { key } of storage.list(RECORDINGS_PREFIX)) {
      if (this.#closed) return;
      if (key.endsWith(HOLD_SUFFIX)) held.add(key.slice(0, -HOLD_SUFFIX.length));
      if (!key.endsWith(MANIFEST_SUFFIX) || known.delete(key.slice(0, -MANIFEST_SUFFIX.length))) continue;
      await this.#adopt(key);
    }
    // What is left is in the index alone.
    for (let offset = 0; ; offset += PAGE) {
      const { recordings } = await index.list({ state: 'finished', limit: PAGE, offset });
      if (recordings.length === 0) break;
      for (const entry of recordings) {
        const { id, key } = entry.recording;
        if (held.has(key) && !entry.held) await index.setHeld(id, true);
        if (known.has(key) && !(await storage.stat(key))) await index.delete(id);
      }
    }
  }

  async #adopt(key: string): Promise<void> {
    const data = await this.#options.storage.get(key);
    if (!data) return;
    try {
      await this.#options.index.put(parseManifest(data, key).recording);
    } catch (cause) {
      this.#options.onError(FluxError.from(cause));
    }
  }

  async #reconcile(): Promise<void> {
    const { control, index, storage } = this.#options;
    const active = await control.recordings();
    const written = new Map<string, Recording>();
    for (const { recording } of active) if (recording) written.set(recording.id, recording);
    for (const recording of written.values()) await index.put(recording);
    const { recordings } = await index.list({ state: 'recording', limit: PAGE, offset: 0 });
    for (const { recording } of recordings) {
      if (written.has(recording.id)) continue;
      // It ended while nobody heard it, or crashed and is being repaired; without a file it is nothing.
      await this.#adopt(manifestKey(recording.key));
      if (!(await storage.stat(recording.key))) await index.delete(recording.id);
    }
  }

  #do(work: () => Promise<void>): void {
    this.#working = this.#working
      .then(() => (this.#closed ? undefined : work()))
      .catch((cause: unknown) => this.#options.onError(FluxError.from(cause)));
  }
}
