import { FlvMuxer } from '@flux-iot/media/format/flv/muxer';
import { Fmp4Muxer } from '@flux-iot/media/format/fmp4/muxer';
import { fmp4Carries } from '@flux-iot/media/format/fmp4/sample-entry';
import { TsMuxer, tsCarries } from '@flux-iot/media/format/mpegts/muxer';
import type { Metadata, Muxer } from '@flux-iot/media/format/muxer';
import { ByteWriter } from '@flux-iot/media/model/byte-writer';
import type { MediaSample } from '@flux-iot/media/model/sample';
import type { Track } from '@flux-iot/media/model/track';
import type { RecordingFormat } from './recording.ts';

/** Whole access units that are written together, and can be read as soon as they are. */
export interface Batch {
  readonly buffers: readonly Buffer[];
  readonly byteLength: number;
  /** Decoding can start with it. */
  readonly key: boolean;
  /** Seconds of the stream. */
  readonly start: number;
  readonly end: number;
  /** Bytes at its beginning that describe the file. */
  readonly headSize: number;
}

/** The inside of one file. It copies what it is given. */
export interface Container {
  /** Bytes and seconds that wait for their batch; `start` is undefined where nothing does. */
  readonly byteLength: number;
  readonly start: number | undefined;
  /** Throws `ParseError` where the sample cannot stand in the format. */
  add(sample: MediaSample, track: Track): void;
  /** Ends the batch before `next`, which is to follow. */
  cut(next: MediaSample): Batch | undefined;
  /** Ends the file, before `next` where another one begins with it. */
  end(next?: MediaSample): Batch | undefined;
}

export function carries(format: RecordingFormat, track: Track): boolean {
  switch (format) {
    case 'fmp4':
      return fmp4Carries(track);
    case 'flv':
      return new FlvMuxer().carries(track);
    case 'ts':
      return tsCarries(track);
  }
}

export function createContainer(
  format: RecordingFormat,
  tracks: readonly Track[],
  metadata: Metadata,
): Container {
  switch (format) {
    case 'fmp4':
      return new Fmp4Container(tracks);
    case 'flv':
      return new MuxerContainer(new FlvMuxer(), tracks, metadata);
    case 'ts':
      return new MuxerContainer(new TsMuxer(), tracks, metadata);
  }
}

class Fmp4Container implements Container {
  readonly #muxer: Fmp4Muxer;
  #isBegun = false;

  constructor(tracks: readonly Track[]) {
    this.#muxer = new Fmp4Muxer(tracks);
  }

  get byteLength(): number {
    return this.#muxer.byteLength;
  }

  get start(): number | undefined {
    return this.#muxer.start;
  }

  add(sample: MediaSample): void {
    this.#muxer.add(sample);
  }

  cut(next: MediaSample): Batch | undefined {
    return this.#batch(this.#muxer.cutBefore(next));
  }

  end(next?: MediaSample): Batch | undefined {
    return this.#batch(this.#muxer.end(next));
  }

  #batch(fragment: ReturnType<Fmp4Muxer['end']>): Batch | undefined {
    if (!fragment) return undefined;
    const { buffers, byteLength, key, start, end } = fragment;
    if (this.#isBegun) return { buffers, byteLength, key, start, end, headSize: 0 };
    this.#isBegun = true;
    const { init } = this.#muxer;
    const headSize = init.length;
    return { buffers: [init, ...buffers], byteLength: headSize + byteLength, key, start, end, headSize };
  }
}

/** FLV and transport streams: what is muxed sample by sample. */
class MuxerContainer implements Container {
  readonly #muxer: Muxer;
  readonly #writer = new ByteWriter();
  #buffers: { slab: Buffer; start: number; end: number }[] = [];
  #byteLength = 0;
  #headSize: number;
  #head: Buffer | undefined;
  #start: number | undefined;
  #end = 0;
  #key = false;
  #isEmpty = true;

  constructor(muxer: Muxer, tracks: readonly Track[], metadata: Metadata) {
    this.#muxer = muxer;
    this.#head = muxer.init(tracks, metadata);
    this.#headSize = this.#head.length;
    if (muxer instanceof TsMuxer) muxer.writeTables(this.#writer);
  }

  get byteLength(): number {
    return this.#byteLength;
  }

  get start(): number | undefined {
    return this.#start;
  }

  add(sample: MediaSample, track: Track): void {
    const seconds = sample.dts / track.clockRate;
    if (this.#isEmpty) this.#key = sample.kind === 'audio' || sample.key;
    this.#isEmpty = false;
    this.#start = Math.min(this.#start ?? seconds, seconds);
    this.#end = Math.max(this.#end, seconds);
    this.#muxer.write(sample, track, this.#writer);
    const { slab, start, end } = this.#writer.take();
    this.#byteLength += end - start;
    const last = this.#buffers.at(-1);
    if (last && last.slab === slab && last.end === start) last.end = end;
    else this.#buffers.push({ slab, start, end });
  }

  cut(): Batch | undefined {
    if (this.#start === undefined) return undefined;
    const buffers = this.#buffers.map(({ slab, start, end }) => slab.subarray(start, end));
    const headSize = this.#head ? this.#headSize : 0;
    if (this.#head && headSize > 0) buffers.unshift(this.#head);
    const batch = {
      buffers,
      byteLength: headSize + this.#byteLength,
      key: this.#key,
      start: this.#start,
      end: this.#end,
      headSize,
    };
    this.#head = undefined;
    this.#buffers = [];
    this.#byteLength = 0;
    this.#start = undefined;
    this.#isEmpty = true;
    return batch;
  }

  end(): Batch | undefined {
    return this.cut();
  }
}
