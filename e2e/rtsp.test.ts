/** Scenarios 20, 23 and 24: RTSP publishers and players of others, by TCP and by UDP. */
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { parseRtcp } from '../packages/media/rtp/rtcp/parser.ts';
import { parseTransports } from '../packages/protocols/rtsp/headers/transport.ts';
import { TestClient, TestPorts } from '../packages/protocols/rtsp/server-test-support.ts';
import { type ClipName, clip } from './support/clips.ts';
import type { Packet8 } from './support/ffmpeg8.ts';
import { record, TestGateway } from './support/gateway.ts';
import { lacks, RunningProcess, run, until } from './support/processes.ts';

const FFMPEG8 = join(import.meta.dirname, 'support/ffmpeg8.ts');
const TRANSPORTS = ['tcp', 'udp'] as const;
const hasRtspSink = !lacks('gst-launch-1.0') && spawnSync('gst-inspect-1.0', ['rtspclientsink']).status === 0;

/** Packets as FFmpeg 8 reads them, to the end. */
async function packets8(url: string, transport?: (typeof TRANSPORTS)[number]): Promise<Packet8[]> {
  const options = transport ? [`rtsp_transport=${transport}`] : [];
  const { stdout, stderr } = await run(process.execPath, [FFMPEG8, 'packets', url, ...options]);
  if (stdout === '') throw new Error(stderr.slice(-1000));
  return stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Packet8);
}

const videoOf = (packets: readonly Packet8[]) => packets.filter(packet => packet.kind === 'video');
const audioOf = (packets: readonly Packet8[]) => packets.filter(packet => packet.kind === 'audio');

/** FFmpeg does not know the time of the first picture that it reads from RTSP, where pictures are reordered. */
const hasTime = ({ pts }: Packet8) => Math.abs(pts) < 1e6;

/**
 * What differs, in words: pictures and sound have to be the same in number, order and content from the first that came
 * on, and as far apart as they were, to within `tolerance` seconds. `mayLackFirst`: frames of sound that came before the
 * first picture.
 */
function difference(
  expected: readonly Packet8[],
  actual: readonly Packet8[],
  {
    tolerance = 0.0011,
    mayLackFirst = 10,
    mayLackLast = 0,
  }: { tolerance?: number; mayLackFirst?: number; mayLackLast?: number } = {},
): string[] {
  const found: string[] = [];
  // The same for sound and picture.
  let shift: number | undefined;
  for (const select of [videoOf, audioOf]) {
    const [wanted, got] = [select(expected), select(actual)];
    if (wanted.length === 0 && got.length === 0) continue;
    const first = wanted.findIndex(packet => packet.content === got[0]?.content);
    const kind = wanted[0]?.kind ?? 'audio';
    if (first === -1 || (kind === 'video' && first > 0)) found.push(`${kind}: begins with another unit`);
    if (first > mayLackFirst) found.push(`${kind}: the first ${first} are missing`);
    const rest = wanted.slice(Math.max(0, first));
    const missing = rest.length - got.length;
    if (missing < 0 || missing > (kind === 'audio' ? mayLackLast : 0))
      found.push(`${kind}: ${got.length} units, not ${rest.length}`);
    for (const [index, packet] of got.entries()) {
      const other = rest[index];
      if (!other || found.length > 5) break;
      if (packet.content !== other.content) found.push(`${kind} ${index}: other content`);
      if (!hasTime(packet)) continue;
      shift ??= packet.pts - other.pts;
      if (Math.abs(packet.pts - other.pts - shift) > tolerance)
        found.push(`${kind} ${index}: pts ${packet.pts - shift}, not ${other.pts}`);
    }
  }
  return found;
}

/** Publishes a clip in real time by RTSP. */
function publish(url: string, source: string, transport: string, args: readonly string[] = ['-c', 'copy']) {
  return new RunningProcess('ffmpeg', [
    ...['-v', 'error', '-re', '-i', source, ...args, '-f', 'rtsp', '-rtsp_transport', transport, url],
  ]);
}

const CLIPS: readonly [ClipName, number][] = [
  ['h264-aac.flv', 250],
  ['h265-aac.mp4', 250],
];

