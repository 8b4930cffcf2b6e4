import { expect, it } from 'vitest';
import { type PlayedTrack, parseCodecs, playableForms } from './playable.ts';
import type { TranscodeProfile } from './profile.ts';

const profile = (
  name: string,
  video: TranscodeProfile['video'],
  audio: TranscodeProfile['audio'],
  height = 0,
) => ({
  ...{ name, video, audio, height },
  frame_rate: 0,
  video_bitrate: 0,
  audio_bitrate: 0,
  hardware: 'none' as const,
});
const PROFILES = [
  profile('720p', 'h264', 'aac', 720),
  profile('silent', 'h264', 'none'),
  profile('h264', 'h264', 'aac'),
  profile('aac', 'copy', 'aac'),
  profile('opus', 'copy', 'opus'),
];

const video = (codec: PlayedTrack['codec']): PlayedTrack => ({ kind: 'video', codec });
const audio = (codec: PlayedTrack['codec']): PlayedTrack => ({ kind: 'audio', codec });

it.each([
  ['avc1.64001f, mp4a.40.2', ['h264', 'aac']],
  ['H264,AAC', ['h264', 'aac']],
  ['hvc1.1.6.L93.B0,hev1,opus', ['h265', 'opus']],
  ['av01.0.04M.08,vp09.00.10.08,mp4a.6B', ['av1', 'vp9', 'mp3']],
  ['mp3,mp4a.69,mp4a.40.34', ['mp3']],
  ['alaw,pcmu,theora', ['g711a', 'g711u']],
])('%s are codecs', (text, codecs) => {
  expect([...parseCodecs(text)]).toEqual(codecs);
});

it.each(['', ',', 'theora', 'h264'.padEnd(600, ',h264')])('%s is refused', text => {
  expect(() => parseCodecs(text)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
});

it.each([
  ['itself where it can be played', [video('h265'), audio('opus')], 'h265,opus', 'cam1'],
  ['H.264 of H.265', [video('h265'), audio('aac')], 'h264,aac', 'cam1.h264'],
  ['the sound alone coded anew', [video('h264'), audio('g711a')], 'h264,aac', 'cam1.aac'],
  [
    'the same, of a picture that H.264 could replace',
    [video('h265'), audio('opus')],
    'h264,h265,aac',
    'cam1.aac',
  ],
  ['Opus for who knows no AAC', [video('h264'), audio('aac')], 'h264,opus', 'cam1.opus'],
  ['without sound where none is known', [video('h265'), audio('aac')], 'h264', 'cam1.silent'],
  ['sound alone', [audio('opus')], 'aac,h264', 'cam1.aac'],
] as const)('of a stream is played %s', (_, tracks, codecs, id) => {
  expect(playableForms(PROFILES)('cam1', tracks, parseCodecs(codecs))).toBe(id);
});

it('says where nothing can be made, also of what was made of another', () => {
  const form = playableForms(PROFILES);
  const refused = expect.objectContaining({ code: 'NOT_PLAYABLE' });
  expect(() => form('cam1', [video('h265')], parseCodecs('vp9'))).toThrow(refused);
  expect(() => form('cam1.opus', [video('h264'), audio('opus')], parseCodecs('h264,aac'))).toThrow(refused);
  expect(() => playableForms([])('cam1', [video('h265')], parseCodecs('h264'))).toThrow(refused);
});
