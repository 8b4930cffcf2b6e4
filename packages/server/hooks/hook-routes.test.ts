import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Action } from '@flux-iot/core/orchestrator/stream-orchestrator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestApi } from '../test-support.ts';
import type { Hook } from './hook.ts';
import { HookService } from './hook-service.ts';
import { MemoryHookStore } from './hook-store.ts';

const CONFIGURED: Hook = {
  id: 'config-1',
  url: 'https://hooks.example.com/',
  events: ['publish'],
  decides: [],
  apps: [],
  secret: 'of the configuration, long',
  timeout: 1000,
  enabled: true,
  description: '',
  createdAt: 0,
};

describe('hooks of the API', () => {
  let api: TestApi;
  let hooks: HookService;
  let receiver: Server;
  let reply: (response: ServerResponse) => void;
  const bodies: string[] = [];
  const asked: (readonly Action[])[] = [];

  beforeEach(async () => {
    asked.length = 0;
    bodies.length = 0;
    reply = response => response.writeHead(204).end();
    receiver = createServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      bodies.push(body);
      reply(response);
    });
    await new Promise<void>(resolve => receiver.listen(0, '127.0.0.1', resolve));
    hooks = new HookService({
      store: new MemoryHookStore(),
      settings: { hooks: [CONFIGURED], networks: ['127.0.0.0/8'] },
      version: 'test',
      onAsked: async actions => void asked.push(actions),
    });
    await hooks.start();
    api = await TestApi.start({ hooks });
  });
  afterEach(async () => {
    await api.stop();
    await hooks.close();
    receiver.closeAllConnections();
    await new Promise(resolve => receiver.close(resolve));
  });

  const url = () => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const patch = (path: string, payload: object) =>
    api.app.inject({ method: 'PATCH', url: path, payload, headers: { host: 'cam.example' } });

  it('are made, shown without their secret, changed and removed', async () => {
    const made = await api.post('/api/v1/hooks', { url: url(), decides: ['publish'], timeout_seconds: 2 });
    expect(made.statusCode).toBe(201);
    const { id, secret } = made.json();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect((await api.get(`/api/v1/hooks/${id}`)).json()).toMatchObject({
      id,
      decides: ['publish'],
      events: [],
      timeout_seconds: 2,
      configured: false,
      deliveries: { delivered: 0, failures: 0, dead: 0, waiting: 0 },
    });
    const list = await api.get('/api/v1/hooks');
    expect(list.body).not.toContain(secret);
    expect(list.body).not.toContain(CONFIGURED.secret);
    expect(list.json()).toMatchObject({ total: 2, limit: 100, offset: 0 });
    expect(list.json().items.map((hook: { id: string }) => hook.id)).toEqual(['config-1', id]);
    const changed = await patch(`/api/v1/hooks/${id}`, { decides: ['play'], enabled: false });
    expect(changed.json()).toMatchObject({ decides: ['play'], enabled: false, timeout_seconds: 2 });
    expect(changed.json().secret).toBeUndefined();
    expect((await api.delete(`/api/v1/hooks/${id}`)).statusCode).toBe(204);
    expect((await api.get(`/api/v1/hooks/${id}`)).json().code).toBe('HOOK_NOT_FOUND');
    expect(asked).toEqual([[], ['publish'], [], []]);
  });

  it('of the configuration stay as they are', async () => {
    expect((await patch('/api/v1/hooks/config-1', { enabled: false })).json().code).toBe('NOT_ALLOWED');
    expect((await api.delete('/api/v1/hooks/config-1')).json().code).toBe('NOT_ALLOWED');
  });

  it.each([
    [{ url: 'http://10.0.0.1/' }, 'URL_INVALID'],
    [{ url: 'http://[::ffff:169.254.169.254]/' }, 'URL_INVALID'],
    [{ url: 'gopher://example.com/' }, 'URL_INVALID'],
    [{ url: 'https://example.com/', events: ['nonsense'] }, 'REQUEST_INVALID'],
    [{ url: 'https://example.com/', secret: 'short' }, 'REQUEST_INVALID'],
    [{ url: 'https://example.com/', secret: 'whsec_not base64, but long enough' }, 'REQUEST_INVALID'],
    [{ url: 'https://example.com/', timeout_seconds: 60 }, 'REQUEST_INVALID'],
    [{}, 'REQUEST_INVALID'],
  ])('refuse %j', async (body, code) => {
    expect((await api.post('/api/v1/hooks', body)).json()).toMatchObject({ status: 400, code });
  });

  it('keep what could not be delivered, and deliver it anew', async () => {
    const { id } = (await api.post('/api/v1/hooks', { url: url(), events: ['alarm', 'publish'] })).json();
    reply = response => response.writeHead(410).end();
    hooks.tell({ kind: 'alarm', at: 1.7e12, node: 'n', details: { device_id: 'd1' } });
    hooks.tell({ kind: 'publish', at: 1.7e12, streamId: 'cam1', details: { protocol: 'rtmp', peer: 'p' } });
    hooks.tell({ kind: 'play', at: 1.7e12, streamId: 'cam1', details: {} });
    const path = `/api/v1/hooks/${id}/dead-letters`;
    await expect.poll(async () => (await api.get(path)).json().total).toBe(2);
    const { items } = (await api.get(path)).json();
    expect(items[0]).toMatchObject({ type: 'alarm', attempts: 1, error: 'It answered 410.' });
    expect(JSON.parse(items[0].body)).toEqual({
      type: 'alarm',
      timestamp: '2023-11-14T22:13:20.000Z',
      data: { node: 'n', device_id: 'd1' },
    });
    reply = response => response.writeHead(200).end('thank you');
    expect((await api.post(`${path}/${items[0].id}/replay`)).json()).toEqual({ replayed: 1 });
    await expect.poll(() => hooks.stats(id).delivered).toBe(1);
    expect(bodies.at(-1)).toBe(items[0].body);
    expect((await api.post(`${path}/${items[0].id}/replay`)).json().code).toBe('HOOK_NOT_FOUND');
    expect((await api.post(`${path}/replay`)).json()).toEqual({ replayed: 1 });
    await expect.poll(() => hooks.stats(id).delivered).toBe(2);
    expect((await api.get(path)).json()).toMatchObject({ items: [], total: 0 });
    reply = response => response.writeHead(410).end();
    hooks.tell({ kind: 'alarm', at: 1.7e12, details: { device_id: 'd2' } });
    await expect.poll(async () => (await api.get(path)).json().total).toBe(1);
    const [letter] = (await api.get(path)).json().items;
    expect((await api.delete(`${path}/${letter.id}`)).statusCode).toBe(204);
    expect((await api.delete(`${path}/${letter.id}`)).json().code).toBe('HOOK_NOT_FOUND');
  });

  it('are asked for the streams of their apps alone, at once, and not while they are off', async () => {
    reply = response => response.writeHead(403).end();
    const body = { url: url(), decides: ['play'], apps: ['acme'] };
    const { id } = (await api.post('/api/v1/hooks', body)).json();
    const question = { action: 'play', node: 'n', protocol: 'rtmp' } as const;
    expect(await hooks.judge({ ...question, streamId: 'cam1' })).toEqual({ verdict: 'allow' });
    expect(await hooks.judge({ ...question, streamId: 'acme~cam1' })).toMatchObject({ verdict: 'refuse' });
    await patch(`/api/v1/hooks/${id}`, { enabled: false });
    expect(await hooks.judge({ ...question, streamId: 'acme~cam1' })).toEqual({ verdict: 'allow' });
  });

  it('that are closed in the middle leave what waits as dead letters, and let nobody in', async () => {
    const { id } = (
      await api.post('/api/v1/hooks', { url: url(), events: ['alarm'], decides: ['play'] })
    ).json();
    reply = () => {};
    for (let number = 0; number < 10; number++)
      hooks.tell({ kind: 'alarm', at: 1.7e12, details: { device_id: String(number) } });
    const verdict = hooks.judge({ action: 'play', node: 'n', streamId: 'cam1' });
    await sleep(50);
    await hooks.close();
    expect(await verdict).toMatchObject({ verdict: 'refuse', code: 'HOOK_FAILED' });
    expect(await hooks.deadLetters(id)).toHaveLength(10);
  });
});
