/** Scenario 41: hooks for publish, play, stop, as encoders and players of every protocol meet them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { take } from '@flux-iot/client/client';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { clip } from './support/clips.ts';
import { TestGateway } from './support/gateway.ts';
import { decide, HookServer } from './support/hook-server.ts';
import { lacks, RunningProcess, run, until } from './support/processes.ts';

type HookRequest = { events?: string[]; decides?: string[]; timeout_seconds?: number };

/** A gateway whose hooks may be on this host, and one hook by the API. */
async function start(server: { readonly url: string }, hook: HookRequest) {
  const gateway = await TestGateway.start({
    'server.hook_networks': ['127.0.0.0/8'],
    'protocols.hls.segment_duration': 1,
  });
  const made = await take(
    gateway.client.POST('/api/v1/hooks', { body: { url: server.url, ...hook } as { url: string } }),
  );
  return { gateway, id: made.id, secret: made.secret ?? '' };
}

async function publisher(gateway: TestGateway, id: string, protocol: 'rtmp' | 'rtsp' = 'rtmp') {
  const target =
    protocol === 'rtmp'
      ? ['-f', 'flv', gateway.rtmpUrl(id)]
      : ['-f', 'rtsp', '-rtsp_transport', 'tcp', gateway.rtspUrl(id)];
  const source = await clip('h264-aac-70s.flv');
  return new RunningProcess('ffmpeg', ['-v', 'error', '-re', '-i', source, '-c', 'copy', ...target]);
}

/** How long a player got something, and what it said. */
async function play(url: string, seconds = 2) {
  const tcp = url.startsWith('rtsp:') ? ['-rtsp_transport', 'tcp'] : [];
  const args = ['-v', 'error', ...tcp, '-i', url, '-t', String(seconds), '-c', 'copy', '-f', 'null', '-'];
  return run('ffmpeg', args);
}

function playUrls(gateway: TestGateway, id: string): Record<string, string> {
  return {
    rtmp: gateway.playUrl('rtmp', id),
    rtsp: gateway.rtspUrl(id),
    flv: gateway.playUrl('flv', id),
    hls: gateway.playUrl('hls', id),
  };
}

