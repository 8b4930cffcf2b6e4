import type { AudioCodec, VideoCodec } from '../../model/track.ts';

/** Legacy CodecIDs of video (FLV 10.1 §E.4.3.1); HEVC's is the one that Chinese services agreed on. */
export const VIDEO_CODEC_ID = { AVC: 7, HEVC: 12 } as const;

/** Legacy SoundFormats (FLV 10.1 §E.4.2.1), and the value that announces a FourCC (Enhanced RTMP v2). */
export const SOUND_FORMAT = {
  MP3: 2,
  G711_A: 7,
  G711_MU: 8,
  ENHANCED: 9,
  AAC: 10,
  MP3_8_KHZ: 14,
} as const;

/** FourCCs as big-endian numbers, the form that they have in `onMetaData`. */
export const FOUR_CC = {
  avc1: 0x61766331,
  hvc1: 0x68766331,
  av01: 0x61763031,
  vp09: 0x76703039,
  mp4a: 0x6d703461,
  Opus: 0x4f707573,
  '.mp3': 0x2e6d7033,
} as const;

const VIDEO_CODECS: ReadonlyMap<number, VideoCodec> = new Map([
  [VIDEO_CODEC_ID.AVC, 'h264'],
  [VIDEO_CODEC_ID.HEVC, 'h265'],
  [FOUR_CC.avc1, 'h264'],
  [FOUR_CC.hvc1, 'h265'],
  [FOUR_CC.av01, 'av1'],
  [FOUR_CC.vp09, 'vp9'],
]);

const AUDIO_CODECS: ReadonlyMap<number, AudioCodec> = new Map([
  [SOUND_FORMAT.MP3, 'mp3'],
  [SOUND_FORMAT.MP3_8_KHZ, 'mp3'],
  [SOUND_FORMAT.G711_A, 'g711a'],
  [SOUND_FORMAT.G711_MU, 'g711u'],
  [SOUND_FORMAT.AAC, 'aac'],
  [FOUR_CC.mp4a, 'aac'],
  [FOUR_CC.Opus, 'opus'],
  [FOUR_CC['.mp3'], 'mp3'],
]);

/** Codecs that streams bring and that we do not carry, by name for the error. */
const OTHER_VIDEO: Readonly<Record<number, string>> = {
  1: 'JPEG',
  2: 'Sorenson H.263',
  3: 'Screen Video',
  4: 'VP6',
  5: 'VP6 with alpha',
  6: 'Screen Video 2',
};
const OTHER_AUDIO: Readonly<Record<number, string>> = {
  0: 'PCM',
  1: 'ADPCM',
  3: 'PCM',
  4: 'Nellymoser 16 kHz',
  5: 'Nellymoser 8 kHz',
  6: 'Nellymoser',
  11: 'Speex',
  15: 'device-specific sound',
};

/** By legacy CodecID or FourCC. */
export function videoCodecOf(id: number): VideoCodec | undefined {
  return VIDEO_CODECS.get(id);
}

/** By legacy SoundFormat or FourCC. */
export function audioCodecOf(id: number): AudioCodec | undefined {
  return AUDIO_CODECS.get(id);
}

export function videoCodecName(id: number): string {
  return OTHER_VIDEO[id] ?? codecName(id);
}

export function audioCodecName(id: number): string {
  return OTHER_AUDIO[id] ?? codecName(id);
}

function codecName(id: number): string {
  const text = Buffer.alloc(4);
  text.writeUInt32BE(id);
  return /^[ -~]{4}$/.test(text.toString('latin1')) ? text.toString('latin1') : `number ${id}`;
}
