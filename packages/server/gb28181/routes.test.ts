import type { DeviceReport, Gb28181Control, PlatformReport } from '@flux-iot/core/control/gb28181-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { afterEach, describe, expect, it } from 'vitest';
import { TestApi } from '../test-support.ts';

const DEVICE: DeviceReport = {
  ...{
    id: '34020000001110000001',
    name: '录像机',
    isOnline: true,
    transport: 'udp',
    address: '192.0.2.9:5060',
  },
  ...{ registeredAt: 0, expiresAt: 3_600_000, lastSeenAt: 1000, channels: 2, channelsOnline: 1 },
  catalog: { state: 'complete', total: 3, at: 2000 },
  subscriptions: [{ kind: 'alarm', state: 'active', expiresAt: 5000 }],
};

const PLATFORM: PlatformReport = {
  ...{ name: 'city', id: '34020000002000000009', domain: '3402000000', ownId: '34020000002000000001' },
  ...{ transport: 'udp', address: '192.0.2.1:5060', state: 'connected', attempts: 1, registeredAt: 1000 },
  ...{ channels: 2, channelsOnline: 1, isSubscribed: true },
  sessions: [
    {
      ...{ channelId: '34020000001320000001', streamId: 'cam1', since: 2000, ssrc: '0200000001' },
      ...{ transport: 'udp', remote: '192.0.2.1:30000', bytes: 7 },
    },
  ],
};

/** Keeps what it was asked. */
class FakeControl implements Gb28181Control {
  readonly asked: unknown[][] = [];
  devices = async () => [DEVICE, { ...DEVICE, id: '34020000001110000002', isOnline: false }];
  device = async (id: string) => {
    if (id !== DEVICE.id) throw new FluxError('DEVICE_NOT_FOUND', `No device ${id} has registered.`);
    return DEVICE;
  };
  channels = async () => [
    { id: '34020000002160000001', name: '东区', kind: 'organisation', isOnline: true },
    {
      id: '34020000001320000001',
      name: '门',
      kind: 'camera',
      isOnline: true,
      parentId: '34020000002160000001',
    },
  ];
  refresh = (id: string) => this.device(id);
  remove = async (...given: unknown[]) => void this.asked.push(['remove', ...given]);
  order = async (...given: unknown[]) => void this.asked.push(['order', ...given]);
  presets = async () => [{ number: 1, name: '门' }];
  records = async (...given: unknown[]) => {
    this.asked.push(['records', ...given]);
    return { records: [{ name: 'a', start: 0, end: 1000 }], isComplete: false, total: 2 };
  };
  subscribe = async (_id: string, kind: 'catalog' | 'alarm' | 'position') => ({
    kind,
    state: 'active' as const,
  });
  playback = async (...given: unknown[]) => void this.asked.push(['playback', ...given]);
  platforms = async () => [PLATFORM];
  sharedChannels = async (name: string) => {
    if (name !== PLATFORM.name) throw new FluxError('DEVICE_NOT_FOUND', `No platform is called ${name}.`);
    return [
      { id: '34020000001320000001', name: '门', streamId: 'cam1', isOnline: true, deviceId: DEVICE.id },
      { id: '34020000001320000002', name: 'yard', streamId: 'cam2', isOnline: false },
    ];
  };
  events = async () => [{ kind: 'alarm', deviceId: DEVICE.id, at: 0, detail: { type: 2 } }];
}

let api: TestApi;
afterEach(() => api.stop());

const path = `/api/v1/gb28181/devices/${DEVICE.id}`;

describe('the routes of GB28181 devices', () => {
  it('show devices and their channels', async () => {
    api = await TestApi.start({ gb28181: new FakeControl() });
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
    const control = new FakeControl();
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

  it('show the platforms above, and what is shared with each', async () => {
    api = await TestApi.start({ gb28181: new FakeControl() });
    const { platforms } = (await api.get('/api/v1/gb28181/platforms')).json();
    expect(platforms).toEqual([
      {
        ...{ name: 'city', id: PLATFORM.id, domain: '3402000000', own_id: '34020000002000000001' },
        ...{ transport: 'udp', address: '192.0.2.1:5060', state: 'registered', attempts: 1 },
        ...{ registered_at: '1970-01-01T00:00:01.000Z', channels: 2, channels_online: 1, subscribed: true },
        sessions: [
          {
            ...{ channel_id: '34020000001320000001', stream_id: 'cam1', since: '1970-01-01T00:00:02.000Z' },
            ...{ ssrc: '0200000001', transport: 'udp', remote: '192.0.2.1:30000', bytes: 7 },
          },
        ],
      },
    ]);
    const channels = await api.get('/api/v1/gb28181/platforms/city/channels?q=yard');
    expect(channels.json()).toMatchObject({ total: 1, channels: [{ stream_id: 'cam2', online: false }] });
    expect((await api.get('/api/v1/gb28181/platforms/town/channels')).statusCode).toBe(404);
  });

  it('say that the protocol is off where it is', async () => {
    api = await TestApi.start();
    const answer = await api.get('/api/v1/gb28181/devices');
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'PROTOCOL_DISABLED']);
  });
});
