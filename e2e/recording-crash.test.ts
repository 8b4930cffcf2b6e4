/** Scenarios 35 and 36: a node that is killed, and an object store that is away. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { S3Storage } from '../packages/core/storage/s3-storage.ts';
import { clip } from './support/clips.ts';
import { FluxCluster } from './support/flux-process.ts';
import { TestGateway } from './support/gateway.ts';
import { difference, type HashedUnit, type HashedUnits, hashedUnits, probe } from './support/packets.ts';
import { lacks, RunningProcess, until } from './support/processes.ts';
import { Swift } from './support/swift.ts';

interface Recording {
  readonly id: string;
  readonly state: string;
  readonly started_at: string;
  readonly ended_at: string;
  readonly duration_seconds: number;
  readonly size: number;
  readonly end_reason?: string;
  readonly url: string;
  readonly path: string;
}

const MAIN = resolve(import.meta.dirname, '../packages/flux/main.ts');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flux-recording-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function publish(source: string, url: string): RunningProcess {
  return new RunningProcess('ffmpeg', ['-v', 'error', '-re', '-i', source, '-c', 'copy', '-f', 'flv', url]);
}

function fromFirstPicture({ video, audio }: HashedUnits): HashedUnits {
  const start = video[0]?.dts ?? 0;
  const moved = (units: readonly HashedUnit[]) =>
    units.map(unit => ({ ...unit, dts: unit.dts - start, pts: unit.pts - start }));
  return { video: moved(video), audio: moved(audio) };
}

async function files(storage: string): Promise<string[]> {
  const entries = await readdir(storage, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter(entry => entry.isFile()).map(entry => entry.name);
}

describe.skipIf(lacks('ffmpeg'))('a media node that is killed while it records', () => {
  it('loses the last fragment at most, and what is left is whole and signed', {
    timeout: 90_000,
  }, async () => {
    const env = {
      FLUX_MEDIA_STORAGE_DIR: join(folder, 'storage'),
      FLUX_RECORDING_STATE_DIR: join(folder, 'state'),
      FLUX_RECORDING_MIN_FREE_BYTES: '0',
    };
    const source = await clip('h264-aac-70s.flv');
    const expected = await hashedUnits(source, 'h264');
    let killedAt = 0;
    {
      await using flux = await FluxCluster.start(1, env);
      await using _publisher = publish(source, flux.rtmpUrl('cam1'));
      await flux.untilLive('cam1');
      await fetch(`${flux.api}/api/v1/streams/cam1/record`, { method: 'POST' });
      const list = async () => (await flux.get<{ recordings: Recording[] }>('/recordings')).recordings;
      await until('something is recorded', async () => ((await list())[0]?.duration_seconds ?? 0) >= 5);
      const [node] = await flux.nodes();
      killedAt = Date.now();
      process.kill(node!.pid, 'SIGKILL');
      const recording = await until(
        'the file is repaired',
        async () => (await list()).find(({ end_reason }) => end_reason === 'crashed'),
        30_000,
      );
      // A fragment is a second; the clocks of sender and machine are not the same.
      expect(killedAt - Date.parse(recording.ended_at)).toBeLessThan(1500);
      const answer = await fetch(`${flux.api}${recording.url}`);
      await writeFile(join(folder, 'crashed.mp4'), Buffer.from(await answer.arrayBuffer()));
    }
    const crashed = await hashedUnits(join(folder, 'crashed.mp4'), 'h264');
    expect(crashed.video.length).toBeGreaterThanOrEqual(125);
    // It begins with the pictures cached, which sound may precede or not.
    const sent = fromFirstPicture(expected);
    const kept = fromFirstPicture(crashed);
    expect(difference(sent.video.slice(0, kept.video.length), kept.video)).toEqual([]);
    const first = sent.audio.findIndex(unit => unit.hash === kept.audio[0]?.hash);
    expect(difference(sent.audio.slice(first, first + kept.audio.length), kept.audio)).toEqual([]);
    expect((await probe(join(folder, 'crashed.mp4'))).messages).toBe('');

    const verify = () =>
      spawnSync(process.execPath, [MAIN, 'recordings', 'verify'], {
        env: { ...process.env, ...env },
        encoding: 'utf8',
      });
    expect(verify()).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('0 of them not as they were'),
    });
    const names = await files(join(folder, 'storage'));
    expect(names.every(name => name.endsWith('.mp4') || name.endsWith('.json'))).toBe(true);
    const found = execFileSync('find', [join(folder, 'storage'), '-name', '*.mp4'], {
      encoding: 'utf8',
    }).trim();
    const path = found.split('\n')[0]!;
    const data = await readFile(path);
    data[data.length >> 1]! ^= 1;
    await writeFile(path, data);
    expect(verify()).toMatchObject({ status: 1, stdout: expect.stringContaining('its content was altered') });
  });
});

describe.skipIf(lacks('ffmpeg', 'swift'))('recordings on an object store', () => {
  it('wait while it is away, are there whole afterwards, and are read from there', {
    timeout: 180_000,
  }, async () => {
    await using swift = await Swift.start();
    const { endpoint, region, accessKeyId, secretAccessKey, bucket } = swift;
    const credentials = { accessKeyId, secretAccessKey };
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    const storage = join(folder, 'storage');
    await using gateway = await TestGateway.start({
      'media.storage_dir': storage,
      'recording.state_dir': join(folder, 'state'),
      'recording.min_free_bytes': 0,
      'recording.storage': 's3',
      'storage.s3.endpoint': endpoint,
      'storage.s3.region': region,
      'storage.s3.bucket': bucket,
      'storage.s3.access_key_id': accessKeyId,
      'storage.s3.secret_access_key': secretAccessKey,
    });
    const list = async () =>
      ((await gateway.api('/api/v1/recordings')) as { recordings: Recording[] }).recordings;
    const source = await clip('h264-aac.flv');
    await using publisher = publish(source, gateway.rtmpUrl('cam1'));
    await gateway.untilLive('cam1');
    await gateway.api('/api/v1/streams/cam1/record', 'POST', { file_seconds: 2 });
    await until('the first file is taken away', async () => {
      const [first] = await list();
      return first?.state === 'finished' && !(await files(storage)).some(name => first.path.endsWith(name));
    });
    await swift.goAway();
    await publisher.finished;
    const all = await until('all are finished', async () => {
      const found = await list();
      return found.length === 5 && found.every(({ state }) => state === 'finished') && found;
    });
    // Those that came since wait here.
    expect((await files(storage)).length).toBeGreaterThan(3);
    await swift.comeBack();
    await until('all are taken away', async () => (await files(storage)).length === 0, 60_000);
    const remote = new S3Storage({ endpoint, region, bucket, credentials, prefix: '', pathStyle: true });
    const keys = [];
    for await (const { key } of remote.list('recordings/cam1/')) keys.push(key);
    expect(keys.sort()).toEqual(all.flatMap(({ path }) => [path, `${path}.json`]).sort());

    const to = new Date(Date.parse(all.at(-1)!.ended_at) + 60_000).toISOString();
    const query = `stream_id=cam1&from=${all[0]!.started_at}&to=${to}`;
    const answer = await fetch(`http://127.0.0.1:${gateway.apiPort}/api/v1/recordings/export.mp4?${query}`);
    await writeFile(join(folder, 'whole.mp4'), Buffer.from(await answer.arrayBuffer()));
    const expected = await hashedUnits(source, 'h264');
    const actual = await hashedUnits(join(folder, 'whole.mp4'), 'h264');
    expect(difference(expected.video, actual.video)).toEqual([]);
    const playlist = `http://127.0.0.1:${gateway.apiPort}/api/v1/recordings/index.m3u8?${query}`;
    expect((await probe(playlist, ['-allowed_extensions', 'ALL'])).video.length).toBe(250);
    expect(await gateway.api(`/api/v1/recordings/${all[0]!.id}`, 'DELETE')).toBeUndefined();
    expect(await remote.stat(all[0]!.path)).toBeUndefined();
  });
});
