/** Two platforms, one registered with the other, and devices of the lower one. */
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import { lengthPrefixed, VIDEO_TRACKS } from '@flux-iot/media/format/flv/test-support';
import { VideoSample } from '@flux-iot/media/model/sample';
import type { Track } from '@flux-iot/media/model/track';
import type { ChannelShare } from '@flux-iot/protocols/gb28181/cascade/shared-channel';
import type { PlatformAccount } from '@flux-iot/protocols/gb28181/cascade/upper-platform';
import { MediaReceiver } from '@flux-iot/protocols/gb28181/media/media-receiver';
import { SipAgent } from '@flux-iot/protocols/gb28181/sip/agent';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type Clip, testClip } from './clip.ts';
import { cameras, DOMAIN, PASSWORD, SERVER_ID, TestPlatform, until } from './test-platform.ts';

const LOWER_ID = '34020000002000000002';
const CAM = 'cam1' as StreamId;
const CHANNEL = '34020000001320000501';
const DEVICE = '34020000001110000007';
const SEED = 20_281;

let upper: TestPlatform;
let lower: TestPlatform;
afterEach(async () => {
  await lower.stop();
  await upper.stop();
});

function shareOf(more: Partial<ChannelShare> = {}): ChannelShare {
  return { streamId: CAM, channelId: CHANNEL, name: '大门', platforms: [], device: undefined, ...more };
}

function accountOf(more: Partial<PlatformAccount> = {}): PlatformAccount {
  return {
    ...{ name: 'city', id: SERVER_ID, domain: DOMAIN, host: '127.0.0.1', port: upper.adapter.port },
    ...{ transport: 'udp', ownId: LOWER_ID, user: LOWER_ID, password: PASSWORD },
    ...{ expires: 3600, keepaliveInterval: 60, ...more },
  };
}

async function begin(
  shared: readonly ChannelShare[] = [shareOf()],
  account: Partial<PlatformAccount> = {},
  options: ConstructorParameters<typeof TestPlatform>[0] = {},
): Promise<void> {
  const receiver = new MediaReceiver({ host: '127.0.0.1', port: 0 });
  upper = await new TestPlatform({ receiver, subscribeCatalog: true, ...options }).start();
  lower = await new TestPlatform({
    ...{ id: LOWER_ID, above: { platforms: [accountOf(account)], shared } },
    receiver: new MediaReceiver({ host: '127.0.0.1', port: 0 }),
  }).start();
}

/** The lower platform as the upper one has it. */
function device() {
  return upper.adapter.registry.find(LOWER_ID);
}

async function registered(): Promise<void> {
  await until(() => device()?.catalog.state === 'complete', 'the catalog of the lower platform');
}

async function publish(track: Track = VIDEO_TRACKS.h264) {
  const publisher = { protocol: 'rtmp', peer: 'test', close: () => {} };
  const publication = await lower.orchestrator.registerStream(CAM, publisher);
  publication.expect({ video: true, audio: false });
  publication.setTrack(track);
  let index = 0;
  return {
    publication,
    pictures: [] as string[],
    /** A key frame every ten. */
    write(count: number) {
      for (const end = index + count; index < end; index++) {
        const isKey = index % 10 === 0;
        const unit = Buffer.alloc(isKey ? 20_000 : 900, index + 1);
        unit[0] = isKey ? 0x65 : 0x41;
        unit[1] = 0x88;
        const { sps, pps } = VIDEO_TRACKS.h264;
        const data = lengthPrefixed(...(isKey ? [...sps, ...pps] : []), unit);
        const sample = VideoSample.fromData(track.id, index * 3600, index * 3600, isKey, data);
        this.pictures.push(data.toString('hex'));
        publication.write(sample);
      }
    },
  };
}

async function watch(source: Record<string, unknown> = {}) {
  const id = `up-${Object.values(source).join('-').replaceAll(':', '')}` as StreamId;
  const given = { device_id: LOWER_ID, channel_id: CHANNEL, on_demand: false, ...source };
  const ingest = await upper.orchestrator.addIngest(id, () => upper.adapter.ingest(id, given));
  const stop = () => upper.orchestrator.stopStream(id, { code: 'stopped', message: '' });
  return { id, ingest, stop };
}

