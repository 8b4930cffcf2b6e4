import { ParseError } from '../../model/parse-error.ts';
import type { AudioCodec } from '../../model/track.ts';
import { AUDIO_FOURCC, AUDIO_PACKET, SOUND_FORMAT } from './constants.ts';
import { readExtendedHeader } from './extended-header.ts';

export type AudioTag =
  | { readonly kind: 'config'; readonly codec: AudioCodec; readonly record: Buffer }
  | {
      readonly kind: 'frame';
      readonly codec: AudioCodec;
      /** As the legacy header says; only G.711 has nothing better. */
      readonly channels: number;
      readonly data: Buffer;
    }
  | { readonly kind: 'ignored' };

const IGNORED: AudioTag = { kind: 'ignored' };

/** Reads the body of an audio tag (FLV 10.1 §E.4.2, Enhanced RTMP v2). The result holds views into `data`. */
export function parseAudioTag(data: Buffer): AudioTag {
  const [first] = data;
  if (first === undefined) return IGNORED;
  const channels = (first & 1) + 1;
  const format = first >> 4;
  switch (format) {
    case SOUND_FORMAT.EXTENDED:
      return parseExtended(data, first & 15);
    case SOUND_FORMAT.AAC: {
      if (data.length < 2) throw new ParseError('audio tag cut off', data.length);
      const body = data.subarray(2);
      if (data[1] === 0) return { kind: 'config', codec: 'aac', record: body };
      return data[1] === 1 ? { kind: 'frame', codec: 'aac', channels, data: body } : IGNORED;
    }
    case SOUND_FORMAT.MP3:
    case SOUND_FORMAT.MP3_8K:
      return { kind: 'frame', codec: 'mp3', channels, data: data.subarray(1) };
    case SOUND_FORMAT.G711A:
      return { kind: 'frame', codec: 'g711a', channels, data: data.subarray(1) };
    case SOUND_FORMAT.G711U:
      return { kind: 'frame', codec: 'g711u', channels, data: data.subarray(1) };
    default:
      throw new ParseError(`sound format ${format} of FLV is not supported`, 0);
  }
}

function parseExtended(data: Buffer, firstPacketType: number): AudioTag {
  const { packetType, fourCc, body } = readExtendedHeader(data, firstPacketType, AUDIO_PACKET);
  if (packetType === AUDIO_PACKET.SEQUENCE_END || packetType === AUDIO_PACKET.MULTICHANNEL_CONFIG)
    return IGNORED;
  const codec = AUDIO_FOURCC[fourCc];
  if (!codec) throw new ParseError(`audio codec ${JSON.stringify(fourCc)} is not supported`, 1);
  switch (packetType) {
    case AUDIO_PACKET.SEQUENCE_START:
      return codec === 'mp3' ? IGNORED : { kind: 'config', codec, record: body };
    case AUDIO_PACKET.CODED_FRAMES:
      return { kind: 'frame', codec, channels: 2, data: body };
    default:
      return IGNORED;
  }
}
