import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../model/parse-error.ts';
import { parseAudioTag } from './audio-tag.ts';
import { hex } from './test-support.ts';
import { parseVideoTag } from './video-tag.ts';

const HVC1 = '68766331';
const AVC1 = '61766331';
const AV01 = '61763031';
const VP09 = '76703039';
const OPUS = '4f707573';
const MP4A = '6d703461';

describe('video tags', () => {
  it.each([
    ['AVC configuration', '17 00 000000 0164', { kind: 'config', codec: 'h264', record: hex('0164') }],
    ['AVC key frame', '17 01 000050 aabb', frame('h264', true, 80)],
    ['AVC with a negative composition time', '27 01 ffffd8 aabb', frame('h264', false, -40)],
    ['generated key frame', '47 01 000000 aabb', frame('h264', true, 0)],
    ['AVC end of sequence', '17 02 000000', { kind: 'end' }],
    ['AVC end of sequence in two bytes', '17 02', { kind: 'end' }],
    ['HEVC under CodecID 12', '1c 01 000028 aabb', frame('h265', true, 40)],
    ['hvc1 configuration', `90 ${HVC1} 01`, { kind: 'config', codec: 'h265', record: hex('01') }],
    ['hvc1 coded frames', `91 ${HVC1} 000028 aabb`, frame('h265', true, 40)],
    ['hvc1 coded frames X', `a3 ${HVC1} aabb`, frame('h265', false, 0)],
    ['avc1 coded frames', `a1 ${AVC1} ffffff aabb`, frame('h264', false, -1)],
    ['av01 coded frames', `91 ${AV01} aabb`, frame('av1', true, 0)],
    ['vp09 coded frames', `a1 ${VP09} aabb`, frame('vp9', false, 0)],
    ['end of sequence', `92 ${HVC1}`, { kind: 'end' }],
    ['HDR metadata', `94 ${HVC1} 02`, { kind: 'ignored', reason: 'video metadata' }],
    ['MPEG-2 TS descriptor', `95 ${AV01} 80`, { kind: 'ignored', reason: 'MPEG-2 TS descriptor' }],
    ['command frame', '57 00', { kind: 'ignored', reason: 'command frame' }],
    ['enhanced command frame', 'd1 00', { kind: 'ignored', reason: 'command frame' }],
    ['empty tag', '', { kind: 'ignored', reason: 'empty tag' }],
    ['frame without data', '27 01 000000', { kind: 'ignored', reason: 'empty frame' }],
    [
      'time offset',
      `97 02 000064 01 ${HVC1} 000000 aabb`,
      { ...frame('h265', true, 0), timestampOffsetNanos: 100 },
    ],
    [
      'unknown extension before a time offset',
      `97 00 00 17 02 0f423f 03 ${HVC1} aabb`,
      {
        ...frame('h265', true, 0),
        timestampOffsetNanos: 999_999,
      },
    ],
    ['one track of several', `96 01 ${HVC1} 00 000028 aabb`, frame('h265', true, 40)],
    ['many tracks', `96 13 ${HVC1} 01 000002 ffff 00 000002 aabb`, frame('h265', true, 0)],
    [
      'many tracks of many codecs',
      `96 23 ${AV01} 03 000001 ff ${HVC1} 00 000002 aabb`,
      frame('h265', true, 0),
    ],
    [
      'another track',
      `96 01 ${HVC1} 01 000028 aabb`,
      { kind: 'ignored', reason: 'other track than the first' },
    ],
  ])('reads: %s', (_name, bytes, expected) => {
    expect(parseVideoTag(hex(bytes))).toEqual(expected);
  });

  it('reads a long extension', () => {
    const long = Buffer.concat([hex('97 ff 0100'), Buffer.alloc(257), hex(`13 ${HVC1} aabb`)]);
    expect(parseVideoTag(long)).toEqual(frame('h265', true, 0));
  });

  it.each([
    ['Sorenson H.263', '12 00', 'video codec Sorenson H.263 is not supported'],
    ['VVC', '91 76766331 000000 aa', 'video codec vvc1 is not supported'],
    [
      'a CodecID in the place of a FourCC',
      '91 00000007 000000 aa',
      'video codec 0x00000007 is not supported',
    ],
    ['a FourCC that is cut off', '91 6876', 'FourCC cut off'],
    ['a tag that is cut off', '17 01 00', 'video tag cut off'],
    ['a composition time that is cut off', `91 ${HVC1} 0000`, 'composition time cut off'],
    ['a track beyond the tag', `96 11 ${HVC1} 00 ffffff aabb`, 'track longer than its tag'],
    ['an extension beyond the tag', '97 ff ffff 00', 'enhanced header cut off'],
    ['an unknown packet', `98 ${HVC1} 00`, 'unknown type 8'],
  ])('refuses %s', (_name, bytes, reason) => {
    expect(() => parseVideoTag(hex(bytes))).toThrow(ParseError);
    expect(() => parseVideoTag(hex(bytes))).toThrow(reason);
  });
});

