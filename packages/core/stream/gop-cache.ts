import { AudioSample, type MediaSample, VideoSample } from '@flux-iot/media/model/sample';
import type { Track } from '@flux-iot/media/model/track';

export interface GopLimits {
  readonly maxBytes: number;
  readonly maxSeconds: number;
}

/** A sample whose payload stands in the cache's memory. */
interface Entry {
  kind: MediaSample['kind'];
  trackId: number;
  dts: number;
  pts: number;
  key: boolean;
  start: number;
  end: number;
}

/** Memory is had in multiples of this: large enough for the system's allocator to give it back when it is freed. */
const BLOCK = 64 * 1024;
const GROWTH = 1.5;
/** Groups of pictures after which memory that was not needed in any of them is given back. */
const REVIEWED = 8;
const NOTHING = Buffer.alloc(0);

/**
 * The samples since the last key frame of the video, so that whoever comes later can start with a picture. A group
 * of pictures beyond the limits is given up until the next key frame. Streams without video are not cached: any
 * audio frame is a place to start.
 *
 * Payloads are copied into one piece of memory that serves group after group, and is freed when the stream ends: a
 * thousand streams leave nothing for the garbage collector to find, and as much memory as they hold is known.
 */
export class GopCache {
  readonly #limits: GopLimits;
  #memory: Buffer = NOTHING;
  /** The first `#count` of them are the group's; the others wait to be used again. */
  readonly #entries: Entry[] = [];
  #count = 0;
  #byteLength = 0;
  #startSeconds = 0;
  #isOpen = false;
  #largest = 0;
  #reviewed = 0;

  constructor(limits: GopLimits) {
    this.#limits = limits;
  }

  /** Whether there is a complete start. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Bytes of the payloads. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** Bytes that are held for them. */
  get capacity(): number {
    return this.#memory.length;
  }

  /** Adds a copy of a sample; false says that the limits were reached by it and the cache waits for a key frame. */
  add(sample: MediaSample, track: Track): boolean {
    if (sample.kind === 'video' && sample.key) this.#begin(sample.dts / track.clockRate);
    if (!this.#isOpen) return true;
    const start = this.#byteLength;
    const end = start + sample.byteLength;
    const seconds = sample.dts / track.clockRate - this.#startSeconds;
    const { maxBytes, maxSeconds } = this.#limits;
    if (seconds > maxSeconds || end > maxBytes) {
      this.free();
      return false;
    }
    const { length } = this.#memory;
    if (end > length) this.#resize(Math.min(Math.max(end, length * GROWTH), maxBytes));
    sample.copyTo(this.#memory, start);
    this.#byteLength = end;
    this.#note(sample, start, end);
    return true;
  }

  /** Gives the group's samples, from the key frame on, in the order of arrival. */
  replay(take: (sample: MediaSample) => void): void {
    for (let index = 0; index < this.#count; index++) {
      const { kind, trackId, dts, pts, key, start, end } = this.#entries[index]!;
      const data = this.#memory.subarray(start, end);
      take(
        kind === 'video'
          ? VideoSample.fromData(trackId, dts, pts, key, data)
          : new AudioSample(trackId, dts, data),
      );
    }
  }

  clear(): void {
    this.#count = 0;
    this.#byteLength = 0;
    this.#isOpen = false;
  }

  /** Clears it and gives its memory back at once. */
  free(): void {
    this.clear();
    this.#entries.length = 0;
    this.#largest = 0;
    this.#reviewed = 0;
    this.#resize(0);
  }

  #begin(seconds: number): void {
    this.#largest = Math.max(this.#largest, this.#byteLength);
    this.#reviewed++;
    if (this.#reviewed >= REVIEWED) {
      this.#review();
      this.#largest = 0;
      this.#reviewed = 0;
    }
    this.clear();
    this.#startSeconds = seconds;
    this.#isOpen = true;
  }

  /** Groups of pictures have become smaller: what is too much by half and more is given back. */
  #review(): void {
    if (this.#largest * GROWTH * 2 >= this.#memory.length) return;
    this.#resize(this.#largest * GROWTH);
    this.#entries.length = this.#count;
  }

  /** What is not written to costs no memory: it is not cleared, as `ArrayBuffer` would do. */
  #resize(size: number): void {
    const before = this.#memory;
    this.#memory = size > 0 ? Buffer.allocUnsafeSlow(Math.ceil(size / BLOCK) * BLOCK) : NOTHING;
    before.copy(this.#memory, 0, 0, this.#byteLength);
    // Nobody else has views of it for longer than a call, so that it can be freed without the garbage collector.
    if (before !== NOTHING) (before.buffer as ArrayBuffer).transfer(0);
  }

  #note(sample: MediaSample, start: number, end: number): void {
    const { kind, trackId, dts, pts } = sample;
    const key = sample.kind === 'video' && sample.key;
    const entry = this.#entries[this.#count++];
    if (!entry) {
      this.#entries.push({ kind, trackId, dts, pts, key, start, end });
      return;
    }
    entry.kind = kind;
    entry.trackId = trackId;
    entry.dts = dts;
    entry.pts = pts;
    entry.key = key;
    entry.start = start;
    entry.end = end;
  }
}
