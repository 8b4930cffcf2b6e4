import type { MediaSample } from '@flux-iot/media/model/sample';

/** Seconds that a frame lasts while there is only one. */
const FIRST_FRAME_DURATION = 0.04;

/**
 * The time by which a stream is cut, in seconds. It is that of the video; sound carries it on while there is no
 * picture. How far sound runs ahead of the picture does not count, for that differs from source to source.
 */
export class SegmentClock {
  #hasVideo = false;
  #time = 0;
  #lastFrame: number | undefined;
  #frameDuration = FIRST_FRAME_DURATION;
  /** Of the sound since the latest picture. */
  #firstSound: number | undefined;

  /** How long a frame lasts: the distance of the latest two. */
  get frameDuration(): number {
    return this.#frameDuration;
  }

  /** Where the latest frame ends. */
  get end(): number {
    return this.#time + this.#frameDuration;
  }

  restart(hasVideo: boolean): void {
    this.#hasVideo = hasVideo;
    this.#time = 0;
    this.#lastFrame = undefined;
    this.#frameDuration = FIRST_FRAME_DURATION;
    this.#firstSound = undefined;
  }

  /** The cutting time at a sample whose own time is `time`. */
  at(sample: MediaSample, time: number): number {
    if (!this.drives(sample)) return this.#time + Math.max(0, time - (this.#firstSound ?? time));
    return time;
  }

  /** The sample is taken. */
  advance(sample: MediaSample, time: number): void {
    if (!this.drives(sample)) {
      this.#firstSound ??= time;
      return;
    }
    if (this.#lastFrame !== undefined && time > this.#lastFrame) this.#frameDuration = time - this.#lastFrame;
    this.#lastFrame = time;
    this.#time = time;
    this.#firstSound = undefined;
  }

  /** Its own time is what counts. */
  drives(sample: MediaSample): boolean {
    return !this.#hasVideo || sample.kind === 'video';
  }
}
