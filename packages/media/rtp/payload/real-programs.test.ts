import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Demuxer, Muxer } from 'node-av/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { av1ConfigurationRecord } from '../../codec/av1/configuration-record.ts';
import { isAv1Key, OBU, obus } from '../../codec/av1/obu.ts';
import { av1Track } from '../../codec/av1/track.ts';
import { FOUND_KEY, inspectLengthPrefixed } from '../../codec/length-prefixed.ts';
import { mp3Track } from '../../codec/mp3/track.ts';
import { AudioSample, type MediaSample, VideoSample } from '../../model/sample.ts';
import { hasNalUnits, type Track } from '../../model/track.ts';
import type { Packetizer } from '../packetizer.ts';
import { packetizerFor } from './packetizer-for.ts';
import { parseRtpMap } from './rtp-format.ts';
import { staticPayloadType, staticRtpMap } from './static-payload-types.ts';
import { MemorySink, Receiver, type TestPacket } from './test-support.ts';
import { trackOfFormat } from './test-tracks.ts';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const LOOPBACK = '127.0.0.1';
const DYNAMIC = 96;
/** A program that waits for packets which do not come is ended. */
const LIMIT = { timeout: 15_000, killSignal: 'SIGKILL' } as const;
const IDENTITY = { id: 1, version: 1, clockRate: 90_000 };

interface Sent {
  readonly packets: readonly TestPacket[];
  readonly rtpMap: string;
  readonly formatParameters: string | undefined;
}

/** An access unit or frame of a file as FFmpeg sees it. */
interface Unit {
  /** In seconds. */
  readonly pts: number;
  readonly hash: string;
}

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=1'];
const TONE = ['-f', 'lavfi', '-i', 'sine=sample_rate=48000:duration=1'];
const X264 = [...PICTURE, '-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-g', '10'];
const X265 = [...PICTURE, '-c:v', 'libx265', '-preset', 'ultrafast', '-tag:v', 'hvc1', '-pix_fmt', 'yuv420p'];
const X265_PARAMS = ['-x265-params', 'keyint=10:log-level=none'];

const VIDEO: readonly { name: string; file: string; args: readonly string[]; query?: string }[] = [
  { name: 'H.264 with B-frames', file: 'b.mp4', args: [...X264, '-bf', '2'] },
  { name: 'H.264 in slices', file: 'slices.mp4', args: [...X264, '-bf', '0', '-x264-params', 'slices=4'] },
  {
    name: 'H.264 in many small packets',
    file: 'small.mp4',
    args: [...X264, '-b:v', '2M'],
    query: '?pkt_size=300',
  },
  { name: 'H.265', file: 'h265.mp4', args: [...X265, ...X265_PARAMS] },
  {
    name: 'H.265 in small packets',
    file: 'h265s.mp4',
    args: [...X265, ...X265_PARAMS],
    query: '?pkt_size=300',
  },
];

const AUDIO: readonly { name: string; file: string; args: readonly string[]; options?: readonly string[] }[] =
  [
    { name: 'AAC', file: 'aac.m4a', args: [...TONE, '-c:a', 'aac'] },
    {
      name: 'AAC in fragments',
      file: 'aac6.m4a',
      args: [...TONE, '-ac', '6', '-c:a', 'aac', '-b:a', '900k'],
    },
    {
      name: 'AAC by LATM',
      file: 'latm.m4a',
      args: [...TONE, '-ar', '44100', '-ac', '2', '-c:a', 'aac'],
      options: ['-rtpflags', 'latm'],
    },
    { name: 'Opus', file: 'opus.mka', args: [...TONE, '-ac', '2', '-c:a', 'libopus'] },
    { name: 'MP3', file: 'mp3.mp3', args: [...TONE, '-c:a', 'libmp3lame', '-write_xing', '0'] },
  ];

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'rtp-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function md5(data: Buffer): string {
  return createHash('md5').update(data).digest('hex');
}

async function boundSocket(opened: AsyncDisposableStack): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  opened.defer(() => void socket.close());
  socket.bind(0, LOOPBACK);
  await once(socket, 'listening');
  return socket;
}

