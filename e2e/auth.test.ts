/** Scenarios 39 and 40: who may publish and play, over every protocol, with the clients that people have. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { clip } from './support/clips.ts';
import { FluxCluster, FluxProcess } from './support/flux-process.ts';
import { record, TestGateway } from './support/gateway.ts';
import { lacks, RunningProcess, run, until } from './support/processes.ts';

const KEY = 'key-of-the-tests-0123456789';
const GUARDED = {
  'auth.enabled': true,
  'auth.open_publish': 'none',
  'auth.open_play': 'none',
  'auth.api_key': KEY,
  'protocols.hls.segment_duration': 1,
};

/** Tokens that are wrong, each in one way. */
const FAULTS = ['none', 'expired', 'wrong stream', 'wrong action', 'wrong address', 'forged'] as const;
type Fault = (typeof FAULTS)[number];

async function tokenWith(
  gateway: TestGateway,
  action: 'publish' | 'play',
  id: string,
  fault?: Fault,
): Promise<string> {
  if (fault === 'none') return '';
  const { token } = await gateway.accounts.tokens.issue({
    tenantId: 'default',
    streamId: fault === 'wrong stream' ? 'another' : id,
    action: fault === 'wrong action' ? (action === 'play' ? 'publish' : 'play') : action,
    expiresAt: Date.now() + (fault === 'expired' ? -1000 : 60_000),
    address: fault === 'wrong address' ? '10.1.2.3' : undefined,
  });
  return fault === 'forged' ? token.replace(/.$/, last => (last === 'A' ? 'E' : 'A')) : token;
}

const WAYS = ['rtmp', 'rtsp', 'rtsp with digest', 'flv', 'flv with a header', 'hls'] as const;
type Way = (typeof WAYS)[number];

function url(gateway: TestGateway, way: Way, id: string, token: string): string {
  const query = token === '' ? '' : `?token=${token}`;
  switch (way) {
    case 'rtmp':
      return gateway.rtmpUrl(id) + query;
    case 'rtsp':
      return gateway.rtspUrl(id) + query;
    case 'rtsp with digest':
      return gateway
        .rtspUrl(id)
        .replace('://', token === '' ? '://' : `://${idIn(token)}:${token.split('.')[1]}@`);
    case 'flv with a header':
      return gateway.playUrl('flv', id);
    default:
      return gateway.playUrl(way, id) + query;
  }
}

/** The user that a token is with Digest; its seal is the password. */
function idIn(token: string): string {
  const claims = JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as string[];
  return claims[1]!;
}

function publisher(source: string, address: string): RunningProcess {
  const format = address.startsWith('rtsp') ? ['rtsp', '-rtsp_transport', 'tcp'] : ['flv'];
  return new RunningProcess('ffmpeg', [
    ...['-v', 'error', '-re', '-stream_loop', '-1', '-i', source, '-c', 'copy', '-f', ...format, address],
  ]);
}

/** Whether ffmpeg gets a picture. */
async function plays(way: Way, address: string, token: string): Promise<boolean> {
  const header =
    way === 'flv with a header' && token !== '' ? ['-headers', `Authorization: Bearer ${token}\r\n`] : [];
  const transport = way.startsWith('rtsp') ? ['-rtsp_transport', 'tcp'] : [];
  const { code } = await run('ffmpeg', [
    ...[
      '-v',
      'error',
      ...header,
      ...transport,
      '-i',
      address,
      '-frames:v',
      '2',
      '-c',
      'copy',
      '-f',
      'null',
      '-',
    ],
  ]);
  return code === 0;
}

