import { describe, expect, it } from 'vitest';
import { parseHevcConfigurationRecord } from '../../../codec/h265/configuration-record.ts';
import { H265_CLIPS } from '../../../codec/h265/test-clips.ts';
import { h265Track } from '../../../codec/h265/track.ts';
import { IDENTITY } from '../../../codec/test-support.ts';
import { ParseError } from '../../../model/parse-error.ts';
import { VideoSample } from '../../../model/sample.ts';
import { parseFormatParameters } from '../../format/format-parameters.ts';
import { parseRtpMap } from '../rtp-format.ts';
import { bytesOf, packetize } from '../test-support.ts';
import { trackOfFormat } from '../test-tracks.ts';
import { H265Packetizer } from './packetizer.ts';

const { vps, sps, pps } = parseHevcConfigurationRecord(bytesOf(H265_CLIPS[0].record));
const TRACK = h265Track(IDENTITY, vps, sps, pps);
const [VPS, SPS, PPS] = [vps[0]!, sps[0]!, pps[0]!].map(set => {
  const size = set.length.toString(16).padStart(4, '0');
  return size + set.toString('hex');
});

function payloads(key: boolean, nalUnits: readonly string[], maxPayloadSize = 1400): string[] {
  const sample = VideoSample.fromNalUnits(1, 0, 0, key, nalUnits.map(bytesOf));
  return packetize(new H265Packetizer(TRACK, maxPayloadSize), [sample]).map(
    ({ payload, marker }) => payload.toString('hex') + (marker ? ' M' : ''),
  );
}

describe('H265Packetizer', () => {
  it('says what it sends', () => {
    const { clockRate, rtpMap, formatParameters } = new H265Packetizer(TRACK, 1400);
    expect({ clockRate, rtpMap }).toEqual({ clockRate: 90_000, rtpMap: 'H265/90000' });
    expect(Object.fromEntries(parseFormatParameters(formatParameters))).toEqual({
      'profile-space': '0',
      'profile-id': '1',
      'tier-flag': '0',
      'level-id': '63',
      'interop-constraints': '900000000000',
      'sprop-vps': vps[0]!.toString('base64'),
      'sprop-sps': sps[0]!.toString('base64'),
      'sprop-pps': pps[0]!.toString('base64'),
    });
    expect(trackOfFormat(IDENTITY, parseRtpMap(rtpMap, formatParameters))).toEqual(TRACK);
  });

  it('sends the parameter sets before a key frame that lacks any', () => {
    expect(payloads(true, ['260180aa'])).toEqual([`6001${VPS}${SPS}${PPS}`, '260180aa M']);
    expect(payloads(true, ['460150', '260180aa'])).toEqual([
      `60010003460150${VPS}${SPS}${PPS}`,
      '260180aa M',
    ]);
    expect(payloads(true, ['40010c', '420101', '4401c1', '260180aa'])).toEqual([
      '6001 000340010c 0003420101 00034401c1'.replaceAll(' ', ''),
      '260180aa M',
    ]);
    expect(payloads(false, ['020180cc', '020140dd'])).toEqual(['020180cc', '020140dd M']);
  });

  it('cuts what is longer than a packet, with the header of the NAL unit in each part', () => {
    const nalUnit = '022b 80 0102030405060708090a0b0c'.replaceAll(' ', '');
    expect(payloads(false, [nalUnit], 10)).toEqual([
      '622b 81 80010203040506'.replaceAll(' ', ''),
      '622b 41 0708090a0b0c M'.replaceAll(' ', '').replace('M', ' M'),
    ]);
  });

  it('gives an aggregation the lowest layer and temporal identifier', () => {
    expect(payloads(false, ['4e0b05', '4e02aa', '020180cc'])[0]).toBe('600200034e0b0500034e02aa');
  });

  it('refuses NAL units shorter than their header', () => {
    expect(() => payloads(false, ['02'])).toThrow(ParseError);
  });
});
