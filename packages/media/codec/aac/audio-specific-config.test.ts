import * as fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../model/parse-error.ts';
import { BitReader } from '../bit-reader.ts';
import { bytes, FUZZ, goCorpus, hex, IDENTITY, mutated, survives } from '../test-support.ts';
import {
  audioSpecificConfig,
  parseAudioSpecificConfig,
  skipAudioSpecificConfig,
} from './audio-specific-config.ts';
import { aacTrack } from './track.ts';

const LC = { objectType: 2, samplesPerFrame: 1024, sbr: false, ps: false };

/** Those of FFmpeg's encoder with what ffprobe says of them, and forms of other encoders built by the standard. */
const CONFIGS = [
  { name: 'mono', config: '118856e500', expected: { ...LC, sampleRate: 48_000, channels: 1 } },
  { name: 'stereo', config: '119056e500', expected: { ...LC, sampleRate: 48_000, channels: 2 } },
  { name: '5.1', config: '11b056e500', expected: { ...LC, sampleRate: 48_000, channels: 6 } },
  { name: '7.1', config: '11b856e500', expected: { ...LC, sampleRate: 48_000, channels: 8 } },
  {
    name: '6.1 by a program_config_element',
    config: '1200050848002000c4400d4c61766335392e33372e31303056e500',
    expected: { ...LC, sampleRate: 44_100, channels: 7, channelConfiguration: 0 },
  },
  { name: 'the lowest rate', config: '160856e500', expected: { ...LC, sampleRate: 7350, channels: 1 } },
  { name: 'the short form', config: '1210', expected: { ...LC, sampleRate: 44_100, channels: 2 } },
  {
    name: 'HE-AAC, signalled hierarchically',
    config: '2b920800',
    expected: {
      objectType: 2,
      coreSampleRate: 22_050,
      sampleRate: 44_100,
      channels: 2,
      sbr: true,
      ps: false,
    },
  },
  {
    name: 'HE-AAC, signalled behind',
    config: '139056e5a0',
    expected: {
      objectType: 2,
      coreSampleRate: 22_050,
      sampleRate: 44_100,
      channels: 2,
      sbr: true,
      ps: false,
    },
  },
  {
    name: 'HE-AAC v2, signalled hierarchically',
    config: 'eb8a0800',
    expected: { objectType: 2, coreSampleRate: 22_050, sampleRate: 44_100, channels: 2, sbr: true, ps: true },
  },
  {
    name: 'HE-AAC v2, signalled behind',
    config: '138856e5a54880',
    expected: { objectType: 2, coreSampleRate: 22_050, sampleRate: 44_100, channels: 2, sbr: true, ps: true },
  },
  {
    name: 'a rate written out',
    config: '1780 5dc0 10',
    expected: { ...LC, sampleRate: 48_000, channels: 2, channelConfiguration: 2 },
  },
  {
    name: 'frames of 960 samples',
    config: '1214',
    expected: { ...LC, samplesPerFrame: 960, sampleRate: 44_100, channels: 2 },
  },
  { name: 'AAC LD', config: 'ba12', expected: { objectType: 23, samplesPerFrame: 512, sampleRate: 44_100 } },
  {
    name: 'AAC ELD',
    config: 'f8e85000',
    expected: { objectType: 39, samplesPerFrame: 480, sampleRate: 44_100 },
  },
];