describe.skipIf(lacks('ffmpeg'))('tokens', () => {
  let gateway: TestGateway;
  let source: string;
  let encoder: RunningProcess;

  beforeAll(async () => {
    gateway = await TestGateway.start(GUARDED);
    source = await clip('h264-aac.flv');
    encoder = publisher(source, url(gateway, 'rtmp', 'cam1', await tokenWith(gateway, 'publish', 'cam1')));
    await gateway.untilLive('cam1');
  });
  afterAll(async () => {
    await encoder?.[Symbol.asyncDispose]();
    await gateway?.[Symbol.asyncDispose]();
  });

  for (const way of ['rtmp', 'rtsp', 'rtsp with digest'] as const) {
    it(`let publish by ${way}, and nobody without the right one`, async () => {
      for (const fault of FAULTS) {
        const token = await tokenWith(gateway, 'publish', 'cam2', fault);
        await using refused = publisher(source, url(gateway, way, 'cam2', token));
        expect((await refused.finished).code, fault).not.toBe(0);
        expect(gateway.orchestrator.getStreamStatus('cam2'), fault).toBeUndefined();
      }
      const token = await tokenWith(gateway, 'publish', 'cam2');
      await using _let = publisher(source, url(gateway, way, 'cam2', token));
      await gateway.untilLive('cam2');
      await gateway.api('/api/v1/streams/cam2/stop', 'POST');
    });
  }

  for (const way of WAYS) {
    it(`let play by ${way}, and nobody without the right one`, async () => {
      for (const fault of FAULTS) {
        const token = await tokenWith(gateway, 'play', 'cam1', fault);
        expect(await plays(way, url(gateway, way, 'cam1', token), token), fault).toBe(false);
      }
      const token = await tokenWith(gateway, 'play', 'cam1');
      expect(await plays(way, url(gateway, way, 'cam1', token), token)).toBe(true);
    });
  }

  it('are answered by 401 where there is none, by 403 where it is the wrong one', async () => {
    const none = await fetch(gateway.playUrl('flv', 'cam1'));
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    const expired = await tokenWith(gateway, 'play', 'cam1', 'expired');
    const wrong = await fetch(`${gateway.playUrl('hls', 'cam1')}?token=${expired}`);
    expect([wrong.status, await wrong.json()]).toMatchObject([403, { detail: 'The token has expired.' }]);
    // Whether there is such a stream is not told to those who may not see it.
    expect((await fetch(gateway.playUrl('flv', 'nothing'))).status).toBe(401);
  });

  it('are written down when they are refused', async () => {
    await fetch(`${gateway.playUrl('flv', 'cam1')}?token=wrong`);
    await until('the refusal is in the audit log', async () => {
      const { items } = (await gateway.api('/api/v1/audit?action=play&result=refused')) as {
        items: { target: string; code: string; address: string }[];
      };
      return items.some(
        item => item.target === 'cam1' && item.code === 'NOT_ALLOWED' && item.address === '127.0.0.1',
      );
    });
  });

  it('end within a second on every protocol when they are taken back', async () => {
    const made = (await gateway.api('/api/v1/streams/cam1/tokens', 'POST', { action: 'play' })) as {
      id: string;
      token: string;
    };
    const begin = (way: Way, ...options: string[]) =>
      new RunningProcess('ffmpeg', [
        ...[
          '-v',
          'error',
          ...options,
          '-i',
          url(gateway, way, 'cam1', made.token),
          '-c',
          'copy',
          '-f',
          'null',
          '-',
        ],
      ]);
    await using rtmp = begin('rtmp');
    await using rtsp = begin('rtsp with digest', '-rtsp_transport', 'tcp');
    await using udp = begin('rtsp', '-rtsp_transport', 'udp');
    await using flv = begin('flv');
    const socket = new WebSocket(url(gateway, 'flv', 'cam1', made.token).replace('http:', 'ws:'));
    const socketClosed = new Promise(resolve => socket.once('close', resolve));
    socket.on('error', () => {});
    const hls = url(gateway, 'hls', 'cam1', made.token);
    expect((await fetch(hls)).status).toBe(200);
    const viewers = () =>
      gateway.orchestrator.findStream('cam1')?.viewers.filter(({ protocol }) => protocol !== 'hls');
    await until('all five watch', () => viewers()?.length === 5);
    const before = performance.now();
    await gateway.api(`/api/v1/streams/cam1/tokens/${made.id}`, 'DELETE');
    await until('nobody watches', () => viewers()?.length === 0);
    await Promise.all([rtmp.finished, rtsp.finished, flv.finished, socketClosed]);
    expect(performance.now() - before).toBeLessThan(1000);
    await udp[Symbol.asyncDispose]();
    expect((await fetch(hls)).status).toBe(403);
    // Who was not concerned goes on.
    expect(gateway.orchestrator.getStreamStatus('cam1')?.state).toBe('live');
  });

  it('are forgotten when the client goes by itself', async () => {
    // The publisher's.
    await until('no session is left of the tests before', () => gateway.sessionCount === 1);
    const token = await tokenWith(gateway, 'play', 'cam1');
    const recording = record.start(url(gateway, 'flv', 'cam1', token));
    await using rtsp = new RunningProcess('ffmpeg', [
      ...[
        '-v',
        'error',
        '-rtsp_transport',
        'udp',
        '-i',
        url(gateway, 'rtsp', 'cam1', token),
        '-f',
        'null',
        '-',
      ],
    ]);
    await using rtmp = new RunningProcess('ffmpeg', [
      ...['-v', 'error', '-i', url(gateway, 'rtmp', 'cam1', token), '-f', 'null', '-'],
    ]);
    await until('all three are held', () => gateway.sessionCount === 4);
    recording.stop();
    rtsp.kill('SIGINT');
    rtmp.kill('SIGKILL');
    await until('none of them is', () => gateway.sessionCount === 1);
  });

  it('of a key end with the key, also the publisher', async () => {
    const key = (await gateway.api('/api/v1/keys', 'POST', { name: 'encoder', role: 'operator' })) as {
      id: string;
      key: string;
    };
    await using encoder = publisher(source, url(gateway, 'rtmp', 'cam3', key.key));
    await gateway.untilLive('cam3');
    const before = performance.now();
    await gateway.api(`/api/v1/keys/${key.id}`, 'DELETE');
    await encoder.finished;
    expect(performance.now() - before).toBeLessThan(1000);
    await using again = publisher(source, url(gateway, 'rtmp', 'cam3', key.key));
    expect((await again.finished).code).not.toBe(0);
  });

  it('may expire while HLS is watched, which goes on', async () => {
    const { token } = (await gateway.api('/api/v1/streams/cam1/tokens', 'POST', {
      action: 'play',
      expires_in: 2,
    })) as { token: string };
    const hls = url(gateway, 'hls', 'cam1', token);
    expect((await fetch(hls)).status).toBe(200);
    await sleep(2500);
    expect((await fetch(hls)).status).toBe(200);
    // Nobody begins by it any more.
    expect((await fetch(url(gateway, 'flv', 'cam1', token))).status).toBe(403);
  });

  it('are not needed by another tenant to see that it sees nothing', async () => {
    await gateway.api('/api/v1/tenants', 'POST', { id: 'acme', apps: ['acme'], max_viewers: 1 });
    const { key } = (await gateway.api('/api/v1/keys', 'POST', {
      name: 'acme',
      role: 'operator',
      tenant: 'acme',
    })) as {
      key: string;
    };
    const asAcme = { headers: { authorization: `Bearer ${key}` } };
    const base = `http://127.0.0.1:${gateway.apiPort}/api/v1`;
    expect((await fetch(`${base}/streams/cam1`, asAcme)).status).toBe(404);
    expect((await fetch(`${gateway.playUrl('flv', 'cam1')}?token=${key}`)).status).toBe(403);
    const acme = `rtmp://127.0.0.1:${gateway.rtmpPort}/acme/cam1?token=${key}`;
    await using _encoder = publisher(source, acme);
    await gateway.untilLive('acme~cam1');
    expect(await (await fetch(`${base}/streams`, asAcme)).json()).toMatchObject({
      total: 1,
      streams: [{ stream_id: 'acme~cam1' }],
    });
    const address = `${gateway.playUrl('flv', 'acme~cam1')}?token=${key}`;
    const first = record.start(address);
    await until('one watches', () => gateway.orchestrator.findStream('acme~cam1')?.viewerCount === 1);
    const second = await fetch(address);
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '5']);
    await gateway.api('/api/v1/tenants/acme', 'PATCH', { active: false });
    await first.body.catch(() => {});
    await until('the stream is gone', () => gateway.orchestrator.findStream('acme~cam1')?.state !== 'live');
  });
});

