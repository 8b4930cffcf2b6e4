import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../model/byte-writer.ts';
import { ParseError } from '../../model/parse-error.ts';
import { AudioSample, DataSample, type Sample, VideoSample } from '../../model/sample.ts';
import type { Track } from '../../model/track.ts';
import { AUDIO_TRACKS, VIDEO_TRACKS } from '../flv/test-support.ts';
import { RelayDemuxer } from './demuxer.ts';
import { ALIVE_FRAME } from './frame.ts';
import { RelayMuxer } from './muxer.ts';
import type { TrackList } from './track-list.ts';

const SEED = 20_261;

class Received {
  readonly lists: TrackList[] = [];
  readonly samples: Sample[] = [];
  ends = 0;
  readonly demuxer = new RelayDemuxer({
    onTracks: list => this.lists.push(list),
    onSample: sample => this.samples.push(sample.copy()),
    onEnd: () => {
      this.ends++;
    },
  });
}

function written(writer: ByteWriter): Buffer {
  const { slab, start, end } = writer.take();
  return Buffer.from(slab.subarray(start, end));
}

/** What samples are, without how they keep it. */
function plain(sample: Sample): unknown {
  if (sample.kind === 'data') return { ...sample };
  const { kind, trackId, dts, pts, data } = sample;
  return { kind, trackId, dts, pts, key: sample.kind === 'video' && sample.key, data: data.toString('hex') };
}

const ticks = fc.integer({ min: -(2 ** 40), max: 2 ** 52 });
const payload = fc.uint8Array({ maxLength: 20_000 }).map(bytes => Buffer.from(bytes));
const anySample: fc.Arbitrary<Sample> = fc.oneof(
  fc
    .tuple(ticks, ticks, fc.boolean(), payload)
    .map(([dts, pts, key, data]) => VideoSample.fromData(1, dts, pts, key, data)),
  fc.tuple(ticks, payload).map(([dts, data]) => new AudioSample(2, dts, data)),
  ticks.map(dts => new DataSample(dts, 'onTextData', ['text', 1.5, null, { nested: [true, 'x'] }])),
);

describe('relay format', () => {
  it('brings samples unchanged, however what was written is cut', () => {
    fc.assert(
      fc.property(
        fc.array(anySample, { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 40 }),
        (samples, cuts) => {
          const muxer = new RelayMuxer();
          const received = new Received();
          const writer = new ByteWriter();
          muxer.update([VIDEO_TRACKS.h264, AUDIO_TRACKS.aac], {}, writer);
          for (const sample of samples) {
            muxer.write(sample, undefined, writer);
            writer.bytes(ALIVE_FRAME);
          }
          muxer.end(writer);
          const bytes = written(writer);
          for (let at = 0, index = 0; at < bytes.length; index++) {
            const size = cuts[index % cuts.length]!;
            // A view that is overwritten after the call, as a shared read buffer is.
            const read = Buffer.from(bytes.subarray(at, at + size));
            received.demuxer.push(read);
            read.fill(0xee);
            at += size;
          }
          expect(received.samples.map(plain)).toEqual(samples.map(plain));
          expect(received.lists).toHaveLength(1);
          expect(received.ends).toBe(1);
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });

  it.each([...Object.values(VIDEO_TRACKS), ...Object.values(AUDIO_TRACKS)] as Track[])(
    'brings a track of $codec with all that it says, and metadata',
    track => {
      const metadata = { encoder: 'x', when: new Date(1_700_000_000_000), nested: { list: [1, undefined] } };
      const received = new Received();
      received.demuxer.push(new RelayMuxer().init([track], metadata));
      expect(received.lists).toEqual([{ generation: 0, tracks: [track], metadata }]);
    },
  );

  it('tells the tracks again before every key frame, and before every sound where there is no picture', () => {
    const key = VideoSample.fromData(1, 0, 0, true, Buffer.from('key'));
    const picture = VideoSample.fromData(1, 1, 1, false, Buffer.from('picture'));
    const muxer = new RelayMuxer();
    muxer.init([VIDEO_TRACKS.h264], {});
    const writer = new ByteWriter();
    for (const sample of [picture, key, picture]) muxer.write(sample, undefined, writer);
    // Whoever lost what was before begins in the middle.
    const received = new Received();
    received.demuxer.push(written(writer));
    expect(received.samples).toHaveLength(3);
    expect(received.lists).toHaveLength(1);

    muxer.discontinuity();
    muxer.write(key, undefined, writer);
    received.demuxer.push(written(writer));
    expect(received.lists.map(({ generation }) => generation)).toEqual([0, 1]);

    const sound = new RelayMuxer();
    sound.init([AUDIO_TRACKS.opus], {});
    sound.write(new AudioSample(2, 0, Buffer.from('a')), undefined, writer);
    const other = new Received();
    other.demuxer.push(written(writer));
    expect(other.lists).toHaveLength(1);
  });

  it('takes nothing but ParseError from random and mutated bytes', () => {
    const muxer = new RelayMuxer();
    const writer = new ByteWriter();
    muxer.update([VIDEO_TRACKS.h265, AUDIO_TRACKS.aac], { a: 1 }, writer);
    muxer.write(new DataSample(1, 'cue', [1]), undefined, writer);
    muxer.write(VideoSample.fromData(1, 1, 2, true, Buffer.alloc(100)), undefined, writer);
    const good = written(writer);
    const mutated = fc
      .array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
      .map(changes => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      });
    const random = fc.uint8Array({ maxLength: 400 }).map(bytes => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(mutated, random), bytes => {
        try {
          new Received().demuxer.push(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
        }
      }),
      { seed: SEED, numRuns: 5000 },
    );
  });
});
