import { describe, expect, it } from 'vitest';
import { ParseError } from '../../model/parse-error.ts';
import { parseFormatParameters } from '../format/format-parameters.ts';
import { hexParameter, numberParameter, parseRtpMap } from './rtp-format.ts';
import { staticPayloadType, staticRtpMap } from './static-payload-types.ts';

describe('parseRtpMap', () => {
  it('reads encoding, clock rate and channels', () => {
    expect(parseRtpMap(' H264/90000 ', 'packetization-mode=1')).toEqual({
      encoding: 'H264',
      clockRate: 90_000,
      channels: 1,
      formatParameters: 'packetization-mode=1',
    });
    expect(parseRtpMap('opus/48000/2')).toMatchObject({
      encoding: 'opus',
      channels: 2,
      formatParameters: undefined,
    });
  });

  it.each(['', 'H264', 'H264/', '/90000', 'H264/x', 'H264/0', 'H264/1e99', 'PCMA/8000/0', 'PCMA/8000/9999'])(
    'refuses %j',
    rtpMap => {
      expect(() => parseRtpMap(rtpMap)).toThrow(ParseError);
    },
  );
});

describe('parseFormatParameters', () => {
  it('reads names in any case, values with what is in them, and lists that end with a semicolon', () => {
    const parameters = parseFormatParameters(
      'SizeLength=13 ;mode = AAC-hbr; sprop-sps=QgE=; flag; a=1;A=2;;',
    );
    expect(Object.fromEntries(parameters)).toEqual({
      sizelength: '13',
      mode: 'AAC-hbr',
      'sprop-sps': 'QgE=',
      flag: '',
      a: '1',
    });
    expect(parseFormatParameters(undefined).size).toBe(0);
  });

  it('gives numbers and bytes', () => {
    const parameters = parseFormatParameters('n=7; empty=; bad=x; far=70000; hex=11b0; odd=1');
    expect(numberParameter(parameters, 'n', 10)).toBe(7);
    expect(numberParameter(parameters, 'empty', 10, 3)).toBe(3);
    expect(numberParameter(parameters, 'none', 10)).toBe(0);
    expect(() => numberParameter(parameters, 'bad', 10)).toThrow(ParseError);
    expect(() => numberParameter(parameters, 'far', 65_535)).toThrow(ParseError);
    expect(hexParameter(parameters, 'hex')).toEqual(Buffer.from([0x11, 0xb0]));
    expect(hexParameter(parameters, 'none')).toBeUndefined();
    expect(() => hexParameter(parameters, 'odd')).toThrow(ParseError);
  });
});

it('knows the payload types that stand for one format', () => {
  for (const [payloadType, rtpMap] of [
    [0, 'PCMU/8000'],
    [8, 'PCMA/8000'],
    [14, 'MPA/90000'],
  ] as const) {
    expect(staticRtpMap(payloadType)).toBe(rtpMap);
    expect(staticPayloadType(rtpMap)).toBe(payloadType);
  }
  expect(staticRtpMap(96)).toBeUndefined();
  expect(staticPayloadType('PCMA/16000')).toBeUndefined();
});