const steps = (streamId = CAM) => lower.adapter.historyOf(streamId).map(({ step }) => step);
const report = async () => (await lower.adapter.control.platforms())[0];

describe('the registration with a platform above', () => {
  it.each(['udp', 'tcp'] as const)('is kept by %s, and taken back at the end', async transport => {
    await begin([shareOf()], { transport, keepaliveInterval: 0.1 });
    await registered();
    expect(device()).toMatchObject({ isOnline: true, peer: { transport } });
    await until(() => device()?.info, 'what it is');
    expect(device()?.info).toMatchObject({ name: 'FLUX IoT', channels: 1 });
    await until(async () => (await report())?.lastKeepaliveAt, 'a keep-alive');
    expect(await report()).toMatchObject({
      name: 'city',
      state: 'connected',
      channels: 1,
      channelsOnline: 0,
    });
    const { port } = device()?.peer ?? {};
    await lower.stop();
    await until(() => device()?.isOnline === false, 'the goodbye');
    expect(upper.events.at(-1)).toMatchObject({ detail: { reason: 'it signed off' } });
    expect(port).toBeGreaterThan(0);
  });

  it('is tried again with growing delays while the password is wrong, and says so', async () => {
    await begin([shareOf()], { password: 'wrong' });
    await until(async () => (await report())?.state === 'retrying', 'the refusal');
    const { lastError, nextAttemptAt = 0 } = (await report())!;
    expect(lastError).toContain('403');
    expect(lastError).toContain('password');
    expect(nextAttemptAt).toBeGreaterThan(Date.now());
    expect(device()).toBeUndefined();
  });

  it('is made anew when the platform has forgotten us', async () => {
    await begin([shareOf()], { keepaliveInterval: 0.1 });
    await registered();
    await upper.adapter.registry.remove(LOWER_ID);
    await until(() => device()?.isOnline, 'the second registration', 10_000);
    expect((await report())?.attempts).toBe(2);
  });
});

describe('the catalog for a platform above', () => {
  it('comes in several parts, with ids that are configured or stay the same', async () => {
    const more = Array.from({ length: 8 }, (_, index) =>
      shareOf({ streamId: `s${index}` as StreamId, channelId: undefined, name: undefined }),
    );
    await begin([shareOf(), ...more, shareOf({ channelId: '34020000001320000599', platforms: ['other'] })]);
    await registered();
    const channels = [...(device()?.channels.values() ?? [])];
    expect(channels).toHaveLength(9);
    expect(channels[0]).toMatchObject({ id: CHANNEL, name: '大门', isOnline: false, parentId: LOWER_ID });
    // What it is made of must not change: platforms keep it.
    expect(channels.find(({ name }) => name === 's0')?.id).toBe('34020000001320401112');
  });

  it('is followed by what comes and goes', async () => {
    await begin();
    await registered();
    await until(async () => (await report())?.isSubscribed, 'the subscription');
    const source = await publish();
    source.write(3);
    await until(() => device()?.channels.get(CHANNEL)?.isOnline, 'ON');
    source.publication.close({ code: 'unpublished', message: '' });
    await until(() => device()?.channels.get(CHANNEL)?.isOnline === false, 'OFF');
  });
});

