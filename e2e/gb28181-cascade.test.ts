/** The product below other platforms: one of SIPp, and one of its own. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clip } from './support/clips.ts';
import { freePorts } from './support/flux-process.ts';
import { TestGateway } from './support/gateway.ts';
import { PASSWORD, SERVER_ID } from './support/gb28181-product.ts';
import { difference, hashedUnits } from './support/packets.ts';
import { lacks, RunningProcess, run, until } from './support/processes.ts';
import { PsSink } from './support/ps-device.ts';

const LOWER_ID = '34020000002000000002';
const SIPP_ID = '34020000002000000009';
const CHANNEL = '34020000001320000501';
const SCENARIOS = join(import.meta.dirname, 'sipp');

interface Device {
  readonly catalog?: { readonly state: string };
}

interface Platform {
  readonly name: string;
  readonly state: string;
  readonly last_error?: string;
  readonly sessions: readonly { readonly bytes: number }[];
}

let upper: TestGateway;
let lower: TestGateway;
let lowerSip: number;
let sippPort: number;

const settings = (sip: number, rtp: number) => ({
  'protocols.enabled': ['rtmp', 'gb28181', 'flv'],
  'protocols.gb28181.bind_sip': `127.0.0.1:${sip}`,
  'protocols.gb28181.bind_rtp': `127.0.0.1:${rtp}`,
  'protocols.gb28181.password': PASSWORD,
  'media.publisher_grace': 1,
});

beforeAll(async () => {
  const [upperSip = 0, upperRtp = 0, sip = 0, rtp = 0, port = 0] = await freePorts(5);
  lowerSip = sip;
  sippPort = port;
  upper = await TestGateway.start(settings(upperSip, upperRtp));
  const platformTable = (name: string, at: number, id: string) => `
[[protocols.gb28181.platforms]]
name = "${name}"
address = "127.0.0.1:${at}"
id = "${id}"
password = "${PASSWORD}"
keepalive_interval = 14
`;
  const share = `
[[protocols.gb28181.shared]]
stream = "gate"
channel_id = "${CHANNEL}"
name = "大门"
`;
  lower = await TestGateway.start(
    { ...settings(sip, rtp), 'protocols.gb28181.sip_id': LOWER_ID },
    platformTable('own', upperSip, SERVER_ID) + platformTable('sipp', sippPort, SIPP_ID) + share,
  );
});
afterAll(async () => {
  await lower[Symbol.asyncDispose]();
  await upper[Symbol.asyncDispose]();
});

const get = async <Answer>(gateway: TestGateway, path: string) =>
  (await gateway.api(`/api/v1${path}`)) as Answer;

const platform = async (name: string) => {
  const { platforms } = await get<{ platforms: Platform[] }>(lower, '/gb28181/platforms');
  return platforms.find(one => one.name === name);
};

const publish = (file: string, loops: number) =>
  new RunningProcess('ffmpeg', [
    ...['-v', 'error', '-re', '-stream_loop', String(loops), '-i', file, '-c', 'copy', '-f', 'flv'],
    lower.rtmpUrl('gate'),
  ]);

describe.skipIf(lacks('sipp', 'ffmpeg', 'ffprobe'))("SIPp's platform", () => {
  const sipp = async (scenario: string, keys: Readonly<Record<string, string>> = {}, port = sippPort) => {
    const { code, stdout, stderr } = await run(
      'sipp',
      [
        ...[`127.0.0.1:${lowerSip}`, '-i', '127.0.0.1', '-p', String(port), '-nostdin', '-timeout', '20'],
        ...['-sf', join(SCENARIOS, `${scenario}.xml`), '-m', '1'],
        ...Object.entries(keys).flatMap(([key, value]) => ['-key', key, value]),
      ],
      30_000,
    );
    return code === 0 ? 'passed' : `${stdout.slice(-1500)}${stderr.slice(-1500)}`;
  };

  it('is registered with, hears keep-alives, and gets catalog and media', async () => {
    await using _publisher = publish(await clip('h264-aac.flv'), 10);
    await lower.untilLive('gate');
    expect(await sipp('upper-register')).toBe('passed');
    await until('the registration', async () => (await platform('sipp'))?.state === 'registered');
    expect(await sipp('upper-keepalive')).toBe('passed');
    // The answer goes to where the platform is registered with, whatever port it asks from.
    const [asking = 0] = await freePorts(1);
    const answer = sipp('upper-answer');
    await new Promise(resolve => setTimeout(resolve, 500));
    expect(await sipp('upper-query', {}, asking)).toBe('passed');
    expect(await answer).toBe('passed');
    expect(await sipp('upper-unknown')).toBe('passed');
    await using datagrams = await PsSink.open();
    const byUdp = { sink_port: String(datagrams.port), media_profile: 'RTP/AVP', media_ssrc: '0200000501' };
    expect(await sipp('upper-invite', { ...byUdp, media_setup: 'a=quality:5' })).toBe('passed');
    const source = await hashedUnits(await clip('h264-aac.flv'), 'h264');
    const hashes = source.video.map(({ hash }) => hash);
    for (const file of [await datagrams.write(200_000_501)]) {
      const { video, audio } = await hashedUnits(file, 'h264');
      rmSync(file);
      // All frames of more than a second, from a key frame on, and none other.
      const first = hashes.indexOf(video[0]?.hash ?? '');
      expect(video.length).toBeGreaterThan(30);
      expect(audio.length).toBeGreaterThan(30);
      const places = video.map(({ hash }) => hashes.indexOf(hash));
      expect(places).toEqual(video.map((_, index) => (first + index) % hashes.length));
    }
    const { history } = await get<{ history: { step: string; detail: string }[] }>(
      lower,
      '/streams/gate/diagnosis',
    );
    expect(history.filter(({ step }) => step.startsWith('upper')).map(({ detail }) => detail)).toEqual(
      expect.arrayContaining([
        `sipp: send to 127.0.0.1:${datagrams.port} by udp, SSRC 0200000501`,
        'sipp said BYE',
      ]),
    );
  });
});

describe.skipIf(lacks('ffmpeg'))('a platform of our own', () => {
  it('shows what is published below by RTMP, frame by frame', async () => {
    await until('the registration', async () => (await platform('own'))?.state === 'registered');
    await until(
      'its catalog',
      async () => (await get<Device>(upper, `/gb28181/devices/${LOWER_ID}`)).catalog?.state === 'complete',
    );
    const file = await clip('h264-aac.flv');
    await using _publisher = publish(file, 0);
    await lower.untilLive('gate');
    const source = { gb28181: { device_id: LOWER_ID, channel_id: CHANNEL, transport: 'tcp-passive' } };
    await upper.api('/api/v1/streams/ingest', 'POST', { protocol: 'gb28181', stream_id: 'above', source });
    const [actual, expected] = [
      await hashedUnits(upper.playUrl('flv', 'above'), 'h264'),
      await hashedUnits(file, 'h264'),
    ];
    const first = expected.video.findIndex(({ hash }) => hash === actual.video[0]?.hash);
    expect(first).toBeGreaterThanOrEqual(0);
    // To the last frame of the file, or to the one before: a frame is known to be whole when the next one begins.
    expect(first + actual.video.length).toBeGreaterThanOrEqual(expected.video.length - 1);
    expect(actual.video.length).toBeGreaterThan(100);
    const from = (units: typeof actual.video, start: number) =>
      units.map(unit => ({ ...unit, dts: unit.dts - start, pts: unit.pts - start }));
    const part = expected.video.slice(first, first + actual.video.length);
    expect(difference(from(part, part[0]?.dts ?? 0), from(actual.video, actual.video[0]?.dts ?? 0))).toEqual(
      [],
    );
  });
});
