import { ADTS_HEADER_SIZE, AdtsWriter } from '../../codec/aac/adts.ts';
import type { ByteWriter } from '../../model/byte-writer.ts';
import { ParseError } from '../../model/parse-error.ts';
import type { AudioSample, Sample, VideoSample } from '../../model/sample.ts';
import { rescale } from '../../model/time.ts';
import { hasNalUnits, type Track } from '../../model/track.ts';
import { AccessUnitWriter } from '../mpegts/access-unit.ts';
import { MAX_PES_HEADER, writePesHeader } from '../mpegts/pes-header.ts';
import type { Metadata, Muxer } from '../muxer.ts';
import {
  PACK_HEADER_SIZE,
  PES_HEADER_SIZE,
  systemHeader,
  writeContinuationHeader,
  writePackHeader,
} from './headers.ts';
import { programMap } from './program-map.ts';
import { PS_CLOCK_RATE, PS_STREAM_TYPE, STREAM_ID } from './program-stream.ts';

/** A PES packet says its length in 16 bits, its header included; longer frames take several. */
const MAX_PES_PAYLOAD = 0xff00;
const MAX_VERSION = 32;
/** Without video, the stream map is repeated this often. */
const MAP_INTERVAL = PS_CLOCK_RATE / 2;

interface ElementaryStream {
  readonly track: Track;
  readonly streamId: number;
  readonly accessUnits?: AccessUnitWriter;
  readonly adts?: AdtsWriter;
}

/**
 * MPEG-2 program stream (ISO/IEC 13818-1 §2.5) in the form that GB/T 28181 Annex C has it in: a pack for each frame,
 * with the system header and the stream map before key frames. One stream of video and one of sound.
 */
export class PsMuxer implements Muxer {
  readonly #streams = new Map<number, ElementaryStream>();
  readonly #head = Buffer.alloc(MAX_PES_HEADER);
  readonly #adtsHead = Buffer.alloc(ADTS_HEADER_SIZE);
  /** What the payload of the frame at hand is put together from. */
  readonly #chunks: Buffer[] = [];
  #systemHeader: Buffer = Buffer.alloc(0);
  #map: Buffer = Buffer.alloc(0);
  #version = 0;
  #hasVideo = false;
  #mapAt = Number.NEGATIVE_INFINITY;

  carries(track: Track): boolean {
    return elementaryStream(track) !== undefined;
  }

  /** Sets the tracks. They need no bytes ahead of the stream. */
  init(tracks: readonly Track[], _metadata: Metadata): Buffer {
    this.#setTracks(tracks);
    return Buffer.alloc(0);
  }

  update(tracks: readonly Track[], _metadata: Metadata, _writer: ByteWriter): void {
    this.#setTracks(tracks);
  }

