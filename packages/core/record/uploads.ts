import { createReadStream } from 'node:fs';
import { FluxError } from '../errors/flux-error.ts';
import type { FileStorage } from '../storage/file-storage.ts';
import type { MediaStorage } from '../storage/media-storage.ts';
import type { StreamId } from '../stream/stream-id.ts';
import { MANIFEST_SUFFIX, manifestKey, RECORDINGS_PREFIX } from './recording.ts';

export interface UploadsOptions {
  /** Where finished files wait. */
  readonly local: FileStorage;
  readonly remote: MediaStorage;
  /** No file is begun while more than this waits. */
  readonly maxBytes: number;
  readonly onAlarm: (streamId: StreamId, error: FluxError) => void;
}

interface Upload {
  readonly key: string;
  readonly streamId: StreamId;
  readonly size: number;
}

/** Milliseconds until a failed upload is tried again, doubled each time. */
const FIRST_RETRY = 1000;
const LAST_RETRY = 60_000;
const MAX_AT_ONCE = 2;

/**
 * Takes finished files to an object store, oldest first, and deletes them here once they are there with their
 * manifests. While the store is away they wait, up to a number of bytes; what a stopped process left is found again.
 */
export class Uploads {
  readonly #options: UploadsOptions;
  readonly #waiting = new Map<string, Upload>();
  readonly #running = new Map<string, Promise<void>>();
  #waitingBytes = 0;
  #retryDelay = 0;
  #retryTimer: NodeJS.Timeout | undefined;
  #lastError: string | undefined;
  #closed = false;

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  /** Bytes that are not at the store yet. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Why no file may be begun; undefined where it may. */
  get obstacle(): string | undefined {
    const { maxBytes } = this.#options;
    if (this.#waitingBytes <= maxBytes) return undefined;
    return `${this.#waitingBytes} bytes wait for the object store: ${this.#lastError ?? 'it is slow'}`;
  }

  /** Finds what waits from before. */
  start(): void {
    void this.#find();
  }

  add({ key, streamId, size }: Upload): void {
    if (this.#waiting.has(key) || this.#running.has(key)) return;
    this.#waiting.set(key, { key, streamId, size });
    this.#waitingBytes += size;
    this.#next();
  }

  /** Uploads under way are not waited for: what is not there whole is uploaded again. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retryTimer);
  }

  async #find(): Promise<void> {
    const { local } = this.#options;
    try {
      for await (const { key } of local.list(RECORDINGS_PREFIX)) {
        if (!key.endsWith(MANIFEST_SUFFIX)) continue;
        const media = key.slice(0, -MANIFEST_SUFFIX.length);
        const streamId = media.split('/')[1] ?? '';
        const { size = 0 } = (await local.stat(media)) ?? {};
        this.add({ key: media, streamId, size });
      }
    } catch (cause) {
      this.#options.onAlarm('', FluxError.from(cause));
    }
  }

  #next(): void {
    if (this.#closed || this.#retryTimer) return;
    for (const upload of this.#waiting.values()) {
      if (this.#running.size >= MAX_AT_ONCE) return;
      if (this.#running.has(upload.key)) continue;
      const running = this.#upload(upload).finally(() => {
        this.#running.delete(upload.key);
        this.#next();
      });
      this.#running.set(upload.key, running);
    }
  }

  async #upload({ key, streamId, size }: Upload): Promise<void> {
    const { local, remote, onAlarm } = this.#options;
    try {
      // The manifest comes last: a recording that has one is whole.
      if (await local.stat(key)) await remote.putStream(key, createReadStream(local.pathOf(key)));
      const manifest = await local.get(manifestKey(key));
      if (manifest) await remote.put(manifestKey(key), manifest);
      await local.delete(key);
      await local.delete(manifestKey(key));
      this.#waiting.delete(key);
      this.#waitingBytes -= size;
      this.#retryDelay = 0;
      this.#lastError = undefined;
    } catch (cause) {
      const error = FluxError.from(cause);
      // Said once for every time that the store goes away.
      if (this.#lastError === undefined) onAlarm(streamId, error);
      this.#lastError = error.message;
      this.#retryLater();
    }
  }

  #retryLater(): void {
    if (this.#closed || this.#retryTimer) return;
    this.#retryDelay = Math.min(LAST_RETRY, this.#retryDelay * 2 || FIRST_RETRY);
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = undefined;
      this.#next();
    }, this.#retryDelay).unref();
  }
}