describe.skipIf(lacks('ffmpeg'))('RTMP to RTSP', { concurrent: true }, () => {
  it.each(CLIPS)('%s comes out whole by TCP and UDP', { timeout: 60_000 }, async (name, pictures) => {
    await using gateway = await TestGateway.start({ 'media.publisher_grace': 1 });
    const source = await clip(name);
    const expected = await packets8(source);
    const players = await gateway.expectPublisher('cam1');
    const reading = TRANSPORTS.map(transport => packets8(gateway.rtspUrl('cam1'), transport));
    await players(reading.length);
    await using _publisher = new RunningProcess(process.execPath, [
      ...[FFMPEG8, 'remux', source, gateway.rtmpUrl('cam1')],
    ]);
    const [tcp, udp] = await Promise.all(reading);
    expect(videoOf(tcp!)).toHaveLength(pictures);
    expect(difference(expected, tcp!)).toEqual([]);
    // What FFmpeg still has in its queue when the goodbye comes is lost to it.
    expect(difference(expected, udp!, { mayLackLast: 20 })).toEqual([]);
    await until('the ports are given back', async () => (await gateway.rtspStats()).portPairs === 0);
  });
});

describe.skipIf(lacks('ffmpeg'))('RTSP to HTTP-FLV', { concurrent: true }, () => {
  it.each(
    CLIPS.flatMap(([name, pictures]) => TRANSPORTS.map(transport => [name, transport, pictures] as const)),
  )('%s published by %s comes out whole', { timeout: 60_000 }, async (name, transport, pictures) => {
    await using gateway = await TestGateway.start({ 'media.publisher_grace': 1 });
    const source = await clip(name);
    const expected = await packets8(source);
    const players = await gateway.expectPublisher('cam1');
    const reading = packets8(gateway.playUrl('flv', 'cam1'));
    await players(1);
    await using publisher = publish(gateway.rtspUrl('cam1'), source, transport);
    const actual = await reading;
    expect(videoOf(actual)).toHaveLength(pictures);
    // FFmpeg gathers frames of AAC, and does not send the last ones.
    expect(difference(expected, actual, { mayLackLast: 20, tolerance: 0.0021 })).toEqual([]);
    const { code, stderr } = await publisher.finished;
    expect([code, stderr]).toEqual([0, '']);
    await until('the ports are given back', async () => (await gateway.rtspStats()).portPairs === 0);
  });
});

interface Audio {
  readonly codec: string;
  readonly source: ClipName;
  readonly encoder: string;
  readonly depayloader: string;
}

const AUDIO: readonly Audio[] = [
  { codec: 'aac', source: 'h265-aac.mp4', encoder: 'avenc_aac', depayloader: 'rtpmp4gdepay' },
  { codec: 'opus', source: 'h264-opus.mp4', encoder: 'opusenc', depayloader: 'rtpopusdepay' },
  { codec: 'g711a', source: 'h264-pcma.mkv', encoder: 'alawenc', depayloader: 'rtppcmadepay' },
];

interface Played {
  readonly code: number;
  readonly stderr: string;
  /** What the pictures hold, one by one. */
  readonly pictures: readonly string[];
  /** Bytes. */
  readonly sound: number;
}

/** Plays with GStreamer to the end of the stream. */
async function playWithGStreamer(
  url: string,
  transport: string,
  { video, depayloader }: { video: string; depayloader: string },
): Promise<Played> {
  using pictures = record.temporary(`pictures.${video}`);
  using sound = record.temporary('sound');
  const pipeline = [
    `rtspsrc location=${url} protocols=${transport} latency=${transport === 'udp' ? 1000 : 100} name=src`,
    `src. ! rtp${video}depay ! ${video}parse ! video/x-${video},stream-format=byte-stream,alignment=au`,
    `! filesink async=false location=${pictures.path}`,
    `src. ! ${depayloader} ! filesink async=false location=${sound.path}`,
  ].join(' ');
  const { code, stderr } = await run('gst-launch-1.0', pipeline.split(' '));
  const packets = await packets8(pictures.path);
  return {
    ...{ code, stderr, sound: statSync(sound.path).size },
    pictures: packets.map(packet => packet.content),
  };
}

