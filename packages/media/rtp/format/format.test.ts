import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { h264Track } from '../../codec/h264/track.ts';
import { FUZZ, hex, IDENTITY } from '../../codec/test-support.ts';
import { AUDIO_TRACKS, PPS, SPS_640X360, VIDEO_TRACKS } from '../../format/flv/test-support.ts';
import type { Packetizer } from '../packetizer.ts';
import { formatSdp } from '../sdp/formatter.ts';
import { parseSdp } from '../sdp/parser.ts';
import { DAHUA, FFMPEG_LATM, GB28181, GSTREAMER, HIKVISION_PLAYBACK } from '../sdp/test-descriptions.ts';
import { parseFormatParameters } from './format-parameters.ts';
import { mediaDescription } from './media-description.ts';
import { mediaFormat } from './media-format.ts';
import { payloadFormats, payloadTypeFor } from './payload-format.ts';
import { parameterSetsOf } from './sprop.ts';

const formatsOf = (text: string) => parseSdp(text).media.map(mediaFormat);
const media = (...lines: readonly string[]) => parseSdp(lines.join('\n')).media[0]!;

describe('mediaFormat', () => {
  it('describes the tracks of a camera', () => {
    const [video, audio] = formatsOf(DAHUA);
    expect(video).toMatchObject({
      codec: 'h264',
      payloadType: 96,
      encoding: 'H264',
      clockRate: 90_000,
      channels: 1,
      // The zeros behind both are none of theirs.
      parameterSets: { vps: [], sps: [hex('674d4028a680780227e540')], pps: [hex('68ee3c80')] },
    });
    expect(video).toMatchObject({ formatParameters: expect.stringContaining('packetization-mode=1') });
    expect(audio).toMatchObject({ codec: 'g711a', payloadType: 8, clockRate: 8000, channels: 1 });
  });

  it('describes tracks without parameter sets and channels', () => {
    const [video, audio] = formatsOf(HIKVISION_PLAYBACK);
    expect(video).toMatchObject({ codec: 'h264', parameterSets: { vps: [], sps: [], pps: [] } });
    expect(audio).toMatchObject({ codec: 'aac', clockRate: 32_000, config: hex('1408') });
    const { formatParameters } = payloadFormats(parseSdp(HIKVISION_PLAYBACK).media[1]!)[0]!;
    expect(Object.fromEntries(parseFormatParameters(formatParameters))).toMatchObject({
      sizelength: '13',
      indexlength: '3',
      indexdeltalength: '3',
      mode: 'AAC-hbr',
    });
  });

  it('describes H.265 and AAC', () => {
    const [video, audio] = formatsOf(GSTREAMER);
    expect(video).toMatchObject({ codec: 'h265', payloadType: 96 });
    expect(video).toMatchObject({
      parameterSets: {
        vps: [expect.any(Buffer)],
        sps: [expect.any(Buffer)],
        pps: [hex('4401c172b46240')],
      },
    });
    expect(audio).toMatchObject({ codec: 'aac', clockRate: 44_100, channels: 2, config: hex('1210') });
  });

  it('leaves the configuration of LATM to its depacketiser', () => {
    expect(formatsOf(FFMPEG_LATM)).toMatchObject([
      { codec: 'aac', encoding: 'MP4A-LATM', clockRate: 44_100, config: undefined },
    ]);
  });

  it.each([
    ['m=audio 0 RTP/AVP 0', { codec: 'g711u', clockRate: 8000 }],
    ['m=audio 0 RTP/AVP 14', { codec: 'mp3', clockRate: 90_000 }],
    ['m=audio 0 RTP/AVP 96\na=rtpmap:96 PCMA/16000/2', { codec: 'g711a', clockRate: 16_000, channels: 2 }],
    ['m=audio 0 RTP/AVP 96\na=rtpmap:96 opus/48000/2', { codec: 'opus', clockRate: 48_000, channels: 2 }],
    [
      'm=audio 0 RTP/AVP 96\na=rtpmap:96 OPUS/48000/2\na=fmtp:96 sprop-stereo=0',
      { codec: 'opus', channels: 1 },
    ],
    ['m=audio 0 RTP/AVP 96\na=rtpmap:96 MP4A-LATM', { codec: 'aac', clockRate: 90_000 }],
    ['m=video 0 RTP/AVP 96\na=rtpmap:96 AV1/90000', { codec: 'av1' }],
    ['m=video 0 RTP/AVP 96\na=rtpmap:96 H264', { codec: 'h264', clockRate: 90_000 }],
    ['m=audio 0 RTP/AVP 8\na=rtpmap:8 PCMA/0/0', { codec: 'g711a', clockRate: 8000, channels: 1 }],
    // AAC whose configuration is missing, cut off, or hidden behind a clock rate that is missing.
    ['m=audio 0 RTP/AVP 96\na=rtpmap:96 mpeg4-generic/16000/1', { codec: 'aac', config: hex('1408') }],
    ['m=audio 0 RTP/AVP 96\na=rtpmap:96 mpeg4-generic/16000/1\na=fmtp:96 config=14', { config: hex('1408') }],
    ['m=audio 0 RTP/AVP 96\na=rtpmap:96 mpeg4-generic\na=fmtp:96 config=1210', { clockRate: 44_100 }],
  ])('takes %j', (text, expected) => {
    expect(formatsOf(text)).toMatchObject([expected]);
  });

  it('prefers what it can receive', () => {
    expect(formatsOf('m=audio 0 RTP/AVP 9 101 8\na=rtpmap:101 telephone-event/8000')).toMatchObject([
      { codec: 'g711a', payloadType: 8 },
    ]);
    expect(formatsOf(GB28181)).toMatchObject([{ codec: 'h264', payloadType: 98 }]);
  });

  it.each([
    ['m=video 0 RTP/AVP 96\na=rtpmap:96 VP8/90000', 'VP8', /VP8 is not supported/],
    ['m=video 0 RTP/AVP 26', 'JPEG', /JPEG is not supported/],
    ['m=video 0 RTP/AVP 33', 'MP2T', /MP2T/],
    ['m=audio 0 RTP/AVP 97\na=rtpmap:97 G726-32/8000', 'G726-32', /G726-32/],
    ['m=application 0 RTP/AVP 107\na=rtpmap:107 vnd.onvif.metadata/90000', 'vnd.onvif.metadata', /onvif/],
    ['m=video 0 RTP/AVP 96', '', /payload type 96 has no rtpmap/],
    ['m=video 0 RTP/AVP', '', /no payload type/],
    ['m=video 0 RTP/AVP 0A 128 -1', '', /no payload type/],
    ['m=video 0 RTP/SAVPF 96\na=rtpmap:96 H264/90000', 'H264', /encrypted/],
    [
      'm=audio 0 RTP/AVP 96\na=rtpmap:96 mpeg4-generic/8000\na=fmtp:96 mode=CELP-vbr',
      'mpeg4-generic',
      /CELP/,
    ],
    ['m=audio 0 RTP/AVP 96\na=rtpmap:96 mpeg4-generic/\na=fmtp:96 mode=AAC-hbr', 'mpeg4-generic', /cut off/],
    ['m=audio 0 RTP/AVP 96\na=rtpmap:96 mpeg4-generic/1234/1', 'mpeg4-generic', /no short/],
  ])('says why not: %j', (text, encoding, reason) => {
    expect(formatsOf(text)).toEqual([{ codec: undefined, encoding, reason: expect.stringMatching(reason) }]);
  });
});