describe('a stream for a platform above', () => {
  it.each(['udp', 'tcp-passive', 'tcp-active'])('goes by %s, frame by frame', async transport => {
    await begin();
    await registered();
    const source = await publish();
    source.write(25);
    const { id, stop } = await watch({ transport });
    await until(() => upper.orchestrator.findStream(id)?.state === 'live', 'the stream above');
    const pictures: string[] = [];
    upper.orchestrator.findStream(id)?.addSink({
      onTracks: () => {},
      onSample: sample => {
        if (sample.kind === 'video') pictures.push(sample.data.toString('hex'));
      },
      onDiscontinuity: () => {},
      onEnd: () => {},
    });
    source.write(25);
    // The last frame is whole when the next one begins.
    await until(() => pictures.length >= 29, 'all frames');
    expect(pictures).toEqual(source.pictures.slice(20, 20 + pictures.length));
    const [session] = (await report())?.sessions ?? [];
    expect(session).toMatchObject({ channelId: CHANNEL, streamId: CAM });
    expect(session?.bytes).toBeGreaterThan(20_000);
    stop();
    await until(async () => (await report())?.sessions.length === 0, 'BYE');
    const seen = steps().filter(step => !step.includes('media-connect'));
    expect(seen).toEqual(['upper-invited', 'upper-accepted', 'upper-acknowledged', 'upper-ended']);
    const [asked] = lower.adapter.historyOf(CAM);
    expect(asked?.detail).toMatch(/^city: .*, SSRC 020000\d{4}$/);
  });

  it('ends above when it ends here', async () => {
    await begin();
    await registered();
    const source = await publish();
    source.write(5);
    const { id, ingest } = await watch();
    await until(() => upper.orchestrator.findStream(id)?.state === 'live', 'the stream above');
    source.publication.close({ code: 'unpublished', message: 'gone' });
    await until(() => ingest.history?.entries.some(({ step }) => step === 'bye-received'), 'BYE');
  });

  it('is refused with what is the matter', async () => {
    await begin();
    await registered();
    const refusal = async () => {
      const { ingest, stop } = await watch();
      await until(() => ingest.status.state === 'retrying', 'the refusal');
      stop();
      return ingest.history?.entries.find(({ step }) => step === 'invite-refused')?.detail;
    };
    expect(await refusal()).toMatch(/^480 .*There is no stream cam1/);
    const source = await publish({
      ...{ kind: 'video', codec: 'vp9', id: 1, version: 1, clockRate: 90_000, codecString: 'vp09' },
      ...{ width: 640, height: 360 },
    } as unknown as Track);
    source.write(2);
    expect(await refusal()).toMatch(/^488 .*vp9/);
    source.publication.close({ code: 'unpublished', message: '' });
    const { ingest } = await watch({ channel_id: '34020000001320000999' });
    await until(() => ingest.status.state === 'retrying', 'the third refusal');
    expect(ingest.status.lastError).toContain('404');
    expect(steps()).toEqual(['upper-invited', 'upper-refused', 'upper-invited', 'upper-refused']);
  });
});

