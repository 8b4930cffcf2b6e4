import { describe, expect, it } from 'vitest';
import { AUDIO_TRACK, VIDEO_TRACK } from '../stream/test-support.ts';
import type { TranscodeProfile } from './profile.ts';
import { h264Level, renditionsOf } from './rendition.ts';

const profile = (name: string, height: number, more: Partial<TranscodeProfile> = {}): TranscodeProfile => ({
  name,
  height,
  video: 'h264',
  frame_rate: 0,
  video_bitrate: 0,
  audio: 'aac',
  audio_bitrate: 0,
  hardware: 'none',
  ...more,
});
const PROFILES = [profile('360p', 360), profile('1080p', 1080), profile('720p', 720), profile('h264', 0)];
const HD = { ...VIDEO_TRACK, width: 1920, height: 1080, frameRate: 25 };

describe('renditionsOf', () => {
  it('are smaller than the source, the largest first', () => {
    expect(renditionsOf([HD, AUDIO_TRACK], PROFILES)).toEqual([
      {
        profile: '720p',
        width: 1280,
        height: 720,
        frameRate: 25,
        codecs: ['avc1.64001f', 'mp4a.40.2'],
        bitrate: 2_628_000,
      },
      {
        profile: '360p',
        width: 640,
        height: 360,
        frameRate: 25,
        codecs: ['avc1.64001e', 'mp4a.40.2'],
        bitrate: 828_000,
      },
    ]);
    expect(renditionsOf([{ ...HD, width: 640, height: 360 }], PROFILES)).toEqual([]);
    expect(renditionsOf([AUDIO_TRACK], PROFILES)).toEqual([]);
    expect(renditionsOf([{ ...HD, height: 0 }], PROFILES)).toEqual([]);
  });

  it('have no sound where there is none, or where it is left out', () => {
    expect(renditionsOf([HD], PROFILES)[0]).toMatchObject({ codecs: ['avc1.64001f'], bitrate: 2_500_000 });
    const [silent] = renditionsOf(
      [HD, AUDIO_TRACK],
      [profile('wall', 361, { audio: 'none', frame_rate: 10 })],
    );
    expect(silent).toMatchObject({ width: 640, height: 360, frameRate: 10, codecs: ['avc1.64001e'] });
  });
});

it.each([
  [640, 360, 25, 30],
  [1280, 720, 30, 31],
  [1280, 720, 60, 32],
  [1920, 1080, 25, 40],
  [1920, 1080, 60, 42],
  [3840, 2160, 30, 51],
  [7680, 4320, 60, 52],
])('%i x %i at %i needs level %i', (width, height, frameRate, level) => {
  expect(h264Level({ width, height }, frameRate)).toBe(level);
});
