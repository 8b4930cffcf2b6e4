import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytes, FUZZ, mutated, survives } from '../../codec/test-support.ts';
import { AudioSample, type MediaSample, VideoSample } from '../../model/sample.ts';
import { AUDIO_TRACKS, framePayload, VIDEO_TRACKS } from '../flv/test-support.ts';
import { PROBE_ARGUMENTS, probedMedia } from '../mpegts/test-support.ts';
import { findBox } from './box.ts';
import { Fmp4Muxer } from './muxer.ts';
import { parseFragment, parseMovie } from './reader.ts';
import { moveFragments, withoutEdits } from './rebase.ts';
import { muxMovie, readMovie } from './test-support.ts';

const hasFfmpeg =
  spawnSync('ffmpeg', ['-version']).status === 0 && spawnSync('ffprobe', ['-version']).status === 0;

function picture(dts: number, pts: number, key: boolean, size = 50): VideoSample {
  return VideoSample.fromData(1, dts, pts, key, framePayload('h264', key, size));
}

function sound(dts: number, size = 20): AudioSample {
  return new AudioSample(2, dts, Buffer.alloc(size, dts & 0xff));
}

const TRACKS = [VIDEO_TRACKS.h264, AUDIO_TRACKS.aac];

describe('Fmp4Muxer', () => {
  it('puts every sample into one fragment, with the duration that it turned out to have', () => {
    const samples: MediaSample[] = [
      picture(900_000, 907_200, true),
      sound(899_000),
      sound(900_920),
      picture(903_600, 914_400, false),
      sound(902_840),
      // Its successor is nearer than the one before.
      picture(907_200, 907_300, false),
      picture(909_000, 916_200, true),
      sound(904_760),
    ];
    const { fragments, samples: read, tracks } = readMovie(muxMovie(TRACKS, samples));
    expect(fragments).toBe(2);
    expect(tracks.map(({ format, timescale }) => [format, timescale])).toEqual([
      ['avc1', 90_000],
      ['mp4a', 90_000],
    ]);
    // Nine whole seconds are taken off; the rest of the way to what is shown first is an edit.
    expect(tracks.map(track => track.mediaStart)).toEqual([899_000 - 810_000, 899_000 - 810_000]);
    expect(read.get(1)?.map(({ dts, pts, key, duration }) => [dts, pts, key, duration])).toEqual([
      [90_000, 97_200, true, 3600],
      [93_600, 104_400, false, 3600],
      [97_200, 97_300, false, 1800],
      [99_000, 106_200, true, 1800],
    ]);
    expect(read.get(2)?.map(({ dts, duration }) => [dts, duration])).toEqual([
      [89_000, 1920],
      [90_920, 1920],
      [92_840, 1920],
      [94_760, 1920],
    ]);
    const written = samples.filter(sample => sample.kind === 'audio').map(sample => sample.data);
    expect(read.get(2)?.map(({ data }) => data)).toEqual(written);
  });

  it('keeps presentation before decoding, as some encoders have it', () => {
    const file = muxMovie([VIDEO_TRACKS.h264], [picture(9000, 5400, true), picture(12_600, 12_600, false)]);
    expect(
      readMovie(file)
        .samples.get(1)
        ?.map(({ pts }) => pts),
    ).toEqual([5400, 12_600]);
  });

  it('does not keep the bytes of a sample', () => {
    const payload = framePayload('h264', true, 30);
    const before = Buffer.from(payload);
    const muxer = new Fmp4Muxer([VIDEO_TRACKS.h264]);
    muxer.add(VideoSample.fromData(1, 0, 0, true, payload));
    payload.fill(0);
    const fragment = muxer.end();
    expect(Buffer.concat(fragment?.buffers ?? []).subarray(-before.length)).toEqual(before);
  });

  it('has nothing to write before a sample, and nothing twice', () => {
    const muxer = new Fmp4Muxer(TRACKS);
    expect(muxer.end()).toBeUndefined();
    muxer.add(picture(0, 0, true));
    expect(muxer.end()?.samples).toBe(1);
    expect(muxer.end()).toBeUndefined();
    expect(muxer.byteLength).toBe(0);
  });

  it('reads what it wrote, whatever the samples are', () => {
    const sample = fc.record({
      isVideo: fc.boolean(),
      key: fc.boolean(),
      step: fc.integer({ min: 1, max: 20_000 }),
      offset: fc.integer({ min: -9000, max: 90_000 }),
      size: fc.integer({ min: 1, max: 90_000 }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 40 }),
        fc.array(sample, { minLength: 1, maxLength: 40 }),
        (start, made) => {
          const times = { 1: start, 2: start };
          const samples = made.map(({ isVideo, key, step, offset, size }) => {
            times[isVideo ? 1 : 2] += step;
            return isVideo ? picture(times[1], times[1] + offset, key, size) : sound(times[2], size);
          });
          const { samples: read, tracks } = readMovie(muxMovie(TRACKS, samples));
          for (const trackId of [1, 2]) {
            const expected = samples.filter(one => one.trackId === trackId);
            const found = read.get(trackId) ?? [];
            expect(found.map(({ data }) => data)).toEqual(expected.map(({ data }) => data));
            const shift = (expected[0]?.dts ?? 0) - (found[0]?.dts ?? 0);
            expect(shift % 90_000).toBe(0);
            expect(found.map(({ dts, pts }) => [dts + shift, pts + shift])).toEqual(
              expected.map(({ dts, pts }) => [dts, pts]),
            );
          }
          expect(tracks[0]?.mediaStart).toBe(tracks[1]?.mediaStart);
        },
      ),
      { seed: FUZZ.seed, numRuns: 100 },
    );
  });
});

