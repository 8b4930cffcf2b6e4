import { Fmp4Muxer, type Fragment } from '@flux-iot/media/format/fmp4/muxer';
import type { MediaSample } from '@flux-iot/media/model/sample';
import type { Track } from '@flux-iot/media/model/track';
import type { SegmentWriter, WrittenPiece } from './segment-writer.ts';

/**
 * Fragments of MP4 (RFC 8216 §3.3). How long a frame lasts is known when the next one of its track comes, so the latest
 * sound may stand in the piece after the one that it was written for; every frame stands in exactly one.
 *
 * Times are the stream's own, so that renditions have the same ones, whenever the cutting of each began.
 */
export class Fmp4SegmentWriter implements SegmentWriter {
  #muxer = new Fmp4Muxer([], { keepsTimes: true });
  #init: Buffer | undefined;

  get byteLength(): number {
    return this.#muxer.byteLength;
  }

  get init(): Buffer | undefined {
    return this.#init;
  }

  restart(tracks: readonly Track[]): void {
    this.#muxer = new Fmp4Muxer(tracks, { keepsTimes: true });
    this.#init = undefined;
  }

  begin(): void {}

  write(sample: MediaSample): void {
    this.#muxer.add(sample);
  }

  take(next: MediaSample | undefined): WrittenPiece | undefined {
    const fragment: Fragment | undefined = next ? this.#muxer.cutBefore(next) : this.#muxer.end();
    if (!fragment) return undefined;
    this.#init ??= this.#muxer.init;
    return { data: Buffer.concat(fragment.buffers), hasKey: fragment.hasKey };
  }
}
