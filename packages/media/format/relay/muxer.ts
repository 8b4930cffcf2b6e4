import { ByteWriter } from '../../model/byte-writer.ts';
import type { Sample } from '../../model/sample.ts';
import { isVideo, type Track } from '../../model/track.ts';
import { writeAmf0 } from '../amf/amf0.ts';
import type { Metadata, Muxer } from '../muxer.ts';
import {
  AUDIO_HEADER_SIZE,
  DATA_HEADER_SIZE,
  FRAME_HEADER_SIZE,
  FRAME_TYPE,
  VIDEO_HEADER_SIZE,
} from './frame.ts';
import { writeTrackList } from './track-list.ts';

/**
 * Samples and tracks of every codec, unchanged. A receiver that skips to a key frame has lost what lay before it, so
 * the tracks are told anew before every sample at which it may go on; a receiver that has them already sees so by
 * their bytes.
 */
export class RelayMuxer implements Muxer {
  #generation = 0;
  #tracks: readonly Track[] = [];
  #metadata: Metadata = {};
  #trackList: Buffer | undefined;

  carries(): boolean {
    return true;
  }

  init(tracks: readonly Track[], metadata: Metadata): Buffer {
    const writer = new ByteWriter(1024);
    this.update(tracks, metadata, writer);
    const { slab, start, end } = writer.take();
    return slab.subarray(start, end);
  }

  update(tracks: readonly Track[], metadata: Metadata, writer: ByteWriter): void {
    this.#tracks = tracks;
    this.#metadata = metadata;
    this.#trackList = undefined;
    this.#tellTracks(writer);
  }

  discontinuity(): void {
    this.#generation++;
    this.#trackList = undefined;
  }

  write(sample: Sample, _track: Track | undefined, writer: ByteWriter): void {
    switch (sample.kind) {
      case 'video': {
        if (sample.key) this.#tellTracks(writer);
        const { data } = sample;
        const at = frame(writer, FRAME_TYPE.VIDEO, VIDEO_HEADER_SIZE + data.length);
        const { buffer } = writer;
        buffer[at] = sample.trackId;
        buffer[at + 1] = sample.key ? 1 : 0;
        buffer.writeDoubleBE(sample.dts, at + 2);
        buffer.writeDoubleBE(sample.pts, at + 10);
        buffer.set(data, at + VIDEO_HEADER_SIZE);
        return;
      }
      case 'audio': {
        if (!this.#tracks.some(isVideo)) this.#tellTracks(writer);
        const { data } = sample;
        const at = frame(writer, FRAME_TYPE.AUDIO, AUDIO_HEADER_SIZE + data.length);
        const { buffer } = writer;
        buffer[at] = sample.trackId;
        buffer.writeDoubleBE(sample.dts, at + 1);
        buffer.set(data, at + AUDIO_HEADER_SIZE);
        return;
      }
      case 'data': {
        const values = writeAmf0([sample.name, ...sample.values], 'ecma-array');
        const at = frame(writer, FRAME_TYPE.DATA, DATA_HEADER_SIZE + values.length);
        writer.buffer.writeDoubleBE(sample.dts, at);
        writer.buffer.set(values, at + DATA_HEADER_SIZE);
      }
    }
  }

  end(writer: ByteWriter): void {
    frame(writer, FRAME_TYPE.END, 0);
  }

  #tellTracks(writer: ByteWriter): void {
    this.#trackList ??= writeTrackList({
      generation: this.#generation,
      tracks: this.#tracks,
      metadata: this.#metadata,
    });
    const at = frame(writer, FRAME_TYPE.TRACKS, this.#trackList.length);
    writer.buffer.set(this.#trackList, at);
  }
}

/** Begins a frame and returns where its body goes. */
function frame(writer: ByteWriter, type: number, size: number): number {
  const at = writer.claim(FRAME_HEADER_SIZE + size);
  writer.buffer.writeUInt32BE(1 + size, at);
  writer.buffer[at + 4] = type;
  return at + FRAME_HEADER_SIZE;
}