/** What comes at a port of our own while `send` sends to it, which is to be without gaps. */
async function recorded(send: (port: number) => Promise<void>): Promise<TestPacket[]> {
  await using opened = new AsyncDisposableStack();
  const socket = await boundSocket(opened);
  const messages: Buffer[] = [];
  socket.on('message', message => messages.push(message));
  await send((socket.address() as AddressInfo).port);
  await sleep(50);
  return messages.map((message, index) => {
    expect(message.readUInt16BE(2)).toBe((messages[0]!.readUInt16BE(2) + index) & 0xffff);
    return {
      timestamp: message.readUInt32BE(4),
      marker: (message[1]! & 0x80) !== 0,
      payload: message.subarray(12),
      sample: 0,
    };
  });
}

async function sendTo(port: number, messages: readonly Buffer[]): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const socket = await boundSocket(opened);
  for (const message of messages) {
    socket.send(message, port, LOOPBACK);
    await sleep(1);
  }
}

/** An even port that nothing listens at, nor at the one above it. */
async function freePort(): Promise<number> {
  for (;;) {
    await using opened = new AsyncDisposableStack();
    const { port } = (await boundSocket(opened)).address() as AddressInfo;
    if (port % 2 === 0) return port;
  }
}

/** Waits until a program listens at the UDP port, which Linux tells. */
async function untilBound(port: number): Promise<void> {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  for (let wait = 0; wait < 500; wait++) {
    if (readFileSync('/proc/net/udp', 'latin1').includes(local)) return;
    await sleep(10);
  }
}

function description(track: Track, { rtpMap, formatParameters }: Packetizer, port: number): string {
  const payloadType = staticPayloadType(rtpMap) ?? DYNAMIC;
  const lines = [
    ...['v=0', `o=- 0 0 IN IP4 ${LOOPBACK}`, 's=-', `c=IN IP4 ${LOOPBACK}`, 't=0 0'],
    `m=${track.kind} ${port} RTP/AVP ${payloadType}`,
    `a=rtpmap:${payloadType} ${rtpMap}`,
  ];
  if (formatParameters) lines.push(`a=fmtp:${payloadType} ${formatParameters}`);
  return `${lines.join('\r\n')}\r\n`;
}

/** Whole RTP packets of samples whose times are in ticks of the packetiser's clock. */
function rtpPackets(packetizer: Packetizer, samples: readonly MediaSample[]): Buffer[] {
  const sink = new MemorySink();
  const payloadType = staticPayloadType(packetizer.rtpMap) ?? DYNAMIC;
  for (const sample of samples) {
    sink.timestamp = sample.pts;
    packetizer.packetize(sample, sink);
  }
  return sink.take().map(({ timestamp, marker, payload }, sequence) => {
    const header = Buffer.alloc(12);
    header[0] = 0x80;
    header[1] = (marker ? 0x80 : 0) | payloadType;
    header.writeUInt16BE(sequence, 2);
    header.writeUInt32BE(timestamp, 4);
    header.writeUInt32BE(0x12345678, 8);
    return Buffer.concat([header, payload]);
  });
}

