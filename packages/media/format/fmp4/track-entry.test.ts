import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ParseError } from '../../model/parse-error.ts';
import { VIDEO_TRACKS } from '../flv/test-support.ts';
import type { ReadTrack } from './reader.ts';
import { sampleEntry } from './sample-entry.ts';
import { videoTrackOf } from './track-entry.ts';

const FORMATS = { h264: 'avc1', h265: 'hvc1', av1: 'av01', vp9: 'vp09' } as const;

function read(format: string, entry: Buffer): ReadTrack {
  return {
    id: 1,
    kind: 'video',
    timescale: 90_000,
    width: 640,
    height: 360,
    format,
    entry,
    mediaStart: 0,
    defaults: { duration: 0, size: 0, flags: 0 },
  };
}

it.each(['h264', 'h265', 'av1', 'vp9'] as const)('%s comes out of its sample entry as it went in', codec => {
  const track = VIDEO_TRACKS[codec];
  const found = videoTrackOf(read(FORMATS[codec], sampleEntry(track, { width: 640, height: 360 })));
  const { id: _, version: __, clockRate: ___, width, height, ...same } = track;
  expect(found).toMatchObject(same);
  expect(found).toMatchObject(codec === 'vp9' ? { width: 640, height: 360 } : { width, height });
});

it('knows nothing of other codecs, and throws nothing but ParseError for any bytes', () => {
  expect(videoTrackOf(read('mp4v', Buffer.alloc(200)))).toBeUndefined();
  const entry = fc.tuple(
    fc.constantFrom(...Object.keys(FORMATS)) as fc.Arbitrary<keyof typeof FORMATS>,
    fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 8 }),
  );
  fc.assert(
    fc.property(entry, ([codec, changes]) => {
      const bytes = Buffer.from(sampleEntry(VIDEO_TRACKS[codec], { width: 640, height: 360 }));
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      try {
        videoTrackOf(read(FORMATS[codec], bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(ParseError);
      }
    }),
    { seed: 36, numRuns: 500 },
  );
});
