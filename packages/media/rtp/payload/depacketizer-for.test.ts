import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../model/parse-error.ts';
import { depacketizerFor } from './depacketizer-for.ts';
import { parseRtpMap } from './rtp-format.ts';
import { FUZZ, packet, Receiver } from './test-support.ts';

function codecOf(rtpMap: string, formatParameters?: string): string | undefined {
  return depacketizerFor(parseRtpMap(rtpMap, formatParameters), () => {})?.codec;
}

describe('depacketizerFor', () => {
  it.each([
    ['H264/90000', 'h264'],
    ['h265/90000', 'h265'],
    ['AV1/90000', 'av1'],
    ['MPEG4-GENERIC/48000/2', 'aac'],
    ['MP4A-LATM/48000/2', 'aac'],
    ['OPUS/48000/2', 'opus'],
    ['PCMA/8000', 'g711a'],
    ['PCMU/8000/2', 'g711u'],
    ['MPA/90000', 'mp3'],
    ['VP8/90000', undefined],
    ['vnd.onvif.metadata/90000', undefined],
  ])('of %s is of %s', (rtpMap, codec) => {
    expect(codecOf(rtpMap)).toBe(codec);
  });

  it.each([
    ['H264/90000', 'packetization-mode=2', 'H.264 in the interleaved mode'],
    ['mpa-robust/90000', undefined, 'loss-robust MP3 (RFC 5219)'],
    ['mpeg4-generic/8000', 'mode=CELP-vbr', 'mpeg4-generic in the mode celp-vbr'],
    ['H265/90000', 'sprop-max-don-diff=99999', 'sprop-max-don-diff of 99999'],
  ])('refuses %s with %s by its name', (rtpMap, formatParameters, reason) => {
    expect(() => codecOf(rtpMap, formatParameters)).toThrow(new ParseError(reason));
  });

  it('takes the packets of Opus and G.711 as they are', () => {
    const opus = new Receiver({ rtpMap: 'opus/48000/2' });
    opus.push([packet('fc01', { timestamp: 5 }), packet(''), packet('ff00'), packet('08', { timestamp: 9 })]);
    expect(opus.plain).toEqual([
      { timestamp: 5, data: 'fc01', damaged: false },
      { timestamp: 9, data: '08', damaged: false },
    ]);
    expect(opus.errors.map(({ reason }) => reason)).toEqual(['Opus packet without a frame']);
    const g711 = new Receiver({ rtpMap: 'PCMA/8000' });
    g711
      .push([packet('d5d5', { timestamp: 1 }), packet('', { timestamp: 3 }), packet('aa', { timestamp: 3 })])
      .flush();
    expect(g711.plain.map(({ timestamp, data }) => `${timestamp}: ${data}`)).toEqual(['1: d5d5', '3: aa']);
  });

  it('throws nothing but ParseError for any description', () => {
    const encoding = fc.constantFrom('H264', 'H265', 'AV1', 'mpeg4-generic', 'MP4A-LATM', 'opus', 'MPA', 'x');
    const name = fc.constantFrom(
      'config',
      'mode',
      'sizelength',
      'constantsize',
      'cpresent',
      'sprop-max-don-diff',
    );
    const value = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('0', '1190', 'AAC-hbr', 'generic', '13'),
    );
    const parameters = fc.array(
      fc.tuple(name, value).map(pair => pair.join('=')),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(encoding, parameters, fc.uint8Array({ maxLength: 40 }), (name, list, payload) => {
        try {
          codecOf(`${name}/48000/2`, list.join(';'));
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
          return;
        }
        if (name !== 'x') {
          new Receiver({ rtpMap: `${name}/48000/2`, formatParameters: list.join(';') })
            .push([packet(Buffer.from(payload), { marker: true })])
            .flush();
        }
      }),
      { ...FUZZ, numRuns: 2000 },
    );
  });
});