describe('payloadFormats', () => {
  it('joins parameters that cameras write on several lines', () => {
    const described = media(
      'm=video 0 RTP/AVP 96',
      'a=fmtp:96 a=1;',
      'a=rtpmap:96 H264/90000',
      'a=fmtp:96 b=2',
    );
    const [format] = payloadFormats(described);
    expect(Object.fromEntries(parseFormatParameters(format!.formatParameters))).toEqual({ a: '1', b: '2' });
  });
});

describe('parseFormatParameters', () => {
  it('reads them in any case, with spaces and without values', () => {
    const text = ' Packetization-Mode = 1 ;flag;;sprop-parameter-sets=Zw==,aA==; flag=2; ';
    expect(Object.fromEntries(parseFormatParameters(text))).toEqual({
      'packetization-mode': '1',
      flag: '',
      'sprop-parameter-sets': 'Zw==,aA==',
    });
    expect(parseFormatParameters(undefined).size).toBe(0);
  });
});

describe('parameterSetsOf', () => {
  const base64 = (set: string) => hex(set).toString('base64');

  it('knows sets by their own headers, not by their places', () => {
    const text = [`00000001${PPS.toString('hex')}`, SPS_640X360.toString('hex'), 'e90102', '', '67'].map(
      base64,
    );
    const parameters = new Map([['sprop-parameter-sets', text.join(',')]]);
    expect(parameterSetsOf('h264', parameters)).toEqual({ vps: [], sps: [SPS_640X360], pps: [PPS] });
  });

  it('leaves out what Hikvision leaves out', () => {
    const parameters = new Map([['sprop-parameter-sets', `${SPS_640X360.toString('base64')},`]]);
    expect(parameterSetsOf('h264', parameters)).toEqual({ vps: [], sps: [SPS_640X360], pps: [] });
  });

  it('survives whatever stands there', () => {
    const name = fc.constantFrom('sprop-parameter-sets', 'sprop-vps', 'sprop-sps', 'sprop-pps');
    fc.assert(
      fc.property(fc.constantFrom('h264', 'h265'), name, fc.string(), (codec, key, text) => {
        parameterSetsOf(codec as 'h264' | 'h265', new Map([[key, text]]));
      }),
      FUZZ,
    );
  });
});

