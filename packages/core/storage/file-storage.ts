import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { FluxError } from '../errors/flux-error.ts';
import type { MediaStorage } from './media-storage.ts';
import { storageKeySegments } from './storage-key.ts';

export interface FileStorageOptions {
  /** Folder of the media; made when first written to. */
  readonly root: string;
}

/** A put may find its folder gone, when a delete just emptied it; more often than this is not bad luck. */
const MAX_ATTEMPTS = 5;

/**
 * Media as files. A file is written under another name and renamed, so that readers see all of it or nothing; it is
 * not forced to the disk, for live media is worth nothing after a power cut. Errors are `STORAGE_FAILED`.
 */
export class FileStorage implements MediaStorage {
  readonly #root: string;

  constructor(options: FileStorageOptions) {
    this.#root = resolve(options.root);
  }

  async put(key: string, data: Buffer): Promise<void> {
    const path = this.#path(key);
    // A dot in front: no key begins so, and no reader can ask for it.
    const temporary = join(dirname(path), `.${randomUUID()}`);
    try {
      await this.#writeInFolder(temporary, data);
      await rename(temporary, path);
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => {});
      throw failure('write', key, cause);
    }
  }

  async get(key: string): Promise<Buffer | undefined> {
    try {
      return await readFile(this.#path(key));
    } catch (cause) {
      if (isCode(cause, 'ENOENT', 'ENOTDIR')) return undefined;
      throw failure('read', key, cause);
    }
  }

  async delete(key: string): Promise<void> {
    const path = this.#path(key);
    try {
      await rm(path);
    } catch (cause) {
      if (isCode(cause, 'ENOENT', 'ENOTDIR')) return;
      throw failure('delete', key, cause);
    }
    await this.#removeEmptyFolders(dirname(path));
  }

  #path(key: string): string {
    return join(this.#root, ...storageKeySegments(key));
  }

  async #writeInFolder(path: string, data: Buffer): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await mkdir(dirname(path), { recursive: true });
        return await writeFile(path, data);
      } catch (cause) {
        if (!isCode(cause, 'ENOENT') || attempt === MAX_ATTEMPTS) throw cause;
      }
    }
  }

  /** Folders of streams long gone must not pile up. */
  async #removeEmptyFolders(folder: string): Promise<void> {
    for (let at = folder; at !== this.#root; at = dirname(at)) {
      try {
        await rmdir(at);
      } catch {
        // It still holds something, or another delete was faster.
        return;
      }
    }
  }
}

function isCode(cause: unknown, ...codes: string[]): boolean {
  return cause instanceof Error && 'code' in cause && codes.includes(String(cause.code));
}

function failure(action: string, key: string, cause: unknown): FluxError {
  if (cause instanceof FluxError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new FluxError('STORAGE_FAILED', `Could not ${action} ${key}: ${message}`, {
    cause,
    context: { key },
  });
}
