/** Each way in which a GB28181 stream stays without a picture, provoked, and what the server says of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clip, testClip } from '../packages/testkit/gb28181/clip.ts';
import type { SimulatedQuirks } from '../packages/testkit/gb28181/quirks.ts';
import { SimulatedDevice } from '../packages/testkit/gb28181/simulated-device.ts';
import { DOMAIN, Gb28181Product, PASSWORD, SERVER_ID } from './support/gb28181-product.ts';
import { lacks, until } from './support/processes.ts';

interface Diagnosis {
  readonly verdict: string;
  readonly summary: string;
  readonly missing_step?: string;
  readonly advice: readonly string[];
  readonly findings: readonly { readonly step: string }[];
}

let product: Gb28181Product;
let clip: Clip;
const devices: SimulatedDevice[] = [];

beforeAll(async () => {
  [product, clip] = await Promise.all([Gb28181Product.start(), testClip()]);
});
afterAll(async () => {
  for (const device of devices) device.stop();
  await product.process[Symbol.asyncDispose]();
});

/** Asks a device with that quirk for a stream until its attempt has failed, or it is live. */
async function diagnosed(
  number: number,
  quirks: SimulatedQuirks,
  source: Record<string, unknown> = {},
  sent: Clip = clip,
): Promise<Diagnosis> {
  const id = `3402000000111000${String(number).padStart(4, '0')}`;
  const channelId = id.replace('111', '132');
  const device = new SimulatedDevice({
    ...{ id, password: PASSWORD, quirks, clip: sent },
    server: { transport: 'udp', address: '127.0.0.1', port: product.sip, id: SERVER_ID, domain: DOMAIN },
    channels: [{ id: channelId, name: 'x', isParent: false, isOnline: true }],
  });
  devices.push(device);
  await device.start();
  await device.register();
  const streamId = `case-${number}`;
  await product.ingest(streamId, { device_id: id, channel_id: channelId, on_demand: false, ...source });
  const diagnosis = await until('an end of the attempt', async () => {
    const { body: stream } = await product.call('GET', `/streams/${streamId}`);
    const { body } = await product.call('GET', `/streams/${streamId}/diagnosis`);
    const { state, ingest } = stream as { state: string; ingest: { state: string } };
    // Of what is no program stream, bytes come and come.
    const isNoMedia = (body as Diagnosis).findings.some(({ step }) => step === 'not-ps');
    return (state === 'live' || ingest.state === 'retrying' || isNoMedia) && (body as Diagnosis);
  });
  await product.call('POST', `/streams/${streamId}/stop`);
  return diagnosis;
}

describe.skipIf(lacks('ffmpeg'))('the diagnosis', () => {
  it('names a device that is not there', async () => {
    await product.ingest('nobody', { device_id: '34020000001119999999', channel_id: '1', on_demand: false });
    const { body } = await product.call('GET', '/streams/nobody/diagnosis');
    expect(body).toMatchObject({ verdict: 'failing', missing_step: 'registered' });
    expect((body as Diagnosis).advice.join('\n')).toContain('SIP server id');
  });

  it('names what the device refuses with, and its meaning', async () => {
    const { missing_step, summary } = await diagnosed(1, { inviteStatus: 486 });
    expect(missing_step).toBe('accepted');
    expect(summary).toContain('486');
    expect(summary).toContain('the channel is busy');
  });

  it('names a device that does not answer', async () => {
    const { missing_step, advice } = await diagnosed(2, { isDeafToInvite: true });
    expect(missing_step).toBe('accepted');
    expect(advice.join('\n')).toContain('sip_address');
  });

  it('names media that does not come', async () => {
    const { missing_step, advice } = await diagnosed(3, { isMute: true });
    expect(missing_step).toBe('media');
    expect(advice.join('\n')).toContain('media_address');
  });

  it('names a port that cannot be connected to', async () => {
    const { missing_step, findings, advice } = await diagnosed(
      4,
      { closesMediaPort: true },
      { transport: 'tcp-active' },
    );
    expect(missing_step).toBe('media');
    expect(findings.map(({ step }) => step)).toContain('media-connect-failed');
    expect(advice[0]).toContain('tcp-passive');
  });

  it('names media that is no program stream', async () => {
    const noise = {
      packs: clip.packs.map(({ time }) => ({ time, data: Buffer.alloc(800, 0x55) })),
      duration: clip.duration,
    };
    const { missing_step, findings } = await diagnosed(5, {}, {}, noise);
    expect(missing_step).toBe('program-stream');
    expect(findings.map(({ step }) => step)).toContain('not-ps');
  });

  it('names another transport than the one that was asked for, which is borne with', async () => {
    const { verdict, findings } = await diagnosed(6, { alwaysUdp: true }, { transport: 'tcp-passive' });
    expect(verdict).toBe('live');
    expect(findings.map(({ step }) => step)).toContain('transport-differs');
  });

  it.each<[string, number, SimulatedQuirks]>([
    ['that the device names', 7, { ownSsrc: 703_001_718 }],
    ['that the device keeps to itself', 8, { lyingSsrc: 99 }],
  ])('bears with an SSRC %s', async (_what, number, quirks) => {
    expect((await diagnosed(number, quirks)).verdict).toBe('live');
  });
});
