import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { opusHead } from '../../codec/opus/opus-head.ts';
import { ByteWriter } from '../../model/byte-writer.ts';
import { AudioSample, type MediaSample, VideoSample } from '../../model/sample.ts';
import type { AacTrack, G711Track, H264Track, OpusTrack, Track } from '../../model/track.ts';
import { crc32Mpeg } from './crc32.ts';
import { TsMuxer } from './muxer.ts';
import { PROBE_ARGUMENTS, probedMedia, readPackets } from './test-support.ts';

const FFMPEG = ['-v', 'error', '-y'];
const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=size=160x90:rate=25'];
const TONE = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'];
const LENGTH = ['-t', '2', '-pix_fmt', 'yuv420p'];
const hasFfmpeg = (() => {
  try {
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

function mux(tracks: readonly Track[], samples: readonly MediaSample[]): Buffer {
  const muxer = new TsMuxer();
  const writer = new ByteWriter();
  const parts = [muxer.init(tracks, {})];
  for (const sample of samples) {
    muxer.write(
      sample,
      tracks.find(track => track.id === sample.trackId),
      writer,
    );
    const { slab, start, end } = writer.take();
    parts.push(slab.subarray(start, end));
  }
  return Buffer.concat(parts);
}

describe('crc32Mpeg', () => {
  it('gives the check value of CRC-32/MPEG-2', () => {
    expect(crc32Mpeg(Buffer.from('123456789'))).toBe(0x0376e6e7);
  });
});

describe.skipIf(!hasFfmpeg)('TsMuxer, read by ffprobe', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'flux-ts-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const CLIPS: [string, string[]][] = [
    [
      'H.264 with B-frames and AAC',
      [...PICTURE, ...TONE, ...LENGTH, '-c:v', 'libx264', '-g', '25', '-bf', '2', '-c:a', 'aac'],
    ],
    [
      'H.264 of 3 frames a second',
      ['-f', 'lavfi', '-i', 'testsrc2=size=160x90:rate=3', ...LENGTH, '-c:v', 'libx264', '-bf', '0'],
    ],
    [
      'H.265 and Opus',
      [
        ...PICTURE,
        ...TONE,
        ...LENGTH,
        '-c:v',
        'libx265',
        '-x265-params',
        'log-level=none',
        '-preset',
        'ultrafast',
        '-c:a',
        'libopus',
      ],
    ],
    ['Opus of six channels', [...TONE, '-ac', '6', '-t', '2', '-c:a', 'libopus']],
    ['AAC alone', [...TONE, '-ac', '2', '-t', '2', '-c:a', 'aac']],
    ['MP3', [...TONE, '-ar', '44100', '-t', '2', '-c:a', 'libmp3lame']],
    ['MP3 of the half rate', [...TONE, '-ar', '22050', '-t', '2', '-c:a', 'libmp3lame']],
  ];

  it.each(CLIPS)('keeps every frame and time of %s', (_name, options) => {
    const source = join(folder, 'source.mp4');
    const result = join(folder, 'result.ts');
    execFileSync('ffmpeg', [...FFMPEG, ...options, source]);
    const probe = (file: string, args: readonly string[] = PROBE_ARGUMENTS) =>
      execFileSync('ffprobe', [...args, file], { encoding: 'utf8', maxBuffer: 2 ** 30 });
    const { tracks, samples } = probedMedia(probe(source));
    writeFileSync(result, mux(tracks, samples));
    // Decoding prints every damage.
    const decoded = spawnSync('ffmpeg', ['-v', 'warning', '-i', result, '-f', 'null', '-'], {
      encoding: 'utf8',
    });
    expect(decoded.stderr).toBe('');
    const { packets } = JSON.parse(probe(result, ['-v', 'warning', '-show_packets', '-of', 'json']));
    for (const [index, track] of tracks.entries()) {
      const expected = samples.filter(sample => sample.trackId === track.id);
      const actual = packets.filter((packet: { stream_index: number }) => packet.stream_index === index);
      expect(actual.length).toBe(expected.length);
      for (const [at, sample] of expected.entries()) {
        const ticks = (time: number) => (time / track.clockRate) * 90_000 + 63_000;
        expect(Math.abs(actual[at].pts - ticks(sample.pts))).toBeLessThan(1);
        expect(Math.abs(actual[at].dts - ticks(sample.dts))).toBeLessThan(1);
        if (sample.kind === 'video') expect(actual[at].flags.startsWith('K')).toBe(sample.key);
      }
    }
  });
});

const VIDEO: H264Track = {
  kind: 'video',
  codec: 'h264',
  id: 1,
  version: 1,
  clockRate: 1000,
  width: 16,
  height: 16,
  codecString: 'avc1.42000a',
  sps: [Buffer.from([0x67, 1])],
  pps: [Buffer.from([0x68, 2])],
};
const AUDIO: AacTrack = {
  kind: 'audio',
  codec: 'aac',
  id: 2,
  version: 1,
  clockRate: 48_000,
  sampleRate: 48_000,
  channels: 2,
  codecString: 'mp4a.40.2',
  config: Buffer.from([0x11, 0x90]),
};

function picture(dts: number, key: boolean, units: Buffer[], pts = dts): VideoSample {
  return VideoSample.fromNalUnits(1, dts, pts, key, units);
}

/** The NAL units of the one access unit in `stream`, as bytes without start codes. */
function unitsOf(stream: Buffer): string[] {
  const payload = Buffer.concat(
    readPackets(stream)
      .filter(packet => packet.pid === 0x100)
      .map(packet => packet.payload),
  );
  const headerEnd = 9 + (payload[8] ?? 0);
  return payload.subarray(headerEnd).toString('hex').split('00000001').slice(1);
}

describe('TsMuxer', () => {
  it('puts a delimiter and the parameter sets before a key frame that has none', () => {
    expect(unitsOf(mux([VIDEO], [picture(0, true, [Buffer.from([0x65, 3])])]))).toEqual([
      '09f0',
      '6701',
      '6802',
      '6503',
    ]);
    expect(unitsOf(mux([VIDEO], [picture(0, false, [Buffer.from([0x41, 3])])]))).toEqual(['09f0', '4103']);
  });

  it('keeps those that the encoder sent, and doubles none', () => {
    const own = [
      [0x09, 0x10],
      [0x67, 9],
      [0x68, 9],
      [0x65, 3],
    ].map(bytes => Buffer.from(bytes));
    expect(unitsOf(mux([VIDEO], [picture(0, true, own)]))).toEqual(['0910', '6709', '6809', '6503']);
  });

  it('carries what has a place in a transport stream, and says so of the rest', () => {
    const muxer = new TsMuxer();
    const g711: G711Track = { ...AUDIO, codec: 'g711a' };
    const opus: OpusTrack = {
      ...AUDIO,
      codec: 'opus',
      config: opusHead({ channels: 2, preSkip: 0, inputSampleRate: 48_000 }),
    };
    // A channel configuration of 0, and nothing that says what it means.
    const odd: AacTrack = { ...AUDIO, config: Buffer.from([0x11, 0x80]) };
    expect([VIDEO, AUDIO, opus, g711, odd].map(track => muxer.carries(track))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(mux([g711], [new AudioSample(2, 0, Buffer.alloc(160))]).length).toBe(0);
  });

  it('says the tables anew, with another version, when a track comes; PIDs and counters go on', () => {
    const muxer = new TsMuxer();
    const writer = new ByteWriter();
    const frame = () => new AudioSample(2, 0, Buffer.alloc(300));
    muxer.init([AUDIO], {});
    muxer.write(frame(), AUDIO, writer);
    muxer.update([VIDEO, AUDIO], {}, writer);
    muxer.update([VIDEO, AUDIO], {}, writer);
    muxer.write(picture(0, true, [Buffer.from([0x65, 3])]), VIDEO, writer);
    muxer.write(frame(), AUDIO, writer);
    const { slab, start, end } = writer.take();
    const packets = readPackets(slab.subarray(start, end));
    const maps = packets.filter(packet => packet.pid === 0x1000);
    expect(maps.map(packet => ((packet.payload[6] ?? 0) >> 1) & 0x1f)).toEqual([0, 1]);
    expect(
      packets.filter(packet => packet.pid === 0x100 && packet.counted).map(packet => packet.counter),
    ).toEqual([0, 1, 2, 3]);
    expect(packets.filter(packet => packet.pid === 0x101 && packet.counted)).toHaveLength(1);
  });

  it('drops frames that the format cannot hold', () => {
    const stream = mux(
      [VIDEO, AUDIO],
      [
        new AudioSample(2, 0, Buffer.alloc(0)),
        new AudioSample(2, 0, Buffer.alloc(70_000)),
        VideoSample.fromNalUnits(1, 0, 0, true, []),
      ],
    );
    expect(stream.length).toBe(0);
  });

  it('wraps its 33-bit times', () => {
    const wrap = 2 ** 33 / 90_000;
    const stream = mux(
      [AUDIO],
      [wrap - 1, wrap + 1].map(s => new AudioSample(2, Math.round(s * 48_000), Buffer.alloc(9))),
    );
    const pcrs = readPackets(stream).flatMap(packet => packet.pcr ?? []);
    expect(pcrs[0]).toBe(2 ** 33 - 90_000);
    expect(pcrs.at(-1)).toBeLessThanOrEqual(90_000);
    expect(pcrs.at(-1)).toBeGreaterThan(80_000);
  });

  it('holds to the rules of a transport stream, whatever frames come', () => {
    const step = fc.record({
      isVideo: fc.boolean(),
      wait: fc.integer({ min: 1, max: 700 }),
      key: fc.boolean(),
      size: fc.integer({ min: 1, max: 2000 }),
      delay: fc.integer({ min: 0, max: 200 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), fc.boolean(), (steps, hasVideo) => {
        let time = 0;
        const samples: MediaSample[] = [];
        for (const { isVideo, wait, key, size, delay } of steps) {
          time += wait;
          const data = Buffer.alloc(size, 0x41);
          if (isVideo && hasVideo) samples.push(picture(time, key, [data], time + delay));
          else samples.push(new AudioSample(2, time * 48, data));
        }
        const packets = readPackets(mux(hasVideo ? [VIDEO, AUDIO] : [AUDIO], samples));
        const counters = new Map<number, number>();
        const pcrs: number[] = [];
        let frames = 0;
        for (const packet of packets) {
          const last = counters.get(packet.pid);
          if (last !== undefined) expect(packet.counter).toBe((last + (packet.counted ? 1 : 0)) % 16);
          counters.set(packet.pid, packet.counter);
          if (packet.pcr !== undefined) pcrs.push(packet.pcr);
          if (packet.dts === undefined) continue;
          frames++;
          expect(packet.dts).toBeGreaterThan(pcrs.at(-1) ?? Number.POSITIVE_INFINITY);
        }
        expect(frames).toBe(samples.length);
        for (let at = 1; at < pcrs.length; at++) {
          const distance = (pcrs[at] ?? 0) - (pcrs[at - 1] ?? 0);
          expect(distance).toBeGreaterThan(0);
          expect(distance).toBeLessThanOrEqual(9000);
        }
      }),
      { seed: 20, numRuns: 200 },
    );
  });
});
