import { FluxError } from '../errors/flux-error.ts';
import type { MediaStorage } from './media-storage.ts';
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
  readonly #entries = new Map<string, Buffer>();
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
    const byteLength = this.#byteLength - (this.#entries.get(key)?.length ?? 0) + data.length;
    if (byteLength > this.#maxBytes) {
      throw new FluxError(
        'STORAGE_FAILED',
        `The media in memory would be more than ${this.#maxBytes} bytes.`,
        {
          context: { key },
        },
      );
    }
    this.#entries.set(key, data);
    this.#byteLength = byteLength;
  }

  async get(key: string): Promise<Buffer | undefined> {
    storageKeySegments(key);
    return this.#entries.get(key);
  }

  async delete(key: string): Promise<void> {
    storageKeySegments(key);
    this.#byteLength -= this.#entries.get(key)?.length ?? 0;
    this.#entries.delete(key);
  }
}
