import { ParseError } from '../../model/parse-error.ts';
import type { VideoCodec } from '../../model/track.ts';
import { VIDEO_CODEC_ID, VIDEO_FOURCC, VIDEO_PACKET } from './constants.ts';
import { readExtendedHeader } from './extended-header.ts';

export type VideoTag =
  | { readonly kind: 'config'; readonly codec: VideoCodec; readonly record: Buffer }
  | {
      readonly kind: 'frame';
      readonly codec: VideoCodec;
      /** What the tag says; the bitstream knows better. */
      readonly key: boolean;
      /** Milliseconds from decoding to presentation; may be negative. */
      readonly compositionTime: number;
      readonly data: Buffer;
    }
  /** The end of a sequence, metadata of colours, seek markers: nothing to pass on. */
  | { readonly kind: 'ignored' };

const KEY_FRAME = 1;
const COMMAND_FRAME = 5;
const IGNORED: VideoTag = { kind: 'ignored' };

/** Reads the body of a video tag (FLV 10.1 §E.4.3, Enhanced RTMP v2). The result holds views into `data`. */
export function parseVideoTag(data: Buffer): VideoTag {
  const [first] = data;
  if (first === undefined) return IGNORED;
  const frameType = (first >> 4) & 7;
  if (first & 0x80) return frameType === COMMAND_FRAME ? IGNORED : parseExtended(data, first & 15, frameType);
  if (frameType === COMMAND_FRAME) return IGNORED;
  const codecId = first & 15;
  const codec =
    codecId === VIDEO_CODEC_ID.H264 ? 'h264' : codecId === VIDEO_CODEC_ID.H265 ? 'h265' : undefined;
  if (!codec) throw new ParseError(`video codec ${codecId} of FLV is not supported`, 0);
  if (data.length < 5) throw new ParseError('video tag cut off', data.length);
  const packetType = data[1];
  if (packetType === 0) return { kind: 'config', codec, record: data.subarray(5) };
  if (packetType !== 1) return IGNORED;
  return {
    kind: 'frame',
    codec,
    key: frameType === KEY_FRAME,
    compositionTime: data.readIntBE(2, 3),
    data: data.subarray(5),
  };
}

function parseExtended(data: Buffer, firstPacketType: number, frameType: number): VideoTag {
  const { packetType, fourCc, body } = readExtendedHeader(data, firstPacketType, VIDEO_PACKET);
  if (packetType === VIDEO_PACKET.METADATA || packetType === VIDEO_PACKET.SEQUENCE_END) return IGNORED;
  const codec = VIDEO_FOURCC[fourCc];
  if (!codec) throw new ParseError(`video codec ${JSON.stringify(fourCc)} is not supported`, 1);
  const key = frameType === KEY_FRAME;
  switch (packetType) {
    case VIDEO_PACKET.SEQUENCE_START:
      return { kind: 'config', codec, record: codec === 'vp9' ? withoutFullBox(body) : body };
    case VIDEO_PACKET.CODED_FRAMES: {
      if (codec !== 'h264' && codec !== 'h265')
        return { kind: 'frame', codec, key, compositionTime: 0, data: body };
      if (body.length < 3) throw new ParseError('video tag cut off', data.length);
      return { kind: 'frame', codec, key, compositionTime: body.readIntBE(0, 3), data: body.subarray(3) };
    }
    case VIDEO_PACKET.CODED_FRAMES_X:
      return { kind: 'frame', codec, key, compositionTime: 0, data: body };
    default:
      return IGNORED;
  }
}

/** VP9's configuration comes as FFmpeg writes it, a FullBox with version and flags before the record of 8 bytes. */
function withoutFullBox(body: Buffer): Buffer {
  return body.length >= 12 ? body.subarray(4) : body;
}