describe.skipIf(!hasFfmpeg)('RTP payloads and FFmpeg', () => {
  function run(...args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...args], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`ffmpeg failed: ${stderr}`);
    return stdout;
  }

  function make(file: string, args: readonly string[]): string {
    const path = join(directory, file);
    run(...args, path);
    return path;
  }

  /** Reads the output of `framemd5`. */
  function unitsOf(text: string): Unit[] {
    const timeBase = /^#tb 0: (\d+)\/(\d+)/m.exec(text);
    const seconds = Number(timeBase?.[1]) / Number(timeBase?.[2]);
    return text
      .split('\n')
      .filter(line => line !== '' && !line.startsWith('#'))
      .map(line => line.split(',').map(field => field.trim()))
      .map(([, , pts, , , hash = '']) => ({ pts: Number(pts) * seconds, hash }));
  }

  function unitsOfFile(path: string): Unit[] {
    return unitsOf(run('-i', path, '-c', 'copy', '-copyts', '-f', 'framemd5', '-'));
  }

  /** What FFmpeg sends of a file, and how it describes it. */
  async function sent(path: string, options: readonly string[] = [], query = ''): Promise<Sent> {
    let sdp = '';
    const packets = await recorded(async port => {
      const url = `rtp://${LOOPBACK}:${port}${query}`;
      const args = ['-v', 'error', '-i', path, '-c', 'copy', ...options, '-f', 'rtp', url];
      const child = spawn('ffmpeg', args, LIMIT);
      child.stdout.on('data', (data: Buffer) => {
        sdp += data.toString('latin1');
      });
      const [code] = await once(child, 'close');
      expect(code).toBe(0);
    });
    const attribute = (name: string) => new RegExp(`^a=${name}:\\d+ (.*)$`, 'm').exec(sdp)?.[1]?.trim();
    const payloadType = /^m=.* (\d+)$/m.exec(sdp)?.[1] ?? '';
    const rtpMap = attribute('rtpmap') ?? staticRtpMap(Number(payloadType)) ?? '';
    return { packets, rtpMap, formatParameters: attribute('fmtp') };
  }

  /** What FFmpeg makes of our packets of these samples, as far as `frames` frames. */
  async function receivedByFfmpeg(
    track: Track,
    samples: readonly MediaSample[],
    frames: number,
    format: string,
  ): Promise<Buffer> {
    const { packetizer, port, sdp } = await describeTo(track);
    const input = '-v error -protocol_whitelist file,udp,rtp -fpsprobesize 0 -i'.split(' ');
    const output = ['-c', 'copy', '-frames', String(frames), '-f', format, '-'];
    const child = spawn('ffmpeg', [...input, sdp, ...output], LIMIT);
    const out: Buffer[] = [];
    child.stdout.on('data', (data: Buffer) => out.push(data));
    const closed = once(child, 'close');
    await untilBound(port);
    await sendTo(port, rtpPackets(packetizer, samples));
    await closed;
    return Buffer.concat(out);
  }

  /** A packetiser of the track, and a file that describes what it is to send to a port. */
  async function describeTo(track: Track): Promise<{ packetizer: Packetizer; port: number; sdp: string }> {
    const packetizer = packetizerFor(track);
    if (!packetizer) throw new Error(`no packetiser of ${track.codec}`);
    const port = await freePort();
    const sdp = join(directory, `${port}.sdp`);
    writeFileSync(sdp, description(track, packetizer, port));
    return { packetizer, port, sdp };
  }

  function expectSame(receiver: Receiver, clockRate: number, expected: readonly Unit[]): void {
    const { frames } = receiver;
    expect(receiver.errors).toEqual([]);
    expect(frames.some(({ damaged }) => damaged)).toBe(false);
    expect(frames.map(({ data }) => md5(data))).toEqual(expected.map(({ hash }) => hash));
    const [first] = frames;
    for (const [index, { timestamp }] of frames.entries()) {
      const seconds = ((timestamp - first!.timestamp) | 0) / clockRate;
      expect(Math.abs(seconds - (expected[index]!.pts - expected[0]!.pts))).toBeLessThan(0.0015);
    }
  }

  it.each(VIDEO)('agree on $name', async ({ file, args, query }) => {
    const path = make(file, args);
    const { packets, ...format } = await sent(path, [], query);
    const receiver = new Receiver(format).push(packets).flush();
    const units = unitsOfFile(path);
    expectSame(receiver, 90_000, units);

    const track = trackOfFormat(IDENTITY, parseRtpMap(format.rtpMap, format.formatParameters));
    if (!track || !hasNalUnits(track)) throw new Error('no track of NAL units');
    expect(track).toMatchObject({ width: 320, height: 180 });
    const samples = receiver.frames.map(({ timestamp, data }) => {
      const key = (inspectLengthPrefixed(data, track.codec) & FOUND_KEY) !== 0;
      return VideoSample.fromData(1, timestamp, timestamp, key, data);
    });
    // The packetiser puts the track's parameter sets before key frames.
    const sets = [...(track.codec === 'h265' ? track.vps : []), ...track.sps, ...track.pps];
    const expected = samples.map(sample => {
      const nalUnits = sample.key ? [...sets, ...sample.nalUnits] : sample.nalUnits;
      return VideoSample.fromNalUnits(1, 0, 0, sample.key, nalUnits).annexB;
    });
    // FFmpeg holds the last frames back.
    const frames = samples.length - 4;
    const received = await receivedByFfmpeg(track, samples, frames, track.codec === 'h264' ? 'h264' : 'hevc');
    expect(received.length).toBeGreaterThanOrEqual(Buffer.concat(expected.slice(0, frames)).length);
    expect(received.equals(Buffer.concat(expected).subarray(0, received.length))).toBe(true);
  });

  it.each(AUDIO)('agree on $name', async ({ file, args, options }) => {
    const path = make(file, args);
    const { packets, ...format } = await sent(path, options);
    const parsed = parseRtpMap(format.rtpMap, format.formatParameters);
    const receiver = new Receiver(format).push(packets).flush();
    // FFmpeg leaves the frames unsent that it still gathers for a packet.
    const units = unitsOfFile(path);
    expect(receiver.frames.length).toBeGreaterThan(units.length * 0.7);
    expectSame(receiver, parsed.clockRate, units.slice(0, receiver.frames.length));

    const identity = { ...IDENTITY, clockRate: parsed.clockRate };
    const track = trackOfFormat(identity, parsed) ?? mp3Track(identity, receiver.frames[0]!.data);
    const samples = receiver.frames.map(({ timestamp, data }) => new AudioSample(1, timestamp, data));
    const heard = samples.slice(0, -4);
    const received = unitsOf((await receivedByFfmpeg(track, samples, heard.length, 'framemd5')).toString());
    expect(received.map(({ hash }) => hash)).toEqual(heard.map(({ data }) => md5(data)));
  });

  it.each([
    ['A-law', 'alaw'],
    ['µ-law', 'mulaw'],
  ])('agree on G.711 %s', async (_name, law) => {
    const path = make(`${law}.wav`, [...TONE, '-ar', '8000', '-c:a', `pcm_${law}`]);
    const { packets, ...format } = await sent(path);
    const receiver = new Receiver(format).push(packets).flush();
    const bytes = readFileSync(path).subarray(-8000);
    expect(Buffer.concat(receiver.frames.map(({ data }) => data))).toEqual(bytes);
    const [first] = receiver.frames;
    let ticks = 0;
    for (const { timestamp, data } of receiver.frames) {
      expect((timestamp - first!.timestamp) >>> 0).toBe(ticks);
      ticks += data.length;
    }
    const track = trackOfFormat({ ...IDENTITY, clockRate: 8000 }, parseRtpMap(format.rtpMap));
    const samples = [0, 3000].map(at => new AudioSample(1, at, bytes.subarray(at, at + 3000)));
    // 3000 bytes take three packets.
    const received = unitsOf((await receivedByFfmpeg(track!, samples, 6, 'framemd5')).toString());
    const starts = [0, 1400, 2800, 3000, 4400, 5800];
    expect(received.map(({ hash }) => hash)).toEqual(
      starts.map((at, index) => md5(bytes.subarray(at, starts[index + 1] ?? 6000))),
    );
  });

  it('agree on AV1', async () => {
    const path = make('av1.mp4', [...PICTURE, '-c:v', 'libsvtav1', '-preset', '12', '-g', '10']);
    const units = unitsOfFile(path);
    const receiver = new Receiver({ rtpMap: 'AV1/90000' }).push(await sentByNodeAv(path)).flush();
    expectSame(receiver, 90_000, units);

    const [key] = receiver.frames;
    const header = [...obus(key!.data)].find(({ type }) => type === OBU.SEQUENCE_HEADER);
    const track = av1Track(IDENTITY, av1ConfigurationRecord(header!.whole));
    const samples = receiver.frames.map(({ timestamp, data }) =>
      VideoSample.fromData(1, timestamp, timestamp, isAv1Key(data), data),
    );
    const received = await receivedByNodeAv(track, samples, samples.length - 4);
    expect(received).toEqual(units.slice(0, received.length).map(({ hash }) => hash));
  });

  /** Debian's FFmpeg has no AV1 in RTP; the one inside node-av has. */
  function sentByNodeAv(path: string): Promise<TestPacket[]> {
    return recorded(async port => {
      await using input = await Demuxer.open(path);
      await using output = await Muxer.open(`rtp://${LOOPBACK}:${port}`, {
        format: 'rtp',
        options: { strict: 'experimental' },
      });
      const index = output.addStream(input.streams[0]!);
      for await (using packet of input.packets()) if (packet) await output.writePacket(packet, index);
    });
  }

  async function receivedByNodeAv(track: Track, samples: readonly MediaSample[], count: number) {
    await using opened = new AsyncDisposableStack();
    const { packetizer, port, sdp } = await describeTo(track);
    const opening = Demuxer.open(sdp, { options: { protocol_whitelist: 'file,udp,rtp', fpsprobesize: 0 } });
    await untilBound(port);
    const sending = sendTo(port, rtpPackets(packetizer, samples));
    const input = opened.use(await opening);
    const hashes: string[] = [];
    for await (using packet of input.packets()) {
      // It puts temporal delimiters, which samples do not have, back in.
      if (packet?.data) hashes.push(md5(packet.data.subarray(2)));
      if (hashes.length === count) break;
    }
    await sending;
    return hashes;
  }
});
