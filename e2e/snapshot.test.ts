/** Scenario 34: pictures of streams. */
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type ClipName, clip } from './support/clips.ts';
import { FluxCluster } from './support/flux-process.ts';
import { record, TestGateway } from './support/gateway.ts';
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

async function publish(gateway: TestGateway, name: ClipName, id: string): Promise<RunningProcess> {
  const publisher = new RunningProcess(process.execPath, [
    FFMPEG8,
    'remux',
    await clip(name),
    gateway.rtmpUrl(id),
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
      await using _publisher = await publish(gateway, name, 'cam1');
      const api = apiOf(gateway);
      for (const mode of ['keyframe', 'decode', 'auto']) {
        const picture = await take(api, 'cam1', `mode=${mode}`);
        expect(picture).toMatchObject({ status: 200, type: 'image/jpeg', code: undefined });
        expect(['keyframe', 'decode', 'cache']).toContain(picture.path);
        expect(picture.age).toBeLessThan(3);
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
