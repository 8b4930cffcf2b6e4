import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROBE_ARGUMENTS, probedMedia } from '../mpegts/test-support.ts';
import { readBoxHeader } from './box.ts';
import { ProgressiveBuilder } from './progressive.ts';
import { parseFragment, parseMovie, type ReadTrack } from './reader.ts';
import { muxMovie } from './test-support.ts';

const hasFfmpeg =
  spawnSync('ffmpeg', ['-version']).status === 0 && spawnSync('ffprobe', ['-version']).status === 0;

/** The fragments of a file put together again. */
function defragment(file: Buffer, skip = 0): Buffer {
  const builder = new ProgressiveBuilder();
  let tracks: readonly ReadTrack[] = [];
  let fragments = 0;
  for (let at = 0; at < file.length; ) {
    const header = readBoxHeader(file, at);
    if (!header) break;
    const whole = file.subarray(at, at + header.size);
    if (header.type === 'moov') tracks = parseMovie(whole.subarray(header.headerSize));
    if (header.type === 'moof' && fragments++ >= skip) {
      for (const { trackId, samples } of parseFragment(whole, tracks)) {
        const track = tracks.find(({ id }) => id === trackId);
        if (track) builder.add('file', at, track, samples, 0);
      }
    }
    at += header.size;
  }
  const { head, ranges, byteLength } = builder.finish();
  const made = Buffer.concat([head, ...ranges.map(({ start, end }) => file.subarray(start, end))]);
  expect(made.length).toBe(byteLength);
  return made;
}

it('has nothing to say without a sample', () => {
  expect(() => new ProgressiveBuilder().finish()).toThrow('no sample');
});

describe.skipIf(!hasFfmpeg)('a progressive file of fragments', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mp4-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function run(program: string, args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (status !== 0 || stderr !== '') throw new Error(`${program} failed: ${stderr}`);
    return stdout;
  }

  it('has the same samples at the same times as ffmpeg sees them, and begins at zero', () => {
    const theirs = join(folder, 'theirs.mp4');
    run('ffmpeg', [
      ...['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=25:duration=4'],
      ...['-f', 'lavfi', '-i', 'sine=sample_rate=48000:duration=4', '-c:v', 'libx264', '-bf', '2'],
      ...['-g', '25', '-pix_fmt', 'yuv420p', '-c:a', 'aac', theirs],
    ]);
    const source = probedMedia(run('ffprobe', [...PROBE_ARGUMENTS, theirs]));
    const fragmented = muxMovie(source.tracks, source.samples);
    const ours = join(folder, 'ours.mp4');
    writeFileSync(ours, defragment(fragmented));
    const read = probedMedia(run('ffprobe', [...PROBE_ARGUMENTS, ours]));
    expect(read.tracks).toEqual(source.tracks);
    const plain = (samples: typeof read.samples) =>
      samples
        .map(({ trackId, dts, pts, data }) => ({ trackId, dts, pts, data }))
        .sort((a, b) => a.trackId - b.trackId || a.dts - b.dts);
    const times = (samples: typeof read.samples) =>
      plain(samples).map(({ trackId, dts, pts }) => [trackId, dts, pts]);
    expect(times(read.samples)).toEqual(times(source.samples));
    expect(plain(read.samples)).toEqual(plain(source.samples));
    const format = JSON.parse(run('ffprobe', ['-v', 'error', '-show_format', '-of', 'json', ours])).format;
    expect(Number(format.start_time)).toBe(0);
    expect(Number(format.duration)).toBeCloseTo(4, 0);
    expect(readFileSync(ours).subarray(4, 8).toString()).toBe('ftyp');
    run('ffmpeg', ['-v', 'warning', '-i', ours, '-f', 'null', '-']);

    const part = join(folder, 'part.mp4');
    writeFileSync(part, defragment(fragmented, 2));
    const partFormat = JSON.parse(
      run('ffprobe', ['-v', 'error', '-show_format', '-of', 'json', part]),
    ).format;
    expect(Number(partFormat.start_time)).toBeLessThan(0.03);
    expect(Number(partFormat.duration)).toBeCloseTo(2, 0);
    run('ffmpeg', ['-v', 'warning', '-i', part, '-f', 'null', '-']);
  });
});
