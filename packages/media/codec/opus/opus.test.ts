import * as fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../model/parse-error.ts';
import { bytes, FUZZ, goCorpus, hex, IDENTITY, mutated, survives } from '../test-support.ts';
import { opusHead, parseOpusHead } from './opus-head.ts';
import { opusPacketDuration } from './packet.ts';
import { opusTrack } from './track.ts';

/** As libopus and FFmpeg's Ogg muxer wrote it. */
const HEAD = hex('4f70757348656164 01 02 3801 80bb0000 0000 00');

describe('OpusHead', () => {
  it('is read', () => {
    expect(parseOpusHead(HEAD)).toEqual({
      channels: 2,
      preSkip: 312,
      inputSampleRate: 48_000,
      mappingFamily: 0,
    });
  });

  it('is built as FFmpeg builds it', () => {
    expect(opusHead({ channels: 2, preSkip: 312, inputSampleRate: 48_000 })).toEqual(HEAD);
  });

  it('of surround sound has a mapping', () => {
    const surround = hex('4f70757348656164 01 06 3801 80bb0000 0000 01 04 02 000401020305');
    expect(parseOpusHead(surround)).toMatchObject({ channels: 6, mappingFamily: 1 });
    expect(() => parseOpusHead(surround.subarray(0, -1))).toThrow(/cut off/);
  });

  it('is refused where it is impossible', () => {
    const changed = (at: number, byte: number) => {
      const head = Buffer.from(HEAD);
      head[at] = byte;
      return head;
    };
    for (const bad of [changed(0, 0), changed(8, 0x10), changed(9, 0), changed(9, 3), HEAD.subarray(0, 18)]) {
      expect(() => parseOpusHead(bad)).toThrow(ParseError);
    }
  });

  it('makes a track, which copies it', () => {
    const received = Buffer.from(HEAD);
    const track = opusTrack(IDENTITY, received);
    received.fill(0);
    expect(track).toEqual({
      ...IDENTITY,
      kind: 'audio',
      codec: 'opus',
      config: HEAD,
      sampleRate: 48_000,
      channels: 2,
      codecString: 'opus',
    });
  });

  it('throws nothing but ParseError', () => {
    fc.assert(
      fc.property(fc.oneof(bytes(40), mutated([HEAD])), data => survives(() => parseOpusHead(data))),
      FUZZ,
    );
  });
});

describe('opusPacketDuration', () => {
  it('knows every configuration', () => {
    const milliseconds = [
      ...[10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 40, 60], // SILK
      ...[10, 20, 10, 20], // hybrid
      ...[2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20], // CELT
    ];
    milliseconds.forEach((duration, configuration) => {
      expect(opusPacketDuration(Buffer.from([configuration << 3]))).toBe(duration * 48);
    });
  });

  it('counts the frames of a packet', () => {
    const celt20 = 31 << 3;
    expect(opusPacketDuration(Buffer.from([celt20 | 1]))).toBe(1920);
    expect(opusPacketDuration(Buffer.from([celt20 | 2]))).toBe(1920);
    expect(opusPacketDuration(Buffer.from([celt20 | 3, 0xc6]))).toBe(5760);
  });

  it('refuses packets without frames and of more than 120 ms', () => {
    for (const bad of ['', 'fb', 'fb00', 'fb07', '1bff']) {
      expect(() => opusPacketDuration(hex(bad)), bad).toThrow(ParseError);
    }
  });

  it('is at most 120 ms, and throws nothing but ParseError', () => {
    fc.assert(
      fc.property(bytes(4), data => {
        survives(() => {
          const duration = opusPacketDuration(data);
          expect(duration).toBeGreaterThanOrEqual(120);
          expect(duration).toBeLessThanOrEqual(5760);
        });
      }),
      FUZZ,
    );
  });

  const FOLDER = 'mediacommon/pkg/codecs/opus/testdata/fuzz';
  const corpus = goCorpus(fs, `${FOLDER}/FuzzPacketDuration`, `${FOLDER}/FuzzIDHeaderUnmarshal`);
  it.skipIf(corpus.length === 0)('survives the collected bad inputs', () => {
    for (const input of corpus) {
      survives(() => opusPacketDuration(input));
      survives(() => parseOpusHead(input));
    }
  });
});
