import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../model/byte-writer.ts';
import { AudioSample, DataSample, VideoSample } from '../../model/sample.ts';
import { FlvDemuxer } from './demuxer.ts';
import { FlvMuxer } from './muxer.ts';
import { FlvReader } from './reader.ts';
import {
  AUDIO_TRACKS,
  demuxFile,
  framePayload,
  lengthPrefixed,
  MP3_FRAME,
  muxFile,
  plain,
  RecordingReceiver,
  VIDEO_TRACKS,
} from './test-support.ts';

const SEED = 31;
const VIDEO_CODECS = ['h264', 'h265', 'av1', 'vp9'] as const;
const AUDIO_CODECS = ['aac', 'opus', 'mp3', 'g711a', 'g711u'] as const;

/** Frames in decoding order: distance to the one before, composition time, size, all in milliseconds and bytes. */
const frames = fc.array(
  fc.record({
    step: fc.integer({ min: 1, max: 9000 }),
    compositionTime: fc.oneof(fc.constant(0), fc.integer({ min: -500, max: 5000 })),
    key: fc.boolean(),
    size: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 60_000, max: 70_000 })),
  }),
  { minLength: 1, maxLength: 12 },
);
/** Beginnings in milliseconds, with those around 24 bits, 31 bits and 32 bits among them. */
const start = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 2 ** 24 - 20_000, max: 2 ** 24 }),
  fc.integer({ min: 2 ** 31 - 20_000, max: 2 ** 31 }),
  fc.integer({ min: 2 ** 32 - 20_000, max: 2 ** 32 }),
);

function videoSamples(codec: (typeof VIDEO_CODECS)[number], first: number, list: readonly Frame[]) {
  let time = first;
  return list.map(({ step, compositionTime, key, size }, index) => {
    if (index > 0) time += step;
    const isKey = index === 0 || key;
    const data = framePayload(codec, isKey, size);
    return VideoSample.fromData(1, time * 90, Math.max(0, time + compositionTime) * 90, isKey, data);
  });
}

interface Frame {
  readonly step: number;
  readonly compositionTime: number;
  readonly key: boolean;
  readonly size: number;
}

