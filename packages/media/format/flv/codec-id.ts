import { ParseError } from '../../model/parse-error.ts';
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

const VIDEO_BY_CODEC_ID: ReadonlyMap<number, VideoCodec> = new Map([
  [VIDEO_CODEC_ID.AVC, 'h264'],
  [VIDEO_CODEC_ID.HEVC, 'h265'],
]);
const VIDEO_BY_FOUR_CC: ReadonlyMap<number, VideoCodec> = new Map([
  [FOUR_CC.avc1, 'h264'],
  [FOUR_CC.hvc1, 'h265'],
  [FOUR_CC.av01, 'av1'],
  [FOUR_CC.vp09, 'vp9'],
]);
const AUDIO_BY_SOUND_FORMAT: ReadonlyMap<number, AudioCodec> = new Map([
  [SOUND_FORMAT.MP3, 'mp3'],
  [SOUND_FORMAT.MP3_8_KHZ, 'mp3'],
  [SOUND_FORMAT.G711_A, 'g711a'],
  [SOUND_FORMAT.G711_MU, 'g711u'],
  [SOUND_FORMAT.AAC, 'aac'],
]);
const AUDIO_BY_FOUR_CC: ReadonlyMap<number, AudioCodec> = new Map([
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

/** Throws `ParseError`, which names the codec, where it is one that we do not carry. */
export function videoCodecOfId(codecId: number): VideoCodec {
  return VIDEO_BY_CODEC_ID.get(codecId) ?? unsupported('video', OTHER_VIDEO[codecId] ?? `number ${codecId}`);
}

export function videoCodecOfFourCc(fourCc: number): VideoCodec {
  return VIDEO_BY_FOUR_CC.get(fourCc) ?? unsupported('video', fourCcText(fourCc));
}

export function audioCodecOfFormat(soundFormat: number): AudioCodec {
  const codec = AUDIO_BY_SOUND_FORMAT.get(soundFormat);
  return codec ?? unsupported('audio', OTHER_AUDIO[soundFormat] ?? `number ${soundFormat}`);
}

export function audioCodecOfFourCc(fourCc: number): AudioCodec {
  return AUDIO_BY_FOUR_CC.get(fourCc) ?? unsupported('audio', fourCcText(fourCc));
}

function unsupported(kind: string, name: string): never {
  throw new ParseError(`${kind} codec ${name} is not supported`);
}

function fourCcText(fourCc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(fourCc);
  const text = bytes.toString('latin1');
  return /^[ -~]{4}$/.test(text) ? text : `0x${bytes.toString('hex')}`;
}
