import { randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FluxError } from '../errors/flux-error.ts';
import { makeFolderDurably, renameDurably, writeDurably } from './durable.ts';
import type { ByteRange, MediaStorage, StorageEntry } from './media-storage.ts';
import { storageKeySegments } from './storage-key.ts';

export interface FileStorageOptions {
  /** Folder of the media; made when first written to. */
  readonly root: string;
  /** What is put is there after a power cut. Live media is worth nothing then, and not forced to the disk. */
  readonly isDurable?: boolean;
}

/** A put may find its folder gone, when a delete just emptied it; more often than this is not bad luck. */
const MAX_ATTEMPTS = 5;
/** What a file is called while it is written: no key begins with a dot, so no reader can ask for it. */
const TEMPORARY = /^\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Media as files. A file is written under another name and renamed, so that readers see all of it or nothing. Errors are
 * `STORAGE_FAILED`.
 */
export class FileStorage implements MediaStorage {
  readonly #root: string;
  readonly #isDurable: boolean;

  constructor(options: FileStorageOptions) {
    this.#root = resolve(options.root);
    this.#isDurable = options.isDurable ?? false;
  }

  /** Where the file of a key is, for who writes it by and by. Throws `STORAGE_FAILED` for what is no key. */
  pathOf(key: string): string {
    return this.#path(key);
  }

  async put(key: string, data: Buffer): Promise<void> {
    await this.#replace(key, path =>
      this.#inFolder(path, () => (this.#isDurable ? writeDurably(path, data) : writeFile(path, data))),
    );
  }

  async putStream(key: string, source: Readable): Promise<number> {
    let size = 0;
    await this.#replace(key, async path => {
      // Opened first: a stream can be read but once.
      const handle = await this.#inFolder(path, () => open(path, 'wx'));
      const target = handle.createWriteStream({ flush: this.#isDurable });
      await pipeline(source, target);
      size = target.bytesWritten;
    });
    return size;
  }

  async get(key: string, range?: ByteRange): Promise<Buffer | undefined> {
    if (!range) return this.#read(key, path => readFile(path));
    return this.#read(key, async path => {
      await using handle = await open(path);
      const { size } = await handle.stat();
      const end = Math.min(range.end ?? size, size);
      if (end <= range.start) return Buffer.alloc(0);
      return readAll(handle, range.start, end - range.start);
    });
  }

  async getStream(key: string, range?: ByteRange): Promise<Readable | undefined> {
    const handle = await this.#read(key, path => open(path));
    if (!handle) return undefined;
    const { size } = await handle.stat();
    const start = range?.start ?? 0;
    const end = Math.min(range?.end ?? size, size);
    // Its end is said even where none was asked for: the file may be growing. A stream has at least one byte.
    if (end > start) return handle.createReadStream({ start, end: end - 1 });
    await handle.close();
    return EMPTY();
  }

  async stat(key: string): Promise<StorageEntry | undefined> {
    const found = await this.#read(key, path => stat(path));
    return found?.isFile() ? { key, size: found.size, modifiedAt: found.mtimeMs } : undefined;
  }

  async *list(prefix: string): AsyncGenerator<StorageEntry> {
    const folder = prefix.replace(/\/$/, '');
    yield* this.#walk(folder, folder === '' ? this.#root : this.#path(folder));
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

  async deleteRemains(before: number): Promise<number> {
    let entries: Dirent[];
    try {
      entries = await readdir(this.#root, { recursive: true, withFileTypes: true });
    } catch (cause) {
      if (isCode(cause, 'ENOENT', 'ENOTDIR')) return 0;
      throw failure('list', '', cause);
    }
    let deleted = 0;
    for (const { name, parentPath } of entries) {
      if (!TEMPORARY.test(name)) continue;
      const path = join(parentPath, name);
      const found = await stat(path).catch(() => undefined);
      if (!found?.isFile() || found.mtimeMs >= before) continue;
      await rm(path, { force: true });
      await this.#removeEmptyFolders(parentPath);
      deleted++;
    }
    return deleted;
  }

  async *#walk(key: string, path: string): AsyncGenerator<StorageEntry> {
    let entries: Dirent[];
    try {
      entries = await readdir(path, { withFileTypes: true });
    } catch (cause) {
      if (isCode(cause, 'ENOENT', 'ENOTDIR')) return;
      throw failure('list', key, cause);
    }
    for (const entry of entries) {
      // Files that are being written have a dot in front.
      if (entry.name.startsWith('.')) continue;
      const inner = key === '' ? entry.name : `${key}/${entry.name}`;
      if (entry.isDirectory()) yield* this.#walk(inner, join(path, entry.name));
      else {
        const found = await stat(join(path, entry.name)).catch(() => undefined);
        if (found?.isFile()) yield { key: inner, size: found.size, modifiedAt: found.mtimeMs };
      }
    }
  }

  /** Writes under another name and renames. */
  async #replace(key: string, write: (path: string) => Promise<void>): Promise<void> {
    const path = this.#path(key);
    const temporary = join(dirname(path), `.${randomUUID()}`);
    try {
      await write(temporary);
      if (this.#isDurable) await renameDurably(temporary, path);
      else await rename(temporary, path);
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => {});
      throw failure('write', key, cause);
    }
  }

  /** Undefined where there is no such file. */
  async #read<Result>(key: string, read: (path: string) => Promise<Result>): Promise<Result | undefined> {
    try {
      return await read(this.#path(key));
    } catch (cause) {
      if (isCode(cause, 'ENOENT', 'ENOTDIR')) return undefined;
      throw failure('read', key, cause);
    }
  }

  #path(key: string): string {
    return join(this.#root, ...storageKeySegments(key));
  }

  async #inFolder<Result>(path: string, write: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        if (this.#isDurable) await makeFolderDurably(dirname(path));
        else await mkdir(dirname(path), { recursive: true });
        return await write();
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

const EMPTY = () => Readable.from([]);

async function readAll(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  const data = Buffer.allocUnsafe(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await handle.read(data, read, length - read, start + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return data.subarray(0, read);
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
