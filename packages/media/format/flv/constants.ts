import type { AudioCodec, VideoCodec } from '../../model/track.ts';

/** Types of tags, and of the RTMP messages that carry their bodies. */
export const TAG = { AUDIO: 8, VIDEO: 9, SCRIPT: 18 } as const;

/** Legacy video codec ids. H.265 as 12 is not Adobe's: servers and cameras in China agreed on it. */
export const VIDEO_CODEC_ID = { H264: 7, H265: 12 } as const;

/** Legacy sound formats; 9 announces the extended header of Enhanced RTMP v2. */
export const SOUND_FORMAT = { MP3: 2, G711A: 7, G711U: 8, EXTENDED: 9, AAC: 10, MP3_8K: 14 } as const;

/** Packet types of the extended video header (Enhanced RTMP v2). */
export const VIDEO_PACKET = {
  SEQUENCE_START: 0,
  CODED_FRAMES: 1,
  SEQUENCE_END: 2,
  CODED_FRAMES_X: 3,
  METADATA: 4,
  MPEG2TS_SEQUENCE_START: 5,
  MULTITRACK: 6,
  MOD_EX: 7,
} as const;

/** Packet types of the extended audio header (Enhanced RTMP v2). */
export const AUDIO_PACKET = {
  SEQUENCE_START: 0,
  CODED_FRAMES: 1,
  SEQUENCE_END: 2,
  MULTICHANNEL_CONFIG: 4,
  MULTITRACK: 5,
  MOD_EX: 7,
} as const;

export const VIDEO_FOURCC: Readonly<Record<string, VideoCodec>> = {
  avc1: 'h264',
  hvc1: 'h265',
  av01: 'av1',
  vp09: 'vp9',
};
export const AUDIO_FOURCC: Readonly<Record<string, AudioCodec>> = {
  mp4a: 'aac',
  Opus: 'opus',
  '.mp3': 'mp3',
};

/** A FourCC as the number that `onMetaData` carries. */
export function fourCcNumber(fourCc: string): number {
  return Buffer.from(fourCc, 'latin1').readUInt32BE(0);
}