describe('a channel of a device below', () => {
  const [camera] = cameras(DEVICE, 1);
  const below = { deviceId: DEVICE, channelId: camera!.id };
  const start = Date.UTC(2024, 4, 1);

  async function withDevice(clip?: Clip) {
    await begin([shareOf({ device: below })]);
    const recordings = Array.from({ length: 6 }, (_, index) => ({
      ...{ name: `r${index}`, start: start + index * 60_000, end: start + (index + 1) * 60_000 },
    }));
    const camera = await lower.device({ id: DEVICE, clip, recordings, channels: cameras(DEVICE, 1) });
    await camera.register();
    await until(() => lower.adapter.registry.find(DEVICE)?.catalog.state === 'complete', 'its catalog');
    await registered();
    return camera;
  }

  it('is moved, asked and looked through by the platform above', async () => {
    const camera = await withDevice();
    const { control } = upper.adapter;
    await control.order(LOWER_ID, CHANNEL, { order: 'move', tilt: 'up', tilt_speed: 31 });
    await control.order(LOWER_ID, CHANNEL, { order: 'guard', on: true });
    await until(() => camera.told.length === 2, 'the orders');
    expect(camera.told).toEqual(['PTZCmd A50F0108001F00DC', 'GuardCmd SetGuard']);
    expect(await control.presets(LOWER_ID, CHANNEL)).toHaveLength(2);
    const { records, isComplete } = await control.records(LOWER_ID, CHANNEL, start, start + 600_000);
    expect({ isComplete, names: records.map(({ name }) => name) }).toEqual({
      ...{ isComplete: true, names: ['r0', 'r1', 'r2', 'r3', 'r4', 'r5'] },
    });
    expect(steps()).toEqual(['upper-order', 'upper-order']);
    await expect(control.order(LOWER_ID, CHANNEL, { order: 'configure', name: 'x' })).rejects.toThrow(
      'ERROR',
    );
    expect(camera.told).toHaveLength(2);
  });

  it('is fetched from the device, live and of a recording', async () => {
    const camera = await withDevice(await testClip());
    const { id, stop } = await watch();
    await until(() => upper.orchestrator.findStream(id)?.state === 'live', 'the stream above');
    expect(upper.orchestrator.findStream(id)?.tracks[0]).toMatchObject({ codec: 'h264', width: 640 });
    stop();
    await until(() => camera.sessions === 0, 'BYE of the device');
    const range = { from: '2024-05-01T00:00:00Z', to: '2024-05-01T00:01:00Z' };
    const recording = await watch(range);
    await until(() => recording.ingest.status.state === 'connected', 'the recording');
    await upper.adapter.control.playback(recording.id, { action: 'pause' });
    await upper.adapter.control.playback(recording.id, { action: 'seek', seconds: 3.5 });
    await upper.adapter.control.playback(recording.id, { action: 'resume' });
    expect(camera.told.filter(text => text.startsWith('INFO'))).toHaveLength(3);
    await until(() => recording.ingest.status.state === 'closed', 'the end of the recording');
    await until(() => camera.sessions === 0 && lower.orchestrator.ingests.length === 1, 'what it took');
  });

  it('is no channel of who orders a stream of another protocol', async () => {
    await begin();
    await registered();
    const { control } = upper.adapter;
    await control.order(LOWER_ID, CHANNEL, { order: 'stop' });
    await expect(control.order(LOWER_ID, CHANNEL, { order: 'guard', on: true })).rejects.toThrow('ERROR');
    expect(lower.adapter.historyOf(CAM).at(-1)?.detail).toContain('ignored');
    expect(await control.records(LOWER_ID, CHANNEL, start, start + 1000)).toMatchObject({ total: 0 });
  });
});

describe('whatever a platform above says', () => {
  it('is answered or refused, and nothing fails', async () => {
    await begin();
    await registered();
    const agent = new SipAgent({
      ...{ identity: { id: SERVER_ID, domain: DOMAIN }, host: '127.0.0.1', port: 0, advertised: undefined },
      ...{ flood: { rate: 1000, burst: 1000 }, maxConnections: 1 },
      onRequest: ({ respond }) => respond({ status: 200 }),
      onDisconnected: () => {},
      onRefused: () => {},
    });
    await agent.start();
    const pieces = [
      '<Query>',
      '<Control>',
      '<CmdType>',
      'Catalog',
      '</CmdType>',
      `<DeviceID>${CHANNEL}`,
      '<SN>1',
      'v=0\r\n',
      'm=video 1 TCP/RTP/AVP 96\r\n',
      's=Play\r\n',
      'y=1\r\n',
      'c=IN IP4 127.0.0.1\r\n',
    ];
    const bodies = fc.array(
      fc.oneof(
        fc.constantFrom(...pieces),
        fc.uint8Array({ maxLength: 8 }).map(bytes => Buffer.from(bytes).toString('latin1')),
      ),
    );
    const methods = fc.constantFrom('MESSAGE', 'INVITE', 'SUBSCRIBE', 'INFO', 'BYE', 'NOTIFY', 'OPTIONS');
    const ids = fc.constantFrom(CHANNEL, LOWER_ID, 'x');
    const peer = device()!.peer;
    const property = fc.asyncProperty(methods, ids, bodies, async (method, id, parts) => {
      const body = Buffer.from(parts.join(''), 'latin1');
      const { status } = await agent.request(method, id, peer, { Event: 'Catalog' }, body, 3000);
      expect(status).toBeGreaterThanOrEqual(200);
      expect(status).not.toBe(500);
    });
    await fc.assert(property, { seed: SEED, numRuns: 150 }).finally(() => agent.stop());
    expect(lower.errors).toEqual([]);
  });
});
