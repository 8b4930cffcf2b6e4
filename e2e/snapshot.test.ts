/** Scenario 34: pictures of streams. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { FluxError } from '../packages/core/errors/flux-error.ts';
import type { CodedPicture } from '../packages/core/snapshot/coded-picture.ts';
import { DecoderPool } from '../packages/core/snapshot/decoder/decoder-pool.ts';
import { collectNow } from '../packages/core/snapshot/picture-collector.ts';
import type { PictureShape } from '../packages/core/snapshot/snapshot.ts';
import { goCorpus } from '../packages/media/codec/test-support.ts';
import { type ClipName, clip } from './support/clips.ts';
import { FluxCluster } from './support/flux-process.ts';
import { record, TestGateway } from './support/gateway.ts';
import { difference, hashedUnits } from './support/packets.ts';
import { lacks, RunningProcess, run, until } from './support/processes.ts';

const FFMPEG8 = join(import.meta.dirname, 'support/ffmpeg8.ts');

interface Picture {
  readonly status: number;
  readonly data: Buffer;
  readonly type: string;
  readonly path: string | null;
  readonly age: number;
  readonly headers: Headers;
  /** Of a problem document. */
  readonly code: string | undefined;
}

async function take(base: string, id: string, query = ''): Promise<Picture> {
  const answer = await fetch(`${base}/api/v1/streams/${id}/snapshot?${query}`);
  const data = Buffer.from(await answer.arrayBuffer());
  const type = answer.headers.get('content-type') ?? '';
  return {
    status: answer.status,
    data,
    type,
    path: answer.headers.get('x-snapshot-path'),
    age: Number(answer.headers.get('x-snapshot-age')),
    headers: answer.headers,
    code: type.includes('json') ? (JSON.parse(data.toString()) as { code: string }).code : undefined,
  };
}

/** What ffprobe says of a picture, having decoded it. */
async function examine(data: Buffer): Promise<{ codec_name: string; width: number; height: number }> {
  const file = join(tmpdir(), `flux-picture-${process.pid}-${Math.random().toString(36).slice(2)}`);
  await writeFile(file, data);
  try {
    const found = await run('ffprobe', [
      ...['-v', 'error', '-count_frames', '-show_entries', 'stream=codec_name,width,height,nb_read_frames'],
      ...['-of', 'json', file],
    ]);
    expect(found.stderr).toBe('');
    const [stream] = JSON.parse(found.stdout).streams;
    expect(stream.nb_read_frames).toBe('1');
    return stream;
  } finally {
    await rm(file, { force: true });
  }
}

/** `stay`: seconds that the stream is there after the clip's end, for machines that are slow to start a decoder. */
async function publish(gateway: TestGateway, name: ClipName, id: string, stay = 0): Promise<RunningProcess> {
  const publisher = new RunningProcess(process.execPath, [
    FFMPEG8,
    'remux',
    await clip(name),
    gateway.rtmpUrl(id),
    String(stay),
  ]);
  await gateway.untilLive(id);
  return publisher;
}

const apiOf = (gateway: TestGateway) => `http://127.0.0.1:${gateway.apiPort}`;

describe.skipIf(lacks('ffmpeg'))('pictures of streams (scenario 34)', () => {
  it.each(['h264-aac.flv', 'h265-aac.mp4', 'vp9-opus.mp4', 'av1-opus.mp4'] as const)(
    'of %s, in every format and mode',
    async name => {
      await using gateway = await TestGateway.start();
      await using _publisher = await publish(gateway, name, 'cam1', 30);
      const api = apiOf(gateway);
      for (const mode of ['keyframe', 'decode', 'auto']) {
        const picture = await take(api, 'cam1', `mode=${mode}`);
        expect(picture).toMatchObject({ status: 200, type: 'image/jpeg', code: undefined });
        expect(['keyframe', 'decode', 'cache']).toContain(picture.path);
        // A group of pictures, and what a busy machine takes to start a decoder.
        expect(picture.age).toBeLessThan(10);
        expect(await examine(picture.data)).toMatchObject({ codec_name: 'mjpeg', width: 640, height: 360 });
      }
      for (const [format, codec] of [
        ['png', 'png'],
        ['webp', 'webp'],
      ]) {
        const picture = await take(api, 'cam1', `format=${format}&width=320`);
        expect(picture.type).toBe(`image/${format}`);
        expect(await examine(picture.data)).toMatchObject({ codec_name: codec, width: 320, height: 180 });
      }
      expect(await examine((await take(api, 'cam1', 'height=90')).data)).toMatchObject({
        width: 160,
        height: 90,
      });
      const exact = await take(api, 'cam1', 'width=200&height=200');
      expect(await examine(exact.data)).toMatchObject({ width: 200, height: 200 });
    },
  );
});

