import type { MediaSample } from '@flux-iot/media/model/sample';
import { hasNalUnits, type Track } from '@flux-iot/media/model/track';
import {
  AV_CODEC_ID_AAC,
  AV_CODEC_ID_H264,
  AV_CODEC_ID_HEVC,
  AV_CODEC_ID_MJPEG,
  AV_CODEC_ID_MP3,
  AV_CODEC_ID_OPUS,
  AV_CODEC_ID_PCM_ALAW,
  AV_CODEC_ID_PCM_MULAW,
  AV_CODEC_ID_VP9,
  FF_DECODER_LIBDAV1D,
} from 'node-av/constants';
import { avChannelLayoutDefault, Codec, CodecContext, Frame, Packet, Rational } from 'node-av/lib';
import { checked, setOptions } from '../../ffmpeg/ffmpeg.ts';
import { decoderPrefix } from '../../snapshot/coded-picture.ts';

const MAX_PIXELS = 7680 * 4320;
const VIDEO_THREADS = 2;

/** Decodes the samples of one track. Frames have its clock and times. */
export class TrackDecoder implements Disposable {
  readonly #track: Track;
  readonly #context: CodecContext;
  readonly #packet = new Packet();
  readonly #frame = new Frame();
  readonly #timeBase: Rational;
  #prefix: Buffer | undefined;

  /** Throws where there is no such decoder. */
  constructor(track: Track) {
    this.#track = track;
    const codec = decoderOf(track);
    if (!codec) throw new Error(`no decoder of ${track.codec}`);
    this.#timeBase = new Rational(1, track.clockRate);
    const context = new CodecContext();
    context.allocContext3(codec);
    context.pktTimebase = this.#timeBase;
    if (track.kind === 'video') {
      this.#prefix = decoderPrefix(track);
      setOptions(context, { threads: VIDEO_THREADS, thread_type: 'slice', max_pixels: MAX_PIXELS });
    } else {
      context.sampleRate = track.sampleRate;
      context.channelLayout = avChannelLayoutDefault(track.channels);
      if (track.codec === 'aac' || track.codec === 'opus') context.extraData = track.config;
    }
    checked(context.open2Sync(codec), 'decoder');
    this.#context = context;
    this.#packet.alloc();
    this.#frame.alloc();
  }

  /** Calls `take` with what comes of the sample. Bad ones are left out; `take` must not keep the frame. */
  decode(sample: MediaSample, take: (frame: Frame) => void): void {
    const packet = this.#packet;
    packet.data = this.#bytesOf(sample);
    packet.pts = BigInt(sample.pts);
    packet.dts = BigInt(sample.dts);
    packet.isKeyframe = sample.kind === 'audio' || sample.key;
    this.#context.sendPacketSync(packet);
    packet.unref();
    while (this.#context.receiveFrameSync(this.#frame) >= 0) {
      this.#frame.timeBase = this.#timeBase;
      take(this.#frame);
      this.#frame.unref();
    }
  }

  [Symbol.dispose](): void {
    this.#packet.free();
    this.#frame.free();
    this.#context.freeContext();
  }

  #bytesOf(sample: MediaSample): Buffer {
    const data = sample.kind === 'video' && hasNalUnits(this.#track) ? sample.annexB : sample.data;
    if (!this.#prefix || sample.kind !== 'video' || !sample.key) return data;
    return Buffer.concat([this.#prefix, data]);
  }
}

function decoderOf({ codec }: Track): Codec | null {
  switch (codec) {
    case 'h264':
      return Codec.findDecoder(AV_CODEC_ID_H264);
    case 'h265':
      return Codec.findDecoder(AV_CODEC_ID_HEVC);
    case 'av1':
      return Codec.findDecoderByName(FF_DECODER_LIBDAV1D);
    case 'vp9':
      return Codec.findDecoder(AV_CODEC_ID_VP9);
    case 'mjpeg':
      return Codec.findDecoder(AV_CODEC_ID_MJPEG);
    case 'aac':
      return Codec.findDecoder(AV_CODEC_ID_AAC);
    case 'mp3':
      return Codec.findDecoder(AV_CODEC_ID_MP3);
    case 'opus':
      return Codec.findDecoder(AV_CODEC_ID_OPUS);
    case 'g711a':
      return Codec.findDecoder(AV_CODEC_ID_PCM_ALAW);
    case 'g711u':
      return Codec.findDecoder(AV_CODEC_ID_PCM_MULAW);
  }
}
