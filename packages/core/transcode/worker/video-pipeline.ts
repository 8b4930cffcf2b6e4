import { H264_NAL, h264NalType } from '@flux-iot/media/codec/h264/nal-unit';
import { parameterSetsOf } from '@flux-iot/media/codec/length-prefixed';
import { NalUnitTrackMaker } from '@flux-iot/media/codec/nal-unit-track';
import { annexBToLengthPrefixed } from '@flux-iot/media/format/mpegts/annex-b';
import { type MediaSample, VideoSample } from '@flux-iot/media/model/sample';
import type { TrackIdentity, VideoTrack } from '@flux-iot/media/model/track';
import { FilterAPI } from 'node-av/api';
import {
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_NV12,
  AV_PIX_FMT_YUV420P,
  type AVPixelFormat,
  FF_ENCODER_H264_NVENC,
  FF_ENCODER_H264_QSV,
  FF_ENCODER_H264_V4L2M2M,
  FF_ENCODER_H264_VIDEOTOOLBOX,
  FF_ENCODER_LIBX264,
  type FFEncoderCodec,
} from 'node-av/constants';
import { Codec, CodecContext, type Frame, Packet, Rational } from 'node-av/lib';
import { checked, setOptions } from '../../ffmpeg/ffmpeg.ts';
import { type Hardware, type TranscodeProfile, usualVideoBitrate } from '../profile.ts';
import { encodedFrameRate, h264Level } from '../rendition.ts';
import { TrackDecoder } from './decoder.ts';
import type { Pipeline, PipelineOutput } from './pipeline.ts';

/** Frames after which there is a key frame, if the source has none for so long. */
const MAX_GOP = 600;
/** Seconds of the bit rate that the encoder may run ahead. */
const BUFFER_SECONDS = 1;
/** Key frames of the source that have not come out of the decoder yet. */
const MAX_KEY_TIMES = 64;
const ENCODER_THREADS = 2;
/** Those that take frames from ordinary memory. */
const HARDWARE_ENCODERS: Readonly<Record<Exclude<Hardware, 'none'>, FFEncoderCodec>> = {
  nvenc: FF_ENCODER_H264_NVENC,
  qsv: FF_ENCODER_H264_QSV,
  videotoolbox: FF_ENCODER_H264_VIDEOTOOLBOX,
  v4l2m2m: FF_ENCODER_H264_V4L2M2M,
};

/** Makes H.264 of a picture of any codec. Key frames are where the source has them, so that renditions go together. */
export class VideoPipeline implements Pipeline {
  readonly #track: VideoTrack;
  readonly #profile: TranscodeProfile;
  readonly #output: PipelineOutput;
  readonly #decoder: TrackDecoder;
  readonly #tracks: NalUnitTrackMaker;
  readonly #packet = new Packet();
  readonly #keyTimes = new Set<bigint>();
  #filter: FilterAPI | undefined;
  #encoder: CodecContext | undefined;
  #shape = '';
  #isKeyDue = true;
  #lastTime = Number.NEGATIVE_INFINITY;

  constructor(
    track: VideoTrack,
    profile: TranscodeProfile,
    identity: () => TrackIdentity,
    output: PipelineOutput,
  ) {
    this.#track = track;
    this.#profile = profile;
    this.#output = output;
    this.#decoder = new TrackDecoder(track);
    this.#tracks = new NalUnitTrackMaker('h264', identity);
    this.#packet.alloc();
  }

