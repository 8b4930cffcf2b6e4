import { ByteWriter } from '../../model/byte-writer.ts';
import type { Sample } from '../../model/sample.ts';
import { rescale } from '../../model/time.ts';
import type { Track } from '../../model/track.ts';
import type { Metadata, Muxer } from '../muxer.ts';
import { TAG } from './constants.ts';
import {
  audioConfigBody,
  dataBody,
  fillAudioHeader,
  fillVideoHeader,
  MAX_HEADER_SIZE,
  metadataBody,
  videoConfigBody,
} from './tag-body.ts';

const TAG_HEADER_SIZE = 11;
const PREVIOUS_TAG_SIZE = 4;
const NO_BYTES = Buffer.alloc(0);

/** FLV (Adobe FLV 10.1 Annex E; Enhanced RTMP v2 for H.265, AV1, VP9 and Opus). */
export class FlvMuxer implements Muxer {
  readonly #scratch = Buffer.alloc(MAX_HEADER_SIZE);
  #lastTimestamp = 0;

  carries(_track: Track): boolean {
    return true;
  }

  /** Header, `onMetaData` and the decoders' configurations; at time zero, for the cached pictures lie in the past. */
  init(tracks: readonly Track[], metadata: Metadata): Buffer {
    const writer = new ByteWriter(4096);
    const flags = tracks.reduce((bits, track) => bits | (track.kind === 'video' ? 1 : 4), 0);
    writer.bytes(Buffer.from([0x46, 0x4c, 0x56, 1, flags, 0, 0, 0, 9, 0, 0, 0, 0]));
    this.#describe(tracks, metadata, 0, writer);
    const { slab, start, end } = writer.take();
    return slab.subarray(start, end);
  }

  update(tracks: readonly Track[], metadata: Metadata, writer: ByteWriter): void {
    this.#describe(tracks, metadata, this.#lastTimestamp, writer);
  }

  write(sample: Sample, track: Track | undefined, writer: ByteWriter): void {
    const scratch = this.#scratch;
    if (sample.kind === 'data') {
      writeTag(writer, TAG.SCRIPT, this.#lastTimestamp, NO_BYTES, 0, dataBody(sample));
    } else if (track) {
      const timestamp = rescale(sample.dts, track.clockRate, 1000);
      this.#lastTimestamp = timestamp;
      if (sample.kind === 'video' && track.kind === 'video') {
        writeTag(writer, TAG.VIDEO, timestamp, scratch, fillVideoHeader(scratch, track, sample), sample.data);
      } else if (sample.kind === 'audio' && track.kind === 'audio') {
        writeTag(writer, TAG.AUDIO, timestamp, scratch, fillAudioHeader(scratch, track), sample.data);
      }
    }
  }

  #describe(tracks: readonly Track[], metadata: Metadata, timestamp: number, writer: ByteWriter): void {
    writeTag(writer, TAG.SCRIPT, timestamp, NO_BYTES, 0, metadataBody(tracks, metadata));
    for (const track of tracks) {
      const isVideo = track.kind === 'video';
      const body = isVideo ? videoConfigBody(track) : audioConfigBody(track);
      if (body) writeTag(writer, isVideo ? TAG.VIDEO : TAG.AUDIO, timestamp, NO_BYTES, 0, body);
    }
  }
}

/** One tag: header, the first `headerSize` bytes of `header`, `data`, and the size of it all (§E.3, E.4.1). */
function writeTag(
  writer: ByteWriter,
  type: number,
  timestamp: number,
  header: Buffer,
  headerSize: number,
  data: Buffer,
): void {
  const bodySize = headerSize + data.length;
  const size = TAG_HEADER_SIZE + bodySize + PREVIOUS_TAG_SIZE;
  const at = writer.claim(size);
  const { buffer } = writer;
  buffer[at] = type;
  buffer.writeUIntBE(bodySize & 0xffffff, at + 1, 3);
  // 24 bits, then the upper eight; it wraps after 49 days as the format's 32 bits do.
  const stamp = timestamp >>> 0;
  buffer.writeUIntBE(stamp & 0xffffff, at + 4, 3);
  buffer[at + 7] = stamp >>> 24;
  buffer.writeUIntBE(0, at + 8, 3);
  for (let index = 0; index < headerSize; index++) buffer[at + TAG_HEADER_SIZE + index] = header[index]!;
  buffer.set(data, at + TAG_HEADER_SIZE + headerSize);
  buffer.writeUInt32BE(TAG_HEADER_SIZE + bodySize, at + size - PREVIOUS_TAG_SIZE);
}
