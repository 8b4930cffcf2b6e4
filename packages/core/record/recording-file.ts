import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolderDurably, syncFolder } from '../storage/durable.ts';

export interface FinishedFile {
  readonly size: number;
  /** Of its whole content, hexadecimal. */
  readonly sha256: string;
}

/** As many buffers as one call of the system takes on any platform. */
const MAX_VECTORS = 512;

/**
 * A file that grows by whole batches in the background: `append` never waits. What a failed write left of a batch is
 * cut off again, so the file always ends with a whole one.
 */
export class RecordingFile {
  readonly #path: string;
  readonly #isDurable: boolean;
  readonly #onError: (cause: unknown) => void;
  readonly #hash = createHash('sha256');
  #handle: FileHandle | undefined;
  #queue: (readonly Buffer[])[] = [];
  #queuedBytes = 0;
  #size = 0;
  #failed = false;
  #pumping: Promise<void> | undefined;
  #closing: Promise<FinishedFile> | undefined;

  /** `isDurable`: what was appended is forced to the disk before more is written. */
  constructor(path: string, isDurable: boolean, onError: (cause: unknown) => void) {
    this.#path = path;
    this.#isDurable = isDurable;
    this.#onError = onError;
  }

  /** Bytes that are not written yet. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Bytes that are written. */
  get size(): number {
    return this.#size;
  }

  append(buffers: readonly Buffer[], byteLength: number): void {
    if (this.#failed || this.#closing) return;
    this.#queue.push(buffers);
    this.#queuedBytes += byteLength;
    this.#pumping ??= this.#pump();
  }

  /** Writes what waits, forces it to the disk, and says what the file holds. Idempotent. */
  close(): Promise<FinishedFile> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #pump(): Promise<void> {
    // What was queued in the same turn goes out in one call.
    await Promise.resolve();
    while (this.#queue.length > 0 && !this.#failed) {
      const batches = this.#queue;
      this.#queue = [];
      try {
        this.#handle ??= await this.#open();
        for (const batch of batches) await this.#write(this.#handle, batch);
        // Of what comes meanwhile, all is forced together.
        if (this.#isDurable) await this.#handle.datasync();
      } catch (cause) {
        this.#failed = true;
        this.#queue = [];
        this.#queuedBytes = 0;
        await this.#handle?.truncate(this.#size).catch(() => {});
        this.#onError(cause);
      }
    }
    this.#pumping = undefined;
  }

  async #open(): Promise<FileHandle> {
    const folder = dirname(this.#path);
    if (!this.#isDurable) {
      await mkdir(folder, { recursive: true });
      return open(this.#path, 'wx');
    }
    await makeFolderDurably(folder);
    const handle = await open(this.#path, 'wx');
    await syncFolder(folder);
    return handle;
  }

  async #write(handle: FileHandle, batch: readonly Buffer[]): Promise<void> {
    let position = this.#size;
    for (let at = 0; at < batch.length; at += MAX_VECTORS) {
      position = await writeAll(handle, batch.slice(at, at + MAX_VECTORS), position);
    }
    for (const buffer of batch) this.#hash.update(buffer);
    this.#queuedBytes -= position - this.#size;
    this.#size = position;
  }

  async #close(): Promise<FinishedFile> {
    await this.#pumping;
    if (this.#handle) {
      // A full disk may say so only now; what is written is what there is.
      await this.#handle.datasync().catch(this.#onError);
      await this.#handle.close();
    }
    return { size: this.#size, sha256: this.#hash.digest('hex') };
  }
}

/** Returns where the next byte goes. */
async function writeAll(handle: FileHandle, buffers: readonly Buffer[], position: number): Promise<number> {
  let rest = [...buffers];
  while (rest.length > 0) {
    const { bytesWritten } = await handle.writev(rest, position);
    position += bytesWritten;
    let written = bytesWritten;
    while (rest[0] && written >= rest[0].length) {
      written -= rest[0].length;
      rest = rest.slice(1);
    }
    if (rest[0] && written > 0) rest[0] = rest[0].subarray(written);
  }
  return position;
}
