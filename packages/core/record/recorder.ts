import { randomUUID } from 'node:crypto';
import type { MediaSample, Sample } from '@flux-iot/media/model/sample';
import { isVideo, type Track } from '@flux-iot/media/model/track';
import { FluxError } from '../errors/flux-error.ts';
import type { EndReason, StreamSink } from '../stream/sink.ts';
import type { Stream } from '../stream/stream.ts';
import { type Batch, type Container, carries, createContainer } from './container.ts';
import type { FragmentEntry, Manifest } from './manifest.ts';
import {
  type ActiveRecording,
  type Recording,
  type RecordingFormat,
  type RecordingGap,
  recordedTrack,
  recordingKey,
} from './recording.ts';
import { RecordingFile } from './recording-file.ts';

export interface RecorderOptions {
  readonly stream: Stream;
  readonly format: RecordingFormat;
  /** Files end at the first key frame after so many seconds, or bytes. */
  readonly maxSeconds: number;
  readonly maxBytes: number;
  /** Bytes that may wait to be written; whole fragments are left out beyond them, up to the next key frame. */
  readonly maxQueuedBytes: number;
  /** A fragment is forced to the disk once it is written: a power cut costs the last one at most. */
  readonly isDurable: boolean;
  readonly origin: ActiveRecording['origin'];
  /** Where the file of this key is. */
  readonly pathOf: (key: string) => string;
  /** Undefined where a file may be begun; else why not: `STORAGE_FULL`, `TENANT_LIMIT`. */
  readonly obstacle: () => FluxError | undefined;
  readonly onStarted: (manifest: Manifest) => void;
  /** The file is on the disk; `sha256` is that of its content. */
  readonly onFinished: (manifest: Manifest, sha256: string) => void;
  readonly onAlarm: (error: FluxError) => void;
}

/** Seconds of a fragment: what a crash may cost, and what is gained by writing several frames at once. */
const FRAGMENT_SECONDS = 1;
/** A key frame begins a fragment only after this, for streams of nothing but key frames. */
const MIN_FRAGMENT_SECONDS = 0.5;
/** Seconds of sound that are gathered while no picture comes. */
const MAX_FRAGMENT_SECONDS = 3;
const MAX_FRAGMENT_BYTES = 16 * 1024 * 1024;
/** Milliseconds after which a file is tried again where the last could not be written. */
const RETRY_DELAY = 10_000;
/** Milliseconds by which the source's clock may run away from ours before the dates are set anew. */
const MAX_DRIFT = 2000;

interface OpenFile {
  readonly id: string;
  readonly session: string;
  readonly tracks: readonly Track[];
  readonly key: string;
  readonly file: RecordingFile;
  readonly container: Container;
  readonly startedAt: number;
  readonly startTime: number;
  endTime: number;
  /** Of the latest sample. */
  lastTime: number;
  /** Bytes handed to `file`. */
  size: number;
  headSize: number;
  readonly fragments: FragmentEntry[];
  readonly gaps: RecordingGap[];
  /** Since when fragments are left out, in seconds of the stream. */
  skippingSince: number | undefined;
}

/**
 * Records one stream into files. Samples are copied while they are given, and written in the background a fragment at
 * a time; the stream never waits. A disk that does not keep up costs fragments of the recording, which is noted, and
 * nothing else.
 */
export class Recorder implements StreamSink {
  readonly isPassive: boolean;
  readonly #options: RecorderOptions;
  readonly #since = Date.now();
  #tracks: readonly Track[] = [];
  #nextTracks: readonly Track[] | undefined;
  #hasVideo = false;
  #open: OpenFile | undefined;
  #session = randomUUID();
  /** Milliseconds since 1970 at which the stream's time was 0. */
  #epoch: number | undefined;
  #retryAt = 0;
  #lastError: string | undefined;
  #isClosed = false;
  /** Files end in the order in which they were begun. */
  #closing: Promise<void> = Promise.resolve();

  constructor(options: RecorderOptions) {
    this.#options = options;
    // A rule takes what there is; who asks for a recording wants the stream to be fetched.
    this.isPassive = options.origin === 'rule';
  }

