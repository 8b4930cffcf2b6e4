import { afterEach, describe, expect, it } from 'vitest';
import { TestApi } from '../test-support.ts';
import { DEVICE, FakeDevices } from './test-support.ts';

let api: TestApi;
afterEach(() => api.stop());

const path = `/api/v1/gb28181/devices/${DEVICE.id}`;

describe('the routes of GB28181 devices', () => {
  it('show devices and their channels', async () => {
    api = await TestApi.start({ gb28181: new FakeDevices() });
    const list = await api.get('/api/v1/gb28181/devices?online=true');
    expect(list.json()).toMatchObject({
      total: 1,
      devices: [{ id: DEVICE.id, name: '录像机', online: true }],
    });
    expect((await api.get('/api/v1/gb28181/devices?limit=1&offset=1')).json()).toMatchObject({
      total: 2,
      devices: [{ online: false }],
    });
    expect((await api.get(path)).json()).toMatchObject({
      registered_at: '1970-01-01T00:00:00.000Z',
      catalog: { state: 'complete', total: 3 },
      subscriptions: [{ kind: 'alarm', state: 'active', expires_at: '1970-01-01T00:00:05.000Z' }],
    });
    const unknown = await api.get('/api/v1/gb28181/devices/1');
    expect([unknown.statusCode, unknown.json().code]).toEqual([404, 'DEVICE_NOT_FOUND']);
    expect((await api.get(`${path}/channels?kind=camera`)).json()).toMatchObject({
      ...{ total: 1, channels: [{ name: '门', parent_id: '34020000002160000001' }] },
    });
  });

  it('pass orders on', async () => {
    const control = new FakeDevices();
    api = await TestApi.start({ gb28181: control });
    const channel = `${path}/channels/34020000001320000001`;
    const order = { order: 'move', pan: 'left', pan_speed: 10 };
    expect((await api.post(`${channel}/ptz`, order)).statusCode).toBe(204);
    expect((await api.post(`${channel}/ptz`, { order: 'move', pan: 'up' })).statusCode).toBe(400);
    expect((await api.post(`${channel}/ptz`, { order: 'move', extra: 1 })).statusCode).toBe(400);
    const range = 'from=2024-05-01T00:00:00Z&to=2024-05-02T00:00:00Z';
    expect((await api.get(`${channel}/records?${range}`)).json()).toEqual({
      ...{ complete: false, total: 2 },
      records: [{ name: 'a', from: '1970-01-01T00:00:00.000Z', to: '1970-01-01T00:00:01.000Z' }],
    });
    expect(
      (await api.get(`${channel}/records?from=2024-05-02T00:00:00Z&to=2024-05-01T00:00:00Z`)).statusCode,
    ).toBe(400);
    const playback = '/api/v1/gb28181/playbacks/cam1/control';
    expect((await api.post(playback, { action: 'seek', seconds: 3 })).statusCode).toBe(204);
    expect((await api.post(playback, { action: 'seek' })).statusCode).toBe(400);
    expect((await api.delete(path)).statusCode).toBe(204);
    const day = Date.UTC(2024, 4, 1);
    expect(control.asked).toEqual([
      ['order', DEVICE.id, '34020000001320000001', order],
      ['records', DEVICE.id, '34020000001320000001', day, day + 86_400_000],
      ['playback', 'cam1', { action: 'seek', seconds: 3 }],
      ['remove', DEVICE.id],
    ]);
  });

  it('say that the protocol is off where it is', async () => {
    api = await TestApi.start();
    const answer = await api.get('/api/v1/gb28181/devices');
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'PROTOCOL_DISABLED']);
  });
});
