import * as fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../model/parse-error.ts';
import { bytes, FUZZ, goCorpus, hex, mutated, survives } from '../test-support.ts';
import { ADTS_HEADER_SIZE, AdtsWriter, parseAdtsHeader } from './adts.ts';
import { audioSpecificConfig } from './audio-specific-config.ts';

/** The first one that FFmpeg's ADTS muxer wrote: AAC LC, 48 kHz, stereo, a frame of 295 bytes with its header. */
const FFMPEG = hex('fff14c8024fffc');

function write(config: string, payloadLength: number): Buffer {
  const target = Buffer.alloc(ADTS_HEADER_SIZE + 2, 0xee);
  new AdtsWriter(hex(config)).write(target, 1, payloadLength);
  expect([target[0], target[8]]).toEqual([0xee, 0xee]);
  return target.subarray(1, 8);
}

describe('AdtsWriter', () => {
  it('writes what FFmpeg writes', () => {
    expect(write('119056e500', 295 - ADTS_HEADER_SIZE)).toEqual(FFMPEG);
  });

  it('tells the core of HE-AAC', () => {
    for (const config of ['2b920800', '139056e5a0']) {
      expect(parseAdtsHeader(write(config, 10))).toMatchObject({
        objectType: 2,
        sampleRate: 22_050,
        channels: 2,
      });
    }
    for (const config of ['eb8a0800', '138856e5a54880']) {
      expect(parseAdtsHeader(write(config, 10))).toMatchObject({
        objectType: 2,
        sampleRate: 22_050,
        channels: 1,
      });
    }
  });

  it('tells Main and LTP as themselves, a rate written out by its index, and object types beyond as LC', () => {
    expect(parseAdtsHeader(write('0a10', 10)).objectType).toBe(1);
    expect(parseAdtsHeader(write('2210', 10)).objectType).toBe(4);
    expect(parseAdtsHeader(write('ba10', 10)).objectType).toBe(2);
    expect(parseAdtsHeader(write('1780 5dc0 10', 10))).toMatchObject({ sampleRate: 48_000, channels: 2 });
  });

  it('refuses what a header cannot say', () => {
    expect(() => new AdtsWriter(hex('1780 5dc1 10'))).toThrow(ParseError); // 48001 Hz
    expect(() => new AdtsWriter(hex('12d8'))).toThrow(ParseError); // channel configuration 11
    expect(() => write('1210', 8192 - ADTS_HEADER_SIZE)).toThrow(ParseError);
    expect(parseAdtsHeader(write('1210', 8191 - ADTS_HEADER_SIZE)).frameLength).toBe(8191);
  });

  it('is read back', () => {
    const rate = fc.constantFrom(96_000, 48_000, 44_100, 16_000, 8000, 7350);
    const channel = fc.constantFrom(1, 2, 3, 4, 5, 6, 8);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        rate,
        channel,
        fc.nat(8184),
        (objectType, sampleRate, channels, length) => {
          const config = audioSpecificConfig({ objectType, sampleRate, channels });
          expect(parseAdtsHeader(write(config.toString('hex'), length))).toEqual({
            objectType,
            sampleRate,
            channels,
            headerLength: ADTS_HEADER_SIZE,
            frameLength: length + ADTS_HEADER_SIZE,
            rawDataBlocks: 1,
          });
        },
      ),
      { ...FUZZ, numRuns: 500 },
    );
  });
});

describe('parseAdtsHeader', () => {
  it('reads a header with a CRC', () => {
    const header = Buffer.from(FFMPEG);
    header[1] = 0xf0;
    expect(parseAdtsHeader(header)).toMatchObject({ headerLength: 9, frameLength: 295 });
  });

  it('refuses MPEG audio, reserved rates, impossible lengths and cuts', () => {
    for (const bad of [
      'fffb50640000018f',
      'fff17c8024fffc',
      'fff14c8000bffc',
      'fff04c8001 1ffc',
      'fff14c8024ff',
      '',
    ]) {
      expect(() => parseAdtsHeader(hex(bad)), bad).toThrow(ParseError);
    }
  });

  it('throws nothing but ParseError', () => {
    fc.assert(
      fc.property(fc.oneof(bytes(12), mutated([FFMPEG])), data => {
        survives(() => parseAdtsHeader(data));
        survives(() => new AdtsWriter(data));
      }),
      FUZZ,
    );
  });

  const corpus = goCorpus(fs, 'mediacommon/pkg/codecs/mpeg4audio/testdata/fuzz/FuzzADTSUnmarshal');
  it.skipIf(corpus.length === 0)('survives the collected bad inputs', () => {
    for (const input of corpus) survives(() => parseAdtsHeader(input));
  });
});
