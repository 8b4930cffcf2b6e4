import { MemoryDeviceDocuments } from '@flux-iot/core/control/device-documents';
import { DeviceStore } from '@flux-iot/protocols/gb28181/device/store';
import { afterEach, describe, expect, it } from 'vitest';
import { cameras, PASSWORD, TestPlatform, until } from './test-platform.ts';

let platform: TestPlatform;
afterEach(() => platform.stop());

const DEVICE = '34020000001110000001';

describe.each(['udp', 'tcp'] as const)('a device by %s', transport => {
  it('registers, is asked what it has, and says goodbye', async () => {
    platform = await new TestPlatform().start();
    const device = await platform.device({ transport, channels: cameras(DEVICE, 10), partSize: 3 });
    expect(await device.register()).toBe(200);
    await until(() => platform.adapter.registry.find(DEVICE)?.status, 'all answers');
    const report = await platform.adapter.control.device(DEVICE);
    expect(report).toMatchObject({
      name: '模拟设备 0001',
      isOnline: true,
      transport,
      manufacturer: 'FLUX',
      isWell: true,
      channels: 10,
      channelsOnline: 10,
      catalog: { state: 'complete', total: 10 },
    });
    const channels = await platform.adapter.control.channels(DEVICE);
    expect(channels.map(({ name }) => name)).toContain('通道 10');
    expect(channels.every(({ kind }) => kind === 'camera')).toBe(true);
    expect(await device.keepalive()).toBe(200);
    expect(await device.register(0)).toBe(200);
    expect((await platform.adapter.control.device(DEVICE)).isOnline).toBe(false);
    expect(platform.events.map(({ kind }) => kind)).toEqual(['device-online', 'device-offline']);
  });
});

describe('who is let in', () => {
  it('is refused with a wrong password', async () => {
    platform = await new TestPlatform().start();
    const device = await platform.device({ password: 'wrong' });
    expect(await device.register()).toBe(403);
    expect(platform.errors.map(({ code }) => code)).toEqual(['NOT_ALLOWED']);
    await expect(platform.adapter.control.device(DEVICE)).rejects.toMatchObject({ code: 'DEVICE_NOT_FOUND' });
  });

  it('has its own password, which is good for nobody else', async () => {
    const devicePasswords = new Map([['34020000001110000002', 'own']]);
    platform = await new TestPlatform({ devicePasswords }).start();
    const own = await platform.device({ id: '34020000001110000002', password: 'own' });
    expect(await own.register()).toBe(200);
    const other = await platform.device({ id: '34020000001110000002', password: PASSWORD });
    expect(await other.register()).toBe(403);
  });

  it('is nobody where no password is configured', async () => {
    platform = await new TestPlatform({ password: '' }).start();
    expect(await (await platform.device()).register()).toBe(403);
    expect(platform.errors[0]?.message).toContain('protocols.gb28181.password');
  });

  it('is everybody where it is open', async () => {
    platform = await new TestPlatform({ password: '', admission: 'open' }).start();
    expect(await (await platform.device()).register()).toBe(200);
  });

  it('may use SHA-256 where it follows the standard of 2022', async () => {
    platform = await new TestPlatform().start();
    const device = await platform.device({ version: '3.0' });
    expect(await device.register()).toBe(200);
    expect(await platform.adapter.control.device(DEVICE)).toMatchObject({ version: '2022' });
  });

  it('is told to register anew when it only keeps alive', async () => {
    platform = await new TestPlatform().start();
    expect(await (await platform.device()).keepalive()).toBe(403);
  });
});

describe('a device that is gone', () => {
  it('counts as offline when nothing comes from it, and as online when something does', async () => {
    platform = await new TestPlatform({ keepaliveTimeout: 1000 }).start();
    const device = await platform.device({ quirks: { isSilent: true }, channels: [] });
    await device.register();
    await until(() => !platform.adapter.registry.find(DEVICE)?.isOnline, 'offline');
    expect(await device.keepalive()).toBe(200);
    expect(platform.adapter.registry.find(DEVICE)?.isOnline).toBe(true);
  });

  it('is offline at once when its connection is closed', async () => {
    platform = await new TestPlatform().start();
    const device = await platform.device({ transport: 'tcp' });
    await device.register();
    device.stop();
    await until(() => !platform.adapter.registry.find(DEVICE)?.isOnline, 'offline');
    expect(platform.events.at(-1)).toMatchObject({ detail: { reason: 'its TCP connection was closed' } });
  });

  it('is removed with all that is known of it', async () => {
    platform = await new TestPlatform().start();
    await (await platform.device()).register();
    await platform.adapter.control.remove(DEVICE);
    expect(await platform.adapter.control.devices()).toEqual([]);
  });
});