describe.skipIf(lacks('ffmpeg', 'gst-launch-1.0'))('published by ffmpeg', { concurrent: true }, () => {
  it.each(AUDIO.flatMap(audio => TRANSPORTS.map(transport => ({ ...audio, transport }))))(
    '$source by $transport plays in ffmpeg and GStreamer by TCP and UDP',
    { timeout: 60_000 },
    async ({ codec, source, depayloader, transport }) => {
      await using gateway = await TestGateway.start({ 'media.publisher_grace': 1 });
      const path = await clip(source);
      const expected = await packets8(path);
      const video = source.startsWith('h265') ? 'h265' : 'h264';
      const arrived = await gateway.expectPublisher('cam1');
      const players = TRANSPORTS.map(lower => packets8(gateway.rtspUrl('cam1'), lower));
      const pipelines = TRANSPORTS.map(lower =>
        playWithGStreamer(gateway.rtspUrl('cam1'), lower, { video, depayloader }),
      );
      await arrived(players.length + pipelines.length);
      await using _publisher = publish(gateway.rtspUrl('cam1'), path, transport);
      await gateway.untilLive('cam1');
      const tracks = gateway.orchestrator.getStreamStatus('cam1')?.tracks.map(track => track.codec);
      expect(tracks?.sort()).toEqual([codec, video].sort());
      for (const packets of await Promise.all(players)) {
        // Datagrams of pictures and sound wait in sockets of their own, which a busy machine reads one after the other.
        const mayLackFirst = transport === 'udp' ? 50 : 10;
        // Runs of G.711 and the frames in a packet are cut elsewhere.
        const units = codec === 'g711a' ? [videoOf(expected), videoOf(packets)] : [expected, packets];
        const tolerances = { mayLackFirst, mayLackLast: 40, tolerance: 0.0021 };
        expect(difference(units[0]!, units[1]!, tolerances)).toEqual([]);
        expect(audioOf(packets).length).toBeGreaterThan(100);
      }
      const pictures = videoOf(expected).map(packet => packet.content);
      for (const played of await Promise.all(pipelines)) {
        expect(played).toMatchObject({ code: 0, stderr: '' });
        // It does not wait for what is in its buffers when the goodbye comes.
        expect(played.pictures).toEqual(pictures.slice(0, played.pictures.length));
        expect(played.pictures.length).toBeGreaterThan(pictures.length - 40);
        expect(played.sound).toBeGreaterThan(20_000);
      }
    },
  );
});

describe.skipIf(lacks('ffmpeg') || !hasRtspSink)('published by GStreamer', { concurrent: true }, () => {
  it.each(
    AUDIO.flatMap(audio =>
      TRANSPORTS.map(transport => ({ ...audio, transport, video: audio.codec === 'aac' ? 'h265' : 'h264' })),
    ),
  )('$video and $codec by $transport', { timeout: 60_000 }, async ({ codec, encoder, transport, video }) => {
    await using gateway = await TestGateway.start({ 'media.publisher_grace': 1 });
    const rate = codec === 'g711a' ? 8000 : 48_000;
    const encode = `x${video.slice(1)}enc tune=zerolatency key-int-max=25 bitrate=300 speed-preset=ultrafast ! ${video}parse`;
    const pipeline = [
      '-e videotestsrc is-live=true num-buffers=150 ! video/x-raw,width=320,height=240,framerate=25/1',
      `! ${encode} ! rtspclientsink name=sink location=${gateway.rtspUrl('gst')} protocols=${transport}`,
      `audiotestsrc is-live=true num-buffers=300 samplesperbuffer=${rate / 50} ! audio/x-raw,rate=${rate},channels=1`,
      `! audioconvert ! ${encoder} ! sink.`,
    ].join(' ');
    const players = await gateway.expectPublisher('gst');
    const reading = packets8(gateway.rtspUrl('gst'), 'tcp');
    await players(1);
    await using publisher = new RunningProcess('gst-launch-1.0', pipeline.split(' '));
    await gateway.untilLive('gst');
    // GStreamer 1.22 locks itself up at its end now and then, before it says PAUSE and TEARDOWN.
    const finished = await Promise.race([publisher.finished, sleep(12_000)]);
    if (finished) expect([finished.code, finished.stderr]).toEqual([0, '']);
    publisher.kill();
    const packets = await reading;
    const [pictures, sound] = [videoOf(packets), audioOf(packets)];
    expect(pictures.length).toBeGreaterThanOrEqual(140);
    expect(sound.length).toBeGreaterThan(100);
    for (const units of [pictures, sound]) {
      const times = units.filter(hasTime).map(unit => unit.pts);
      expect(times.every((time, index) => index === 0 || time > times[index - 1]!)).toBe(true);
    }
    // Both began at the same time.
    const lengths = [pictures, sound].map(units => units.at(-1)!.pts - units.find(hasTime)!.pts);
    expect(Math.abs(pictures.find(hasTime)!.pts - sound.find(hasTime)!.pts)).toBeLessThan(0.3);
    expect(lengths[0]).toBeGreaterThan(5);
    await until('the ports are given back', async () => (await gateway.rtspStats()).portPairs === 0);
  });
});

