import type { MediaSample, Sample } from '@flux-iot/media/model/sample';
import type { Track } from '@flux-iot/media/model/track';

export interface GopLimits {
  readonly maxBytes: number;
  readonly maxSeconds: number;
}

/**
 * The samples since the last key frame of the video, so that whoever comes later can start with a picture. A group
 * of pictures beyond the limits is given up until the next key frame. Streams without video are not cached: any
 * audio frame is a place to start.
 */
export class GopCache {
  readonly #limits: GopLimits;
  #samples: Sample[] = [];
  #byteLength = 0;
  #startSeconds = 0;
  #open = false;

  constructor(limits: GopLimits) {
    this.#limits = limits;
  }

  /** From a key frame on, in the order of arrival; empty while there is no complete start. */
  get samples(): readonly Sample[] {
    return this.#samples;
  }

  get byteLength(): number {
    return this.#byteLength;
  }

  /** Adds a sample; false says that the limits were reached by it and the cache waits for a key frame. */
  add(sample: MediaSample, track: Track): boolean {
    if (sample.kind === 'video' && sample.key) {
      // A new array, for a reader may still be walking the old one.
      this.#samples = [];
      this.#byteLength = 0;
      this.#startSeconds = sample.dts / track.clockRate;
      this.#open = true;
    }
    if (!this.#open) return true;
    this.#samples.push(sample);
    this.#byteLength += sample.byteLength;
    const tooLong = sample.dts / track.clockRate - this.#startSeconds > this.#limits.maxSeconds;
    if (tooLong || this.#byteLength > this.#limits.maxBytes) {
      this.clear();
      return false;
    }
    return true;
  }

  clear(): void {
    this.#samples = [];
    this.#byteLength = 0;
    this.#open = false;
  }
}
