import { aacTrack } from '../../codec/aac/track.ts';
import { av1Track } from '../../codec/av1/track.ts';
import { g711Track } from '../../codec/g711/track.ts';
import { h264Track } from '../../codec/h264/track.ts';
import { h265Track } from '../../codec/h265/track.ts';
import { mp3Track } from '../../codec/mp3/track.ts';
import { opusTrack } from '../../codec/opus/track.ts';
import { vp9Track } from '../../codec/vp9/track.ts';
import { ByteWriter } from '../../model/byte-writer.ts';
import type { AudioSample, DataSample, MediaSample, Sample, VideoSample } from '../../model/sample.ts';
import { SourceClock, type TimeMend } from '../../model/timeline.ts';
import type { AudioTrack, Track, TrackIdentity, VideoTrack } from '../../model/track.ts';
import type { DemuxerReceiver } from '../demuxer.ts';
import type { Metadata } from '../muxer.ts';
import { FlvDemuxer } from './demuxer.ts';
import { FlvMuxer } from './muxer.ts';
import { FlvReader } from './reader.ts';

export function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
}

const VIDEO: TrackIdentity = { id: 1, version: 1, clockRate: 90_000 };
const AUDIO: TrackIdentity = { id: 2, version: 1, clockRate: 90_000 };

/** Parameter sets of real encoders: x264, x265, SVT-AV1, libvpx, FFmpeg's AAC, libopus. */
export const SPS_640X360 = hex('674d401eeca05017fcb808800000030080000019078b16cb');
export const SPS_320X240 = hex('6742c00dda0507ec0440000003004000000c83c50aa8');
export const PPS = hex('68ce0fc8');
export const HEVC_VPS = hex('40010c01ffff01600000030090000003000003003c959009');
export const HEVC_SPS = hex(
  '42010101600000030090000003000003003ca00a080c1f3e595912930bc05a020000030002000003003210',
);
export const HEVC_PPS = hex('4401c073c189');
export const AV1_CONFIG = hex('81000c000a0b000000043cfecc02f80040');
export const VP9_CONFIG = hex('000b820202020000');
export const AAC_CONFIG = hex('119056e500');
export const OPUS_HEAD = hex('4f707573486561640102380180bb0000000000');
export const MP3_FRAME = hex('fffb9464000000000000');

export const VIDEO_TRACKS = {
  h264: h264Track(VIDEO, [SPS_640X360], [PPS]),
  h265: h265Track(VIDEO, [HEVC_VPS], [HEVC_SPS], [HEVC_PPS]),
  av1: av1Track(VIDEO, AV1_CONFIG),
  vp9: vp9Track(VIDEO, VP9_CONFIG),
} satisfies Record<string, VideoTrack>;

export const AUDIO_TRACKS = {
  aac: aacTrack(AUDIO, AAC_CONFIG),
  opus: opusTrack(AUDIO, OPUS_HEAD),
  mp3: mp3Track(AUDIO, MP3_FRAME),
  g711a: g711Track(AUDIO, 'g711a', 8000, 1),
  g711u: g711Track(AUDIO, 'g711u', 8000, 2),
} satisfies Record<string, AudioTrack>;

/** A frame whose bitstream says what `key` says, with `size` more bytes. */
export function framePayload(codec: VideoTrack['codec'], key: boolean, size: number): Buffer {
  const rest = Buffer.alloc(size, 0xab);
  if (codec === 'av1') return Buffer.concat([hex(key ? '0a0b000000043cfecc02f800403010' : '3030'), rest]);
  if (codec === 'vp9') return Buffer.concat([hex(key ? '82' : '86'), rest]);
  const header = codec === 'h264' ? hex(key ? '65' : '41') : hex(key ? '2601' : '0201');
  return lengthPrefixed(Buffer.concat([header, rest]));
}

export function lengthPrefixed(...nalUnits: readonly Buffer[]): Buffer {
  return Buffer.concat(
    nalUnits.flatMap(nalUnit => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(nalUnit.length);
      return [length, nalUnit];
    }),
  );
}

/** Keeps all that a demuxer finds. */
export class RecordingReceiver implements DemuxerReceiver {
  readonly clock: SourceClock;
  readonly tracks: Track[] = [];
  readonly samples: Sample[] = [];
  readonly mends: TimeMend[] = [];
  metadata: Metadata | undefined;
  expected: { video: boolean; audio: boolean } | undefined;

  constructor(origin?: number) {
    this.clock = new SourceClock({ origin, onMend: mend => this.mends.push(mend) });
  }

  identity(id: number, clockRate: number): TrackIdentity {
    const version = 1 + this.tracks.filter(track => track.id === id).length;
    return { id, version, clockRate };
  }

  expect(expected: { video: boolean; audio: boolean }): void {
    this.expected = expected;
  }

  setMetadata(metadata: Metadata): void {
    this.metadata = metadata;
  }

  setTrack(track: Track): void {
    this.tracks.push(track);
  }

  write(sample: Sample): void {
    this.samples.push(sample);
  }

  get video(): VideoSample[] {
    return this.samples.filter(sample => sample.kind === 'video');
  }

  get audio(): AudioSample[] {
    return this.samples.filter(sample => sample.kind === 'audio');
  }

  get data(): DataSample[] {
    return this.samples.filter(sample => sample.kind === 'data');
  }
}

/** What a demuxer finds in the bytes of an FLV file. */
export function demuxFile(
  bytes: Buffer,
  receiver: RecordingReceiver = new RecordingReceiver(),
): RecordingReceiver {
  const demuxer = new FlvDemuxer(receiver);
  new FlvReader((type, timestamp, body) => demuxer.tag(type, timestamp, body)).push(bytes);
  return receiver;
}

/** A whole FLV file of these tracks and samples. */
export function muxFile(
  tracks: readonly Track[],
  samples: readonly Sample[],
  metadata: Metadata = {},
): Buffer {
  const muxer = new FlvMuxer();
  const writer = new ByteWriter();
  const pieces = [muxer.init(tracks, metadata)];
  for (const sample of samples) {
    const track = sample.kind === 'data' ? undefined : tracks.find(({ id }) => id === sample.trackId);
    muxer.write(sample, track, writer);
    const { slab, start, end } = writer.take();
    pieces.push(slab.subarray(start, end));
  }
  return Buffer.concat(pieces);
}

/** Samples in a form that `toEqual` compares: times in milliseconds. */
export function plain(sample: MediaSample): object {
  const dts = sample.dts / 90;
  const data = sample.data.toString('hex');
  if (sample.kind === 'audio') return { dts, data };
  return { dts, pts: sample.pts / 90, key: sample.key, data };
}
