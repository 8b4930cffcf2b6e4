import { describe, expect, it } from 'vitest';
import { av1Track } from '../../../codec/av1/track.ts';
import { IDENTITY } from '../../../codec/test-support.ts';
import { ParseError } from '../../../model/parse-error.ts';
import { VideoSample } from '../../../model/sample.ts';
import { bytesOf, packetize } from '../test-support.ts';
import { Av1Packetizer } from './packetizer.ts';

const TRACK = av1Track(IDENTITY, bytesOf('81010c000a0b0000000cc4ff6700be0010'));
const SEQUENCE = '0a02 0000';
const FRAME = '3203 300102';

function payloads(data: string, key = false, maxPayloadSize = 1400): string[] {
  const sample = VideoSample.fromData(1, 0, 0, key, bytesOf(data));
  return packetize(new Av1Packetizer(TRACK, maxPayloadSize), [sample]).map(
    ({ payload, marker }) => payload.toString('hex') + (marker ? ' M' : ''),
  );
}

function spaced(...texts: readonly string[]): string[] {
  return texts.map(text => text.replaceAll(' ', '').replace('M', ' M'));
}

describe('Av1Packetizer', () => {
  it('sends OBUs without their sizes, together', () => {
    expect(payloads(`1200 ${SEQUENCE} ${FRAME}`, true)).toEqual(spaced('28 03 080000 30300102 M'));
    expect(payloads(FRAME)).toEqual(spaced('10 30300102 M'));
    expect(payloads(`${FRAME} ${FRAME} ${FRAME} ${FRAME}`)).toEqual(
      spaced('30 04 30300102 04 30300102 30300102', '10 30300102 M'),
    );
  });

  it('leaves temporal delimiters and tile lists out', () => {
    expect(payloads(`1200 4201 00 ${FRAME}`)).toEqual(spaced('10 30300102 M'));
    expect(payloads('1200')).toEqual([]);
  });

  it('cuts what does not fit, also behind another OBU', () => {
    const long = `3228 ${'11'.repeat(40)}`;
    expect(payloads(`${SEQUENCE} ${long}`, true, 30)).toEqual(
      spaced(`68 03 080000 30 ${'11'.repeat(24)}`, `90 ${'11'.repeat(16)} M`),
    );
    // A fragment of a few bytes is not worth it.
    expect(payloads(`3214 ${'22'.repeat(20)} ${long}`, false, 30)).toEqual(
      spaced(`10 30 ${'22'.repeat(20)}`, `50 30 ${'11'.repeat(28)}`, `90 ${'11'.repeat(12)} M`),
    );
  });

  it('keeps layers apart', () => {
    expect(payloads(`${SEQUENCE} 3600 01 aa 3608 01 bb`, true)).toEqual(
      spaced('28 03 080000 3400aa', '10 3408bb M'),
    );
    expect(payloads('3608 01 aa 3203 300102 3600 01 bb')).toEqual(
      spaced('20 03 3408aa 30300102', '10 3400bb M'),
    );
  });

  it('refuses a sample whose sizes do not add up, before it writes', () => {
    expect(() => payloads(`${FRAME} 3209 00`)).toThrow(ParseError);
  });
});
