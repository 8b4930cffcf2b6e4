import { aacTrack } from '@flux-iot/media/codec/aac/track';
import { g711Track } from '@flux-iot/media/codec/g711/track';
import { opusTrack } from '@flux-iot/media/codec/opus/track';
import { AudioSample, type MediaSample } from '@flux-iot/media/model/sample';
import type { AudioTrack, TrackIdentity } from '@flux-iot/media/model/track';
import { FilterAPI } from 'node-av/api';
import {
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_SAMPLE_FMT_FLT,
  AV_SAMPLE_FMT_FLTP,
  AV_SAMPLE_FMT_S16,
  type AVSampleFormat,
  FF_ENCODER_AAC,
  FF_ENCODER_LIBOPUS,
  FF_ENCODER_PCM_ALAW,
  FF_ENCODER_PCM_MULAW,
  type FFEncoderCodec,
} from 'node-av/constants';
import { Codec, CodecContext, type Frame, Packet, Rational } from 'node-av/lib';
import { checked } from '../../ffmpeg/ffmpeg.ts';
import type { AudioTarget, TranscodeProfile } from '../profile.ts';
import { TrackDecoder } from './decoder.ts';
import type { Pipeline, PipelineOutput } from './pipeline.ts';

export type MadeAudio = Exclude<AudioTarget, 'copy' | 'none'>;

interface Format {
  readonly encoder: FFEncoderCodec;
  readonly samples: AVSampleFormat;
  readonly filter: string;
  /** Of one frame. */
  readonly size: number;
  readonly maxChannels: number;
  readonly kilobitsAChannel: number;
}

/** 20 ms of G.711 are what RTP carries by default (RFC 3551 §4.2). */
const G711: Omit<Format, 'encoder'> = {
  samples: AV_SAMPLE_FMT_S16,
  filter: 's16',
  size: 160,
  maxChannels: 1,
  kilobitsAChannel: 64,
};
const FORMATS: Readonly<Record<MadeAudio, Format>> = {
  aac: {
    encoder: FF_ENCODER_AAC,
    samples: AV_SAMPLE_FMT_FLTP,
    filter: 'fltp',
    size: 1024,
    maxChannels: 2,
    kilobitsAChannel: 64,
  },
  opus: {
    encoder: FF_ENCODER_LIBOPUS,
    samples: AV_SAMPLE_FMT_FLT,
    filter: 'flt',
    size: 960,
    maxChannels: 2,
    kilobitsAChannel: 48,
  },
  g711a: { ...G711, encoder: FF_ENCODER_PCM_ALAW },
  g711u: { ...G711, encoder: FF_ENCODER_PCM_MULAW },
};

/** Samples a second of the sound that is made of a track. */
export function madeSampleRate(target: MadeAudio, { sampleRate }: AudioTrack): number {
  if (target === 'opus') return 48_000;
  if (target !== 'aac') return 8000;
  // Of low rates nothing is left to hear, and not all players take all of them.
  return sampleRate >= 44_100 ? (sampleRate === 44_100 ? 44_100 : 48_000) : 48_000;
}

/** Makes sound of one codec into that of another. Gaps in the source's time are silence, so that it keeps to the picture. */
export class AudioPipeline implements Pipeline {
  readonly #track: AudioTrack;
  readonly #target: MadeAudio;
  readonly #profile: TranscodeProfile;
  readonly #identity: () => TrackIdentity;
  readonly #output: PipelineOutput;
  readonly #decoder: TrackDecoder;
  readonly #packet = new Packet();
  readonly #rate: number;
  readonly #channels: number;
  #filter: FilterAPI | undefined;
  #encoder: CodecContext | undefined;
  #lastTime = -1;

  /** `identity`: of tracks whose clock has `madeSampleRate` ticks. */
  constructor(
    track: AudioTrack,
    target: MadeAudio,
    profile: TranscodeProfile,
    identity: () => TrackIdentity,
    output: PipelineOutput,
  ) {
    this.#track = track;
    this.#target = target;
    this.#profile = profile;
    this.#identity = identity;
    this.#output = output;
    this.#decoder = new TrackDecoder(track);
    this.#packet.alloc();
    this.#rate = madeSampleRate(target, track);
    this.#channels = Math.max(1, Math.min(track.channels, FORMATS[target].maxChannels));
  }

  push(sample: MediaSample): void {
    if (sample.kind === 'audio') this.#decoder.decode(sample, frame => this.#resample(frame));
  }

  [Symbol.dispose](): void {
    this.#decoder[Symbol.dispose]();
    this.#packet.free();
    this.#filter?.close();
    this.#encoder?.freeContext();
  }

  #resample(frame: Frame): void {
    const { filter, size } = FORMATS[this.#target];
    this.#filter ??= FilterAPI.create(
      [
        `aresample=${this.#rate}:async=${this.#rate}`,
        `aformat=sample_fmts=${filter}:sample_rates=${this.#rate}:channel_layouts=${this.#channels === 1 ? 'mono' : 'stereo'}`,
        `asetnsamples=n=${size}:p=0`,
      ].join(','),
    );
    for (const resampled of this.#filter.processAllSync(frame)) {
      this.#encode(resampled);
      resampled.free();
    }
  }

  #encode(frame: Frame): void {
    this.#encoder ??= this.#open(frame);
    checked(this.#encoder.sendFrameSync(frame), 'encoding');
    while (this.#encoder.receivePacketSync(this.#packet) >= 0) {
      const { data, pts } = this.#packet;
      const time = Number(pts);
      // What an encoder puts before the first sound to warm up lies before the beginning of time.
      if (data && time > this.#lastTime) {
        this.#lastTime = time;
        this.#output.write(new AudioSample(this.#track.id, time, Buffer.from(data)));
      }
      this.#packet.unref();
    }
  }

  #open(frame: Frame): CodecContext {
    const format = FORMATS[this.#target];
    const codec = Codec.findEncoderByName(format.encoder);
    if (!codec) throw new Error(`no encoder of ${this.#target}`);
    const context = new CodecContext();
    context.allocContext3(codec);
    context.sampleRate = this.#rate;
    context.sampleFormat = format.samples;
    context.channelLayout = frame.channelLayout;
    context.timeBase = new Rational(1, this.#rate);
    const kilobits = this.#profile.audio_bitrate || format.kilobitsAChannel * this.#channels;
    context.bitRate = BigInt(kilobits * 1000);
    context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
    checked(context.open2Sync(codec), 'encoder');
    this.#output.setTrack(this.#madeTrack(context));
    return context;
  }

  #madeTrack({ extraData }: CodecContext): AudioTrack {
    const identity = this.#identity();
    switch (this.#target) {
      case 'aac':
        return aacTrack(identity, extraData ?? Buffer.alloc(0));
      case 'opus':
        return opusTrack(identity, extraData ?? Buffer.alloc(0));
      default:
        return g711Track(identity, this.#target, this.#rate, this.#channels);
    }
  }
}