/** Seeded, so that each run loses the same packets. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Receives packets on a port of its own, and sends them on: 1 % not at all, 5 % up to 40 ms later. */
class LossyRelay {
  readonly #socket = createSocket('udp4');
  readonly #random = randomNumbers(20_261);
  readonly #forward: (packet: Buffer) => void;
  lost = 0;

  constructor(forward: (packet: Buffer) => void) {
    this.#forward = forward;
    this.#socket.on('message', packet => {
      const chance = this.#random();
      if (chance < 0.01) this.lost++;
      else if (chance < 0.06) setTimeout(() => this.#forward(packet), 40 * this.#random());
      else this.#forward(packet);
    });
  }

  async open(): Promise<number> {
    this.#socket.bind(0, '127.0.0.1');
    await once(this.#socket, 'listening');
    return this.#socket.address().port;
  }

  close(): void {
    this.#socket.close();
  }
}

describe.skipIf(lacks('ffmpeg'))('a lossy network', () => {
  it('costs pictures and never brings wrong ones', { timeout: 60_000 }, async () => {
    await using gateway = await TestGateway.start({ 'media.publisher_grace': 1 });
    const source = await clip('h264-aac.flv');
    const expected = videoOf(await packets8(source)).map(packet => packet.content);
    await using client = await TestClient.open(gateway.rtspPort);
    await using ports = await TestPorts.open();
    const url = gateway.rtspUrl('cam1');
    // Without parameter sets, which are in the stream (scenario 23).
    const description = [
      ...['v=0', 'm=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', 'a=fmtp:96 packetization-mode=1', ''],
    ].join('\r\n');
    const type = { 'Content-Type': 'application/sdp' };
    expect(await client.status('ANNOUNCE', url, type, Buffer.from(description))).toBe(200);
    const answer = await client.ask('SETUP', url, {
      Transport: `RTP/AVP;unicast;client_port=${ports.clientPort};mode=record`,
    });
    const [rtp = 0] = parseTransports(answer.headers.all('Transport'))[0]?.serverPort ?? [];
    expect(await client.status('RECORD', url)).toBe(200);
    const relay = new LossyRelay(packet => ports.send(0, packet, rtp));
    await using _sender = new RunningProcess('ffmpeg', [
      ...[
        '-v',
        'error',
        '-re',
        '-i',
        source,
        '-an',
        '-c',
        'copy',
        '-bsf:v',
        'h264_mp4toannexb',
        '-f',
        'rtp',
        '-payload_type',
        '96',
      ],
      `rtp://127.0.0.1:${await relay.open()}?rtcpport=9&pkt_size=700`,
    ]);
    await gateway.untilLive('cam1');
    const reading = packets8(gateway.playUrl('flv', 'cam1'));
    await _sender.finished;
    await sleep(300);
    const status = gateway.orchestrator.getStreamStatus('cam1');
    const [track] = (await gateway.rtspStats()).receptions[0]?.tracks ?? [];
    expect(await client.status('TEARDOWN', url)).toBe(200);
    relay.close();
    const actual = (await reading).map(packet => packet.content);
    expect(relay.lost).toBeGreaterThan(5);
    expect(track?.lost).toBe(relay.lost);
    expect(track?.reordered).toBeGreaterThan(20);
    // What came is a part of what was sent, in its order, and byte for byte the same.
    expect(new Set(actual).size).toBe(actual.length);
    expect(expected.filter(content => actual.includes(content))).toEqual(actual);
    expect(actual.length).toBeGreaterThan(20);
    expect(actual.length).toBeLessThan(expected.length);
    expect(status?.history.some(({ step }) => step === 'packets-lost')).toBe(true);
    const reports = ports.rtcp.flatMap(packet => parseRtcp(packet));
    const blocks = reports.flatMap(report => (report.type === 'receiver-report' ? report.blocks : []));
    expect(blocks.some(({ cumulativeLost }) => cumulativeLost > 0)).toBe(true);
  });
});