describe.skipIf(lacks('ffmpeg'))('two media nodes', () => {
  it('decide by what the server pushed to them, and end what it takes back', async () => {
    await using flux = await FluxCluster.start(2, {
      FLUX_AUTH_ENABLED: 'true',
      FLUX_AUTH_OPEN_PLAY: 'none',
      FLUX_AUTH_API_KEY: KEY,
    });
    const ask = async <Answer>(path: string, method = 'GET', body?: object): Promise<Answer> => {
      const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
      const answer = await fetch(`${flux.api}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${KEY}`, ...type },
        body: body && JSON.stringify(body),
      });
      return (answer.status === 204 ? undefined : await answer.json()) as Answer;
    };
    expect((await fetch(`${flux.api}/api/v1/streams`)).status).toBe(401);
    // From this machine nothing is needed to publish, as it comes.
    await using _encoder = publisher(await clip('h264-aac.flv'), flux.rtmpUrl('cam1'));
    await until('it is live', async () => (await ask<{ state?: string }>('/streams/cam1')).state === 'live');
    expect((await fetch(flux.flvUrl('cam1'))).status).toBe(401);
    const { id, token } = await ask<{ id: string; token: string }>('/streams/cam1/tokens', 'POST', {
      action: 'play',
    });
    const viewers = Array.from({ length: 6 }, () => record.start(`${flux.flvUrl('cam1')}?token=${token}`));
    const count = async () => (await ask<{ viewers: { count: number } }>('/streams/cam1')).viewers.count;
    await until('all watch', async () => (await count()) === 6);
    const before = performance.now();
    await ask(`/streams/cam1/tokens/${id}`, 'DELETE');
    await Promise.all(viewers.map(({ body }) => body.catch(() => {})));
    expect(performance.now() - before).toBeLessThan(1000);
    await until('the refusal of a node is in the audit log', async () => {
      const { total } = await ask<{ total: number }>('/audit?action=play&result=refused');
      return total > 0;
    });
  });
});

