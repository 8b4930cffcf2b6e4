import {
  audioConfigBody,
  dataBody,
  fillAudioHeader,
  fillVideoHeader,
  flvCarries,
  MAX_BODY_HEADER_SIZE,
  metadataBody,
  videoConfigBody,
} from '@flux-iot/media/format/flv/tag-body';
import type { Metadata, Muxer } from '@flux-iot/media/format/muxer';
import { ByteWriter } from '@flux-iot/media/model/byte-writer';
import type { Sample } from '@flux-iot/media/model/sample';
import { rescale } from '@flux-iot/media/model/time';
import type { Track } from '@flux-iot/media/model/track';
import { writeMessage } from './chunk-writer.ts';
import { CHUNK_STREAM, MESSAGE } from './message.ts';

const NO_BYTES = Buffer.alloc(0);

/**
 * Samples as RTMP messages, in chunks whose headers depend on nothing that was sent before: all players with the same
 * chunk size and message stream share them.
 */
export class RtmpMuxer implements Muxer {
  readonly #chunkSize: number;
  readonly #messageStreamId: number;
  readonly #metadataPrefix: Buffer;
  readonly #scratch = Buffer.alloc(MAX_BODY_HEADER_SIZE);
  #lastTimestamp = 0;

  /** `metadataPrefix`: AMF0 values before `onMetaData`. */
  constructor(chunkSize: number, messageStreamId: number, metadataPrefix: Buffer = NO_BYTES) {
    this.#metadataPrefix = metadataPrefix;
    this.#chunkSize = chunkSize;
    this.#messageStreamId = messageStreamId;
  }

  carries(track: Track): boolean {
    return flvCarries(track);
  }

  /** Metadata and configurations at time zero, for the cached pictures lie in the past. */
  init(tracks: readonly Track[], metadata: Metadata): Buffer {
    const writer = new ByteWriter(4096);
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
      this.#message(writer, MESSAGE.DATA_AMF0, this.#lastTimestamp, NO_BYTES, 0, dataBody(sample));
    } else if (track) {
      const timestamp = rescale(sample.dts, track.clockRate, 1000);
      this.#lastTimestamp = timestamp;
      if (sample.kind === 'video' && track.kind === 'video') {
        const size = fillVideoHeader(scratch, track, sample);
        this.#message(writer, MESSAGE.VIDEO, timestamp, scratch, size, sample.data);
      } else if (sample.kind === 'audio' && track.kind === 'audio') {
        const size = fillAudioHeader(scratch, track);
        this.#message(writer, MESSAGE.AUDIO, timestamp, scratch, size, sample.data);
      }
    }
  }

  #describe(tracks: readonly Track[], metadata: Metadata, timestamp: number, writer: ByteWriter): void {
    const prefix = this.#metadataPrefix;
    const body = metadataBody(tracks, metadata);
    this.#message(writer, MESSAGE.DATA_AMF0, timestamp, prefix, prefix.length, body);
    for (const track of tracks) {
      const isVideo = track.kind === 'video';
      const body = isVideo ? videoConfigBody(track) : audioConfigBody(track);
      if (body) this.#message(writer, isVideo ? MESSAGE.VIDEO : MESSAGE.AUDIO, timestamp, NO_BYTES, 0, body);
    }
  }

  #message(
    writer: ByteWriter,
    type: number,
    timestamp: number,
    header: Buffer,
    headerSize: number,
    data: Buffer,
  ): void {
    const chunkStreamId =
      type === MESSAGE.VIDEO
        ? CHUNK_STREAM.VIDEO
        : type === MESSAGE.AUDIO
          ? CHUNK_STREAM.AUDIO
          : CHUNK_STREAM.DATA;
    const message = { chunkStreamId, type, messageStreamId: this.#messageStreamId, timestamp };
    writeMessage(writer, this.#chunkSize, message, header, headerSize, data);
  }
}