  push(sample: MediaSample): void {
    if (sample.kind !== 'video') return;
    if (sample.key) {
      if (this.#keyTimes.size >= MAX_KEY_TIMES) this.#keyTimes.clear();
      this.#keyTimes.add(BigInt(sample.pts));
    }
    this.#decoder.decode(sample, frame => this.#scale(frame));
  }

  [Symbol.dispose](): void {
    this.#decoder[Symbol.dispose]();
    this.#packet.free();
    this.#reset();
  }

  #scale(frame: Frame): void {
    if (this.#keyTimes.delete(frame.pts)) this.#isKeyDue = true;
    const shape = `${frame.width}x${frame.height} ${frame.format}`;
    if (shape !== this.#shape) this.#reset();
    this.#shape = shape;
    const { height, frame_rate } = this.#profile;
    this.#filter ??= FilterAPI.create(
      [
        ...(frame_rate > 0 ? [`fps=${frame_rate}`] : []),
        ...(height > 0 && height < frame.height
          ? [`scale=-2:${height & ~1}:flags=bilinear`]
          : ['scale=trunc(iw/2)*2:trunc(ih/2)*2']),
        `format=${this.#profile.hardware === 'none' ? 'yuv420p' : 'nv12|yuv420p'}`,
      ].join(','),
    );
    for (const scaled of this.#filter.processAllSync(frame)) {
      this.#encode(scaled);
      scaled.free();
    }
  }

  #encode(frame: Frame): void {
    this.#encoder ??= this.#open(frame);
    frame.pictType = this.#isKeyDue ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    this.#isKeyDue = false;
    checked(this.#encoder.sendFrameSync(frame), 'encoding');
    while (this.#encoder.receivePacketSync(this.#packet) >= 0) {
      this.#write(this.#encoder.timeBase);
      this.#packet.unref();
    }
  }

  #write({ num, den }: Rational): void {
    const { data, pts, isKeyframe } = this.#packet;
    if (!data) return;
    const time = Math.round((Number(pts) * num * this.#track.clockRate) / den);
    const unit = annexBToLengthPrefixed(
      data,
      firstByte => h264NalType(firstByte) === H264_NAL.ACCESS_UNIT_DELIMITER,
    );
    if (isKeyframe) {
      const track = this.#tracks.use(parameterSetsOf(unit, 'h264'));
      if (track) this.#output.setTrack(track);
    }
    // Sources may say the same time twice; no frame is reordered, so decoding is in the order of presentation.
    if (!this.#tracks.track || time <= this.#lastTime) return;
    this.#lastTime = time;
    this.#output.write(VideoSample.fromData(this.#track.id, time, time, isKeyframe, unit));
  }

  #open(frame: Frame): CodecContext {
    const { hardware } = this.#profile;
    if (hardware !== 'none') {
      try {
        return this.#openEncoder(HARDWARE_ENCODERS[hardware], frame, AV_PIX_FMT_NV12, {});
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#output.note(`h264_${hardware} cannot be used (${reason}); the processor encodes`);
      }
    }
    return this.#openEncoder(FF_ENCODER_LIBX264, frame, AV_PIX_FMT_YUV420P, {
      preset: 'veryfast',
      // What playlists say of it before it is made.
      profile: 'high',
      level: h264Level(frame, encodedFrameRate(this.#track, this.#profile)),
      tune: 'zerolatency',
      'forced-idr': 1,
      sc_threshold: 0,
      threads: ENCODER_THREADS,
    });
  }

  #openEncoder(
    name: FFEncoderCodec,
    frame: Frame,
    pixels: AVPixelFormat,
    options: Readonly<Record<string, string | number>>,
  ): CodecContext {
    const codec = Codec.findEncoderByName(name);
    if (!codec) throw new Error('it is not part of this build');
    const context = new CodecContext();
    context.allocContext3(codec);
    const bitrate = (this.#profile.video_bitrate || usualVideoBitrate(frame.height)) * 1000;
    const rate = encodedFrameRate(this.#track, this.#profile);
    context.width = frame.width;
    context.height = frame.height;
    context.pixelFormat = frame.format === AV_PIX_FMT_NV12 ? AV_PIX_FMT_NV12 : pixels;
    context.timeBase = frame.timeBase;
    context.framerate = new Rational(Math.round(rate * 1000), 1000);
    context.bitRate = BigInt(bitrate);
    context.rcMaxRate = BigInt(bitrate);
    context.rcBufferSize = bitrate * BUFFER_SECONDS;
    context.gopSize = MAX_GOP;
    context.maxBFrames = 0;
    try {
      setOptions(context, options);
      checked(context.open2Sync(codec), 'encoder');
    } catch (error) {
      context.freeContext();
      throw error;
    }
    return context;
  }

  #reset(): void {
    this.#filter?.close();
    this.#filter = undefined;
    this.#encoder?.freeContext();
    this.#encoder = undefined;
    this.#isKeyDue = true;
  }
}