describe.skipIf(lacks('ffmpeg'))('hooks', () => {
  it('are told of publish, play and stop, signed so that a library for Standard Webhooks takes them', {
    timeout: 60_000,
  }, async () => {
    await using server = await HookServer.start();
    const { gateway, secret } = await start(server, {
      events: ['publish', 'play', 'stop', 'stream-ready', 'stream-closed'],
    });
    await using _gateway = gateway;
    await using encoder = await publisher(gateway, 'cam1');
    await gateway.untilLive('cam1');
    expect((await play(gateway.playUrl('flv', 'cam1'))).code).toBe(0);
    await until('the viewer is gone', () => server.of('stop').length === 1);
    encoder.kill('SIGINT');
    await until('the stream is over', () => server.of('stream-closed').length === 1);
    await until('all was told', () => server.received.length === 6);
    expect(server.received.map(({ type }) => type).sort()).toEqual(
      ['play', 'publish', 'stop', 'stop', 'stream-closed', 'stream-ready'].sort(),
    );
    for (const { body, headers } of server.received)
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toBeTruthy();
    expect(server.of('publish')[0]?.data).toMatchObject({
      node: 'node-1',
      stream_id: 'cam1',
      protocol: 'rtmp',
    });
    const [viewer, source] = server.of('stop').map(({ data }) => data);
    expect(viewer).toMatchObject({ role: 'viewer', protocol: 'flv', stream_id: 'cam1' });
    expect(viewer?.bytes).toBeGreaterThan(10_000);
    expect(source).toMatchObject({ role: 'publisher', protocol: 'rtmp', reason: 'unpublished' });
    const forged = { ...server.received[0]!.headers, 'webhook-timestamp': '1' } as Record<string, string>;
    expect(() => new Webhook(secret).verify(server.received[0]!.body, forged)).toThrow();
  });

  it('refuse publishers by RTMP and RTSP, with the reason', { timeout: 60_000 }, async () => {
    await using server = await HookServer.start(decide({ allow: false, reason: 'No contract.' }));
    const { gateway } = await start(server, { decides: ['publish'] });
    await using _gateway = gateway;
    for (const protocol of ['rtmp', 'rtsp'] as const) {
      await using encoder = await publisher(gateway, `cam-${protocol}`, protocol);
      const { code, stderr } = await encoder.finished;
      expect(code).not.toBe(0);
      if (protocol === 'rtmp') expect(stderr).toContain('No contract.');
      else expect(stderr).toContain('403');
      expect(gateway.orchestrator.findStream(`cam-${protocol}`)).toBeUndefined();
    }
    expect(server.of('on_publish').map(({ data }) => [data.stream_id, data.protocol, data.address])).toEqual([
      ['cam-rtmp', 'rtmp', '127.0.0.1'],
      ['cam-rtsp', 'rtsp', '127.0.0.1'],
    ]);
  });

  it('are asked for every viewer by RTMP, RTSP, HTTP-FLV, WS-FLV and HLS', { timeout: 90_000 }, async () => {
    await using server = await HookServer.start(decide({ allow: true }));
    const { gateway } = await start(server, { decides: ['play'] });
    await using _gateway = gateway;
    await using _encoder = await publisher(gateway, 'cam1');
    await gateway.untilLive('cam1');
    for (const [protocol, url] of Object.entries(playUrls(gateway, 'cam1'))) {
      const { code, stderr } = await play(`${url}?token=${protocol}-1`);
      expect([protocol, code, stderr]).toEqual([protocol, 0, '']);
      const asked = server.of('on_play').filter(({ data }) => data.token === `${protocol}-1`);
      // HLS asks again and again; it is remembered for a moment.
      expect(asked.length).toBeGreaterThanOrEqual(1);
      expect(asked.length).toBeLessThanOrEqual(protocol === 'hls' ? 4 : 1);
      expect(asked[0]?.data).toMatchObject({ stream_id: 'cam1', protocol });
    }
    server.reply = decide({ allow: false, reason: 'Not today.' });
    for (const [protocol, url] of Object.entries(playUrls(gateway, 'cam1'))) {
      const { code } = await play(`${url}?token=${protocol}-2`);
      expect([protocol, code === 0]).toEqual([protocol, false]);
    }
    const answer = await fetch(gateway.playUrl('flv', 'cam1'));
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'NOT_ALLOWED', detail: 'Not today.' });
    const socket = new WebSocket(gateway.playUrl('flv', 'cam1').replace('http:', 'ws:'));
    const status = await new Promise(resolve => {
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode));
      socket.once('open', () => resolve('open'));
      socket.on('error', () => {});
    });
    expect(status).toBe(403);
    expect(server.of('on_play').some(({ data }) => data.protocol === 'ws-flv')).toBe(true);
  });

  it('send viewers elsewhere where their protocol can', { timeout: 60_000 }, async () => {
    await using server = await HookServer.start(decide({ allow: true }));
    const { gateway } = await start(server, { decides: ['play'] });
    await using _gateway = gateway;
    await using _encoder = await publisher(gateway, 'cam1');
    await gateway.untilLive('cam1');
    const elsewhere: Record<string, string> = {
      rtsp: gateway.rtspUrl('cam1'),
      flv: gateway.playUrl('flv', 'cam1'),
      hls: gateway.playUrl('hls', 'cam1'),
    };
    server.reply = ({ data }, response) => {
      const isHere = data.token === 'here';
      const redirect = `${elsewhere[String(data.protocol)]}?token=here`;
      decide(isHere ? { allow: true } : { allow: false, redirect })({} as never, response);
    };
    for (const [protocol, url] of Object.entries(elsewhere)) {
      const { code, stderr } = await play(url);
      expect([protocol, code, stderr]).toEqual([protocol, 0, '']);
    }
    const answer = await fetch(elsewhere.flv!, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, `${elsewhere.flv}?token=here`]);
    // RTMP has no way that its clients know: it is refused.
    expect((await play(gateway.playUrl('rtmp', 'cam1'))).code).not.toBe(0);
  });

  it('limit the time of publishers and viewers', { timeout: 90_000 }, async () => {
    await using server = await HookServer.start(decide({ allow: true, lifetime: 3 }));
    const { gateway } = await start(server, { decides: ['play'], events: ['stop', 'stream-closed'] });
    await using _gateway = gateway;
    await using _encoder = await publisher(gateway, 'cam1');
    await gateway.untilLive('cam1');
    for (const [protocol, url] of Object.entries(playUrls(gateway, 'cam1'))) {
      const before = performance.now();
      await play(url, 20);
      const seconds = (performance.now() - before) / 1000;
      expect([protocol, seconds < 15]).toEqual([protocol, true]);
    }
    const made = { url: server.url, decides: ['publish' as const] };
    await take(gateway.client.POST('/api/v1/hooks', { body: made }));
    await using short = await publisher(gateway, 'cam2');
    const begun = performance.now();
    await short.finished;
    expect(performance.now() - begun).toBeLessThan(15_000);
    await until('its end is told', () =>
      server.of('stream-closed').some(({ data }) => data.stream_id === 'cam2' && data.reason === 'time-over'),
    );
  });

  it('let nobody in while they are away, slow, or lie', { timeout: 60_000 }, async () => {
    await using server = await HookServer.start();
    const { gateway, id } = await start(server, { decides: ['publish', 'play'], timeout_seconds: 0.5 });
    await using _gateway = gateway;
    await using _encoder = await publisher(gateway, 'cam1');
    await gateway.untilLive('cam1');
    const url = gateway.playUrl('flv', 'cam1');
    const lies: Record<string, HookServer['reply']> = {
      'a page': (_hook, response) => response.end('<html>It works!</html>'),
      'nothing, with 200': (_hook, response) => response.end(),
      '"true"': decide(true),
      'an unknown word': decide({ allow: true, admin: true }),
      'the wrong type': decide({ allow: 'yes' }),
      'no lifetime': decide({ allow: true, lifetime: -1 }),
      'a redirection': (_hook, response) => response.writeHead(302, { Location: server.url }).end(),
      'a failure': (_hook, response) => response.writeHead(500).end('{"allow":true}'),
      'too much': (_hook, response) => response.end(`{"allow":true,"reason":"${'x'.repeat(100_000)}"}`),
      'no end': (_hook, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '), 50);
        response.once('close', () => clearInterval(timer));
      },
      'half of it': (_hook, response) => {
        response.writeHead(200, { 'Content-Length': 100 }).write('{"allow":true}');
        setTimeout(() => response.destroy(), 50);
      },
      'a broken connection': (_hook, response) => response.destroy(),
      silence: () => {},
      'a bad location': decide({ allow: false, redirect: 'javascript:alert(1)' }),
      'a header': decide({ allow: false, redirect: 'http://a/\r\nSet-Cookie: x=1' }),
    };
    for (const [lie, reply] of Object.entries(lies)) {
      server.reply = reply;
      const begun = performance.now();
      const answer = await fetch(url, { redirect: 'manual' });
      const body = (await answer.json()) as { code: string };
      expect([lie, answer.status, body.code]).toEqual([lie, 503, 'HOOK_FAILED']);
      expect(performance.now() - begun).toBeLessThan(2000);
    }
    server.reply = (_hook, response) => response.writeHead(204).end();
    const abort = new AbortController();
    expect((await fetch(url, { signal: abort.signal })).status).toBe(200);
    abort.abort();
    await take(
      gateway.client.PATCH('/api/v1/hooks/{hook_id}', {
        params: { path: { hook_id: id } },
        body: { url: 'http://127.0.0.1:9/nobody' },
      }),
    );
    expect((await fetch(url)).status).toBe(503);
    await using refused = await publisher(gateway, 'cam2');
    expect((await refused.finished).code).not.toBe(0);
    // Whoever was let in before goes on.
    expect(gateway.orchestrator.getStreamStatus('cam1')?.state).toBe('live');
    await take(gateway.client.DELETE('/api/v1/hooks/{hook_id}', { params: { path: { hook_id: id } } }));
    await sleep(50);
    const open = new AbortController();
    expect((await fetch(url, { signal: open.signal })).status).toBe(200);
    open.abort();
  });
});