describe('a restart of the platform', () => {
  it('forgets no device, and asks again what it was told before', async () => {
    const store = new DeviceStore(new MemoryDeviceDocuments());
    const before = await new TestPlatform({ store }).start();
    platform = before;
    const { port } = before.adapter;
    const device = await before.device({ channels: cameras(DEVICE, 5) });
    await device.register();
    await until(() => before.adapter.registry.find(DEVICE)?.catalog.state === 'complete', 'the catalog');
    before.orchestrator.close();
    await before.adapter.stop();
    platform = await new TestPlatform({ store, port, subscribeCatalog: true }).start();
    expect(await platform.adapter.control.device(DEVICE)).toMatchObject({ isOnline: true, channels: 5 });
    // It does not register anew, and does not know that anything happened.
    expect(await device.keepalive()).toBe(200);
    await until(() => device.told.includes('SUBSCRIBE Catalog 3600'), 'the subscription');
    await platform.adapter.control.order(DEVICE, DEVICE, { order: 'reboot' });
    await until(() => device.told.includes('TeleBoot Boot'), 'the order');
    device.stop();
  });
});

describe('a catalog', () => {
  it('is put together whatever the order of its parts', async () => {
    platform = await new TestPlatform().start();
    const device = await platform.device({
      channels: cameras(DEVICE, 9),
      partSize: 2,
      quirks: { reversesParts: true },
    });
    await device.register();
    await until(() => platform.adapter.registry.find(DEVICE)?.catalog.state === 'complete', 'the catalog');
    expect(await platform.adapter.control.channels(DEVICE)).toHaveLength(9);
  });

  it('of which a part is lost is kept as far as it came, and says so', { timeout: 30_000 }, async () => {
    platform = await new TestPlatform().start();
    const device = await platform.device({
      channels: cameras(DEVICE, 5),
      partSize: 2,
      quirks: { losesPart: true },
    });
    await device.register();
    await until(
      () => platform.adapter.registry.find(DEVICE)?.catalog.state === 'incomplete',
      'incomplete',
      20_000,
    );
    expect((await platform.adapter.control.device(DEVICE)).catalog.error).toContain('4 of 5 entries');
  });

  it('is a tree of districts, groups and organisations', async () => {
    platform = await new TestPlatform().start();
    const at = (id: string, name: string, parentId?: string) => ({
      ...{ id, name, parentId, isParent: true, isOnline: true },
    });
    const group = '34020000002150000001';
    const organisation = '34020000002160000001';
    const device = await platform.device({
      channels: [
        at('340200', '芜湖'),
        { ...at(group, 'group'), parentId: DEVICE },
        { ...at(organisation, 'organisation'), businessGroupId: group },
        { ...cameras(DEVICE, 1)[0]!, parentId: `${DEVICE}/${organisation}` },
      ],
    });
    await device.register();
    await until(() => platform.adapter.registry.find(DEVICE)?.catalog.state === 'complete', 'the catalog');
    const channels = await platform.adapter.control.channels(DEVICE);
    expect(channels.map(({ kind, parentId }) => [kind, parentId])).toEqual([
      ['district', undefined],
      ['group', undefined],
      ['organisation', group],
      ['camera', organisation],
    ]);
  });

  it('changes by notifications', async () => {
    platform = await new TestPlatform().start();
    const device = await platform.device();
    await device.register();
    await until(() => platform.adapter.registry.find(DEVICE)?.catalog.state === 'complete', 'the catalog');
    const [first] = cameras(DEVICE, 1);
    const [, , third] = cameras(DEVICE, 3);
    expect(await platform.adapter.control.subscribe(DEVICE, 'catalog', true)).toMatchObject({
      state: 'active',
    });
    expect(await device.catalogChanged(first!, 'OFF')).toBe(200);
    expect(await device.catalogChanged(third!, 'ADD')).toBe(200);
    const channels = await platform.adapter.control.channels(DEVICE);
    expect(channels.map(({ isOnline }) => isOnline)).toEqual([false, true, true]);
    await device.catalogChanged(third!, 'DEL');
    expect(await platform.adapter.control.channels(DEVICE)).toHaveLength(2);
  });
});

