import * as fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../model/parse-error.ts';
import { bytes, FUZZ, goCorpus, hex, IDENTITY, mutated, survives } from '../test-support.ts';
import { parseMp3FrameHeader } from './frame-header.ts';
import { mp3Track } from './track.ts';

/** First bytes of frames of LAME, with the packet sizes that ffprobe reports, and of other layers by the standard. */
const FRAMES = [
  {
    frame: 'fffb5064',
    expected: {
      version: 1,
      layer: 3,
      bitrate: 64_000,
      sampleRate: 44_100,
      channels: 2,
      frameLength: 208,
      samplesPerFrame: 1152,
    },
  },
  {
    frame: 'fff38064',
    expected: {
      version: 2,
      layer: 3,
      bitrate: 64_000,
      sampleRate: 22_050,
      channels: 2,
      frameLength: 208,
      samplesPerFrame: 576,
    },
  },
  {
    frame: 'ffe38864',
    expected: {
      version: 2.5,
      layer: 3,
      bitrate: 64_000,
      sampleRate: 8000,
      channels: 2,
      frameLength: 576,
      samplesPerFrame: 576,
    },
  },
  {
    frame: 'fffb92c0',
    expected: {
      version: 1,
      layer: 3,
      bitrate: 128_000,
      sampleRate: 44_100,
      channels: 1,
      frameLength: 418,
      samplesPerFrame: 1152,
    },
  },
  {
    frame: 'fffda404',
    expected: {
      version: 1,
      layer: 2,
      bitrate: 192_000,
      sampleRate: 48_000,
      channels: 2,
      frameLength: 576,
      samplesPerFrame: 1152,
    },
  },
  {
    frame: 'ffffc204',
    expected: {
      version: 1,
      layer: 1,
      bitrate: 384_000,
      sampleRate: 44_100,
      channels: 2,
      frameLength: 420,
      samplesPerFrame: 384,
    },
  },
  { frame: 'fffb0064', expected: { bitrate: 0, frameLength: 0 } },
];

describe('parseMp3FrameHeader', () => {
  it.each(FRAMES)('reads $frame', ({ frame, expected }) => {
    expect(parseMp3FrameHeader(hex(frame))).toMatchObject(expected);
  });

  it('refuses reserved values, other streams and cuts', () => {
    for (const bad of [
      'ffeb5064',
      'fff95064',
      'fffbf064',
      'fffb5c64',
      '7ffb5064',
      '494433 04',
      'fffb50',
      '',
    ]) {
      expect(() => parseMp3FrameHeader(hex(bad)), bad).toThrow(ParseError);
    }
  });

  it('throws nothing but ParseError, and finds frames that hold their header', () => {
    const seeds = FRAMES.map(({ frame }) => hex(frame));
    fc.assert(
      fc.property(fc.oneof(bytes(8), mutated(seeds)), data => {
        survives(() => {
          const { bitrate, frameLength } = parseMp3FrameHeader(data);
          if (bitrate > 0) expect(frameLength).toBeGreaterThan(4);
        });
      }),
      FUZZ,
    );
  });

  const corpus = goCorpus(fs, 'mediacommon/pkg/codecs/mpeg1audio/testdata/fuzz/FuzzFrameHeaderUnmarshal');
  it.skipIf(corpus.length === 0)('survives the collected bad inputs', () => {
    for (const input of corpus) survives(() => parseMp3FrameHeader(input));
  });
});

describe('mp3Track', () => {
  it('names MPEG-1 and MPEG-2 apart', () => {
    expect(mp3Track(IDENTITY, hex('fffb5064'))).toEqual({
      ...IDENTITY,
      kind: 'audio',
      codec: 'mp3',
      sampleRate: 44_100,
      channels: 2,
      codecString: 'mp4a.6B',
    });
    expect(mp3Track(IDENTITY, hex('fff38064')).codecString).toBe('mp4a.69');
  });
});
