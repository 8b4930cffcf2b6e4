/** What the API was asked for is done again after the whole program was killed, and after the server alone was. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FluxCluster, freePorts } from './support/flux-process.ts';
import { lacks, until } from './support/processes.ts';
import { GStreamerCamera } from './support/rtsp-camera.ts';

interface Connection {
  readonly state: string;
  readonly last_error?: string;
}
interface Ingest extends Connection {
  readonly stream_id: string;
  readonly protocol: string;
  readonly publish_url?: string;
}
interface Push extends Connection {
  readonly id: string;
}
interface Active {
  readonly stream_id: string;
  readonly state: string;
  readonly recording_id?: string;
  readonly size?: number;
}

const PASSWORD = 'the-password-of-the-camera';
const STREAM_KEY = 'the-key-of-the-other-server';
/** Milliseconds from the start of the program to all being as it was. */
const BACK_WITHIN = 30_000;

const folder = mkdtempSync(join(tmpdir(), 'flux-restart-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const env = {
  FLUX_DATABASE_URL: `sqlite:${join(folder, 'flux.db')}`,
  FLUX_MEDIA_STORAGE_DIR: join(folder, 'storage'),
  FLUX_RECORDING_STATE_DIR: join(folder, 'state'),
  FLUX_RECORDING_MIN_FREE_BYTES: '0',
};

async function ingestsOf(flux: FluxCluster): Promise<Ingest[]> {
  const { ingests } = await flux.get<{ ingests: Ingest[] }>('/ingests');
  return ingests.sort((one, other) => (one.stream_id < other.stream_id ? -1 : 1));
}

async function pushOf(flux: FluxCluster): Promise<Push | undefined> {
  const { pushes } = await flux.get<{ pushes: Push[] }>('/streams/cam/pushes');
  expect(pushes.length).toBeLessThanOrEqual(1);
  return pushes[0];
}

async function recordingOf(flux: FluxCluster): Promise<Active | undefined> {
  return (await flux.get<{ recordings: Active[] }>('/recordings/active')).recordings[0];
}

/** A recording whose file grows; its id. */
async function untilRecorded(flux: FluxCluster, timeout: number): Promise<string> {
  let before: number | undefined;
  return until(
    'the recording grows',
    async () => {
      const { state, size, recording_id } = (await recordingOf(flux)) ?? {};
      const grows = state === 'recording' && size !== undefined && before !== undefined && size > before;
      before = size;
      return grows && recording_id;
    },
    timeout,
  );
}

/** Bytes of pictures that a viewer gets. */
async function untilSeen(flux: FluxCluster): Promise<void> {
  const answer = await fetch(flux.flvUrl('cam'));
  expect(answer.status).toBe(200);
  let bytes = 0;
  for await (const part of answer.body!) {
    bytes += part.length;
    if (bytes > 100_000) break;
  }
  expect(bytes).toBeGreaterThan(100_000);
}

async function untilBack(flux: FluxCluster, began: number): Promise<string> {
  const left = () => BACK_WITHIN - (performance.now() - began);
  await until('it is live', async () => (await ingestsOf(flux))[0]?.state === 'connected', left());
  await flux.untilLive('cam');
  await untilSeen(flux);
  await until('it is pushed', async () => (await pushOf(flux))?.state === 'connected', left());
  return untilRecorded(flux, left());
}

describe.skipIf(lacks('gst-rtsp-server'))('ingests, pushes and recordings', () => {
  it('come back by themselves, and what was taken back does not', { timeout: 150_000 }, async () => {
    await using camera = await GStreamerCamera.start('--user', 'ada', '--password', PASSWORD);
    await using target = await FluxCluster.start(1);
    let recordingId: string;
    let push: Push;
    {
      await using flux = await FluxCluster.start(2, env);
      const source = { rtsp: { url: camera.url, username: 'ada', password: PASSWORD } };
      const body = { protocol: 'rtsp', stream_id: 'cam', source };
      const headers = { 'idempotency-key': 'once' };
      const added = await flux.ask<Ingest>('POST', '/streams/ingest', body, headers);
      expect(await flux.ask('POST', '/streams/ingest', body, headers)).toEqual(added);
      await expect(flux.ask('POST', '/streams/ingest', body)).rejects.toThrow('STREAM_BUSY');
      const name = { protocol: 'rtmp', source: { rtmp: { app: 'live', stream: 'waited' } } };
      await flux.ask('POST', '/streams/ingest', name);
      await flux.untilLive('cam');
      push = await flux.ask('POST', '/streams/cam/push', {
        url: `${target.rtmpUrl('copy')}?key=${STREAM_KEY}`,
      });
      await flux.ask('POST', '/streams/cam/record', {});
      recordingId = await untilRecorded(flux, 15_000);
      await target.untilLive('copy');
      for (const path of ['/ingests', '/streams', '/streams/cam', '/streams/cam/pushes', '/audit']) {
        const text = JSON.stringify(await flux.get(path));
        expect(text).not.toContain(PASSWORD);
        expect(text).not.toContain(STREAM_KEY);
      }
      await flux.process.crash();
      expect(flux.process.stderr).not.toContain(PASSWORD);
    }
    for (const name of ['flux.db', 'flux.db-wal'].filter(name => existsSync(join(folder, name)))) {
      const data = readFileSync(join(folder, name));
      expect(data.includes(PASSWORD)).toBe(false);
      expect(data.includes(STREAM_KEY)).toBe(false);
    }
    expect(statSync(join(folder, 'flux.db.key')).mode & 0o777).toBe(0o600);

    const connections = () => camera.log.filter(line => line === 'play').length;
    const before = connections();
    {
      const [port = 0] = await freePorts(1);
      const began = performance.now();
      // The server alone is to come back where it was.
      await using flux = await FluxCluster.start(2, { ...env, FLUX_SERVER_BIND: `127.0.0.1:${port}` });
      const another = await untilBack(flux, began);
      expect(another).not.toBe(recordingId);
      expect((await pushOf(flux))?.id).toBe(push.id);
      const ingests = await ingestsOf(flux);
      expect(ingests.map(({ stream_id, protocol, state }) => [stream_id, protocol, state])).toEqual([
        ['cam', 'rtsp', 'connected'],
        ['waited', 'rtmp', 'waiting'],
      ]);
      expect(ingests[1]?.publish_url).toContain('/live/waited');
      expect(connections() - before).toBe(1);

      // The server alone: what the nodes do goes on, and is the server's again.
      process.kill(flux.process.pidOf('server'), 'SIGKILL');
      await until('the server is back, with its nodes', async () => {
        const nodes = await flux.nodes().catch(() => []);
        return nodes.length === 2;
      });
      expect(await untilBack(flux, performance.now())).toBe(another);
      await new Promise(resolve => setTimeout(resolve, 4000));
      expect((await ingestsOf(flux)).map(({ stream_id }) => stream_id)).toEqual(['cam', 'waited']);
      expect(connections() - before).toBe(1);

      await flux.ask('DELETE', '/streams/cam/record');
      await flux.ask('DELETE', `/streams/cam/pushes/${push.id}`);
      await flux.ask('DELETE', '/ingests/cam');
      await flux.process.crash();
    }
    await using flux = await FluxCluster.start(2, env);
    expect((await ingestsOf(flux)).map(({ stream_id }) => stream_id)).toEqual(['waited']);
    await until(
      'what is left is waited for',
      async () => (await flux.nodes()).length === 2 && (await ingestsOf(flux))[0]?.state === 'waiting',
    );
    await new Promise(resolve => setTimeout(resolve, 3000));
    expect(await recordingOf(flux)).toBeUndefined();
    expect(await pushOf(flux)).toBeUndefined();
    expect(connections() - before).toBe(1);
  });
});
