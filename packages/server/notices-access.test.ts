/** Hooks and events, as those of different tenants and roles meet them. */
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { EventFeed } from './events/event-feed.ts';
import { HookService } from './hooks/hook-service.ts';
import { MemoryHookStore } from './hooks/hook-store.ts';
import { GuardedApi } from './test-support.ts';

const URL = 'https://hooks.example.com/';

describe('hooks of tenants', () => {
  it('are seen, changed and replayed by their own administrators alone', async () => {
    await using guarded = await GuardedApi.start();
    const { api } = guarded;
    const acme = await guarded.key('ada', 'administrator', 'acme');
    const other = await guarded.key('bob', 'administrator');
    const operator = await guarded.key('eve', 'operator', 'acme');
    const { id } = (await api.post('/api/v1/hooks', { url: URL }, other)).json();
    const own = (await api.post('/api/v1/hooks', { url: URL }, acme)).json();
    const list = (await api.get('/api/v1/hooks', acme)).json();
    expect([list.total, list.items[0].id]).toEqual([1, own.id]);
    expect((await api.get('/api/v1/hooks', other)).json().total).toBe(2);
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['GET', '/dead-letters'],
      ['POST', '/dead-letters/replay'],
      ['POST', '/dead-letters/x/replay'],
      ['DELETE', '/dead-letters/x'],
    ] as const) {
      const answer = await api.app.inject({
        method,
        url: `/api/v1/hooks/${id}${path}`,
        headers: { host: 'cam.example', ...acme },
        ...(method === 'PATCH' ? { payload: {} } : {}),
      });
      expect([method, path, answer.statusCode, answer.json().code]).toEqual([
        method,
        path,
        404,
        'HOOK_NOT_FOUND',
      ]);
    }
    expect((await api.get('/api/v1/hooks', operator)).statusCode).toBe(403);
    expect((await api.get('/api/v1/hooks')).statusCode).toBe(401);
  });

  it('are for the streams of their tenant alone', async () => {
    const asked: string[] = [];
    const hooks = new HookService({
      store: new MemoryHookStore(),
      settings: { hooks: [], networks: [] },
      version: '1',
      ownerOf: ({ streamId }) => (streamId?.startsWith('acme~') ? 'acme' : 'default'),
      onFailure: ({ id }) => void asked.push(id),
    });
    const hook = {
      url: 'http://10.0.0.1/',
      events: [],
      decides: ['play' as const],
      apps: [],
      secret: 'secret-secret-secret-secret',
      timeout: 100,
      enabled: true,
      description: '',
      createdAt: 0,
    };
    await hooks.configure({ hooks: [{ ...hook, id: 'config-all' }], networks: [] });
    for (const tenantId of ['acme', 'default'])
      await hooks.put({ ...hook, url: 'http://localhost/', id: tenantId, tenantId });
    for (const streamId of ['acme~cam1', 'cam1']) await hooks.judge({ action: 'play', node: 'n', streamId });
    expect(asked.sort()).toEqual(['acme', 'config-all', 'config-all', 'default']);
    await hooks.close();
  });
});

describe('events of tenants', () => {
  it('are told to those who may know, for as long as they may come in', async () => {
    const events = new EventFeed();
    await using guarded = await GuardedApi.start({ events });
    const { api } = guarded;
    await api.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = api.app.server.address() as AddressInfo;
    const listen = async (headers: Record<string, string>) => {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/events`, { headers });
      const heard = { status: answer.status, text: '', isOver: false };
      void (async () => {
        try {
          for await (const part of answer.body ?? []) heard.text += Buffer.from(part).toString();
        } catch {
          // Cut off.
        }
        heard.isOver = true;
      })();
      return heard;
    };
    const key = await guarded.key('ada', 'viewer', 'acme');
    const acme = await listen(key);
    const own = await listen(await guarded.key('bob', 'administrator'));
    expect((await listen({})).status).toBe(401);
    for (const streamId of ['acme~cam1', 'cam2'])
      events.add({ kind: 'stream-started', at: 1.7e12, streamId, details: {} });
    events.add({ kind: 'node-offline', at: 1.7e12, node: 'n1', details: {} });
    await expect.poll(() => own.text.match(/^event: /gm)?.length).toBe(3);
    expect(acme.text).toContain('acme~cam1');
    expect(acme.text.match(/^event: /gm)).toHaveLength(1);
    const [revoked] = await api.accounts.keys.list('acme');
    await api.accounts.keys.remove(revoked!.id);
    const begun = Date.now();
    await expect.poll(() => acme.isOver, { timeout: 3000 }).toBe(true);
    expect(Date.now() - begun).toBeLessThan(2000);
    expect(own.isOver).toBe(false);
  });

  it('leave figures and the configuration to the server', async () => {
    await using guarded = await GuardedApi.start();
    const { api } = guarded;
    const acme = await guarded.key('ada', 'administrator', 'acme');
    const viewer = await guarded.key('bob', 'viewer');
    expect((await api.get('/metrics')).statusCode).toBe(401);
    expect((await api.get('/metrics', acme)).statusCode).toBe(403);
    expect((await api.get('/metrics', viewer)).statusCode).toBe(200);
    expect((await api.post('/api/v1/config/reload', undefined, acme)).statusCode).toBe(403);
    expect((await api.post('/api/v1/config/reload', undefined, viewer)).statusCode).toBe(403);
  });
});