describe('FLV muxer and demuxer', () => {
  it.each(VIDEO_CODECS)('bring %s through unchanged', codec => {
    fc.assert(
      fc.property(frames, start, (list, first) => {
        const samples = videoSamples(codec, first, list);
        const isHigh = first >= 2 ** 31;
        // Beginnings that high are moved down by the source's clock; a clock with an origin puts them back.
        const receiver = demuxFile(
          muxFile([VIDEO_TRACKS[codec]], samples),
          new RecordingReceiver(isHigh ? first / 1000 : undefined),
        );
        expect(receiver.tracks).toEqual([VIDEO_TRACKS[codec]]);
        const hasCompositionTime = codec === 'h264' || codec === 'h265';
        expect(receiver.video.map(plain)).toEqual(
          samples.map(sample =>
            hasCompositionTime ? plain(sample) : { ...plain(sample), pts: sample.dts / 90 },
          ),
        );
      }),
      { seed: SEED, numRuns: 40 },
    );
  });

  it.each(AUDIO_CODECS)('bring %s through unchanged', codec => {
    fc.assert(
      fc.property(frames, start, (list, first) => {
        let time = first;
        const samples = list.map(({ step, size }) => {
          const data =
            codec === 'mp3' ? Buffer.concat([MP3_FRAME, Buffer.alloc(size)]) : Buffer.alloc(size + 1, 7);
          const sample = new AudioSample(2, time * 90, data);
          time += step;
          return sample;
        });
        const receiver = demuxFile(
          muxFile([AUDIO_TRACKS[codec]], samples),
          new RecordingReceiver(first >= 2 ** 31 ? first / 1000 : undefined),
        );
        expect(receiver.tracks).toEqual([AUDIO_TRACKS[codec]]);
        expect(receiver.audio.map(plain)).toEqual(samples.map(plain));
      }),
      { seed: SEED, numRuns: 40 },
    );
  });

  it('keep both times within half a millisecond for any 90 kHz times', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 ** 9 }),
        fc.integer({ min: -9000, max: 90_000 }),
        (dts, offset) => {
          const first = VideoSample.fromData(1, 0, 0, true, framePayload('h264', true, 1));
          const pts = dts + offset;
          const sample = VideoSample.fromData(1, dts, pts, true, framePayload('h264', true, 1));
          const muxer = new FlvMuxer();
          const writer = new ByteWriter();
          muxer.write(first, VIDEO_TRACKS.h264, writer);
          writer.take();
          muxer.write(sample, VIDEO_TRACKS.h264, writer);
          const { slab, start: at } = writer.take();
          const time = slab.readUIntBE(at + 4, 3) + slab[at + 7]! * 2 ** 24;
          const compositionTime = slab.readIntBE(at + 13, 3);
          expect(Math.abs(time * 90 - dts)).toBeLessThanOrEqual(45);
          expect(Math.abs((time + compositionTime) * 90 - pts)).toBeLessThanOrEqual(45);
        },
      ),
      { seed: SEED },
    );
  });

  it('carry the publisher fields, what the tracks are, and timed data', () => {
    const samples = [
      VideoSample.fromData(1, 9000, 9000, true, framePayload('h264', true, 5)),
      new DataSample(140, 'onTextData', [{ text: 'Grüße', lines: [1, 2] }]),
    ];
    const tracks = [VIDEO_TRACKS.h264, AUDIO_TRACKS.opus];
    const bytes = muxFile(tracks, samples, { encoder: 'cam 3', title: 'gate' });
    const receiver = demuxFile(bytes);
    expect(receiver.metadata).toEqual({ encoder: 'cam 3', title: 'gate' });
    expect(receiver.expected).toEqual({ video: true, audio: true });
    expect(receiver.data).toEqual([new DataSample(140, 'onTextData', [{ text: 'Grüße', lines: [1, 2] }])]);
    expect(bytes.subarray(0, 13)).toEqual(Buffer.from('464c5601050000000900000000', 'hex'));
  });

  it('bring the next version of a track through, at the time of the newest tag', () => {
    const muxer = new FlvMuxer();
    const writer = new ByteWriter();
    const init = muxer.init([VIDEO_TRACKS.h264], {});
    muxer.write(
      VideoSample.fromData(1, 450_000, 450_000, true, framePayload('h264', true, 3)),
      VIDEO_TRACKS.h264,
      writer,
    );
    muxer.update([VIDEO_TRACKS.h265, AUDIO_TRACKS.aac], { title: 'x' }, writer);
    const { slab, start: from, end } = writer.take();
    const receiver = new RecordingReceiver();
    const demuxer = new FlvDemuxer(receiver);
    const times: number[] = [];
    const reader = new FlvReader((type, time, body) => {
      times.push(time);
      demuxer.tag(type, time, body);
    });
    reader.push(init);
    reader.push(slab.subarray(from, end));
    expect(times).toEqual([0, 0, 5000, 5000, 5000, 5000]);
    expect(receiver.tracks).toEqual([
      VIDEO_TRACKS.h264,
      { ...VIDEO_TRACKS.h265, version: 2 },
      AUDIO_TRACKS.aac,
    ]);
  });

  it('leave out G.711 at a rate that FLV lacks, and frames beyond 16 MiB', () => {
    const muxer = new FlvMuxer();
    expect(muxer.carries({ ...AUDIO_TRACKS.g711a, sampleRate: 16_000 })).toBe(false);
    expect(Object.values({ ...VIDEO_TRACKS, ...AUDIO_TRACKS }).every(track => muxer.carries(track))).toBe(
      true,
    );
    const writer = new ByteWriter();
    const huge = lengthPrefixed(Buffer.alloc(2 ** 24, 0x41));
    muxer.write(VideoSample.fromData(1, 0, 0, true, huge), VIDEO_TRACKS.h264, writer);
    expect(writer.pending).toBe(0);
  });
});

describe('FLV reader', () => {
  it('cuts the same tags whatever the pieces', () => {
    const samples = videoSamples('h264', 0, [
      { step: 40, compositionTime: 0, key: true, size: 500 },
      { step: 40, compositionTime: 80, key: false, size: 0 },
      { step: 40, compositionTime: 0, key: false, size: 90 },
    ]);
    const bytes = muxFile([VIDEO_TRACKS.h264], samples);
    const cut = (sizes: readonly number[]) => {
      const tags: string[] = [];
      const reader = new FlvReader((type, time, body) =>
        tags.push(`${type} ${time} ${body.toString('hex')}`),
      );
      let at = 0;
      for (let index = 0; at < bytes.length; index++) {
        const size = sizes[index % sizes.length]!;
        reader.push(bytes.subarray(at, at + size));
        at += size;
      }
      return tags;
    };
    const whole = cut([bytes.length]);
    expect(whole).toHaveLength(5);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), sizes => {
        expect(cut(sizes)).toEqual(whole);
      }),
      { seed: SEED, numRuns: 50 },
    );
  });

  it.each([
    ['another format', 'not an FLV file', '524946460000000000'],
    ['a file header that is too long', 'file header', '464c560105ffffffff'],
    [
      'a tag that is too long',
      'FLV tag of 16777215 bytes',
      '464c5601050000000900000000 09ffffff00000000000000',
    ],
    ['an encrypted tag', 'encrypted', '464c5601050000000900000000 2900000100000000000000'],
  ])('refuses %s', (_name, reason, bytes) => {
    const reader = new FlvReader(() => {}, 1000);
    expect(() => reader.push(Buffer.from(bytes.replaceAll(' ', ''), 'hex'))).toThrow(reason);
  });
});