describe.skipIf(lacks('ffmpeg'))('what cannot be had', () => {
  it('is said with a status and a code, and an older picture is given only as one', async () => {
    await using gateway = await TestGateway.start();
    const api = apiOf(gateway);
    expect(await take(api, 'nobody')).toMatchObject({ status: 404, code: 'STREAM_NOT_FOUND' });
    expect(await take(api, 'nobody', 'allow_stale=true')).toMatchObject({ status: 404 });
    for (const query of [
      'mode=x',
      'width=8',
      'height=99999',
      'format=gif',
      'quality=0',
      'max_age=-1',
      'size=3',
    ]) {
      expect(await take(api, 'nobody', query)).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
    }
    await using sound = await publish(gateway, 'aac.flv', 'sound');
    expect(await take(api, 'sound')).toMatchObject({ status: 409, code: 'CODEC_UNSUPPORTED' });
    sound.kill();
    await using publisher = await publish(gateway, 'h264-aac.flv', 'cam1');
    expect(await take(api, 'cam1')).toMatchObject({ status: 200, path: 'keyframe' });
    publisher.kill();
    await until('it is lost', () => gateway.orchestrator.getStreamStatus('cam1')?.state === 'interrupted');
    expect(await take(api, 'cam1')).toMatchObject({ status: 504, code: 'STREAM_NOT_READY' });
    const interrupted = await take(api, 'cam1', 'allow_stale=true');
    expect(interrupted).toMatchObject({ status: 200, path: 'last' });
    await gateway.api('/api/v1/streams/cam1/stop', 'POST');
    await sleep(1000);
    expect(await take(api, 'cam1')).toMatchObject({ status: 404, code: 'STREAM_NOT_FOUND' });
    const last = await take(api, 'cam1', 'allow_stale=true&width=320');
    expect(last).toMatchObject({ status: 200, path: 'last' });
    expect(last.headers.get('x-snapshot-reason')).toBe('STREAM_NOT_FOUND');
    expect(last.age).toBeGreaterThan(1);
    expect(Date.parse(last.headers.get('x-snapshot-time') ?? '')).toBeLessThan(Date.now() - 1000);
    expect(await examine(last.data)).toMatchObject({ width: 320, height: 180 });
  });

  it('is answered from the kept key frames after a restart, until they are deleted', async () => {
    using folder = record.temporary('keyframes');
    const settings = {
      'media.keyframe_dir': folder.path,
      'media.keyframe_interval': 1,
      'media.keyframe_retention_hours': 1,
    };
    {
      await using gateway = await TestGateway.start(settings);
      await using _publisher = await publish(gateway, 'h265-aac.mp4', 'cam1');
      await until('two are kept', () => keptIn(folder.path, 'cam1').length >= 2);
    }
    const [newest] = keptIn(folder.path, 'cam1');
    const probed = await run('ffprobe', [
      '-v',
      'error',
      '-show_entries',
      'stream=width',
      '-of',
      'csv=p=0',
      newest!,
    ]);
    expect(probed.stdout.trim()).toBe('640');
    await using gateway = await TestGateway.start(settings);
    const picture = await take(apiOf(gateway), 'cam1', 'allow_stale=true');
    expect(picture).toMatchObject({ status: 200, path: 'last' });
    expect(await take(apiOf(gateway), 'cam1')).toMatchObject({ status: 404 });
  });
});

function keptIn(folder: string, id: string): string[] {
  const path = join(folder, id);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter(name => !name.startsWith('.'))
    .sort()
    .reverse()
    .map(name => join(path, name));
}

