import { TsMuxer } from '@flux-iot/media/format/mpegts/muxer';
import type { Metadata } from '@flux-iot/media/format/muxer';
import { ByteWriter } from '@flux-iot/media/model/byte-writer';
import type { MediaSample } from '@flux-iot/media/model/sample';
import { isVideo, type Track } from '@flux-iot/media/model/track';
import type { SegmentWriter, WrittenPiece } from './segment-writer.ts';

/** A stretch of a slab; neighbouring ones are joined. */
interface Stretch {
  readonly slab: Buffer;
  readonly start: number;
  end: number;
}

/** Transport streams, each beginning with its tables. */
export class TsSegmentWriter implements SegmentWriter {
  readonly init = undefined;
  readonly #muxer = new TsMuxer();
  readonly #writer = new ByteWriter();
  #stretches: Stretch[] = [];
  #byteLength = 0;
  #hasVideo = false;
  #hasKey = false;

  get byteLength(): number {
    return this.#byteLength;
  }

  restart(tracks: readonly Track[], metadata: Metadata): void {
    this.#hasVideo = tracks.some(isVideo);
    this.#muxer.init(tracks, metadata);
  }

  begin(): void {
    this.#muxer.writeTables(this.#writer);
  }

  write(sample: MediaSample, track: Track): void {
    try {
      this.#muxer.write(sample, track, this.#writer);
      if (!this.#hasVideo || (sample.kind === 'video' && sample.key)) this.#hasKey = true;
    } finally {
      this.#gather();
    }
  }

  take(): WrittenPiece | undefined {
    if (this.#stretches.length === 0) return undefined;
    const data = Buffer.concat(this.#stretches.map(({ slab, start, end }) => slab.subarray(start, end)));
    const piece = { data, hasKey: this.#hasKey };
    this.#stretches = [];
    this.#byteLength = 0;
    this.#hasKey = false;
    return piece;
  }

  #gather(): void {
    const { slab, start, end } = this.#writer.take();
    this.#byteLength += end - start;
    const last = this.#stretches.at(-1);
    if (last && last.slab === slab && last.end === start) last.end = end;
    else this.#stretches.push({ slab, start, end });
  }
}
