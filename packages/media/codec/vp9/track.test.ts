import * as fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../model/parse-error.ts';
import { bytes, FUZZ, goCorpus, hex, IDENTITY, survives } from '../test-support.ts';
import { isVp9Key, vp9Track } from './track.ts';

describe('vp9Track', () => {
  it('describes a record that FFmpeg wrote for libvpx', () => {
    const config = hex('00 15 82 02 02 02 0000');
    expect(vp9Track(IDENTITY, config)).toEqual({
      ...IDENTITY,
      kind: 'video',
      codec: 'vp9',
      config,
      width: 0,
      height: 0,
      profile: 'Profile 0',
      codecString: 'vp09.00.21.08',
    });
  });

  it('refuses what is cut off, and throws nothing else', () => {
    expect(() => vp9Track(IDENTITY, hex('00158202020200'))).toThrow(ParseError);
    fc.assert(
      fc.property(bytes(20), data => {
        survives(() => vp9Track(IDENTITY, data));
        expect(typeof isVp9Key(data)).toBe('boolean');
      }),
      FUZZ,
    );
  });
});

describe('isVp9Key', () => {
  it('reads the frame type of every profile', () => {
    expect(isVp9Key(hex('82498342'))).toBe(true); // profile 0, as libvpx begins
    expect(isVp9Key(hex('8600'))).toBe(false); // an inter frame
    expect(isVp9Key(hex('8800'))).toBe(false); // show_existing_frame
    expect(isVp9Key(hex('a2498342'))).toBe(true); // profile 1
    expect(isVp9Key(hex('b1498342'))).toBe(true); // profile 3 has a bit more
    expect(isVp9Key(hex('b200'))).toBe(false);
    expect(isVp9Key(hex('0249'))).toBe(false); // no frame marker
    expect(isVp9Key(Buffer.alloc(0))).toBe(false);
  });

  const corpus = goCorpus(fs, 'mediacommon/pkg/codecs/vp9/testdata/fuzz/FuzzHeaderUnmarshal');
  it.skipIf(corpus.length === 0)('survives the collected bad inputs', () => {
    for (const input of corpus) expect(typeof isVp9Key(input)).toBe('boolean');
  });
});
