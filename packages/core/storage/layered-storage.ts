import type { Readable } from 'node:stream';
import type { ByteRange, MediaStorage, StorageEntry } from './media-storage.ts';

/**
 * Two storages as one: what is near, because it is being written or waits to be taken away, and what is kept far away.
 * The near one is asked first; what is put goes to the far one.
 */
export class LayeredStorage implements MediaStorage {
  readonly #near: MediaStorage;
  readonly #far: MediaStorage;

  constructor(near: MediaStorage, far: MediaStorage) {
    this.#near = near;
    this.#far = far;
  }

  put(key: string, data: Buffer): Promise<void> {
    return this.#far.put(key, data);
  }

  putStream(key: string, source: Readable): Promise<number> {
    return this.#far.putStream(key, source);
  }

  async get(key: string, range?: ByteRange): Promise<Buffer | undefined> {
    return (await this.#near.get(key, range)) ?? this.#far.get(key, range);
  }

  async getStream(key: string, range?: ByteRange): Promise<Readable | undefined> {
    return (await this.#near.getStream(key, range)) ?? this.#far.getStream(key, range);
  }

  async stat(key: string): Promise<StorageEntry | undefined> {
    return (await this.#near.stat(key)) ?? this.#far.stat(key);
  }

  async *list(prefix: string): AsyncGenerator<StorageEntry> {
    const seen = new Set<string>();
    for await (const entry of this.#near.list(prefix)) {
      seen.add(entry.key);
      yield entry;
    }
    for await (const entry of this.#far.list(prefix)) if (!seen.has(entry.key)) yield entry;
  }

  async deleteRemains(before: number): Promise<number> {
    const [near = 0, far = 0] = await Promise.all([
      this.#near.deleteRemains?.(before),
      this.#far.deleteRemains?.(before),
    ]);
    return near + far;
  }

  async delete(key: string): Promise<void> {
    await Promise.all([this.#near.delete(key), this.#far.delete(key)]);
  }
}