describe.skipIf(lacks('ffmpeg'))('decoder processes', () => {
  it('make one picture for all who ask for the same at once', async () => {
    await using gateway = await TestGateway.start();
    await using _publisher = await publish(gateway, 'h264-aac.flv', 'cam1');
    const api = apiOf(gateway);
    const pictures = await Promise.all(Array.from({ length: 50 }, () => take(api, 'cam1', 'mode=decode')));
    expect(pictures.map(({ status }) => status)).toEqual(Array(50).fill(200));
    // Those that came within one decoding have one picture; a later one is newer.
    expect(new Set(pictures.map(({ data }) => data.toString('latin1'))).size).toBeLessThanOrEqual(2);
    expect(gateway.decoders.length).toBe(1);
    const keyframes = await Promise.all(Array.from({ length: 50 }, () => take(api, 'cam1', 'mode=keyframe')));
    expect(new Set(keyframes.map(({ data }) => data.toString('latin1'))).size).toBeLessThanOrEqual(2);
  });

  it('one that is killed costs its request alone, with a clear error, and the next works', async () => {
    await using gateway = await TestGateway.start({ 'snapshots.decoders': 1 });
    await using _publisher = await publish(gateway, 'h264-aac.flv', 'cam1');
    const api = apiOf(gateway);
    await take(api, 'cam1');
    const [pid] = gateway.decoders;
    process.kill(pid!, 'SIGSTOP');
    const waiting = take(api, 'cam1', 'mode=decode&width=100');
    await sleep(200);
    process.kill(pid!, 'SIGKILL');
    expect(await waiting).toMatchObject({ status: 500, code: 'DECODER_FAILED' });
    expect(await take(api, 'cam1', 'mode=decode&width=102')).toMatchObject({ status: 200 });
    expect(gateway.decoders).not.toContain(pid);
  });

  it('one that hangs is ended; those beyond the queue are told to come again', async () => {
    const settings = { 'snapshots.decoders': 1, 'snapshots.queue': 2, 'snapshots.timeout': 1 };
    await using gateway = await TestGateway.start(settings);
    await using _publisher = await publish(gateway, 'h264-aac.flv', 'cam1');
    const api = apiOf(gateway);
    await take(api, 'cam1');
    process.kill(gateway.decoders[0]!, 'SIGSTOP');
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) => take(api, 'cam1', `mode=keyframe&width=${100 + 2 * index}`)),
    );
    const codes = answers.map(({ code }) => code ?? 'none').sort();
    expect(codes).toEqual(['SNAPSHOT_BUSY', 'SNAPSHOT_BUSY', 'SNAPSHOT_BUSY', 'TIMED_OUT', 'none', 'none']);
    const busy = answers.find(({ code }) => code === 'SNAPSHOT_BUSY');
    expect(busy).toMatchObject({ status: 503 });
    expect(busy?.headers.get('retry-after')).toBe('1');
    expect(answers.find(({ code }) => code === 'TIMED_OUT')).toMatchObject({ status: 504 });
  });
});

describe.skipIf(lacks('ffmpeg'))('two media nodes', () => {
  it('answer by the one that has the stream, whichever it is', { timeout: 60_000 }, async () => {
    await using flux = await FluxCluster.start(2);
    const names = ['cam1', 'cam2', 'cam3', 'cam4'];
    const source = await clip('h264-aac-70s.flv');
    const publishers = names.map(
      id =>
        new RunningProcess('ffmpeg', [
          '-v',
          'error',
          '-re',
          '-i',
          source,
          '-c',
          'copy',
          '-f',
          'flv',
          flux.rtmpUrl(id),
        ]),
    );
    try {
      await Promise.all(names.map(id => flux.untilLive(id)));
      for (const id of names) {
        const picture = await take(flux.api, id, 'width=320');
        expect(picture).toMatchObject({ status: 200, path: 'keyframe' });
        expect(await examine(picture.data)).toMatchObject({ width: 320, height: 180 });
        expect(await take(flux.api, id, 'width=320&max_age=10')).toMatchObject({ path: 'cache' });
      }
      expect((await flux.nodes()).map(node => node.relays)).toEqual([0, 0]);
      expect(await take(flux.api, 'nobody')).toMatchObject({ status: 404, code: 'STREAM_NOT_FOUND' });
      await fetch(`${flux.api}/api/v1/streams/cam1/stop`, { method: 'POST' });
      await sleep(500);
      expect(await take(flux.api, 'cam1')).toMatchObject({ status: 404 });
      expect(await take(flux.api, 'cam1', 'allow_stale=true')).toMatchObject({ status: 200, path: 'last' });
    } finally {
      for (const publisher of publishers) publisher.kill();
    }
  });
});

