import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decoder, Demuxer, Encoder, Muxer } from 'node-av/api';
import {
  FF_ENCODER_AAC,
  FF_ENCODER_LIBMP3LAME,
  FF_ENCODER_LIBOPUS,
  FF_ENCODER_LIBSVTAV1,
  FF_ENCODER_LIBVPX_VP9,
  FF_ENCODER_LIBX265,
  type FFEncoderCodec,
} from 'node-av/constants';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sample } from '../../model/sample.ts';
import type { Track } from '../../model/track.ts';
import { demuxFile, muxFile, type RecordingReceiver } from './test-support.ts';

const hasFfmpeg =
  spawnSync('ffmpeg', ['-version']).status === 0 && spawnSync('ffprobe', ['-version']).status === 0;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'flv-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Packet {
  readonly kind: 'video' | 'audio';
  readonly dts: number;
  readonly pts: number;
  readonly size: number;
  readonly key: boolean;
}

/** What we find in an FLV file, as packets with times in milliseconds. */
function packetsOf(receiver: RecordingReceiver): Packet[] {
  return receiver.samples
    .filter(sample => sample.kind !== 'data')
    .map(sample => ({
      kind: sample.kind,
      dts: sample.dts / 90,
      pts: sample.pts / 90,
      size: sample.byteLength,
      key: sample.kind === 'audio' || sample.key,
    }));
}

function remux(receiver: RecordingReceiver): Buffer {
  const newest = new Map<number, Track>();
  for (const track of receiver.tracks) newest.set(track.id, track);
  return muxFile([...newest.values()], receiver.samples as Sample[], receiver.metadata);
}

describe.skipIf(!hasFfmpeg)('FLV and FFmpeg’s programs', () => {
  function run(program: string, args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
    if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
    expect(stderr).toBe('');
    return stdout;
  }

  function probe(file: string): Packet[] {
    const entries = 'packet=codec_type,dts,pts,size,flags';
    const out = run('ffprobe', ['-v', 'error', '-show_entries', entries, '-of', 'json', file]);
    const { packets } = JSON.parse(out) as { packets: Record<string, string>[] };
    return packets.map(packet => ({
      kind: packet.codec_type as Packet['kind'],
      dts: Number(packet.dts),
      pts: Number(packet.pts),
      size: Number(packet.size),
      key: packet.flags!.includes('K'),
    }));
  }

  const VIDEO = ['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=25:duration=3'];
  const AUDIO = ['-f', 'lavfi', '-i', 'sine=sample_rate=44100:duration=3'];
  const X264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '2', '-g', '25', '-pix_fmt', 'yuv420p'];

  it.each([
    ['H.264 with B-frames and AAC', [...VIDEO, ...AUDIO, ...X264, '-c:a', 'aac'], ['h264', 'aac']],
    ['MP3', [...AUDIO, '-c:a', 'libmp3lame'], ['mp3']],
    ['A-law', [...AUDIO, '-ar', '8000', '-c:a', 'pcm_alaw'], ['g711a']],
    ['µ-law', [...AUDIO, '-ar', '8000', '-ac', '2', '-c:a', 'pcm_mulaw'], ['g711u']],
  ])('agree on %s', (_name, args, codecs) => {
    const theirs = join(directory, 'theirs.flv');
    run('ffmpeg', ['-v', 'error', '-y', ...args, '-metadata', 'title=gate', '-f', 'flv', theirs]);
    const receiver = demuxFile(readFileSync(theirs));
    expect(receiver.tracks.map(track => track.codec).sort()).toEqual([...codecs].sort());
    expect(receiver.metadata).toMatchObject({ title: 'gate', encoder: expect.stringContaining('Lavf') });
    expect(receiver.expected).toEqual({
      video: codecs.includes('h264'),
      audio: !codecs.every(c => c === 'h264'),
    });
    expect(receiver.mends).toEqual([]);
    const packets = packetsOf(receiver);
    expect(packets.length).toBeGreaterThan(20);
    expect(packets).toEqual(probe(theirs));

    const ours = join(directory, 'ours.flv');
    writeFileSync(ours, remux(receiver));
    expect(probe(ours)).toEqual(packets);
    // Decoding it whole brings no warning.
    run('ffmpeg', ['-v', 'warning', '-i', ours, '-f', 'null', '-']);
  });
});

