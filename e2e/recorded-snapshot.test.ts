/** Scenario 34: the picture of a time that was recorded. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ClipName, clip } from './support/clips.ts';
import { TestGateway } from './support/gateway.ts';
import { probe } from './support/packets.ts';
import { lacks, RunningProcess, run, until } from './support/processes.ts';

const FFMPEG8 = join(import.meta.dirname, 'support/ffmpeg8.ts');
const FRAME_RATE = 25;
const SIZE = { width: 96, height: 54 };

interface Recording {
  readonly started_at: string;
  readonly ended_at: string;
  readonly duration_seconds: number;
  readonly url: string;
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flux-recorded-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** All frames of a file in the order of presentation, small and grey. */
async function greyFrames(file: string): Promise<Buffer[]> {
  const { width, height } = SIZE;
  const raw = `${file}.raw`;
  await run('ffmpeg', [
    ...['-v', 'error', '-y', '-i', file, '-fps_mode', 'passthrough'],
    ...['-vf', `scale=${width}:${height},format=gray`, '-f', 'rawvideo', raw],
  ]);
  const data = await readFile(raw);
  const size = width * height;
  return Array.from({ length: data.length / size }, (_, index) =>
    data.subarray(index * size, (index + 1) * size),
  );
}

function differenceOf(one: Buffer, other: Buffer): number {
  return one.reduce((sum, value, index) => sum + Math.abs(value - (other[index] ?? 0)), 0);
}

/** Which of the frames the picture is. */
async function indexOf(picture: Buffer, frames: readonly Buffer[]): Promise<number> {
  const file = join(folder, `${randomUUID()}.png`);
  await writeFile(file, picture);
  const [grey] = await greyFrames(file);
  const differences = frames.map(frame => differenceOf(grey!, frame));
  return differences.indexOf(Math.min(...differences));
}

async function recordClip(gateway: TestGateway, name: ClipName, id: string): Promise<Recording> {
  await using publisher = new RunningProcess(process.execPath, [
    FFMPEG8,
    'remux',
    await clip(name),
    gateway.rtmpUrl(id),
  ]);
  const list = async () =>
    (
      (await gateway.api(`/api/v1/recordings?stream_id=${id}`)) as {
        recordings: (Recording & { state: string })[];
      }
    ).recordings;
  await until('enough is recorded', async () => ((await list())[0]?.duration_seconds ?? 0) >= 4, 20_000);
  publisher.kill();
  return until('it is finished', async () => (await list()).find(({ state }) => state === 'finished'));
}

/** Takes pictures of a clip that is being recorded as `id`, and looks which of its frames they are. */
async function expectFrames(gateway: TestGateway, name: ClipName, id: string): Promise<void> {
  const { started_at, ended_at, url } = await recordClip(gateway, name, id);
  const api = `http://127.0.0.1:${gateway.apiPort}`;
  const file = join(folder, `${id}.mp4`);
  await writeFile(file, Buffer.from(await (await fetch(`${api}${url}`)).arrayBuffer()));
  const frames = await greyFrames(file);
  const started = Date.parse(started_at);
  const take = async (at: number, more = '') => {
    const time = encodeURIComponent(new Date(at).toISOString());
    return fetch(`${api}/api/v1/streams/${id}/snapshot?format=png&at=${time}${more}`);
  };
  const secondsOf = (answer: Response) =>
    (Date.parse(answer.headers.get('x-snapshot-time') ?? '') - started) / 1000;
  // In the middle of what a frame is shown.
  const timeOf = (frame: number) => started + ((frame + 0.5) / FRAME_RATE) * 1000;
  for (const frame of [1, 39, 76]) {
    const answer = await take(timeOf(frame), '&mode=decode');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-snapshot-path')).toBe('recording');
    expect(secondsOf(answer)).toBeCloseTo(frame / FRAME_RATE, 2);
    const age = (Date.now() - started) / 1000 - secondsOf(answer);
    expect(Math.abs(Number(answer.headers.get('x-snapshot-age')) - age)).toBeLessThan(2);
    expect(await indexOf(Buffer.from(await answer.arrayBuffer()), frames)).toBe(frame);
  }
  const keys = (await probe(file)).video.flatMap(({ key }, index) => (key ? [index] : []));
  expect(keys).toContain(50);
  const answer = await take(timeOf(76));
  expect(await indexOf(Buffer.from(await answer.arrayBuffer()), frames)).toBe(50);
  expect(secondsOf(answer)).toBeCloseTo(50 / FRAME_RATE, 2);

  for (const at of [started - 2000, Date.parse(ended_at) + 2000]) {
    const nothing = await take(at);
    expect(nothing.status).toBe(404);
    expect(await nothing.json()).toMatchObject({ code: 'RECORDING_NOT_FOUND' });
  }
}

describe.skipIf(lacks('ffmpeg'))('a picture of a recording', () => {
  it('is the very frame of that time, or the key frame before it', { timeout: 60_000 }, async () => {
    await using gateway = await TestGateway.start(
      {
        'media.storage_dir': join(folder, 'storage'),
        'recording.state_dir': join(folder, 'state'),
        'recording.min_free_bytes': 0,
        'media.publisher_grace': 0,
      },
      'recording.rules = [{ streams = ["cam*"] }]',
    );
    // With B-frames, and without.
    await Promise.all([
      expectFrames(gateway, 'h264-aac.flv', 'cam1'),
      expectFrames(gateway, 'h265-aac.mp4', 'cam2'),
    ]);
  });
});