describe('mediaDescription', () => {
  const packetizer = (rtpMap: string, formatParameters?: string): Packetizer => ({
    clockRate: 90_000,
    rtpMap,
    formatParameters,
    packetize: () => {},
  });
  const options = { payloadType: 96, control: 'trackID=1' };

  it('describes a track so that it can be received', () => {
    const sprop = [SPS_640X360, PPS].map(set => set.toString('base64')).join(',');
    const sender = packetizer('H264/90000', `packetization-mode=1;sprop-parameter-sets=${sprop}`);
    const track = h264Track(IDENTITY, [SPS_640X360], [PPS]);
    const described = mediaDescription(track, sender, options);
    expect(described).toMatchObject({ type: 'video', formats: ['96'] });
    const [read] = parseSdp(formatSdp({ ...parseSdp(''), media: [described] })).media;
    expect(read).toEqual(described);
    expect(mediaFormat(read!)).toMatchObject({
      codec: 'h264',
      payloadType: 96,
      parameterSets: { sps: track.sps, pps: track.pps },
    });
    expect(described.attributes).toContainEqual({ name: 'framerate', value: '25' });
    expect(described.attributes).toContainEqual({ name: 'control', value: 'trackID=1' });
  });

  it('gives codecs that have one their static payload type', () => {
    const of = (track: (typeof AUDIO_TRACKS)[keyof typeof AUDIO_TRACKS], rtpMap: string) =>
      mediaDescription(track, packetizer(rtpMap), options);
    expect(of(AUDIO_TRACKS.g711a, 'PCMA/8000')).toMatchObject({
      type: 'audio',
      formats: ['8'],
      attributes: [{ name: 'rtpmap', value: '8 PCMA/8000' }, { name: 'control' }],
    });
    expect(of(AUDIO_TRACKS.g711a, 'PCMA/8000/1').formats).toEqual(['8']);
    expect(of(AUDIO_TRACKS.g711u, 'PCMU/8000/2').formats).toEqual(['96']);
    expect(of(AUDIO_TRACKS.mp3, 'MPA/90000').formats).toEqual(['14']);
    expect(payloadTypeFor('H264/90000', 100)).toBe(100);
  });

  it('says nothing of a frame rate that is unknown', () => {
    const described = mediaDescription(VIDEO_TRACKS.vp9, packetizer('VP9/90000'), options);
    expect(described.attributes.map(({ name }) => name)).toEqual(['rtpmap', 'control']);
  });
});