const CLIPS = ['h264-aac.flv', 'h265-aac.mp4', 'av1-opus.mp4', 'vp9-opus.mp4'] as const;
const FUZZED = (codec: string, ...names: string[]) =>
  names.map(name => `mediacommon/pkg/codecs/${codec}/testdata/fuzz/Fuzz${name}`);
const CORPORA = {
  h264: FUZZED('h264', 'AnnexBUnmarshal', 'AVCCUnmarshal', 'SPSUnmarshal', 'DTSExtractor'),
  h265: FUZZED('h265', 'PPSUnmarshal', 'SPSUnmarshal', 'DTSExtractor'),
  av1: FUZZED('av1', 'SequenceHeaderUnmarshal', 'OBUHeaderUnmarshal', 'BitstreamUnmarshal'),
};
const SHAPE: PictureShape = { format: 'jpeg', quality: 80, width: 320 };

describe.skipIf(lacks('ffmpeg'))('hostile bitstreams', () => {
  it('of mutated clips are a picture or an error, and nothing else suffers', {
    timeout: 120_000,
  }, async () => {
    await using gateway = await TestGateway.start();
    const pictures: CodedPicture[] = [];
    for (const name of CLIPS) {
      await using _publisher = await publish(gateway, name, name.slice(0, 4));
      const stream = gateway.orchestrator.findStream(name.slice(0, 4));
      await sleep(500);
      pictures.push(collectNow(stream!, 'decode')!);
    }
    const pool = new DecoderPool({ size: 2, maxQueue: 1000, timeout: 5000, maxMemory: 768 * 1024 * 1024 });
    try {
      const random = randomNumbers(34);
      const inputs = pictures.flatMap(picture => Array.from({ length: 60 }, () => mutated(picture, random)));
      inputs.push(...corpusPictures());
      const outcomes = await Promise.all(inputs.map(input => outcomeOf(pool, input)));
      const known = ['picture', 'PICTURE_UNDECODABLE', 'DECODER_FAILED', 'TIMED_OUT'];
      expect([...new Set(outcomes)].filter(outcome => !known.includes(outcome))).toEqual([]);
      expect(outcomes.filter(outcome => outcome === 'picture').length).toBeGreaterThan(20);
      expect(outcomes.filter(outcome => outcome === 'PICTURE_UNDECODABLE').length).toBeGreaterThan(5);
      for (const picture of pictures) expect(await outcomeOf(pool, picture)).toBe('picture');
    } finally {
      pool.close();
    }
  });

  it('that take too much memory cost their process, and that is said', async () => {
    // Less than the program itself needs.
    const pool = new DecoderPool({ size: 1, maxQueue: 10, timeout: 5000, maxMemory: 20 * 1024 * 1024 });
    try {
      const [huge] = corpusPictures().slice(0, 1);
      const picture = huge ?? { codec: 'h264', units: [Buffer.from([0])], width: 0, height: 0, takenAt: 0 };
      // Memory is looked at now and then: pictures that are quick to fail pass until it is.
      const failure = await until('the process was ended', async () => {
        const error = FluxError.from(await pool.decode(picture, SHAPE).catch((cause: unknown) => cause));
        return error.code === 'DECODER_FAILED' ? error : undefined;
      });
      expect(failure.message).toMatch(/bytes of memory/);
    } finally {
      pool.close();
    }
  });

  it('that claim enormous pictures take no memory', async () => {
    const pool = new DecoderPool({ size: 1, maxQueue: 10, timeout: 5000, maxMemory: 400 * 1024 * 1024 });
    try {
      // An SPS of 65,520 × 65,520 pixels and a PPS, then a slice of nothing.
      const huge = spsOf(4095, 4095);
      const unit = Buffer.concat([...huge, Buffer.from('0000000165888400ffffff', 'hex')]);
      const picture: CodedPicture = { codec: 'h264', units: [unit], width: 0, height: 0, takenAt: 0 };
      expect(await outcomeOf(pool, picture)).toBe('PICTURE_UNDECODABLE');
    } finally {
      pool.close();
    }
  });
});

