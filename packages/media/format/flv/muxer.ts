import { ByteWriter } from '../../model/byte-writer.ts';
import type { Sample } from '../../model/sample.ts';
import type { Track } from '../../model/track.ts';
import type { Metadata, Muxer } from '../muxer.ts';
import {
  audioConfigBody,
  dataBody,
  fillAudioHeader,
  fillVideoHeader,
  flvCarries,
  MAX_BODY_HEADER_SIZE,
  metadataBody,
  tagTime,
  videoConfigBody,
} from './tag-body.ts';
import {
  fileHeader,
  MAX_BODY_SIZE,
  TAG_HEADER_SIZE,
  TAG_TRAILER_SIZE,
  TAG_TYPE,
  writeTagHeader,
} from './tag-header.ts';

/** Samples to FLV tags (Adobe FLV 10.1 Annex E, Enhanced RTMP v2). */
export class FlvMuxer implements Muxer {
  readonly #scratch = Buffer.alloc(MAX_BODY_HEADER_SIZE);
  /** Milliseconds of the newest tag. */
  #time = 0;

  carries(track: Track): boolean {
    return flvCarries(track);
  }

  init(tracks: readonly Track[], metadata: Metadata): Buffer {
    const writer = new ByteWriter(1024);
    writer.bytes(
      fileHeader({
        video: tracks.some(track => track.kind === 'video'),
        audio: tracks.some(track => track.kind === 'audio'),
      }),
    );
    this.#describe(tracks, metadata, 0, writer);
    const { slab, start, end } = writer.take();
    return slab.subarray(start, end);
  }

  update(tracks: readonly Track[], metadata: Metadata, writer: ByteWriter): void {
    this.#describe(tracks, metadata, this.#time, writer);
  }

  write(sample: Sample, track: Track | undefined, writer: ByteWriter): void {
    if (sample.kind === 'data') {
      writeTag(writer, TAG_TYPE.DATA, sample.dts, dataBody(sample));
      return;
    }
    let type: number;
    let headerSize: number;
    if (sample.kind === 'video') {
      if (track?.kind !== 'video') return;
      type = TAG_TYPE.VIDEO;
      headerSize = fillVideoHeader(this.#scratch, track, sample);
    } else {
      if (track?.kind !== 'audio') return;
      type = TAG_TYPE.AUDIO;
      headerSize = fillAudioHeader(this.#scratch, track);
    }
    const { data } = sample;
    const time = tagTime(sample, track);
    const size = headerSize + data.length;
    // 24 bits of length: a picture of 16 MiB cannot be said in FLV.
    if (size > MAX_BODY_SIZE) return;
    const at = writer.claim(TAG_HEADER_SIZE + size + TAG_TRAILER_SIZE);
    const { buffer } = writer;
    const body = at + TAG_HEADER_SIZE;
    writeTagHeader(buffer, at, type, size, time);
    this.#scratch.copy(buffer, body, 0, headerSize);
    buffer.set(data, body + headerSize);
    buffer.writeUInt32BE(TAG_HEADER_SIZE + size, body + size);
    if (time > this.#time) this.#time = time;
  }

  /** Metadata and the decoders' configurations. */
  #describe(tracks: readonly Track[], metadata: Metadata, time: number, writer: ByteWriter): void {
    writeTag(writer, TAG_TYPE.DATA, time, metadataBody(tracks, metadata));
    for (const track of tracks) {
      const isVideo = track.kind === 'video';
      const body = isVideo ? videoConfigBody(track) : audioConfigBody(track);
      if (body) writeTag(writer, isVideo ? TAG_TYPE.VIDEO : TAG_TYPE.AUDIO, time, body);
    }
  }
}

function writeTag(writer: ByteWriter, type: number, time: number, body: Buffer): void {
  const at = writer.claim(TAG_HEADER_SIZE);
  writeTagHeader(writer.buffer, at, type, body.length, time);
  writer.bytes(body);
  writer.u32(TAG_HEADER_SIZE + body.length);
}
