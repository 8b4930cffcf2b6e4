import * as fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../model/parse-error.ts';
import { splitLengthPrefixed } from '../model/sample.ts';
import {
  FOUND_KEY,
  FOUND_PARAMETER_SETS,
  inspectLengthPrefixed,
  parameterSetsOf,
  toFourByteLengths,
} from './length-prefixed.ts';
import { bytes, FUZZ, goCorpus, hex, survives } from './test-support.ts';

function accessUnit(...nalUnits: string[]): Buffer {
  return join(nalUnits.map(hex), 4);
}

function join(nalUnits: readonly Buffer[], lengthSize: number): Buffer {
  return Buffer.concat(
    nalUnits.flatMap(nalUnit => {
      const length = Buffer.alloc(lengthSize);
      length.writeUIntBE(nalUnit.length, 0, lengthSize);
      return [length, nalUnit];
    }),
  );
}

const SPS = '6742c01ed900a02ff97011000003000100000300320f162e48';
const PPS = '68cb83cb20';

describe('inspectLengthPrefixed', () => {
  it('takes IDR pictures of H.264 for keys', () => {
    expect(inspectLengthPrefixed(accessUnit('09f0', '6588'), 'h264')).toBe(FOUND_KEY);
    expect(inspectLengthPrefixed(accessUnit(SPS, PPS, '6588'), 'h264')).toBe(
      FOUND_KEY | FOUND_PARAMETER_SETS,
    );
    expect(inspectLengthPrefixed(accessUnit('419a'), 'h264')).toBe(0);
    expect(inspectLengthPrefixed(accessUnit(PPS, '419a'), 'h264')).toBe(FOUND_PARAMETER_SETS);
  });

  it('takes a recovery point beside an SPS for a key where it is exact', () => {
    const exact = '0606 0184 80';
    const withSps = accessUnit(SPS, PPS, exact, '419a');
    expect(inspectLengthPrefixed(withSps, 'h264')).toBe(FOUND_KEY | FOUND_PARAMETER_SETS);
    expect(inspectLengthPrefixed(accessUnit(exact, '419a'), 'h264')).toBe(0);
    expect(inspectLengthPrefixed(accessUnit(PPS, exact, '419a'), 'h264')).toBe(FOUND_PARAMETER_SETS);
    // Intra refresh: the picture is whole only some frames later.
    const gradual = accessUnit(SPS, PPS, '0606 0230 60 80', '419a');
    expect(inspectLengthPrefixed(gradual, 'h264')).toBe(FOUND_PARAMETER_SETS);
  });

  it.each([16, 17, 18, 19, 20, 21])('takes H.265 type %i for a key', type => {
    expect(inspectLengthPrefixed(accessUnit(Buffer.from([type << 1, 1]).toString('hex')), 'h265')).toBe(
      FOUND_KEY,
    );
  });

  it('takes other pictures of H.265 for none, and finds its parameter sets', () => {
    for (const type of [0, 1, 9, 15, 22, 23, 35, 39]) {
      expect(inspectLengthPrefixed(join([Buffer.from([type << 1, 1])], 4), 'h265')).toBe(0);
    }
    for (const type of [32, 33, 34]) {
      expect(inspectLengthPrefixed(join([Buffer.from([type << 1, 1])], 4), 'h265')).toBe(
        FOUND_PARAMETER_SETS,
      );
    }
  });

  it('passes over empty NAL units and refuses wrong lengths', () => {
    expect(inspectLengthPrefixed(Buffer.alloc(0), 'h264')).toBe(0);
    expect(inspectLengthPrefixed(hex('00000000 00000002 6588'), 'h264')).toBe(FOUND_KEY);
    for (const bad of ['000000', '00000003 6588', 'ffffffff 65', '00000001 65 00']) {
      expect(() => inspectLengthPrefixed(hex(bad), 'h264')).toThrow(ParseError);
    }
  });

  it('accepts and refuses what the splitter of samples does', () => {
    fc.assert(
      fc.property(bytes(24), fc.constantFrom('h264' as const, 'h265' as const), (data, codec) => {
        const refused = (parse: () => unknown) => {
          try {
            parse();
            return false;
          } catch (error) {
            expect(error).toBeInstanceOf(ParseError);
            return true;
          }
        };
        expect(refused(() => inspectLengthPrefixed(data, codec))).toBe(
          refused(() => splitLengthPrefixed(data)),
        );
      }),
      FUZZ,
    );
  });

  const corpus = goCorpus(fs, 'mediacommon/pkg/codecs/h264/testdata/fuzz/FuzzAVCCUnmarshal');
  it.skipIf(corpus.length === 0)('survives the collected bad inputs', () => {
    for (const input of corpus) {
      survives(() => inspectLengthPrefixed(input, 'h264'));
      survives(() => parameterSetsOf(input, 'h265'));
      for (const size of [1, 2, 3, 4]) survives(() => toFourByteLengths(input, size));
    }
  });
});

describe('toFourByteLengths', () => {
  it('returns data with four-byte lengths as it is', () => {
    const data = accessUnit('6588');
    expect(toFourByteLengths(data, 4)).toBe(data);
  });

  it('rewrites shorter lengths', () => {
    const nalUnit = fc.uint8Array({ maxLength: 200 }).map(array => Buffer.from(array));
    fc.assert(
      fc.property(fc.array(nalUnit, { maxLength: 6 }), fc.constantFrom(1, 2, 3), (nalUnits, size) => {
        expect(toFourByteLengths(join(nalUnits, size), size)).toEqual(join(nalUnits, 4));
      }),
      { ...FUZZ, numRuns: 500 },
    );
  });

  it('refuses what is cut off', () => {
    expect(() => toFourByteLengths(hex('00'), 2)).toThrow(ParseError);
    expect(() => toFourByteLengths(hex('0003 6588'), 2)).toThrow(ParseError);
    expect(() => toFourByteLengths(hex('02 65'), 1)).toThrow(ParseError);
  });
});

describe('parameterSetsOf', () => {
  it('finds the sets of both codecs', () => {
    const h264 = parameterSetsOf(accessUnit('09f0', SPS, PPS, '6588'), 'h264');
    expect(h264).toEqual({ vps: [], sps: [hex(SPS)], pps: [hex(PPS)] });
    const h265 = parameterSetsOf(accessUnit('4001aa', '4201bb', '4401cc', '4401dd', '2601'), 'h265');
    expect(h265).toEqual({ vps: [hex('4001aa')], sps: [hex('4201bb')], pps: [hex('4401cc'), hex('4401dd')] });
  });
});
