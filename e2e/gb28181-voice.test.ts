/** Voice to devices: the sound of a stream of another protocol and codec, to a simulated device and to SIPp's. */
import { createSocket } from 'node:dgram';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SimulatedDevice } from '../packages/testkit/gb28181/simulated-device.ts';
import { freePorts } from './support/flux-process.ts';
import { DOMAIN, Gb28181Product, PASSWORD, SERVER_ID } from './support/gb28181-product.ts';
import { lacks, RunningProcess, run, until } from './support/processes.ts';

const DEVICE = '34020000001180000009';
const CHANNEL = '34020000001320000009';
const SIPP_DEVICE = '34020000001320000077';
const SIPP_CHANNEL = '34020000001320000078';
const SCENARIOS = join(import.meta.dirname, 'sipp');
const TONE = 440;

let product: Gb28181Product;
let publisher: RunningProcess;
let device: SimulatedDevice;

describe.skipIf(lacks('ffmpeg'))('voice to devices', () => {
  beforeAll(async () => {
    const [rtmp = 0] = await freePorts(1);
    product = await Gb28181Product.start({
      FLUX_PROTOCOLS_ENABLED: 'rtmp,gb28181,flv',
      FLUX_PROTOCOLS_RTMP_BIND: `127.0.0.1:${rtmp}`,
      FLUX_PROTOCOLS_GB28181_INVITE_TIMEOUT: '10',
    });
    const tone = ['-re', '-f', 'lavfi', '-i', `sine=frequency=${TONE}:sample_rate=44100`];
    const output = ['-c:a', 'aac', '-f', 'flv', `rtmp://127.0.0.1:${rtmp}/live/news`];
    publisher = new RunningProcess('ffmpeg', ['-v', 'error', ...tone, ...output]);
    device = new SimulatedDevice({
      ...{ id: DEVICE, password: PASSWORD, quirks: { voiceTransport: 'tcp-active' } },
      server: { transport: 'udp', address: '127.0.0.1', port: product.sip, id: SERVER_ID, domain: DOMAIN },
      channels: [{ id: CHANNEL, name: 'door', isParent: false, isOnline: true, parentId: DEVICE }],
    });
    await device.start();
    expect(await device.register()).toBe(200);
    await until('the catalog', async () => (await product.device(DEVICE))?.catalog.state === 'complete');
    await until('the publisher', async () => (await product.call('GET', '/streams/news')).status === 200);
  });
  afterAll(async () => {
    device.stop();
    await publisher[Symbol.asyncDispose]();
    await product.process[Symbol.asyncDispose]();
  });

  it('have AAC made into the G.711A that they take', async () => {
    const path = `/gb28181/devices/${DEVICE}/channels/${CHANNEL}/broadcast`;
    const { status, body } = await product.call('POST', path, { stream_id: 'news' });
    expect([status, body]).toMatchObject([201, { state: 'talking', diagnosis: { verdict: 'live' } }]);
    await until('a second of sound', () => device.voice.heard.sound.length === 8000);
    const { heard } = device.voice;
    expect(heard).toMatchObject({ lost: 0, payloadTypes: [8] });
    expect(Math.abs(frequencyOf(heard.sound) - TONE)).toBeLessThan(15);
    expect((await product.call('POST', path, { stream_id: 'news' })).status).toBe(409);
    expect((await product.call('DELETE', path)).status).toBe(204);
    await until('the goodbye', () => device.told.includes('BYE of the talk'));
  });

  it.skipIf(lacks('sipp'))("are asked for by SIPp's device", async () => {
    const [port = 0, rtp = 0] = await freePorts(2);
    const sipp = async (scenario: string, calls = 1) => {
      const address = ['-i', '127.0.0.1', '-p', String(port), '-nostdin', '-timeout', '30'];
      const args = [
        '-sf',
        join(SCENARIOS, `${scenario}.xml`),
        '-m',
        String(calls),
        '-key',
        'rtp',
        String(rtp),
      ];
      const { code, stdout } = await run('sipp', [`127.0.0.1:${product.sip}`, ...address, ...args], 40_000);
      return code === 0 ? 'passed' : stdout.slice(-1500);
    };
    const loudspeaker = createSocket('udp4');
    const packets: Buffer[] = [];
    loudspeaker.on('message', data => packets.push(data));
    loudspeaker.bind(rtp, '127.0.0.1');
    try {
      expect(await sipp('register')).toBe('passed');
      // It is asked what it is and has first.
      expect(await sipp('catalog', 3)).toBe('passed');
      const told = sipp('broadcast');
      const path = `/gb28181/devices/${SIPP_DEVICE}/channels/${SIPP_CHANNEL}/broadcast`;
      const talking = product.call('POST', path, { stream_id: 'news' });
      expect(await told).toBe('passed');
      const asking = sipp('voice');
      expect(await talking).toMatchObject({ status: 201, body: { state: 'talking' } });
      await until('the sound', () => packets.length > 20);
      expect((await product.call('DELETE', path)).status).toBe(204);
      expect(await asking).toBe('passed');
      const [first] = packets;
      // RFC 3550 §5.1: version 2, payload type 8, the SSRC that the device named, 20 ms.
      expect([first?.[0], (first?.[1] ?? 0) & 0x7f, first?.readUInt32BE(8), first?.length]).toEqual([
        ...[0x80, 8, 200_001_234, 172],
      ]);
    } finally {
      loudspeaker.close();
    }
  });
});

/** Of a second of A-law (ITU-T G.711) at 8 kHz with one tone in it: how often its sign changes, halved. */
function frequencyOf(sound: Buffer): number {
  let changes = 0;
  for (let at = 1; at < sound.length; at++) if ((sound[at]! ^ sound[at - 1]!) & 0x80) changes++;
  return changes / 2;
}
