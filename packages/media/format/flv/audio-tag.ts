import { ParseError } from '../../model/parse-error.ts';
import type { AudioCodec } from '../../model/track.ts';
import { audioCodecOfFormat, audioCodecOfFourCc, SOUND_FORMAT } from './codec-id.ts';
import { readEnhancedHeader } from './enhanced-header.ts';

/** What an audio tag says. Buffers are views of the tag's body. */
export type AudioTag =
  | { readonly kind: 'config'; readonly codec: AudioCodec; readonly record: Buffer }
  | {
      readonly kind: 'frame';
      readonly codec: AudioCodec;
      /** By the legacy header, which tells the truth for G.711 alone. */
      readonly channels: number;
      /** To be added to the tag's time stamp (Enhanced RTMP v2, ModEx). */
      readonly timestampOffsetNanos: number;
      readonly data: Buffer;
    }
  | { readonly kind: 'end' }
  | { readonly kind: 'ignored'; readonly reason: string };

export const AAC_PACKET = { CONFIG: 0, FRAME: 1 } as const;
/** AudioPacketType of Enhanced RTMP. */
export const AUDIO_PACKET = {
  SEQUENCE_START: 0,
  CODED_FRAMES: 1,
  SEQUENCE_END: 2,
  MULTICHANNEL_CONFIG: 4,
  MULTITRACK: 5,
} as const;

/**
 * Reads the body of an audio tag or message (FLV 10.1 §E.4.2, Enhanced RTMP v2). Throws `ParseError`, which names
 * the codec where it is one that we do not carry.
 */
export function parseAudioTag(body: Buffer): AudioTag {
  if (body.length === 0) return { kind: 'ignored', reason: 'empty tag' };
  return body[0]! >> 4 === SOUND_FORMAT.ENHANCED ? parseEnhanced(body) : parseLegacy(body);
}

function parseLegacy(body: Buffer): AudioTag {
  const codec = audioCodecOfFormat(body[0]! >> 4);
  const channels = (body[0]! & 1) + 1;
  if (codec !== 'aac') return frame(codec, channels, 0, body.subarray(1));
  if (body.length < 2) throw new ParseError('audio tag cut off', body.length);
  if (body[1] === AAC_PACKET.CONFIG) return { kind: 'config', codec, record: body.subarray(2) };
  if (body[1] !== AAC_PACKET.FRAME) throw new ParseError(`unknown type ${body[1]} of an AAC packet`, 1);
  return frame(codec, channels, 0, body.subarray(2));
}

function parseEnhanced(body: Buffer): AudioTag {
  const header = readEnhancedHeader(body, body[0]! & 0x0f, AUDIO_PACKET.MULTITRACK);
  if (!header.payload) return { kind: 'ignored', reason: 'other track than the first' };
  const codec = audioCodecOfFourCc(header.fourCc);
  switch (header.packetType) {
    case AUDIO_PACKET.SEQUENCE_START:
      return { kind: 'config', codec, record: header.payload };
    case AUDIO_PACKET.CODED_FRAMES:
      return frame(codec, 2, header.timestampOffsetNanos, header.payload);
    case AUDIO_PACKET.SEQUENCE_END:
      return { kind: 'end' };
    case AUDIO_PACKET.MULTICHANNEL_CONFIG:
      return { kind: 'ignored', reason: 'order of the channels' };
    default:
      throw new ParseError(`unknown type ${header.packetType} of an audio packet`, 0);
  }
}

function frame(codec: AudioCodec, channels: number, timestampOffsetNanos: number, data: Buffer): AudioTag {
  if (data.length === 0) return { kind: 'ignored', reason: 'empty frame' };
  return { kind: 'frame', codec, channels, timestampOffsetNanos, data };
}
