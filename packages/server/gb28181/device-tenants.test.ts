import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownerOfEvent } from '../access/ownership.ts';
import { EventFeed } from '../events/event-feed.ts';
import { HookService } from '../hooks/hook-service.ts';
import { MemoryHookStore } from '../hooks/hook-store.ts';
import { FakeAdapter, GuardedApi } from '../test-support.ts';
import { DeviceEventLog, type DeviceEvents } from './event-log.ts';
import { DEVICE, FakeDevices } from './test-support.ts';

const PATH = `/api/v1/gb28181/devices/${DEVICE.id}`;
const CHANNEL = `${PATH}/channels/${FakeDevices.channelId}`;
const RANGE = 'from=2024-05-01T00:00:00Z&to=2024-05-02T00:00:00Z';
const LIVE = { protocol: 'gb28181', source: { gb28181: { device_id: DEVICE.id, channel_id: '1' } } };

type Key = { authorization: string };

describe('a device that an administrator of the server has given to a tenant', () => {
  let guarded: GuardedApi;
  let devices: FakeDevices;
  let adapter: FakeAdapter;
  let events: EventFeed;
  let log: DeviceEventLog;
  let owner: Key;
  /** Operators. */
  let acme: Key;
  let others: Key;

  beforeEach(async () => {
    devices = new FakeDevices();
    events = new EventFeed();
    adapter = new FakeAdapter('gb28181');
    const deviceEvents: DeviceEvents = { list: (...asked) => log.list(...asked) };
    guarded = await GuardedApi.start({ gb28181: devices, events, deviceEvents, adapters: [adapter] });
    log = new DeviceEventLog({
      ...{ database: guarded.api.database, days: 1, maxEvents: 100 },
      onError: error => {
        throw error;
      },
    });
    owner = await guarded.key('owner', 'administrator');
    acme = await guarded.key('acme', 'operator', 'acme');
    others = await guarded.key('others', 'operator');
  });
  afterEach(() => guarded[Symbol.asyncDispose]());

  const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH', url: string, key: Key, body?: object) =>
    guarded.api.app.inject({ method, url, headers: { host: 'cam.example', ...key }, payload: body });
  const give = (tenant: string) => ask('PATCH', PATH, owner, { tenant });

  /** Everything there is to be asked about one device. */
  const questions = (key: Key) =>
    Promise.all(
      [
        ask('GET', PATH, key),
        ask('POST', `${PATH}/refresh`, key),
        ask('GET', `${PATH}/channels`, key),
        ask('POST', `${CHANNEL}/ptz`, key, { order: 'home' }),
        ask('GET', `${CHANNEL}/presets`, key),
        ask('GET', `${CHANNEL}/records?${RANGE}`, key),
        ask('GET', `${CHANNEL}/configuration`, key),
        ask('GET', `${CHANNEL}/broadcast`, key),
        ask('DELETE', `${CHANNEL}/broadcast`, key),
        ask('PUT', `${PATH}/subscriptions/alarm`, key),
        ask('DELETE', `${PATH}/subscriptions/alarm`, key),
        ask('DELETE', PATH, key),
      ].map(async answer => (await answer).statusCode),
    );

  it('is that tenant’s alone: itself, its channels, records, orders, subscriptions', async () => {
    const [mine, hidden] = [await questions(others), await questions(acme)];
    expect(mine.every(status => status < 300)).toBe(true);
    expect(hidden).toEqual(hidden.map(() => 404));
    expect((await give('acme')).json()).toMatchObject({ id: DEVICE.id, tenant: 'acme' });
    expect(await questions(acme)).toEqual(mine);
    expect(await questions(others)).toEqual(hidden);
    // Administrators of the server see all.
    expect(await questions(owner)).toEqual(mine);
    const listed = async (key: Key, query = '') =>
      (await ask('GET', `/api/v1/gb28181/devices${query}`, key)).json().total;
    expect([await listed(acme), await listed(others), await listed(owner)]).toEqual([1, 1, 2]);
    expect(await listed(owner, '?tenant=acme')).toBe(1);
  });

  it('is given away by nobody else, and to nobody who is not there', async () => {
    const chief = await guarded.key('chief', 'administrator', 'acme');
    for (const key of [acme, others, chief])
      expect((await ask('PATCH', PATH, key, { tenant: 'acme' })).statusCode).toBe(403);
    expect((await give('nobody')).json().code).toBe('ACCOUNT_NOT_FOUND');
    expect((await ask('PATCH', `${PATH}9`, owner, { tenant: 'acme' })).json().code).toBe('DEVICE_NOT_FOUND');
  });

  it('goes back to the server when its tenant is removed, and stays its own when it is forgotten', async () => {
    await give('acme');
    await ask('DELETE', PATH, acme);
    expect((await ask('GET', PATH, acme)).statusCode).toBe(200);
    await ask('DELETE', '/api/v1/tenants/acme', owner);
    expect((await ask('GET', PATH, others)).json()).toMatchObject({ tenant: 'default' });
  });

  it('is in no stream of another tenant, whoever asks', async () => {
    await give('acme');
    const codeOf = async (key: Key, more: object) =>
      (await ask('POST', '/api/v1/streams/ingest', key, { ...LIVE, ...more })).json().code;
    expect(await codeOf(others, { stream_id: 'mine' })).toBe('DEVICE_NOT_FOUND');
    expect(await codeOf(acme, { stream_id: 'mine' })).toBe('STREAM_NOT_FOUND');
    expect(await codeOf(owner, { stream_id: 'mine' })).toBe('REQUEST_INVALID');
    expect(await codeOf(acme, { stream_id: 'acme~mine' })).toBeUndefined();
    // Without a name it is in an app of its tenant.
    const implied = await ask('POST', '/api/v1/streams/ingest', acme, LIVE);
    expect(implied.json()).toMatchObject({ stream_id: `acme~${DEVICE.id}_1` });
    const channels = await ask('GET', `${PATH}/channels?kind=camera`, acme);
    const [{ stream_id: shown }] = channels.json().channels;
    expect(shown).toBe(`acme~${DEVICE.id}_${FakeDevices.channelId}`);
  });

  it('leaves the streams of the tenant that it was of', async () => {
    await ask('POST', '/api/v1/streams/ingest', others, LIVE);
    expect(adapter.closed).toEqual([]);
    await give('acme');
    expect(adapter.closed).toEqual([`${DEVICE.id}_1 stopped`]);
  });

  it('tells its tenant, and nobody of what it told before', async () => {
    const told = async (key: Key) =>
      (await ask('GET', '/api/v1/gb28181/events', key)).json().events.length as number;
    const alarm = (at: number) => log.add({ kind: 'alarm', deviceId: DEVICE.id, at, detail: { type: 2 } });
    alarm(Date.now() - 1000);
    expect([await told(acme), await told(others)]).toEqual([0, 1]);
    await give('acme');
    // It was the default tenant's then: an administrator of the server alone may know.
    expect([await told(acme), await told(others), await told(owner)]).toEqual([0, 0, 1]);
    alarm(Date.now() + 1000);
    expect([await told(acme), await told(others), await told(owner)]).toEqual([1, 0, 2]);
  });

  it('is told of to hooks and listeners of its tenant', async () => {
    await give('acme');
    const { accounts } = guarded.api;
    const alarm = (at: number) =>
      ownerOfEvent(accounts, { at, streamId: undefined, details: { device_id: DEVICE.id } });
    expect([alarm(Date.now() + 1), alarm(0)]).toEqual(['acme', undefined]);
    const store = new MemoryHookStore();
    const called: string[] = [];
    const hook = { id: 'h', url: 'http://localhost:9/', events: ['alarm'], decides: [], apps: [] } as const;
    const rest = { secret: 'secret-secret-secret-secret', timeout: 50, enabled: true, description: '' };
    for (const tenantId of ['acme', 'default'])
      await store.putHook({ ...hook, ...rest, id: tenantId, createdAt: 0, tenantId });
    const hooks = new HookService({
      store,
      settings: { hooks: [], networks: [] },
      version: '1',
      ownerOf: about => ownerOfEvent(accounts, about),
      onFailure: ({ id }) => called.push(id),
    });
    await hooks.start();
    hooks.tell({ kind: 'alarm', at: Date.now() + 1, details: { device_id: DEVICE.id } });
    expect([hooks.stats('acme').waiting, hooks.stats('default').waiting]).toEqual([1, 0]);
    await hooks.close();
  });
});
