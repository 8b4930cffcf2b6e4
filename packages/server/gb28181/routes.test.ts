import { afterEach, describe, expect, it } from 'vitest';
import { TestApi } from '../test-support.ts';
import { DEVICE, FakeDevices, PLATFORM } from './test-support.ts';

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
    const configuration = await api.get(`${channel}/configuration?kinds=BasicParam,VideoParamOpt`);
    expect(configuration.json()).toEqual({
      configuration: { BasicParam: { Name: '门', Expiration: '3600' } },
    });
    expect((await api.get(`${channel}/configuration?kinds=Everything`)).statusCode).toBe(400);
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
      ['configuration', DEVICE.id, '34020000001320000001', ['BasicParam', 'VideoParamOpt']],
      ['records', DEVICE.id, '34020000001320000001', day, day + 86_400_000],
      ['playback', 'cam1', { action: 'seek', seconds: 3 }],
      ['remove', DEVICE.id],
    ]);
  });

  it('let a channel hear a stream, and say why it does not', async () => {
    const control = new FakeDevices();
    api = await TestApi.start({ gb28181: control });
    const channel = '34020000001370000001';
    const voice = `${path}/channels/${channel}/broadcast`;
    expect((await api.post(voice, { stream_id: 'news' })).statusCode).toBe(201);
    expect((await api.post(voice, { stream_id: 'news', mode: 'talk', transport: 'udp' })).statusCode).toBe(
      201,
    );
    expect((await api.post(voice, { stream_id: '../etc' })).statusCode).toBe(400);
    expect((await api.post(voice, { stream_id: 'news', mode: 'shout' })).statusCode).toBe(400);
    expect((await api.get(voice)).json()).toMatchObject({
      ...{ stream_id: 'news', state: 'ended', packets: 0 },
      diagnosis: {
        ...{ verdict: 'failing', missing_step: 'asked-for' },
        findings: [{ step: 'invite-missing' }],
        advice: [expect.stringContaining('talk'), expect.anything(), expect.anything()],
      },
    });
    expect((await api.delete(voice)).statusCode).toBe(204);
    expect(control.asked).toEqual([
      ['speak', DEVICE.id, channel, { streamId: 'news', mode: 'broadcast', transport: undefined }],
      ['speak', DEVICE.id, channel, { streamId: 'news', mode: 'talk', transport: 'udp' }],
      ['endVoice', DEVICE.id, channel],
    ]);
  });

  it('list what devices told', async () => {
    const asked: unknown[][] = [];
    const deviceEvents = {
      list: async (...given: unknown[]) => {
        asked.push(given);
        return { events: [{ kind: 'alarm', deviceId: DEVICE.id, at: 0, detail: { type: 2 } }], total: 7 };
      },
    };
    api = await TestApi.start({ deviceEvents });
    const filter = `device_id=${DEVICE.id}&kind=alarm&from=1970-01-01T00:00:01Z&limit=1&offset=3`;
    expect((await api.get(`/api/v1/gb28181/events?${filter}`)).json()).toEqual({
      ...{ total: 7, limit: 1, offset: 3 },
      events: [{ kind: 'alarm', device_id: DEVICE.id, at: '1970-01-01T00:00:00.000Z', detail: { type: 2 } }],
    });
    expect(asked).toEqual([[{ deviceId: DEVICE.id, kind: 'alarm', from: 1000 }, 1, 3]]);
    expect((await api.get('/api/v1/gb28181/events?kind=gossip')).statusCode).toBe(400);
  });

  it('show the platforms above, and what is shared with each', async () => {
    api = await TestApi.start({ gb28181: new FakeDevices() });
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
