import {
  AV_CODEC_FLAG_QSCALE,
  AV_CODEC_ID_MJPEG,
  AV_CODEC_ID_PNG,
  AV_CODEC_ID_WEBP,
  AV_PIX_FMT_RGB24,
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUVJ420P,
  type AVCodecID,
  type AVPixelFormat,
  SWS_BILINEAR,
} from 'node-av/constants';
import { Codec, CodecContext, Frame, Packet, Rational, SoftwareScaleContext } from 'node-av/lib';
import { checked, setOptions } from '../../ffmpeg/ffmpeg.ts';
import type { PictureFormat, PictureShape } from '../snapshot.ts';
import { pictureSize } from './picture-size.ts';

const CODECS: Readonly<Record<PictureFormat, { readonly id: AVCodecID; readonly pixels: AVPixelFormat }>> = {
  // JPEG has the full range of levels (JFIF), which is what the J says.
  jpeg: { id: AV_CODEC_ID_MJPEG, pixels: AV_PIX_FMT_YUVJ420P },
  png: { id: AV_CODEC_ID_PNG, pixels: AV_PIX_FMT_RGB24 },
  webp: { id: AV_CODEC_ID_WEBP, pixels: AV_PIX_FMT_YUV420P },
};
/** Quantiser scales of MJPEG, the best and the worst that FFmpeg has, and its unit for them. */
const BEST_SCALE = 2;
const WORST_SCALE = 31;
const QP2LAMBDA = 118;

/** Scales the frame and makes a file of it. Throws what FFmpeg says. */
export function encodePicture(
  source: Frame,
  shape: PictureShape,
): { data: Buffer; width: number; height: number } {
  const { id, pixels } = CODECS[shape.format];
  const { width, height } = pictureSize(source, shape);
  using scaled = new Frame();
  scaled.alloc();
  scaled.width = width;
  scaled.height = height;
  scaled.format = pixels;
  checked(scaled.getBuffer(), 'memory');
  using scaler = new SoftwareScaleContext();
  scaler.getContext(
    source.width,
    source.height,
    source.format as AVPixelFormat,
    width,
    height,
    pixels,
    SWS_BILINEAR,
  );
  checked(scaler.scaleFrameSync(scaled, source), 'scaling');
  scaled.pts = 0n;
  return { data: encode(scaled, id, pixels, shape), width, height };
}

function encode(
  frame: Frame,
  id: AVCodecID,
  pixels: AVPixelFormat,
  { format, quality }: PictureShape,
): Buffer {
  const codec = Codec.findEncoder(id);
  if (!codec) throw new Error(`no encoder of ${format}`);
  using context = new CodecContext();
  context.allocContext3(codec);
  context.width = frame.width;
  context.height = frame.height;
  context.pixelFormat = pixels;
  context.timeBase = new Rational(1, 25);
  setOptions(context, { threads: 1 });
  if (format === 'jpeg') {
    context.setFlags(AV_CODEC_FLAG_QSCALE);
    context.globalQuality = Math.round(quantiserScale(quality) * QP2LAMBDA);
    // One pass; tables made for the picture save some percent and take a second one.
    setOptions(context, { huffman: 'default' });
  }
  // Of the effort that it can take for a smaller file, little.
  if (format === 'webp') setOptions(context, { quality, compression_level: 2 });
  checked(context.open2Sync(codec), 'encoder');
  checked(context.sendFrameSync(frame), 'encoding');
  context.sendFrameSync(null);
  using packet = new Packet();
  packet.alloc();
  checked(context.receivePacketSync(packet), 'encoding');
  return Buffer.from(packet.data ?? []);
}

function quantiserScale(quality: number): number {
  return WORST_SCALE - ((WORST_SCALE - BEST_SCALE) * (quality - 1)) / 99;
}
