import type { MediaStorage } from '@flux-iot/core/storage/media-storage';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import type { SegmentExtension } from './segment-format.ts';

/** Where a part is in its segment. */
interface PartRange {
  readonly sequence: number;
  readonly start: number;
  readonly end: number;
}

/**
 * The bytes of one stream's segments and of their parts. Parts of the segment at hand are in memory; when it is whole,
 * they are ranges of it. A whole segment is in the storage, and near the end of the playlist in memory, too.
 */
export class SegmentShelf {
  readonly #storage: MediaStorage;
  readonly #folder: string;
  readonly #extension: SegmentExtension;
  readonly #held = new Map<number, Buffer>();
  readonly #openParts = new Map<number, Buffer>();
  readonly #ranges = new Map<number, PartRange>();
  readonly #reads = new Map<number, Promise<Buffer | undefined>>();

  constructor(storage: MediaStorage, streamId: StreamId, extension: SegmentExtension) {
    this.#storage = storage;
    this.#folder = `hls/${streamId}`;
    this.#extension = extension;
  }

  /** Of what is in memory. */
  get byteLength(): number {
    let sum = 0;
    for (const { length } of this.#held.values()) sum += length;
    for (const { length } of this.#openParts.values()) sum += length;
    return sum;
  }

  addPart(number: number, data: Buffer): void {
    this.#openParts.set(number, data);
  }

  /** The segment at hand will not become whole. */
  dropParts(): void {
    this.#openParts.clear();
  }

  /** The segment at hand is whole, and has number `sequence`: its parts are `parts`, in order. */
  hold(sequence: number, data: Buffer, parts: readonly number[]): void {
    let start = 0;
    for (const number of parts) {
      const end = start + (this.#openParts.get(number)?.length ?? 0);
      this.#ranges.set(number, { sequence, start, end });
      start = end;
    }
    this.#openParts.clear();
    this.#held.set(sequence, data);
  }

  /** It is read from the storage from now on. */
  release(sequence: number): void {
    this.#held.delete(sequence);
  }

  store(sequence: number, data: Buffer): Promise<void> {
    return this.#storage.put(this.#key(sequence), data);
  }

  /** Read once for all who ask at the same time. */
  async read(sequence: number): Promise<Buffer | undefined> {
    const held = this.#held.get(sequence);
    if (held) return held;
    let reading = this.#reads.get(sequence);
    if (!reading) {
      reading = this.#storage.get(this.#key(sequence)).finally(() => this.#reads.delete(sequence));
      this.#reads.set(sequence, reading);
    }
    return reading;
  }

  async readPart(number: number): Promise<Buffer | undefined> {
    const open = this.#openParts.get(number);
    if (open) return open;
    const range = this.#ranges.get(number);
    if (!range) return undefined;
    const data = await this.read(range.sequence);
    return data?.subarray(range.start, range.end);
  }

  async delete(sequence: number): Promise<void> {
    this.#held.delete(sequence);
    for (const [number, range] of this.#ranges) {
      if (range.sequence > sequence) break;
      this.#ranges.delete(number);
    }
    try {
      await this.#storage.delete(this.#key(sequence));
    } catch {
      // What cannot be deleted is not reachable any more either; the storage reports its own faults when written to.
    }
  }

  #key(sequence: number): string {
    return `${this.#folder}/${sequence}.${this.#extension}`;
  }
}
