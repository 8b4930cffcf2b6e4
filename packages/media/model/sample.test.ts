import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from './parse-error.ts';
import { AudioSample, splitLengthPrefixed, VideoSample } from './sample.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('VideoSample', () => {
  const nalUnits = [hex('09f0'), hex('65 88 84')];
  const lengthPrefixed = hex('00000002 09f0 00000003 658884');
  const annexB = hex('00000001 09f0 00000001 658884');

  it('derives its forms from NAL units, once', () => {
    const sample = VideoSample.fromNalUnits(1, 10, 20, true, nalUnits);
    expect(sample).toMatchObject({ kind: 'video', trackId: 1, dts: 10, pts: 20, key: true, byteLength: 13 });
    expect(sample.nalUnits).toBe(nalUnits);
    expect(sample.data).toEqual(lengthPrefixed);
    expect(sample.annexB).toEqual(annexB);
    expect(sample.data).toBe(sample.data);
    expect(sample.annexB).toBe(sample.annexB);
  });

  it('derives its forms from length-prefixed bytes, as views', () => {
    const sample = VideoSample.fromData(1, 10, 20, false, lengthPrefixed);
    expect(sample.data).toBe(lengthPrefixed);
    expect(sample.nalUnits).toEqual(nalUnits);
    expect(sample.nalUnits[0]!.buffer).toBe(lengthPrefixed.buffer);
    expect(sample.annexB).toEqual(annexB);
  });

  it('leaves empty NAL units out of the start-code form', () => {
    const sample = VideoSample.fromData(1, 0, 0, true, hex('00000000 00000002 6588 00000000'));
    expect(sample.annexB).toEqual(hex('00000001 6588'));
  });

  it('comes back from every form as it went in', () => {
    const nalUnit = fc.uint8Array({ minLength: 1, maxLength: 50 }).map(array => Buffer.from(array));
    fc.assert(
      fc.property(fc.array(nalUnit, { maxLength: 8 }), units => {
        const sample = VideoSample.fromNalUnits(1, 0, 0, true, units);
        expect(sample.byteLength).toBe(sample.data.length);
        expect(splitLengthPrefixed(sample.data)).toEqual(units);
        expect(VideoSample.fromData(1, 0, 0, true, sample.data).annexB).toEqual(sample.annexB);
      }),
      { seed: 20_240_607 },
    );
  });
});

describe('splitLengthPrefixed', () => {
  it('refuses lengths that do not add up', () => {
    for (const bad of ['00', '00000003 6588', 'ffffffff']) {
      expect(() => splitLengthPrefixed(hex(bad))).toThrow(ParseError);
    }
  });
});

describe('AudioSample', () => {
  it('is presented when it is decoded', () => {
    const sample = new AudioSample(2, 960, hex('aabb'));
    expect(sample).toMatchObject({ kind: 'audio', pts: 960, byteLength: 2 });
  });
});
