import { statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { notFound, notRecording } from '../control/node-control.ts';
import { FluxError } from '../errors/flux-error.ts';
import type { StreamOrchestrator } from '../orchestrator/stream-orchestrator.ts';
import type { FileStorage } from '../storage/file-storage.ts';
import type { Stream } from '../stream/stream.ts';
import type { StreamId } from '../stream/stream-id.ts';
import type { ManifestChain } from './chain.ts';
import { bootId, formatManifest, type Manifest } from './manifest.ts';
import { Recorder } from './recorder.ts';
import {
  type ActiveRecording,
  manifestKey,
  openKey,
  type RecordingEvent,
  type RecordingOptions,
} from './recording.ts';
import { type RecordingRule, ruleFor } from './recording-rules.ts';
import { repairRecordings } from './repair.ts';
import type { Uploads } from './uploads.ts';

export interface RecordingServiceOptions {
  readonly orchestrator: StreamOrchestrator;
  /** Where files are while they are written, and stay where there are no uploads. */
  readonly storage: FileStorage;
  /** Folder of that storage, of which the free room is watched. */
  readonly folder: string;
  readonly chain: ManifestChain;
  /** Takes finished files to where they are kept, if that is elsewhere. */
  readonly uploads?: Uploads;
  readonly rules: readonly RecordingRule[];
  readonly defaults: Required<RecordingOptions>;
  readonly maxQueuedBytes: number;
  /** Fragments are forced to the disk as they are written. */
  readonly isDurable: boolean;
  /** Recording stops while less is free. */
  readonly minFreeBytes: number;
  /** Why nothing more of the stream may be recorded, though there is room: its tenant has used up its own. */
  readonly quota?: (streamId: StreamId) => FluxError | undefined;
  readonly onEvent: (event: RecordingEvent) => void;
}

const TICK = 5000;

/** What one media node records: by rules, and by request. */
export class RecordingService {
  readonly #options: RecordingServiceOptions;
  readonly #recorders = new Map<StreamId, Recorder>();
  /** Writes of manifests, one after the other for each file. */
  readonly #writes = new Map<string, Promise<void>>();
  readonly #own = new Set<string>();
  readonly #ending = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #freeBytes = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(options: RecordingServiceOptions) {
    this.#options = options;
    const { orchestrator, rules } = options;
    orchestrator.on('streamAdded', (stream, isRelay) => {
      // A stream is recorded where it is owned, and there once.
      if (!isRelay) this.#byRule(stream, rules);
    });
    orchestrator.on('streamEnded', ({ id }, { code }) => this.#remove(id, code));
  }

  /** Finishes what a crash left behind, then looks after the room. */
  async start(): Promise<void> {
    // What keeps a rule from being followed is to be known at the start.
    if (this.#options.rules.length > 0) this.#options.chain.load();
    await this.#measure();
    this.#timer = setInterval(() => void this.#tick(), TICK).unref();
    void this.#repair();
    this.#options.uploads?.start();
  }

  get active(): readonly ActiveRecording[] {
    return [...this.#recorders.values()].map(recorder => recorder.active);
  }

  /** Throws `STREAM_NOT_FOUND`, `RECORDING_ACTIVE`, `TENANT_LIMIT`. */
  record(streamId: StreamId, options: RecordingOptions): ActiveRecording {
    const stream = this.#options.orchestrator.ownStream(streamId);
    if (!stream) throw notFound(streamId);
    const before = this.#recorders.get(streamId);
    if (before) {
      throw new FluxError('RECORDING_ACTIVE', `${streamId} is being recorded already.`, {
        context: { streamId },
      });
    }
    const quota = this.#options.quota?.(streamId);
    if (quota) throw quota;
    return this.#add(stream, options, 'request').active;
  }

  /** Ends the recording; its file is whole when this resolves. Throws `RECORDING_NOT_FOUND`. */
  async stop(streamId: StreamId): Promise<void> {
    if (!this.#recorders.has(streamId)) {
      throw notRecording(streamId);
    }
    await this.#remove(streamId, 'stopped');
  }

  /** Ends all recordings; resolves when their files and manifests are written. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    for (const streamId of [...this.#recorders.keys()]) void this.#remove(streamId, 'shutdown');
    await Promise.all(this.#ending);
    await Promise.all(this.#writes.values());
    await this.#options.uploads?.close();
  }

  #byRule(stream: Stream, rules: readonly RecordingRule[]): void {
    const rule = ruleFor(rules, stream.id);
    if (rule && !this.#closed) this.#add(stream, rule, 'rule');
  }

  #add(stream: Stream, options: RecordingOptions, origin: ActiveRecording['origin']): Recorder {
    const { storage, defaults, maxQueuedBytes, isDurable, onEvent } = this.#options;
    const recorder = new Recorder({
      stream,
      format: options.format ?? defaults.format,
      maxSeconds: options.maxSeconds ?? defaults.maxSeconds,
      maxBytes: options.maxBytes ?? defaults.maxBytes,
      maxQueuedBytes,
      origin,
      isDurable,
      pathOf: key => storage.pathOf(key),
      obstacle: () => this.#obstacle(stream.id),
      onStarted: manifest => this.#started(manifest),
      onFinished: (manifest, sha256) => this.#finished(manifest, sha256),
      onAlarm: ({ code, message }) => onEvent({ kind: 'alarm', streamId: stream.id, code, message }),
    });
    this.#recorders.set(stream.id, recorder);
    stream.history.note('recording', `${recorder.active.format} by ${origin}`);
    stream.addSink(recorder);
    return recorder;
  }

  #remove(streamId: StreamId, reason: string): Promise<void> {
    const recorder = this.#recorders.get(streamId);
    if (!recorder) return Promise.resolve();
    this.#recorders.delete(streamId);
    const ending = recorder.stop(reason).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
    return ending;
  }

  #started(manifest: Manifest): void {
    const { key } = manifest.recording;
    this.#own.add(key);
    const boot = bootId();
    const writer = { host: hostname(), pid: process.pid, ...(boot === undefined ? {} : { boot }) };
    this.#write(manifest.recording.streamId, key, () =>
      this.#options.storage.put(openKey(key), formatManifest({ ...manifest, writer })),
    );
    this.#options.onEvent({ kind: 'started', recording: manifest.recording });
  }

  #finished(manifest: Manifest, sha256: string): void {
    const { key, size, streamId } = manifest.recording;
    this.#write(streamId, key, async () => {
      const { storage } = this.#options;
      if (size === 0) await storage.delete(key);
      else await this.#seal(manifest, sha256);
      await storage.delete(openKey(key));
      this.#own.delete(key);
    });
  }

  async #seal(manifest: Manifest, sha256: string): Promise<void> {
    const { storage, chain, uploads, onEvent } = this.#options;
    const sealed = await chain.seal(manifest, sha256);
    await storage.put(manifestKey(manifest.recording.key), formatManifest(sealed));
    onEvent({ kind: 'finished', recording: manifest.recording });
    uploads?.add(manifest.recording);
  }

  #write(streamId: StreamId, key: string, write: () => Promise<void>): void {
    const before = this.#writes.get(key) ?? Promise.resolve();
    const after = before.then(write).catch((cause: unknown) => {
      const { code, message } = FluxError.from(cause);
      this.#options.onEvent({ kind: 'alarm', streamId, code, message });
    });
    this.#writes.set(key, after);
    void after.then(() => {
      if (this.#writes.get(key) === after) this.#writes.delete(key);
    });
  }

  async #repair(): Promise<void> {
    for await (const { manifest, sha256 } of repairRecordings(this.#options.storage, this.#own)) {
      const { key, streamId } = manifest.recording;
      this.#write(streamId, key, () => this.#seal(manifest, sha256));
    }
  }

  #obstacle(streamId: StreamId): FluxError | undefined {
    const { minFreeBytes, uploads, quota } = this.#options;
    const isFull = this.#freeBytes < minFreeBytes;
    const reason = isFull
      ? `Less than ${minFreeBytes} bytes are free; there are ${this.#freeBytes}.`
      : uploads?.obstacle;
    return reason === undefined ? quota?.(streamId) : new FluxError('STORAGE_FULL', reason);
  }

  async #measure(): Promise<void> {
    try {
      const { bavail, bsize } = await statfs(this.#options.folder);
      this.#freeBytes = bavail * bsize;
    } catch {
      // The folder is made with the first file; what is wrong with it is said then.
      this.#freeBytes = Number.POSITIVE_INFINITY;
    }
  }

  async #tick(): Promise<void> {
    await this.#measure();
    for (const [streamId, recorder] of this.#recorders) {
      const obstacle = this.#obstacle(streamId);
      // Its publisher went to another node, which records it now.
      if (!this.#options.orchestrator.ownStream(streamId)) void this.#remove(streamId, 'moved');
      else if (obstacle) recorder.pause(obstacle);
    }
  }
}