async function outcomeOf(pool: DecoderPool, picture: CodedPicture): Promise<string> {
  return pool.decode(picture, SHAPE).then(
    () => 'picture',
    (error: { code: string }) => error.code,
  );
}

/** The same numbers in every run (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Some bytes changed, mostly where parameters are; units cut off, left out, doubled. */
function mutated(picture: CodedPicture, random: () => number): CodedPicture {
  const units = picture.units.flatMap(unit => {
    const kind = random();
    if (kind < 0.05) return [];
    if (kind < 0.1) return [unit, unit];
    let changed = Buffer.from(unit);
    if (kind < 0.2) changed = changed.subarray(0, Math.floor(random() * changed.length) + 1);
    const changes = Math.floor(random() * 12);
    for (let count = 0; count < changes; count++) {
      const range = random() < 0.6 ? Math.min(changed.length, 80) : changed.length;
      changed[Math.floor(random() * range)] = Math.floor(random() * 256);
    }
    return [changed];
  });
  return { ...picture, units };
}

/** What others found to break parsers of these codecs, as access units. */
function corpusPictures(): CodedPicture[] {
  return Object.entries(CORPORA).flatMap(([codec, folders]) =>
    goCorpus({ existsSync, readdirSync, readFileSync }, ...folders).map(data => {
      const unit = codec === 'av1' ? data : Buffer.concat([Buffer.from([0, 0, 0, 1]), data]);
      return { codec: codec as keyof typeof CORPORA, units: [unit], width: 0, height: 0, takenAt: 0 };
    }),
  );
}

/** H.264 parameter sets of Baseline with so many macroblocks, each after its start code. */
function spsOf(width: number, height: number): Buffer[] {
  const bits = (value: number) => {
    const binary = (value + 1).toString(2);
    return '0'.repeat(binary.length - 1) + binary;
  };
  const sps = [
    '01000010',
    '11000000',
    '00110011',
    bits(0),
    bits(0),
    bits(2),
    bits(1),
    '0',
    bits(width),
    bits(height),
  ];
  return [
    nalUnit(0x67, `${sps.join('')}1001`),
    nalUnit(0x68, `${bits(0)}${bits(0)}00${bits(0)}${bits(0)}${bits(0)}000${bits(0)}${bits(0)}${bits(0)}000`),
  ];
}

function nalUnit(header: number, bits: string): Buffer {
  const whole = `${bits}1`.padEnd(Math.ceil((bits.length + 1) / 8) * 8, '0');
  const bytes = (whole.match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2));
  return Buffer.from([0, 0, 0, 1, header, ...bytes]);
}

describe.skipIf(lacks('ffmpeg'))('viewers', () => {
  it('lose nothing while many pictures are taken', { timeout: 60_000 }, async () => {
    await using gateway = await TestGateway.start();
    const source = await clip('h264-aac.flv');
    await using publisher = new RunningProcess('ffmpeg', [
      ...['-v', 'error', '-re', '-i', source, '-c', 'copy', '-f', 'flv', gateway.rtmpUrl('cam1')],
    ]);
    await gateway.untilLive('cam1');
    const recording = record.start(gateway.playUrl('flv', 'cam1'));
    let taken = 0;
    const busy = Array.from({ length: 8 }, async (_, index) => {
      while (publisher.child.exitCode === null) {
        const { status } = await take(apiOf(gateway), 'cam1', `mode=decode&width=${200 + 2 * index}`);
        if (status === 200) taken++;
      }
    });
    await Promise.all(busy);
    using file = record.temporary('recorded.flv');
    await writeFile(file.path, await recording.body);
    const expected = await hashedUnits(source, 'h264');
    const actual = await hashedUnits(file.path, 'h264');
    expect(difference(expected.video, actual.video)).toEqual([]);
    expect(taken).toBeGreaterThan(20);
  });
});