describe('FLV and an FFmpeg with Enhanced RTMP', () => {
  const VIDEO = 'testsrc=size=320x180:rate=25:duration=2,format=yuv420p';
  const AUDIO = 'sine=sample_rate=48000:duration=2,aformat=channel_layouts=stereo';

  async function encode(
    file: string,
    codecs: readonly { codec: FFEncoderCodec; options: Record<string, string> }[],
  ) {
    await using opened = new AsyncDisposableStack();
    const output = opened.use(await Muxer.open(file, { format: 'flv' }));
    const jobs: (() => Promise<void>)[] = [];
    for (const { codec, options } of codecs) {
      const isVideo = 'preset' in options || 'cpu-used' in options;
      const input = opened.use(await Demuxer.open(isVideo ? VIDEO : AUDIO, { format: 'lavfi' }));
      const stream = input.streams[0]!;
      const decoder = opened.use(await Decoder.create(stream));
      const settings = { decoder, gopSize: 25, autoResample: true, options };
      const encoder = opened.use(await Encoder.create(codec, settings));
      const index = output.addStream(encoder);
      jobs.push(async () => {
        for await (using packet of encoder.packets(decoder.frames(input.packets(stream.index)))) {
          await output.writePacket(packet, index);
        }
      });
    }
    // Only now, for the muxer takes no stream after the first packet.
    await Promise.all(jobs.map(job => job()));
  }

  async function packetsByNodeAv(file: string) {
    await using input = await Demuxer.open(file);
    const codecs = input.streams.map(({ codecpar }) => codecpar.codecId);
    const packets: Packet[] = [];
    for await (using packet of input.packets()) {
      // FFmpeg makes a packet without bytes of an Opus track's second header.
      if (!packet || packet.size === 0) continue;
      const isVideo = input.streams[packet.streamIndex]!.codecpar.width > 0;
      packets.push({
        kind: isVideo ? 'video' : 'audio',
        dts: Number(packet.dts),
        pts: Number(packet.pts),
        size: packet.size,
        key: packet.isKeyframe,
      });
    }
    return { codecs, packets };
  }

  it.each([
    [
      'h265',
      'aac',
      FF_ENCODER_LIBX265,
      { preset: 'ultrafast', 'x265-params': 'bframes=2:log-level=none' },
      FF_ENCODER_AAC,
    ],
    ['av1', 'opus', FF_ENCODER_LIBSVTAV1, { preset: '12' }, FF_ENCODER_LIBOPUS],
    ['vp9', 'mp3', FF_ENCODER_LIBVPX_VP9, { deadline: 'realtime', 'cpu-used': '8' }, FF_ENCODER_LIBMP3LAME],
  ])('agree on %s and %s', async (video, audio, videoEncoder, options, audioEncoder) => {
    const theirs = join(directory, `${video}.flv`);
    await encode(theirs, [
      { codec: videoEncoder, options },
      { codec: audioEncoder, options: {} },
    ]);
    const receiver = demuxFile(readFileSync(theirs));
    expect(receiver.tracks.map(track => `${track.codec} ${track.version}`).sort()).toEqual(
      [`${video} 1`, `${audio} 1`].sort(),
    );
    expect(receiver.expected).toEqual({ video: true, audio: true });
    expect(receiver.video).toHaveLength(50);
    const byNodeAv = await packetsByNodeAv(theirs);
    const packets = packetsOf(receiver);
    // FFmpeg leaves AV1's temporal delimiters, of two bytes, in; samples have none.
    const delimiter = video === 'av1' ? 2 : 0;
    const expected = byNodeAv.packets.map(packet =>
      packet.kind === 'video' ? { ...packet, size: packet.size - delimiter } : packet,
    );
    expect(packets).toEqual(expected);

    const ours = join(directory, `${video}-ours.flv`);
    writeFileSync(ours, remux(receiver));
    expect(await packetsByNodeAv(ours)).toEqual({ ...byNodeAv, packets: expected });
  });
});
