import { Readable } from 'node:stream';
import { FluxError } from '../errors/flux-error.ts';
import type { ByteRange, MediaStorage, StorageEntry } from './media-storage.ts';
import { storageKeySegments } from './storage-key.ts';

export interface MemoryStorageOptions {
  readonly maxBytes: number;
}

/**
 * Media in memory, up to a number of bytes. What does not fit is refused (`STORAGE_FAILED`): nothing is thrown out
 * to make room, for somebody has promised it to a viewer.
 */
export class MemoryStorage implements MediaStorage {
  readonly #maxBytes: number;
  readonly #entries = new Map<string, { readonly data: Buffer; readonly modifiedAt: number }>();
  #byteLength = 0;

  constructor(options: MemoryStorageOptions) {
    this.#maxBytes = options.maxBytes;
  }

  get byteLength(): number {
    return this.#byteLength;
  }

  /** Keeps `data` itself, not a copy: it must not be modified afterwards. */
  async put(key: string, data: Buffer): Promise<void> {
    storageKeySegments(key);
    const byteLength = this.#byteLength - (this.#entries.get(key)?.data.length ?? 0) + data.length;
    if (byteLength > this.#maxBytes) {
      throw new FluxError(
        'STORAGE_FAILED',
        `The media in memory would be more than ${this.#maxBytes} bytes.`,
        {
          context: { key },
        },
      );
    }
    this.#entries.set(key, { data, modifiedAt: Date.now() });
    this.#byteLength = byteLength;
  }

  async putStream(key: string, source: Readable): Promise<number> {
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of source) {
      parts.push(part);
      size += part.length;
      if (size > this.#maxBytes) break;
    }
    await this.put(key, Buffer.concat(parts));
    return size;
  }

  async get(key: string, range?: ByteRange): Promise<Buffer | undefined> {
    storageKeySegments(key);
    const data = this.#entries.get(key)?.data;
    return range ? data?.subarray(range.start, range.end) : data;
  }

  async getStream(key: string, range?: ByteRange): Promise<Readable | undefined> {
    const data = await this.get(key, range);
    return data && Readable.from(data.length > 0 ? [data] : []);
  }

  async stat(key: string): Promise<StorageEntry | undefined> {
    storageKeySegments(key);
    const entry = this.#entries.get(key);
    return entry && { key, size: entry.data.length, modifiedAt: entry.modifiedAt };
  }

  async *list(prefix: string): AsyncGenerator<StorageEntry> {
    for (const [key, { data, modifiedAt }] of [...this.#entries]) {
      if (key.startsWith(prefix)) yield { key, size: data.length, modifiedAt };
    }
  }

  async delete(key: string): Promise<void> {
    storageKeySegments(key);
    this.#byteLength -= this.#entries.get(key)?.data.length ?? 0;
    this.#entries.delete(key);
  }
}
