/** Scenarios 27–32: GB28181 devices, those of SIPp and simulated ones, at the product as a person starts it. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testClip } from '../packages/testkit/gb28181/clip.ts';
import { SimulatedDevice } from '../packages/testkit/gb28181/simulated-device.ts';
import { freePorts } from './support/flux-process.ts';
import { DOMAIN, Gb28181Product, PASSWORD, SERVER_ID } from './support/gb28181-product.ts';
import { lacks, run, until } from './support/processes.ts';

const SIPP_DEVICE = '34020000001320000077';
const SIPP_CHANNEL = '34020000001320000078';
const SCENARIOS = join(import.meta.dirname, 'sipp');

let product: Gb28181Product;
const devices: SimulatedDevice[] = [];

beforeAll(async () => {
  product = await Gb28181Product.start();
});
afterAll(async () => {
  for (const device of devices) device.stop();
  await product.process[Symbol.asyncDispose]();
});

describe.skipIf(lacks('sipp'))("SIPp's device (scenario 27)", () => {
  const sipp = async (scenario: string, port: number, calls = 1) => {
    const address = ['-i', '127.0.0.1', '-p', String(port), '-nostdin', '-timeout', '20'];
    const args = ['-sf', join(SCENARIOS, `${scenario}.xml`), '-m', String(calls)];
    const { code, stdout } = await run('sipp', [`127.0.0.1:${product.sip}`, ...address, ...args], 30_000);
    return code === 0 ? 'passed' : stdout.slice(-1500);
  };

  it('is refused, registers, answers, and accepts an INVITE', async () => {
    const [port = 0] = await freePorts(1);
    expect(await sipp('register-wrong', port)).toBe('passed');
    expect(await product.device(SIPP_DEVICE)).toBeUndefined();
    expect(await sipp('register', port)).toBe('passed');
    expect(await sipp('catalog', port, 3)).toBe('passed');
    expect(await product.device(SIPP_DEVICE)).toMatchObject({ online: true, catalog: { state: 'complete' } });
    const accepting = sipp('invite', port);
    await new Promise(resolve => setTimeout(resolve, 500));
    await product.ingest('sipp', { device_id: SIPP_DEVICE, channel_id: SIPP_CHANNEL, on_demand: false });
    expect(await accepting).toBe('passed');
    // It sent nothing, and that is said.
    const { body } = await product.call('GET', '/streams/sipp/diagnosis');
    expect(body).toMatchObject({ verdict: 'failing', missing_step: 'media' });
    await product.call('POST', '/streams/sipp/stop');
  });
});

describe.skipIf(lacks('ffmpeg', 'ffprobe'))('simulated devices', () => {
  const add = async (id: string, transport: 'udp' | 'tcp') => {
    const channelId = `${id.slice(0, 10)}132${id.slice(13)}`;
    const hour = Date.UTC(2024, 4, 1);
    const device = new SimulatedDevice({
      ...{ id, password: PASSWORD, clip: await testClip() },
      server: { transport, address: '127.0.0.1', port: product.sip, id: SERVER_ID, domain: DOMAIN },
      channels: [
        { id: channelId, name: '北门 𠮷', isParent: false, isOnline: true, parentId: id, ptzType: 1 },
      ],
      recordings: [{ name: 'one', start: hour, end: hour + 600_000 }],
    });
    devices.push(device);
    await device.start();
    expect(await device.register()).toBe(200);
    await until('the catalog', async () => (await product.device(id))?.catalog.state === 'complete');
    await until('its name', async () => (await product.device(id))?.name !== id);
    return { device, channelId };
  };

  const probe = async (url: string) => {
    const { stdout, stderr } = await run('ffprobe', [
      ...[
        '-v',
        'error',
        '-analyzeduration',
        '1000000',
        '-show_entries',
        'stream=codec_name,width,height',
        '-of',
        'csv=p=0',
        url,
      ],
    ]);
    return stdout.trim().split('\n')[0] ?? stderr;
  };

  it.each(['udp', 'tcp'] as const)(
    'by %s are played by every transport (scenarios 28, 32)',
    async signalling => {
      const id = signalling === 'udp' ? '34020000001110000001' : '34020000001110000002';
      const { device, channelId } = await add(id, signalling);
      expect(await product.device(id)).toMatchObject({
        transport: signalling,
        name: `模拟设备 ${id.slice(-4)}`,
      });
      const { body } = await product.call('GET', `/gb28181/devices/${id}/channels`);
      expect(body).toMatchObject({ channels: [{ id: channelId, name: '北门 𠮷', kind: 'camera' }] });
      for (const transport of ['udp', 'tcp-passive', 'tcp-active']) {
        const streamId = `${signalling}-${transport}`;
        await product.ingest(streamId, { device_id: id, channel_id: channelId, transport });
        expect(await probe(`${product.media}/flv/${streamId}.flv`)).toBe('h264,640,360');
      }
      expect(await probe(`${product.media}/hls/${signalling}-udp/index.m3u8`)).toBe('h264,640,360');
      const { body: diagnosis } = await product.call('GET', `/streams/${signalling}-udp/diagnosis`);
      expect(diagnosis).toMatchObject({ verdict: 'live' });
      for (const transport of ['udp', 'tcp-passive', 'tcp-active'])
        await product.call('POST', `/streams/${signalling}-${transport}/stop`);
      await until('BYE of all', () => device.sessions === 0);
    },
  );

  it('end a while after the last viewer', async () => {
    const { device, channelId } = await add('34020000001110000003', 'udp');
    await product.ingest('on-demand', { device_id: device.id, channel_id: channelId });
    expect(device.sessions).toBe(0);
    expect(await probe(`${product.media}/flv/on-demand.flv`)).toBe('h264,640,360');
    expect(device.sessions).toBe(1);
    await until('BYE', () => device.sessions === 0, 30_000);
    expect(await probe(`${product.media}/flv/on-demand.flv`)).toBe('h264,640,360');
  });

  it('move, go to presets and home (scenario 30)', async () => {
    const { device, channelId } = await add('34020000001110000004', 'udp');
    const path = `/gb28181/devices/${device.id}/channels/${channelId}`;
    const order = async (body: unknown) => (await product.call('POST', `${path}/ptz`, body)).status;
    expect(await order({ order: 'move', tilt: 'up', tilt_speed: 31 })).toBe(204);
    expect(await order({ order: 'stop' })).toBe(204);
    expect(await order({ order: 'preset', action: 'set', preset: 1 })).toBe(204);
    expect(await order({ order: 'home', on: true, seconds: 30, preset: 1 })).toBe(204);
    expect(await order({ order: 'dance' })).toBe(400);
    expect(await order({ order: 'move', pan: 'up' })).toBe(400);
    await until('the orders', () => device.told.length === 4);
    expect(device.told).toEqual([
      'PTZCmd A50F0108001F00DC',
      'PTZCmd A50F0100000000B5',
      'PTZCmd A50F018100010037',
      'HomePosition',
    ]);
    expect((await product.call('GET', `${path}/presets`)).body).toMatchObject({
      presets: [
        { number: 1, name: '大门' },
        { number: 2, name: 'yard' },
      ],
    });
  });

  it('have recordings that are listed, played and controlled (scenario 31)', async () => {
    const { device, channelId } = await add('34020000001110000005', 'udp');
    const range = { from: '2024-05-01T00:00:00Z', to: '2024-05-01T00:10:00Z' };
    const records = `/gb28181/devices/${device.id}/channels/${channelId}/records`;
    const query = `?from=${range.from}&to=${range.to}`;
    expect((await product.call('GET', records + query)).body).toMatchObject({
      ...{ complete: true, total: 1, records: [{ name: 'one', from: '2024-05-01T00:00:00.000Z' }] },
    });
    await product.ingest('recording', { device_id: device.id, channel_id: channelId, ...range });
    const control = async (body: unknown) =>
      (await product.call('POST', '/gb28181/playbacks/recording/control', body)).status;
    await until('the stream', async () => {
      const { body } = await product.call('GET', '/streams/recording');
      return (body as { state?: string }).state === 'live';
    });
    expect(await control({ action: 'pause' })).toBe(204);
    expect(await control({ action: 'seek', seconds: 1 })).toBe(204);
    expect(await control({ action: 'resume' })).toBe(204);
    expect(await probe(`${product.media}/flv/recording.flv`)).toBe('h264,640,360');
    expect(device.told.filter(text => text.startsWith('INFO'))).toHaveLength(3);
    await until('the end', () => device.sessions === 0);
  });

  it('tell of alarms and positions (scenario 32)', async () => {
    const { device, channelId } = await add('34020000001110000006', 'tcp');
    for (const kind of ['alarm', 'position'])
      expect(
        (await product.call('PUT', `/gb28181/devices/${device.id}/subscriptions/${kind}`)).body,
      ).toMatchObject({
        state: 'active',
      });
    expect(await device.alarm(channelId)).toBe(200);
    expect(await device.position(118.38, 31.33)).toBe(200);
    const body = await until('the position', async () => {
      const list = (await product.call('GET', `/gb28181/events?device_id=${device.id}`)).body;
      return (list as { total: number }).total >= 3 && list;
    });
    expect(body).toMatchObject({
      events: [
        { kind: 'position', detail: { longitude: 118.38, latitude: 31.33 } },
        { kind: 'alarm', channel_id: channelId, detail: { method: 5, description: '移动侦测' } },
        { kind: 'device-online' },
      ],
    });
  });
});