describe('reader', () => {
  const file = muxMovie(TRACKS, [
    picture(0, 3600, true),
    sound(300),
    picture(3600, 3600, false),
    sound(1920),
  ]);
  const moovAt = 8 + file.readUInt32BE(0) - 8;
  const moov = file.subarray(moovAt, moovAt + file.readUInt32BE(moovAt));
  const moofAt = moovAt + moov.length;
  const moof = file.subarray(moofAt, moofAt + file.readUInt32BE(moofAt));

  it('survives any movie box', () => {
    const body = moov.subarray(8);
    expect(parseMovie(body)).toHaveLength(2);
    fc.assert(
      fc.property(fc.oneof(bytes(400), mutated([body])), data => survives(() => parseMovie(data))),
      FUZZ,
    );
  });

  it('survives any fragment', () => {
    const tracks = parseMovie(moov.subarray(8));
    expect(parseFragment(moof, tracks)).toHaveLength(2);
    fc.assert(
      fc.property(fc.oneof(bytes(400), mutated([moof])), data => survives(() => parseFragment(data, tracks))),
      FUZZ,
    );
  });

  it('moves fragments, and hides edits, in place', () => {
    const tracks = parseMovie(moov.subarray(8));
    const moved = Buffer.from(file);
    moveFragments(moved.subarray(moofAt), tracks, 100);
    withoutEdits(file.subarray(0, moofAt)).copy(moved);
    expect(moved.length).toBe(file.length);
    const [before, after] = [readMovie(file), readMovie(moved)];
    for (const [id, samples] of before.samples) {
      const expected = samples.map(({ dts, data }) => [dts + 100 * 90_000, data]);
      expect(after.samples.get(id)?.map(({ dts, data }) => [dts, data])).toEqual(expected);
    }
    expect(after.tracks.map(({ mediaStart }) => mediaStart)).toEqual([0, 0]);
    fc.assert(
      fc.property(fc.oneof(bytes(400), mutated([moof, moov])), data => {
        survives(() => moveFragments(Buffer.from(data), tracks, 5));
        survives(() => withoutEdits(data));
      }),
      FUZZ,
    );
  });

  it('finds no box where there is none', () => {
    expect(findBox(Buffer.alloc(0), 'moov')).toBeUndefined();
  });
});

describe.skipIf(!hasFfmpeg)('fragmented MP4 and FFmpeg’s programs', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fmp4-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  let messages = '';

  function run(program: string, args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
    // No file of sound without a layout escapes this remark.
    messages = stderr.replaceAll(/^Guessed Channel Layout.*\n/gm, '');
    return stdout;
  }

  const VIDEO = ['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=25:duration=3'];
  const SOUND = ['-f', 'lavfi', '-i', 'sine=sample_rate=48000:duration=3'];
  const X264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '2', '-g', '25', '-pix_fmt', 'yuv420p'];
  const X265 = [
    ...['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'],
    ...['-x265-params', 'keyint=25:log-level=none'],
  ];
  const AV1 = ['-c:v', 'libsvtav1', '-preset', '12', '-g', '25', '-pix_fmt', 'yuv420p'];
  const VP9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '25'];

  it.each([
    ['H.264 with B-frames and AAC', [...VIDEO, ...SOUND, ...X264, '-c:a', 'aac'], 'mp4'],
    ['H.265 with B-frames and AAC', [...VIDEO, ...SOUND, ...X265, '-c:a', 'aac'], 'mp4'],
    ['AV1 and Opus', [...VIDEO, ...SOUND, ...AV1, '-c:a', 'libopus'], 'mp4'],
    ['VP9 and Opus', [...VIDEO, ...SOUND, ...VP9, '-c:a', 'libopus'], 'mp4'],
    ['MP3', [...SOUND, '-c:a', 'libmp3lame'], 'mp4'],
    ['A-law', [...SOUND, '-ar', '8000', '-c:a', 'pcm_alaw'], 'mov'],
  ])('agree on %s', { timeout: 60_000 }, (_name, args, extension) => {
    const theirs = join(folder, `theirs.${extension}`);
    run('ffmpeg', ['-v', 'fatal', '-y', ...args, theirs]);
    const source = probedMedia(run('ffprobe', [...PROBE_ARGUMENTS, theirs]));
    const ours = join(folder, 'ours.mp4');
    writeFileSync(ours, muxMovie(source.tracks, source.samples));
    const read = probedMedia(run('ffprobe', [...PROBE_ARGUMENTS, ours]));
    expect(read.tracks).toEqual(source.tracks);
    for (const { id } of source.tracks) {
      const of = (samples: readonly MediaSample[]) => samples.filter(({ trackId }) => trackId === id);
      const expected = of(source.samples);
      const found = of(read.samples);
      expect(found.map(({ data }) => data)).toEqual(expected.map(({ data }) => data));
      expect(found.map(({ dts, pts }) => [dts, pts])).toEqual(expected.map(({ dts, pts }) => [dts, pts]));
      const key = (sample: MediaSample) => sample.kind === 'video' && sample.key;
      expect(found.map(key)).toEqual(expected.map(key));
    }
    // Decoding it whole brings no warning.
    run('ffmpeg', ['-v', 'warning', '-i', ours, '-f', 'null', '-']);
    expect(messages).toBe('');
  });
});
