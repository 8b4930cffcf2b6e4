import { ParseError } from '../../model/parse-error.ts';
import type { VideoCodec } from '../../model/track.ts';
import { videoCodecOfFourCc, videoCodecOfId } from './codec-id.ts';
import { readEnhancedHeader } from './enhanced-header.ts';

/** What a video tag says. Buffers are views of the tag's body. */
export type VideoTag =
  | { readonly kind: 'config'; readonly codec: VideoCodec; readonly record: Buffer }
  | {
      readonly kind: 'frame';
      readonly codec: VideoCodec;
      /** As the tag says; the bitstream may know better. */
      readonly key: boolean;
      /** Milliseconds from decoding to presentation, which some encoders make negative. */
      readonly compositionTime: number;
      /** To be added to the tag's time stamp (Enhanced RTMP v2, ModEx). */
      readonly timestampOffsetNanos: number;
      readonly data: Buffer;
    }
  | { readonly kind: 'end' }
  | { readonly kind: 'ignored'; readonly reason: string };

export const FRAME_TYPE = { KEY: 1, INTER: 2, GENERATED_KEY: 4, COMMAND: 5 } as const;
/** AVCPacketType, which HEVC under the legacy CodecID 12 uses alike. */
export const AVC_PACKET = { CONFIG: 0, FRAME: 1, END: 2 } as const;
/** VideoPacketType of Enhanced RTMP. */
export const VIDEO_PACKET = {
  SEQUENCE_START: 0,
  CODED_FRAMES: 1,
  SEQUENCE_END: 2,
  /** A frame whose composition time is zero and left out. */
  CODED_FRAMES_X: 3,
  METADATA: 4,
  MPEG2TS_SEQUENCE_START: 5,
  MULTITRACK: 6,
} as const;

const IS_ENHANCED = 0x80;
const NAL_HEADER_SIZE = 5;

/**
 * Reads the body of a video tag or message (FLV 10.1 §E.4.3, Enhanced RTMP v2). Throws `ParseError`, which names
 * the codec where it is one that we do not carry.
 */
export function parseVideoTag(body: Buffer): VideoTag {
  if (body.length === 0) return { kind: 'ignored', reason: 'empty tag' };
  const first = body[0]!;
  const frameType = (first >> 4) & 7;
  if (frameType === FRAME_TYPE.COMMAND) return { kind: 'ignored', reason: 'command frame' };
  const key = frameType === FRAME_TYPE.KEY || frameType === FRAME_TYPE.GENERATED_KEY;
  return first & IS_ENHANCED ? parseEnhanced(body, key) : parseLegacy(body, key);
}

function parseLegacy(body: Buffer, key: boolean): VideoTag {
  const codec = videoCodecOfId(body[0]! & 0x0f);
  // Encoders send the end of the sequence with and without a composition time.
  if (body[1] === AVC_PACKET.END) return { kind: 'end' };
  if (body.length < NAL_HEADER_SIZE) throw new ParseError('video tag cut off', body.length);
  if (body[1] === AVC_PACKET.CONFIG) return { kind: 'config', codec, record: body.subarray(NAL_HEADER_SIZE) };
  if (body[1] !== AVC_PACKET.FRAME) throw new ParseError(`unknown type ${body[1]} of a video packet`, 1);
  return frame(codec, key, body.readIntBE(2, 3), 0, body.subarray(NAL_HEADER_SIZE));
}

function parseEnhanced(body: Buffer, key: boolean): VideoTag {
  const header = readEnhancedHeader(body, body[0]! & 0x0f, VIDEO_PACKET.MULTITRACK);
  const { packetType, timestampOffsetNanos: nanos, payload } = header;
  if (!payload) return { kind: 'ignored', reason: 'other track than the first' };
  const codec = videoCodecOfFourCc(header.fourCc);
  switch (packetType) {
    case VIDEO_PACKET.SEQUENCE_START:
      return { kind: 'config', codec, record: payload };
    case VIDEO_PACKET.CODED_FRAMES:
      if (codec !== 'h264' && codec !== 'h265') return frame(codec, key, 0, nanos, payload);
      if (payload.length < 3) throw new ParseError('composition time cut off', body.length);
      return frame(codec, key, payload.readIntBE(0, 3), nanos, payload.subarray(3));
    case VIDEO_PACKET.CODED_FRAMES_X:
      return frame(codec, key, 0, nanos, payload);
    case VIDEO_PACKET.SEQUENCE_END:
      return { kind: 'end' };
    case VIDEO_PACKET.METADATA:
      return { kind: 'ignored', reason: 'video metadata' };
    case VIDEO_PACKET.MPEG2TS_SEQUENCE_START:
      return { kind: 'ignored', reason: 'MPEG-2 TS descriptor' };
    default:
      throw new ParseError(`unknown type ${packetType} of a video packet`, 0);
  }
}

function frame(
  codec: VideoCodec,
  key: boolean,
  compositionTime: number,
  timestampOffsetNanos: number,
  data: Buffer,
): VideoTag {
  if (data.length === 0) return { kind: 'ignored', reason: 'empty frame' };
  return { kind: 'frame', codec, key, compositionTime, timestampOffsetNanos, data };
}