describe('parseAudioSpecificConfig', () => {
  it.each(CONFIGS)('reads $name', ({ config, expected }) => {
    expect(parseAudioSpecificConfig(hex(config))).toMatchObject(expected);
  });

  it('refuses reserved values and what is cut off', () => {
    for (const bad of ['', '12', '0210', '1690', '1240', '1200', '1780', '1780000010']) {
      expect(() => parseAudioSpecificConfig(hex(bad)), bad).toThrow(ParseError);
    }
  });

  it('reads what audioSpecificConfig builds', () => {
    const rates = [
      96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
    ];
    for (const sampleRate of rates) {
      for (const channels of [1, 2, 3, 4, 5, 6, 7, 8]) {
        const built = audioSpecificConfig({ objectType: 2, sampleRate, channels });
        expect(built).toHaveLength(2);
        expect(parseAudioSpecificConfig(built)).toMatchObject({ ...LC, sampleRate, channels });
      }
    }
  });

  it('builds nothing that the short form cannot say', () => {
    const stereo = { objectType: 2, sampleRate: 44_100, channels: 2 };
    expect(audioSpecificConfig(stereo)).toEqual(hex('1210'));
    for (const bad of [
      { sampleRate: 44_000 },
      { channels: 0 },
      { channels: 9 },
      { objectType: 0 },
      { objectType: 39 },
    ]) {
      expect(() => audioSpecificConfig({ ...stereo, ...bad })).toThrow(ParseError);
    }
  });

  it('throws nothing but ParseError', () => {
    fc.assert(
      fc.property(fc.oneof(bytes(30), mutated(CONFIGS.map(({ config }) => hex(config)))), data => {
        survives(() => {
          const { sampleRate, channels } = parseAudioSpecificConfig(data);
          expect(sampleRate).toBeGreaterThan(0);
          expect(channels).toBeGreaterThan(0);
        });
      }),
      FUZZ,
    );
  });

  const FOLDER = 'mediacommon/pkg/codecs/mpeg4audio/testdata/fuzz';
  const corpus = goCorpus(
    fs,
    `${FOLDER}/FuzzAudioSpecificConfigUnmarshal`,
    `${FOLDER}/FuzzParsePCEFromRawDataBlock`,
    `${FOLDER}/FuzzStreamMuxConfigUnmarshal`,
  );
  it.skipIf(corpus.length === 0)('survives the collected bad inputs', () => {
    for (const input of corpus) survives(() => parseAudioSpecificConfig(input));
  });
});

describe('aacTrack', () => {
  it('names the codec by what has to be decoded', () => {
    const codecString = (config: string) => aacTrack(IDENTITY, hex(config)).codecString;
    expect(codecString('1210')).toBe('mp4a.40.2');
    expect(codecString('2b920800')).toBe('mp4a.40.5');
    expect(codecString('138856e5a54880')).toBe('mp4a.40.29');
    expect(codecString('ba12')).toBe('mp4a.40.23');
  });

  it('copies its configuration', () => {
    const received = hex('1210');
    const track = aacTrack(IDENTITY, received);
    received.fill(0);
    expect(track).toMatchObject({
      kind: 'audio',
      codec: 'aac',
      config: hex('1210'),
      sampleRate: 44_100,
      channels: 2,
    });
  });
});

describe('skipAudioSpecificConfig', () => {
  it.each([
    ['AAC-LC', '1190', 16],
    ['a core coder delay', '1192 0000', 30],
    ['a rate written out', '1780 5dc0 10', 40],
    ['HE-AAC, signalled hierarchically', '2b920800', 25],
    ['AAC scalable, with its layer', '3190 00', 19],
    ['error resilient AAC-LC, with its extension', '8991 0000', 22],
    ['error resilient BSAC', 'b191 000000', 35],
    ['AAC-LD', 'b990 00', 18],
  ])('finds the end of %s', (_name, config, length) => {
    const data = Buffer.concat([hex(config), Buffer.alloc(4)]);
    const reader = new BitReader(data);
    skipAudioSpecificConfig(reader);
    expect(data.length * 8 - reader.bitsLeft).toBe(length);
  });

  it.each([
    ['a program_config_element', '1180 00'],
    ['CELP', '4190 00'],
    ['error protection', 'b990 80'],
    ['nothing', ''],
  ])('refuses %s', (_name, config) => {
    expect(() => skipAudioSpecificConfig(new BitReader(hex(config)))).toThrow(ParseError);
  });
});