  get active(): ActiveRecording {
    const open = this.#open;
    const { stream, format, origin } = this.#options;
    return {
      streamId: stream.id,
      format,
      state: open ? 'recording' : 'waiting',
      since: this.#since,
      origin,
      ...(open ? { recording: this.#describe(open) } : {}),
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    };
  }

  onTracks(tracks: readonly Track[]): void {
    const { stream, format } = this.#options;
    const carried = tracks.filter(track => carries(format, track));
    for (const track of tracks)
      if (!carried.includes(track)) stream.noteLeftOut(`recording (${format})`, track);
    const isSame =
      carried.length === this.#tracks.length && carried.every(track => this.#tracks.includes(track));
    this.#nextTracks = isSame ? undefined : carried;
  }

  onSample(sample: Sample, track: Track | undefined): void {
    if (this.#isClosed || sample.kind === 'data' || !track) return;
    if (this.#nextTracks) this.#takeOver(this.#nextTracks, sample);
    if (!this.#tracks.includes(track)) return;
    const time = sample.dts / track.clockRate;
    const isStart = !this.#hasVideo || (sample.kind === 'video' && sample.key);
    if (this.#open) this.#cut(this.#open, sample, time, isStart);
    if (!this.#open && isStart) this.#begin(time);
    const open = this.#open;
    if (!open) return;
    open.lastTime = time;
    try {
      open.container.add(sample, track);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      this.#options.stream.history.note('recording-sample-dropped', reason);
    }
  }

  /** Time goes on, coded content does not: the next file is of another session. */
  onDiscontinuity(): void {
    this.#finish('interrupted');
    this.#session = randomUUID();
    this.#epoch = undefined;
  }

  onEnd(reason: EndReason): void {
    void this.stop(reason.code);
  }

  /** Ends the file at hand; resolves when all files are on the disk. Idempotent. */
  async stop(reason: string): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#options.stream.removeSink(this);
      this.#finish(reason);
    }
    await this.#closing;
  }

  /** There is no room, or the storage is away: the file ends where it is, and another begins when there is room. */
  pause(error: FluxError): void {
    if (!this.#open) return;
    this.#fail(error);
  }

  #takeOver(tracks: readonly Track[], sample: MediaSample): void {
    const hasVideo = tracks.some(isVideo);
    if (hasVideo && !(sample.kind === 'video' && sample.key)) return;
    this.#nextTracks = undefined;
    this.#finish('tracks-changed', sample);
    this.#tracks = tracks;
    this.#hasVideo = hasVideo;
  }

  #begin(time: number): void {
    const { stream, format, isDurable, pathOf, obstacle, onStarted } = this.#options;
    if (this.#tracks.length === 0 || performance.now() < this.#retryAt) return;
    const reason = obstacle();
    if (reason) {
      this.#retryAt = performance.now() + RETRY_DELAY;
      // Said once for every time that it cannot go on.
      if (this.#lastError === undefined) this.#alarm(reason);
      this.#lastError = reason.message;
      return;
    }
    const { epoch } = stream;
    if (this.#epoch === undefined || Math.abs(epoch - this.#epoch) > MAX_DRIFT) this.#epoch = epoch;
    const id = randomUUID();
    const startedAt = Math.round(this.#epoch + time * 1000);
    const key = recordingKey(stream.id, startedAt, id, format);
    const file = new RecordingFile(pathOf(key), isDurable, cause => this.#failed(id, cause));
    const container = createContainer(format, this.#tracks, stream.metadata);
    this.#open = {
      id,
      session: this.#session,
      tracks: this.#tracks,
      key,
      file,
      container,
      startedAt,
      startTime: time,
      endTime: time,
      lastTime: time,
      size: 0,
      headSize: 0,
      fragments: [],
      gaps: [],
      skippingSince: undefined,
    };
    this.#lastError = undefined;
    onStarted(this.#manifest(this.#open));
  }

  #cut(open: OpenFile, next: MediaSample, time: number, isStart: boolean): void {
    const { maxSeconds, maxBytes } = this.#options;
    const { container } = open;
    const isDue = time - open.startTime >= maxSeconds || open.size + container.byteLength >= maxBytes;
    if (isStart && isDue) {
      this.#finish('rotated', next);
      return;
    }
    const { start } = container;
    if (start === undefined) return;
    const isDriver = !this.#hasVideo || next.kind === 'video';
    const least = isStart && this.#hasVideo ? MIN_FRAGMENT_SECONDS : FRAGMENT_SECONDS;
    const limit = isDriver ? least : MAX_FRAGMENT_SECONDS;
    if (time - start < limit && container.byteLength < MAX_FRAGMENT_BYTES) return;
    this.#append(open, () => container.cut(next));
  }

  /** Hands a batch to the disk, or leaves it out where the disk is too far behind. */
  #append(open: OpenFile, cut: () => Batch | undefined): void {
    let batch: Batch | undefined;
    try {
      batch = cut();
    } catch (cause) {
      this.#options.stream.history.note('recording-sample-dropped', FluxError.from(cause).message);
    }
    if (!batch) return;
    const { file, fragments } = open;
    const { maxQueuedBytes } = this.#options;
    if (open.skippingSince !== undefined) {
      // What was left out ends with a key frame, and only when the disk has caught up.
      if (!batch.key || file.queuedBytes > maxQueuedBytes / 2) return;
      noteGap(open, batch.start);
    } else if (fragments.length > 0 && file.queuedBytes + batch.byteLength > maxQueuedBytes) {
      open.skippingSince = batch.start;
      this.#options.stream.history.note('recording-gap', 'the disk was too slow');
      return;
    }
    file.append(batch.buffers, batch.byteLength);
    open.headSize += batch.headSize;
    const { start, end, key } = batch;
    fragments.push({
      offset: open.size + batch.headSize,
      size: batch.byteLength - batch.headSize,
      start,
      end,
      key,
    });
    open.size += batch.byteLength;
    open.endTime = Math.max(open.endTime, end);
  }

  #finish(reason: string, next?: MediaSample): void {
    const open = this.#open;
    if (!open) return;
    this.#append(open, () => open.container.end(next));
    noteGap(open, open.lastTime);
    this.#open = undefined;
    this.#settle(open, reason);
  }

  #settle(open: OpenFile, reason: string): void {
    const before = this.#closing;
    const closed = open.file.close();
    this.#closing = before
      .then(() => closed)
      .then(({ size, sha256 }) => {
        // What could not be written is not there.
        const fragments = open.fragments.filter(fragment => fragment.offset + fragment.size <= size);
        const endTime = fragments.at(-1)?.end ?? open.startTime;
        const finished = this.#manifest({ ...open, fragments, endTime, size }, reason);
        this.#options.onFinished(finished, sha256);
      })
      .catch((cause: unknown) => this.#options.onAlarm(storageError(cause)));
  }

  #failed(id: string, cause: unknown): void {
    const error = storageError(cause);
    if (this.#open?.id === id) this.#fail(error);
    else this.#options.onAlarm(error);
  }

  #fail(error: FluxError): void {
    const open = this.#open;
    if (!open) return;
    this.#open = undefined;
    this.#retryAt = performance.now() + RETRY_DELAY;
    this.#lastError = error.message;
    this.#settle(open, error.code === 'TENANT_LIMIT' ? 'tenant-limit' : 'storage-failed');
    // What follows does not go on from it.
    this.#session = randomUUID();
    this.#alarm(error);
  }

  #alarm(error: FluxError): void {
    this.#options.stream.history.note('recording-failed', error.message);
    this.#options.onAlarm(error);
  }

  #describe(open: OpenFile, endReason?: string): Recording {
    const { stream, format } = this.#options;
    const { id, session, key, startedAt, startTime, endTime, size, gaps } = open;
    return {
      id,
      streamId: stream.id,
      session,
      format,
      key,
      state: endReason === undefined ? 'recording' : 'finished',
      startedAt,
      endedAt: Math.round(startedAt + (endTime - startTime) * 1000),
      startTime,
      endTime,
      size,
      tracks: open.tracks.map(recordedTrack),
      gaps,
      ...(endReason === undefined ? {} : { endReason }),
    };
  }

  #manifest(open: OpenFile, endReason?: string): Manifest {
    const { fragments, headSize } = open;
    return { version: 1, recording: this.#describe(open, endReason), fragments, headSize };
  }
}

/** What was left out, up to a time in seconds of the stream. */
function noteGap(open: OpenFile, until: number): void {
  const { skippingSince, startedAt, startTime } = open;
  if (skippingSince === undefined) return;
  const at = (seconds: number) => Math.round(startedAt + (seconds - startTime) * 1000);
  open.gaps.push({ from: at(skippingSince), to: at(until), reason: 'the disk was too slow' });
  open.skippingSince = undefined;
}

function storageError(cause: unknown): FluxError {
  if (cause instanceof FluxError) return cause;
  const isFull =
    cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
  const message = cause instanceof Error ? cause.message : String(cause);
  return isFull
    ? new FluxError('STORAGE_FULL', `There is no room for recordings: ${message}`, { cause })
    : new FluxError('STORAGE_FAILED', `A recording could not be written: ${message}`, { cause });
}