describe('orders and questions', () => {
  it('reach the channel as bytes of the standard', async () => {
    platform = await new TestPlatform().start();
    const device = await platform.device();
    await device.register();
    const [channel] = cameras(DEVICE, 1);
    const order = (given: { readonly order: string } & Record<string, string | number | boolean>) =>
      platform.adapter.control.order(DEVICE, channel!.id, given);
    await order({ order: 'move', pan: 'right', tilt: 'up', pan_speed: 31, tilt_speed: 31 });
    await order({ order: 'stop' });
    await order({ order: 'preset', action: 'call', preset: 3 });
    await order({ order: 'reboot' });
    await order({ order: 'guard', on: true });
    await order({ order: 'home', on: true, seconds: 60, preset: 1 });
    await until(() => device.told.length >= 6, 'all orders');
    expect(device.told).toEqual([
      'PTZCmd A50F01091F1F00FC',
      'PTZCmd A50F0100000000B5',
      'PTZCmd A50F01820003003A',
      'TeleBoot Boot',
      'GuardCmd SetGuard',
      'HomePosition',
    ]);
    await expect(order({ order: 'preset', action: 'call', preset: 0 })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
    expect(await platform.adapter.control.presets(DEVICE, channel!.id)).toEqual([
      { number: 1, name: '大门' },
      { number: 2, name: 'yard' },
    ]);
  });

  it('gather recordings from parts in any order', async () => {
    platform = await new TestPlatform().start();
    const start = Date.UTC(2024, 4, 1, 0, 0, 0);
    const recordings = Array.from({ length: 11 }, (_, hour) => ({
      name: `hour ${hour}`,
      start: start + hour * 3_600_000,
      end: start + (hour + 1) * 3_600_000,
    }));
    const device = await platform.device({ recordings, partSize: 3, quirks: { reversesParts: true } });
    await device.register();
    const [channel] = cameras(DEVICE, 1);
    const list = await platform.adapter.control.records(
      DEVICE,
      channel!.id,
      start + 3_600_000,
      start + 86_400_000,
    );
    expect(list).toMatchObject({ isComplete: true, total: 10 });
    expect(list.records.map(({ name }) => name)).toEqual(recordings.slice(1).map(({ name }) => name));
    expect(list.records[0]).toMatchObject({ start: start + 3_600_000 });
  });

  it('are refused for a device that is not there, or is away', async () => {
    platform = await new TestPlatform().start();
    const order = { order: 'stop' };
    await expect(platform.adapter.control.order('34020000001110000009', 'x', order)).rejects.toMatchObject({
      code: 'DEVICE_NOT_FOUND',
    });
    const device = await platform.device();
    await device.register();
    await device.register(0);
    await expect(platform.adapter.control.order(DEVICE, DEVICE, order)).rejects.toMatchObject({
      code: 'DEVICE_OFFLINE',
    });
  });
});

describe('what a device tells', () => {
  it('are alarms and positions, with a subscription or without', async () => {
    platform = await new TestPlatform().start();
    const device = await platform.device();
    await device.register();
    const [channel] = cameras(DEVICE, 1);
    expect(await device.alarm(channel!.id)).toBe(200);
    for (const kind of ['alarm', 'position'] as const)
      await platform.adapter.control.subscribe(DEVICE, kind, true);
    expect(await device.alarm(channel!.id)).toBe(200);
    expect(await device.position(118.38, 31.33)).toBe(200);
    const events = platform.events.toReversed();
    expect(events.map(({ kind }) => kind)).toEqual(['position', 'alarm', 'alarm', 'device-online']);
    expect(events[1]).toMatchObject({
      channelId: channel!.id,
      detail: { method: 5, type: 2, description: '移动侦测' },
    });
    expect(await platform.adapter.control.device(DEVICE)).toMatchObject({
      subscriptions: [
        { kind: 'alarm', state: 'active' },
        { kind: 'position', state: 'active' },
      ],
    });
    await platform.adapter.control.subscribe(DEVICE, 'alarm', false);
    expect(device.told).toContain('SUBSCRIBE Alarm 0');
  });
});

describe('the configuration of a device', () => {
  it('is read by kind, and changed', async () => {
    platform = await new TestPlatform().start();
    const device = await platform.device();
    await device.register();
    await until(() => platform.adapter.registry.find(DEVICE)?.catalog.state === 'complete', 'the catalog');
    const { control } = platform.adapter;
    expect(await control.configuration(DEVICE, DEVICE, ['BasicParam', 'VideoParamOpt'])).toEqual({
      BasicParam: { Name: '模拟设备 0001', Expiration: '3600', HeartBeatInterval: '60', HeartBeatCount: '3' },
      VideoParamOpt: { DownloadSpeed: '1/2/4', Resolution: '5/6' },
    });
    await expect(control.configuration(DEVICE, DEVICE, ['OSDConfig'])).rejects.toMatchObject({
      ...{ code: 'DEVICE_REFUSED', message: `The device ${DEVICE} answered "ERROR".` },
    });
    await control.order(DEVICE, DEVICE, { order: 'configure', name: '北门', heartbeat_interval: 30 });
    expect(device.told).toContain('BasicParam');
  });
});