  /** Samples of tracks that were not announced, and data samples, have no place in it. Throws `ParseError`. */
  write(sample: Sample, track: Track | undefined, writer: ByteWriter): void {
    if (sample.kind === 'data' || !track || sample.byteLength === 0) return;
    const stream = this.#streams.get(track.id);
    if (!stream) return;
    this.#chunks.length = 0;
    const size =
      sample.kind === 'video' ? this.#gatherVideo(sample, stream) : this.#gatherAudio(sample, stream);
    const dts = rescale(sample.dts, track.clockRate, PS_CLOCK_RATE);
    const pts = rescale(sample.pts, track.clockRate, PS_CLOCK_RATE);
    const at = writer.claim(PACK_HEADER_SIZE);
    writePackHeader(writer.buffer, at, dts);
    if (this.#mapIsDue(dts, sample)) {
      writer.bytes(this.#systemHeader);
      writer.bytes(this.#map);
      this.#mapAt = dts;
    }
    this.#writePes(writer, stream.streamId, size, pts, dts);
  }

  #gatherVideo(sample: VideoSample, { accessUnits }: ElementaryStream): number {
    return accessUnits?.append(sample, this.#chunks) ?? 0;
  }

  #gatherAudio({ data }: AudioSample, { adts }: ElementaryStream): number {
    if (adts) {
      adts.write(this.#adtsHead, 0, data.length);
      this.#chunks.push(this.#adtsHead);
    }
    this.#chunks.push(data);
    return data.length + (adts ? ADTS_HEADER_SIZE : 0);
  }

  #mapIsDue(dts: number, sample: VideoSample | AudioSample): boolean {
    if (sample.kind === 'video') return sample.key;
    return !this.#hasVideo && (dts - this.#mapAt >= MAP_INTERVAL || dts < this.#mapAt);
  }

  /** The frame in `#chunks`, in as many PES packets as it needs; the first has its times. */
  #writePes(writer: ByteWriter, streamId: number, size: number, pts: number, dts: number): void {
    let left = size;
    let index = 0;
    let offset = 0;
    for (let isFirst = true; left > 0; isFirst = false) {
      let room = Math.min(left, MAX_PES_PAYLOAD);
      left -= room;
      if (isFirst) {
        writer.bytes(this.#head.subarray(0, writePesHeader(this.#head, streamId, room, pts, dts)));
      } else {
        const at = writer.claim(PES_HEADER_SIZE);
        writeContinuationHeader(writer.buffer, at, streamId, room);
      }
      while (room > 0) {
        const chunk = this.#chunks[index]!;
        const piece = chunk.subarray(offset, offset + room);
        writer.bytes(piece);
        room -= piece.length;
        offset += piece.length;
        if (offset === chunk.length) {
          index++;
          offset = 0;
        }
      }
    }
  }

  /** Of each kind the first that has a place in it. */
  #setTracks(tracks: readonly Track[]): void {
    const before = [...this.#streams.values()];
    const streams: ElementaryStream[] = [];
    for (const track of tracks) {
      const stream = before.find(known => known.track === track) ?? elementaryStream(track);
      if (stream && !streams.some(({ streamId }) => streamId === stream.streamId)) streams.push(stream);
    }
    if (streams.length === before.length && streams.every(stream => before.includes(stream))) return;
    this.#streams.clear();
    for (const stream of streams) this.#streams.set(stream.track.id, stream);
    if (before.length > 0) this.#version = (this.#version + 1) % MAX_VERSION;
    this.#hasVideo = streams.some(({ track }) => track.kind === 'video');
    this.#systemHeader = systemHeader(streams.map(({ streamId }) => streamId));
    this.#map = programMap(
      this.#version,
      streams.map(({ streamId, track }) => ({ streamId, streamType: streamTypeOf(track) ?? 0 })),
    );
    this.#mapAt = Number.NEGATIVE_INFINITY;
  }
}

/** Undefined for a track that has no place in a program stream. */
function elementaryStream(track: Track): ElementaryStream | undefined {
  if (streamTypeOf(track) === undefined) return undefined;
  if (hasNalUnits(track)) {
    return { track, streamId: STREAM_ID.FIRST_VIDEO, accessUnits: new AccessUnitWriter(track) };
  }
  const streamId = STREAM_ID.FIRST_AUDIO;
  if (track.codec !== 'aac') return { track, streamId };
  try {
    return { track, streamId, adts: new AdtsWriter(track.config) };
  } catch (cause) {
    // Some channel configurations cannot be said in ADTS.
    if (cause instanceof ParseError) return undefined;
    throw cause;
  }
}

function streamTypeOf(track: Track): number | undefined {
  switch (track.codec) {
    case 'h264':
      return PS_STREAM_TYPE.H264;
    case 'h265':
      return PS_STREAM_TYPE.H265;
    case 'aac':
      return PS_STREAM_TYPE.AAC_ADTS;
    case 'g711a':
    case 'g711u':
      // The standard's G.711 is 8 kHz and one channel (annex B).
      if (track.sampleRate !== 8000 || track.channels !== 1) return undefined;
      return track.codec === 'g711a' ? PS_STREAM_TYPE.G711A : PS_STREAM_TYPE.G711U;
    default:
      return undefined;
  }
}