describe('the first start', () => {
  it('makes an administrator, whose link works once, and a log that outlives SIGKILL', async () => {
    using file = record.temporary('flux.db');
    const database = { FLUX_DATABASE_URL: `sqlite:${file.path}` };
    await using flux = await FluxCluster.start(1, { ...database, FLUX_AUTH_ENABLED: 'true' });
    const link = await flux.process.prints(/Log in\s+(http:\S+)/);
    const come = await fetch(link, { redirect: 'manual' });
    expect([come.status, come.headers.get('location')]).toEqual([303, '/']);
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(401);
    const cookie = come.headers.get('set-cookie')!.split(';')[0]!;
    const api = `${flux.api}/api/v1`;
    const session = (await (await fetch(`${api}/auth/session`, { headers: { cookie } })).json()) as {
      csrf_token: string;
    };
    for (let number = 1; number <= 5; number++) {
      const made = await fetch(`${api}/keys`, {
        method: 'POST',
        headers: { cookie, 'x-csrf-token': session.csrf_token, 'content-type': 'application/json' },
        body: JSON.stringify({ name: `key ${number}`, role: 'viewer' }),
      });
      expect(made.status).toBe(201);
    }
    flux.process.kill('SIGKILL');
    await flux.process.finished;
    const verify = async (...more: string[]) => {
      const { code, stdout } = await new FluxProcess(['audit', 'verify', ...more], database).finished;
      return { code, stdout };
    };
    const whole = await verify();
    // The link, the link again, five keys.
    expect(whole).toMatchObject({ code: 0, stdout: expect.stringContaining('7 entries, none changed.') });
    const head = whole.stdout.trim().split('\n').at(-1)!;
    expect((await verify(head)).code).toBe(0);
    const { DatabaseSync } = await import('node:sqlite');
    const sqlite = new DatabaseSync(file.path);
    sqlite.exec("DROP TRIGGER audit_no_update; UPDATE audit SET address = '10.9.9.9' WHERE sequence = 4");
    sqlite.close();
    expect(await verify()).toEqual({
      code: 1,
      stdout: 'Entry 4 is not as it was written: it was changed after it was written.\n',
    });
  });
});
