/** Scenario 40: what a tenant may have, with the encoders that people have. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clip } from './support/clips.ts';
import { TestGateway } from './support/gateway.ts';
import { lacks, RunningProcess, until } from './support/processes.ts';

const KEY = 'key-of-the-tests-0123456789';

describe.skipIf(lacks('ffmpeg'))('a tenant', () => {
  let gateway: TestGateway;
  let source: string;
  let key: string;

  beforeAll(async () => {
    gateway = await TestGateway.start({ 'auth.enabled': true, 'auth.api_key': KEY });
    source = await clip('h264-aac.flv');
    await gateway.api('/api/v1/tenants', 'POST', { id: 'acme', apps: ['acme'] });
    const made = await gateway.api('/api/v1/keys', 'POST', {
      ...{ name: 'encoder', role: 'operator', tenant: 'acme' },
    });
    ({ key } = made as { key: string });
  });
  afterAll(() => gateway?.[Symbol.asyncDispose]());

  function publisher(name: string): RunningProcess {
    const address = `rtmp://127.0.0.1:${gateway.rtmpPort}/acme/${name}?token=${key}`;
    const input = ['-v', 'error', '-re', '-stream_loop', '-1', '-i', source];
    return new RunningProcess('ffmpeg', [...input, '-c', 'copy', '-f', 'flv', address]);
  }

  const limit = (limits: object) => gateway.api('/api/v1/tenants/acme', 'PATCH', limits);

  it('that records as much as it may records no more, and goes on live', async () => {
    await using _encoder = publisher('cam1');
    await gateway.untilLive('acme~cam1');
    await limit({ max_storage_bytes: 0 });
    const refused = await gateway.api('/api/v1/streams/acme~cam1/record', 'POST', {});
    expect(refused).toMatchObject({ status: 429, code: 'TENANT_LIMIT' });
    expect(gateway.orchestrator.getStreamStatus('acme~cam1')?.state).toBe('live');
    await limit({ max_storage_bytes: null });
    const { state } = await gateway.stream('acme~cam1');
    expect(state).toBe('live');
  });

  it('that brings too much loses its youngest stream, with a word in the audit log, and begins no other', async () => {
    await using older = publisher('cam2');
    await gateway.untilLive('acme~cam2');
    await using younger = publisher('cam3');
    await gateway.untilLive('acme~cam3');
    const rate = () => gateway.orchestrator.getStreamStatus('acme~cam2')?.bitrate ?? 0;
    await until('what the older one brings is known', () => rate() > 0);
    // Room for the older one, and for little of the younger: its bucket lasts for seconds.
    await limit({ max_bitrate: Math.round(rate() * 0.4) });
    await younger.finished;
    await using late = publisher('cam4');
    expect((await late.finished).code).not.toBe(0);
    await limit({ max_bitrate: null });
    const { items } = (await gateway.api('/api/v1/audit?action=publish&result=refused')) as {
      items: { target: string; code: string; tenant: string }[];
    };
    const targets = items.filter(({ code }) => code === 'TENANT_LIMIT').map(({ target }) => target);
    expect(targets).toEqual(expect.arrayContaining(['acme~cam3', 'acme~cam4']));
    older.kill('SIGKILL');
  });
});
