import { type MediaSample, VideoSample } from '@flux-iot/media/model/sample';
import type { MjpegTrack, TrackIdentity, VideoTrack } from '@flux-iot/media/model/track';
import { FilterAPI } from 'node-av/api';
import { AV_CODEC_FLAG_QSCALE, AV_CODEC_ID_MJPEG, AV_PIX_FMT_YUVJ420P } from 'node-av/constants';
import { Codec, CodecContext, type Frame, Packet } from 'node-av/lib';
import { checked, setOptions } from '../../ffmpeg/ffmpeg.ts';
import type { TranscodeProfile } from '../profile.ts';
import { TrackDecoder } from './decoder.ts';
import type { Pipeline, PipelineOutput } from './pipeline.ts';

/** Quantiser scale of FFmpeg's JPEG, 2 (the best) to 31, in its unit for it. */
const QUALITY = 5 * 118;

/** Makes JPEG pictures of a picture of any codec. */
export class JpegPipeline implements Pipeline {
  readonly #track: VideoTrack;
  readonly #profile: TranscodeProfile;
  readonly #identity: () => TrackIdentity;
  readonly #output: PipelineOutput;
  readonly #decoder: TrackDecoder;
  readonly #packet = new Packet();
  #filter: FilterAPI | undefined;
  #encoder: CodecContext | undefined;
  #shape = '';
  #lastTime = Number.NEGATIVE_INFINITY;

  constructor(
    track: VideoTrack,
    profile: TranscodeProfile,
    identity: () => TrackIdentity,
    output: PipelineOutput,
  ) {
    this.#track = track;
    this.#profile = profile;
    this.#identity = identity;
    this.#output = output;
    this.#decoder = new TrackDecoder(track);
    this.#packet.alloc();
  }

  push(sample: MediaSample): void {
    if (sample.kind === 'video') this.#decoder.decode(sample, frame => this.#scale(frame));
  }

  [Symbol.dispose](): void {
    this.#decoder[Symbol.dispose]();
    this.#packet.free();
    this.#reset();
  }

  #scale(frame: Frame): void {
    const shape = `${frame.width}x${frame.height} ${frame.format}`;
    if (shape !== this.#shape) this.#reset();
    this.#shape = shape;
    const { height, frame_rate } = this.#profile;
    const size = height > 0 && height < frame.height ? `-2:${height & ~1}` : 'trunc(iw/2)*2:trunc(ih/2)*2';
    this.#filter ??= FilterAPI.create(
      [
        ...(frame_rate > 0 ? [`fps=${frame_rate}`] : []),
        // JPEG has the full range of levels (JFIF).
        `scale=${size}:flags=bilinear:out_range=full`,
        'format=yuvj420p',
      ].join(','),
    );
    for (const scaled of this.#filter.processAllSync(frame)) {
      this.#encode(scaled);
      scaled.free();
    }
  }

  #encode(frame: Frame): void {
    this.#encoder ??= this.#open(frame);
    checked(this.#encoder.sendFrameSync(frame), 'encoding');
    const { num, den } = this.#encoder.timeBase;
    while (this.#encoder.receivePacketSync(this.#packet) >= 0) {
      const { data, pts } = this.#packet;
      const time = Math.round((Number(pts) * num * this.#track.clockRate) / den);
      if (data && time > this.#lastTime) {
        this.#lastTime = time;
        this.#output.write(VideoSample.fromData(this.#track.id, time, time, true, Buffer.from(data)));
      }
      this.#packet.unref();
    }
  }

  #open(frame: Frame): CodecContext {
    const codec = Codec.findEncoder(AV_CODEC_ID_MJPEG);
    if (!codec) throw new Error('no encoder of JPEG');
    const context = new CodecContext();
    context.allocContext3(codec);
    context.width = frame.width;
    context.height = frame.height;
    context.pixelFormat = AV_PIX_FMT_YUVJ420P;
    context.timeBase = frame.timeBase;
    context.setFlags(AV_CODEC_FLAG_QSCALE);
    context.globalQuality = QUALITY;
    try {
      setOptions(context, { threads: 1, huffman: 'default' });
      checked(context.open2Sync(codec), 'encoder');
    } catch (error) {
      context.freeContext();
      throw error;
    }
    this.#output.setTrack(this.#madeTrack(frame));
    return context;
  }

  #madeTrack({ width, height }: Frame): MjpegTrack {
    return { ...this.#identity(), kind: 'video', codec: 'mjpeg', codecString: 'mjpeg', width, height };
  }

  #reset(): void {
    this.#filter?.close();
    this.#filter = undefined;
    this.#encoder?.freeContext();
    this.#encoder = undefined;
  }
}
