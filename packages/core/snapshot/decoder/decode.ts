import type { VideoCodec } from '@flux-iot/media/model/track';
import {
  AV_CODEC_ID_AV1,
  AV_CODEC_ID_H264,
  AV_CODEC_ID_HEVC,
  AV_CODEC_ID_MJPEG,
  AV_CODEC_ID_VP9,
  type AVCodecID,
  FF_DECODER_LIBDAV1D,
} from 'node-av/constants';
import { Codec, CodecContext, Frame, Packet } from 'node-av/lib';
import { checked, setOptions } from '../../ffmpeg/ffmpeg.ts';

const CODEC_IDS: Readonly<Record<VideoCodec, AVCodecID>> = {
  h264: AV_CODEC_ID_H264,
  h265: AV_CODEC_ID_HEVC,
  av1: AV_CODEC_ID_AV1,
  vp9: AV_CODEC_ID_VP9,
  mjpeg: AV_CODEC_ID_MJPEG,
};
/** Of a frame that is decoded: 8K, and a bitstream can't ask for more memory. */
const MAX_PIXELS = 7680 * 4320;

export interface DecodeOptions {
  /** It will be scaled down by half and more, which hides what the loop filter does. */
  readonly isCoarse: boolean;
  /** The frame of the last unit, not the last in the order of presentation. */
  readonly isLastWanted: boolean;
}

/**
 * Decodes the units and returns the last frame in the order of presentation, or that of the last unit if it is to be
 * had; the caller frees it. Throws where nothing can be decoded.
 */
export function decodeNewest(
  codecName: VideoCodec,
  units: readonly Buffer[],
  { isCoarse, isLastWanted }: DecodeOptions,
): Frame {
  const codec =
    codecName === 'av1'
      ? Codec.findDecoderByName(FF_DECODER_LIBDAV1D)
      : Codec.findDecoder(CODEC_IDS[codecName]);
  if (!codec) throw new Error(`no decoder of ${codecName}`);
  using context = new CodecContext();
  context.allocContext3(codec);
  setOptions(context, {
    threads: 1,
    max_pixels: MAX_PIXELS,
    // Of a single frame, the loop filter changes that frame alone.
    skip_loop_filter: isCoarse && units.length === 1 ? 'all' : undefined,
  });
  checked(context.open2Sync(codec), 'decoder');
  using packet = new Packet();
  packet.alloc();
  using frame = new Frame();
  frame.alloc();
  const last = BigInt(units.length - 1);
  let newest: Frame | undefined;
  let fault: unknown;
  const takeFrames = () => {
    while (context.receiveFrameSync(frame) >= 0) {
      // Frames come out with the time stamp of their unit, which is its number here.
      if (!(isLastWanted && newest?.pts === last)) {
        newest?.free();
        newest = frame.clone() ?? undefined;
      }
      frame.unref();
    }
  };
  for (const [index, unit] of units.entries()) {
    // What no other frame refers to need not be decoded, but for the last.
    if (units.length > 1) setOptions(context, { skip_frame: index < units.length - 1 ? 'noref' : 'default' });
    packet.data = unit;
    packet.pts = BigInt(index);
    packet.isKeyframe = index === 0;
    try {
      checked(context.sendPacketSync(packet), 'decoding');
    } catch (error) {
      fault = error;
    }
    packet.unref();
    takeFrames();
  }
  context.sendPacketSync(null);
  takeFrames();
  if (newest && newest.width > 0 && newest.height > 0) return newest;
  newest?.free();
  throw fault ?? new Error('no frame came out');
}
