import { describe, expect, it } from 'vitest';
import { parseAvcConfigurationRecord } from '../../../codec/h264/configuration-record.ts';
import { H264_CLIPS } from '../../../codec/h264/test-clips.ts';
import { h264Track } from '../../../codec/h264/track.ts';
import { IDENTITY } from '../../../codec/test-support.ts';
import { ParseError } from '../../../model/parse-error.ts';
import { AudioSample, VideoSample } from '../../../model/sample.ts';
import { parseFormatParameters } from '../../format/format-parameters.ts';
import { parseRtpMap } from '../rtp-format.ts';
import { bytesOf, packetize } from '../test-support.ts';
import { trackOfFormat } from '../test-tracks.ts';
import { H264Packetizer } from './packetizer.ts';

const { sps, pps } = parseAvcConfigurationRecord(bytesOf(H264_CLIPS[0].record));
const TRACK = h264Track(IDENTITY, sps, pps);
const SETS = `78 0019 ${sps[0]!.toString('hex')} 0005 ${pps[0]!.toString('hex')}`.replaceAll(' ', '');

function sample(key: boolean, ...nalUnits: string[]): VideoSample {
  return VideoSample.fromNalUnits(1, 0, 0, key, nalUnits.map(bytesOf));
}

/** Payloads in hexadecimal, `M` behind those with the marker. */
function payloads(one: VideoSample, maxPayloadSize = 1400): string[] {
  return packetize(new H264Packetizer(TRACK, maxPayloadSize), [one]).map(
    ({ payload, marker }) => payload.toString('hex') + (marker ? ' M' : ''),
  );
}

describe('H264Packetizer', () => {
  it('says what it sends', () => {
    const { clockRate, rtpMap, formatParameters } = new H264Packetizer(TRACK, 1400);
    expect({ clockRate, rtpMap }).toEqual({ clockRate: 90_000, rtpMap: 'H264/90000' });
    expect(Object.fromEntries(parseFormatParameters(formatParameters))).toEqual({
      'packetization-mode': '1',
      'profile-level-id': '42C01E',
      'sprop-parameter-sets': 'Z0LAHtkAoC/5cBEAAAMAAQAAAwAyDxYuSA==,aMuDyyA=',
    });
    expect(trackOfFormat(IDENTITY, parseRtpMap(rtpMap, formatParameters))).toEqual(TRACK);
  });

  it('sends a NAL unit a packet, the marker on the last of the access unit', () => {
    expect(payloads(sample(false, '419a01', '411a02'))).toEqual(['419a01', '411a02 M']);
  });

  it('sends the parameter sets before a key frame that has none', () => {
    expect(payloads(sample(true, '658801'))).toEqual([SETS, '658801 M']);
    expect(payloads(sample(true, '419a01'))).toEqual([SETS, '419a01 M']);
    expect(payloads(sample(false, '658801'))).toEqual(['658801 M']);
  });

  it('sends those that it has, once, and with them what else is before the slices', () => {
    const own = sample(true, '6742c01e', '68cb', '0605', '658801', '650802');
    expect(payloads(own)).toEqual([
      '78 0004 6742c01e 0002 68cb 0002 0605'.replaceAll(' ', ''),
      '658801',
      '650802 M',
    ]);
    expect(payloads(sample(true, '09f0', '658801'))).toEqual([
      `780002 09f0${SETS.slice(2)}`.replace(' ', ''),
      '658801 M',
    ]);
    // Not all of them: the track's come first.
    expect(payloads(sample(true, '6742c01e', '658801'))[0]).toBe(`${SETS}00046742c01e`);
  });

  it('gives an aggregation the highest reference indication, and the error of any', () => {
    expect(payloads(sample(false, '0605', '26aa', '419a01'))[0]).toBe('38000206050002 26aa'.replace(' ', ''));
    expect(payloads(sample(false, '8605', '26aa', '419a01'))[0]).toBe('b8000286050002 26aa'.replace(' ', ''));
  });

  it('cuts what is longer than a packet', () => {
    const data = Buffer.from(Array.from({ length: 24 }, (_, index) => index + 1));
    const slice = `65${data.toString('hex')}`;
    expect(payloads(sample(false, slice), 12)).toEqual([
      '7c85 0102030405060708090a'.replace(' ', ''),
      '7c05 0b0c0d0e0f1011121314'.replace(' ', ''),
      '7c45 15161718 M'.replace(' ', ''),
    ]);
    expect(payloads(sample(false, slice), 25)).toEqual([`${slice} M`]);
    expect(payloads(sample(false, slice), 24)).toHaveLength(2);
  });

  it('parts an aggregation that is longer than a packet', () => {
    const one = sample(false, '0601020304050607', '0602', '0603', '06040506070809101112', '419a01');
    expect(payloads(one, 12)).toEqual([
      '0601020304050607',
      '18 0002 0602 0002 0603'.replaceAll(' ', ''),
      '06040506070809101112',
      '419a01 M',
    ]);
  });

  it('marks the last packet, whatever is in it', () => {
    expect(payloads(sample(false, '419a01', '0c80', '0b'))).toEqual([
      '419a01',
      '180002 0c800001 0b M'.replaceAll(' ', '').replace('M', ' M'),
    ]);
    expect(payloads(VideoSample.fromData(1, 0, 0, false, bytesOf('00000003 419a01 00000000')))).toEqual([
      '419a01 M',
    ]);
    expect(payloads(sample(true))).toEqual([]);
  });

  it('refuses a sample whose lengths do not add up, before it writes', () => {
    for (const bad of ['00000003 419a01 000000', '00000003 419a01 00000002 41']) {
      const broken = VideoSample.fromData(1, 0, 0, false, bytesOf(bad));
      expect(() => payloads(broken)).toThrow(ParseError);
    }
  });

  it('leaves samples of another kind out', () => {
    expect(packetize(new H264Packetizer(TRACK, 1400), [new AudioSample(2, 0, Buffer.from('x'))])).toEqual([]);
  });
});