describe('audio tags', () => {
  it.each([
    ['AAC configuration', 'af 00 1190', { kind: 'config', codec: 'aac', record: hex('1190') }],
    ['AAC frame', 'af 01 aabb', sound('aac', 2)],
    ['MP3', '2f aabb', sound('mp3', 2)],
    ['MP3 at 8 kHz', 'e2 aabb', sound('mp3', 1)],
    ['A-law', '72 aabb', sound('g711a', 1)],
    ['µ-law', '83 aabb', sound('g711u', 2)],
    ['Opus configuration', `90 ${OPUS} 4f`, { kind: 'config', codec: 'opus', record: hex('4f') }],
    ['Opus frame', `91 ${OPUS} aabb`, sound('opus', 2)],
    ['enhanced AAC', `91 ${MP4A} aabb`, sound('aac', 2)],
    ['enhanced MP3', '91 2e6d7033 aabb', sound('mp3', 2)],
    ['end of sequence', `92 ${OPUS}`, { kind: 'end' }],
    ['order of channels', `94 ${OPUS} 01 02 00000003`, { kind: 'ignored', reason: 'order of the channels' }],
    ['time offset', `97 02 000001 01 ${OPUS} aabb`, { ...sound('opus', 2), timestampOffsetNanos: 1 }],
    ['one track of several', `95 01 ${OPUS} 00 aabb`, sound('opus', 2)],
    ['another track', `95 01 ${OPUS} 02 aabb`, { kind: 'ignored', reason: 'other track than the first' }],
    ['AAC frame without data', 'af 01', { kind: 'ignored', reason: 'empty frame' }],
    ['empty tag', '', { kind: 'ignored', reason: 'empty tag' }],
  ])('reads: %s', (_name, bytes, expected) => {
    expect(parseAudioTag(hex(bytes))).toEqual(expected);
  });

  it.each([
    ['Speex', 'b2 00', 'audio codec Speex is not supported'],
    ['Nellymoser', '62 00', 'audio codec Nellymoser is not supported'],
    ['FLAC', '91 664c6143 00', 'audio codec fLaC is not supported'],
    ['AC-3', '91 61632d33 00', 'audio codec ac-3 is not supported'],
    ['E-AC-3', '91 65632d33 00', 'audio codec ec-3 is not supported'],
    ['AAC that is cut off', 'af', 'audio tag cut off'],
  ])('refuses %s', (_name, bytes, reason) => {
    expect(() => parseAudioTag(hex(bytes))).toThrow(ParseError);
    expect(() => parseAudioTag(hex(bytes))).toThrow(reason);
  });
});

it('tags of any bytes throw nothing but ParseError', () => {
  const fourCc = fc.constantFrom(HVC1, AVC1, AV01, OPUS, MP4A, '').map(hex);
  const body = fc
    .tuple(
      fc.integer({ min: 0, max: 255 }),
      fc.uint8Array({ maxLength: 6 }),
      fourCc,
      fc.uint8Array({ maxLength: 20 }),
    )
    .map(([first, prefix, codec, rest]) => Buffer.concat([Buffer.from([first]), prefix, codec, rest]));
  fc.assert(
    fc.property(body, bytes => {
      for (const parse of [parseVideoTag, parseAudioTag]) {
        try {
          parse(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
        }
      }
    }),
    { seed: 5, numRuns: 20_000 },
  );
});

function frame(codec: string, key: boolean, compositionTime: number): object {
  return { kind: 'frame', codec, key, compositionTime, timestampOffsetNanos: 0, data: hex('aabb') };
}

function sound(codec: string, channels: number): object {
  return { kind: 'frame', codec, channels, timestampOffsetNanos: 0, data: hex('aabb') };
}
