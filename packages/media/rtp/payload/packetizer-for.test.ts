import { describe, expect, it } from 'vitest';
import { aacTrack } from '../../codec/aac/track.ts';
import { av1Track } from '../../codec/av1/track.ts';
import { g711Track } from '../../codec/g711/track.ts';
import { mp3Track } from '../../codec/mp3/track.ts';
import { opusHead } from '../../codec/opus/opus-head.ts';
import { opusTrack } from '../../codec/opus/track.ts';
import { IDENTITY } from '../../codec/test-support.ts';
import { vp9Track } from '../../codec/vp9/track.ts';
import { ParseError } from '../../model/parse-error.ts';
import { AudioSample } from '../../model/sample.ts';
import type { Track } from '../../model/track.ts';
import { DEFAULT_MAX_PAYLOAD_SIZE, packetizerFor } from './packetizer-for.ts';
import { parseRtpMap } from './rtp-format.ts';
import { bytesOf, packetize } from './test-support.ts';
import { trackOfFormat } from './test-tracks.ts';

const AAC = aacTrack(IDENTITY, bytesOf('131056e598'));
const STEREO = opusTrack(IDENTITY, opusHead({ channels: 2, preSkip: 0, inputSampleRate: 48_000 }));
const MONO = opusTrack(IDENTITY, opusHead({ channels: 1, preSkip: 0, inputSampleRate: 48_000 }));
const MP3 = mp3Track(IDENTITY, bytesOf('fffb9464'));

function payloads(track: Track, data: Buffer, maxPayloadSize?: number): string[] {
  const packetizer = packetizerFor(track, { maxPayloadSize })!;
  return packetize(packetizer, [new AudioSample(1, 0, data)]).map(
    ({ payload, marker, timestamp }) =>
      `${timestamp}${marker ? ' M' : ''} ${payload.toString('hex', 0, 8)} ${payload.length}`,
  );
}

describe('packetizerFor', () => {
  it.each([
    [
      'AAC at the rate of its sound',
      AAC,
      'mpeg4-generic/48000/2',
      'streamtype=5; profile-level-id=1; mode=AAC-hbr; sizelength=13; indexlength=3; indexdeltalength=3; config=131056E598',
    ],
    ['stereo Opus', STEREO, 'opus/48000/2', 'sprop-stereo=1'],
    ['mono Opus', MONO, 'opus/48000/2', 'sprop-stereo=0'],
    ['A-law', g711Track(IDENTITY, 'g711a', 8000, 1), 'PCMA/8000', undefined],
    ['µ-law', g711Track(IDENTITY, 'g711u', 16_000, 2), 'PCMU/16000/2', undefined],
    ['MP3', MP3, 'MPA/90000', undefined],
    ['AV1', av1Track(IDENTITY, bytesOf('81084c00')), 'AV1/90000', 'profile=0; level-idx=8; tier=0'],
  ])('describes %s', (_name, track, rtpMap, formatParameters) => {
    const packetizer = packetizerFor(track)!;
    expect(packetizer).toMatchObject({ rtpMap, clockRate: parseRtpMap(rtpMap).clockRate });
    expect(packetizer.formatParameters).toBe(formatParameters);
    if (track.codec === 'mp3' || track.codec === 'av1') return;
    expect(trackOfFormat(IDENTITY, parseRtpMap(rtpMap, formatParameters))).toEqual(track);
  });

  it('has none for what RTP has no form for', () => {
    expect(packetizerFor(vp9Track(IDENTITY, bytesOf('000b820202020000')))).toBeUndefined();
    const surround = bytesOf('4f7075734865616401063801 80bb0000 0000 01 04 02 000401020305');
    expect(packetizerFor(opusTrack(IDENTITY, surround))).toBeUndefined();
  });

  it('writes AAC with its size before it, that of the frame in each fragment', () => {
    expect(payloads(AAC, Buffer.alloc(300, 1))).toEqual(['0 M 0010096001010101 304']);
    expect(payloads(AAC, Buffer.alloc(300, 1), 200)).toEqual([
      '0 0010096001010101 200',
      '0 M 0010096001010101 108',
    ]);
    expect(() => payloads(AAC, Buffer.alloc(8192))).toThrow(ParseError);
    expect(payloads(AAC, Buffer.alloc(0))).toEqual([]);
  });

  it('writes an Opus packet as it is, however long', () => {
    expect(payloads(STEREO, Buffer.alloc(2000, 1))).toEqual(['0 0101010101010101 2000']);
    expect(payloads(STEREO, Buffer.alloc(0))).toEqual([]);
  });

  it('writes long runs of G.711 in packets of their own time', () => {
    const stereo = g711Track(IDENTITY, 'g711u', 8000, 2);
    expect(payloads(stereo, Buffer.alloc(2500, 1), 1001)).toEqual([
      '0 0101010101010101 1000',
      '500 0101010101010101 1000',
      '1000 0101010101010101 500',
    ]);
  });

  it('writes MP3 with the offset before it', () => {
    expect(payloads(MP3, Buffer.alloc(100, 1), 64)).toEqual([
      '0 0000000001010101 64',
      '0 0000003c01010101 44',
    ]);
  });

  it('keeps to Ethernet by default, and to what payloads need', () => {
    expect(DEFAULT_MAX_PAYLOAD_SIZE + 12 + 8 + 40).toBeLessThanOrEqual(1500);
    expect(payloads(MP3, Buffer.alloc(1400, 1))).toHaveLength(2);
    expect(payloads(MP3, Buffer.alloc(100, 1), 1)[0]).toContain(' 64');
  });
});
