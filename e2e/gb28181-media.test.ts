/** Scenarios 28 and 29, the media: program streams of ffmpeg and GStreamer come out frame by frame. */
import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { StreamHistory } from '../packages/core/stream/history.ts';
import type { Publication } from '../packages/core/stream/publication.ts';
import type { StreamId } from '../packages/core/stream/stream-id.ts';
import { MediaReceiver } from '../packages/protocols/gb28181/media/media-receiver.ts';
import { MediaSender } from '../packages/protocols/gb28181/media/media-sender.ts';
import type { MediaTransport, Reception } from '../packages/protocols/gb28181/media/reception.ts';
import { clip } from './support/clips.ts';
import { TestGateway } from './support/gateway.ts';
import { difference, hashedUnits } from './support/packets.ts';
import { lacks, RunningProcess, run } from './support/processes.ts';
import { PsDevice, PsSink } from './support/ps-device.ts';

const SSRC = 200_000_001;
const HOST = '127.0.0.1';

/** A gateway with a stream that a device is expected to send. */
class Expectation implements AsyncDisposable {
  readonly history = new StreamHistory();
  readonly gateway: TestGateway;
  readonly receiver = new MediaReceiver({ host: HOST, port: 0 });
  reception!: Reception;
  #publication: Promise<Publication> | undefined;

  static async open(transport: MediaTransport): Promise<Expectation> {
    const expectation = new Expectation(await TestGateway.start());
    const { receiver, history } = expectation;
    await receiver.start();
    expectation.reception = await receiver.open({
      ...{ transport, ssrc: SSRC, deviceAddress: HOST, history },
      publish: peer => expectation.#publish(peer),
      onMedia: () => {},
      onEnded: () => {},
    });
    return expectation;
  }

  private constructor(gateway: TestGateway) {
    this.gateway = gateway;
  }

  get steps(): string[] {
    return this.history.entries.map(({ step }) => step);
  }

  /** What comes out until the device has sent all. */
  async units(
    format: 'flv' | 'hls' | 'rtmp',
    codec: 'h264' | 'h265',
    sent: Promise<void>,
  ): ReturnType<typeof hashedUnits> {
    const options = format === 'hls' ? ['-live_start_index', '0'] : [];
    const url = this.gateway.playUrl(format, 'cam');
    const [units] = await Promise.all([hashedUnits(url, codec, options), sent.then(() => this.end())]);
    return units;
  }

  async end(): Promise<void> {
    this.reception.close();
    (await this.#publication)?.close({ code: 'unpublished', message: 'BYE' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.receiver.stop();
    await this.gateway[Symbol.asyncDispose]();
  }

  #publish(peer: string): Promise<Publication> {
    this.#publication = this.gateway.orchestrator.registerStream('cam' as StreamId, {
      protocol: 'gb28181',
      peer,
      close: () => {},
    });
    return this.#publication;
  }
}

function send(device: PsDevice, transport: MediaTransport, { reception }: Expectation): Promise<void> {
  if (transport === 'udp') return device.sendByUdp(reception.port);
  if (transport === 'tcp-passive') return device.sendByTcp(reception.port);
  return device.listen().then(({ port, sent }) => {
    reception.answered({ address: HOST, port });
    return sent;
  });
}

describe.skipIf(lacks('ffmpeg'))('program streams of ffmpeg', () => {
  it.concurrent.each([
    ['h264.vob', 'udp', 'flv'],
    ['h264-b-frames.vob', 'tcp-passive', 'flv'],
    ['h265.vob', 'tcp-active', 'hls'],
  ] as const)('come out whole: %s, by %s and %s', async (name, transport, format) => {
    const file = await clip(name);
    const codec = name === 'h265.vob' ? 'h265' : 'h264';
    await using expectation = await Expectation.open(transport);
    const sent = send(new PsDevice(file, { ssrc: SSRC, duration: 6 }), transport, expectation);
    await expectation.gateway.untilLive('cam');
    const actual = await expectation.units(format, codec, sent);
    const expected = await hashedUnits(file, codec);
    expect(expected.video.length).toBe(150);
    expect(difference(expected.video, actual.video)).toEqual([]);
    expect(expectation.steps).not.toContain('packets-lost');
    expect(expectation.steps).toContain('codec');
  });

  it.concurrent('come out whole although the packets are out of order, and up to a loss and from the next key frame on', async () => {
    const file = await clip('h264.vob');
    await using expectation = await Expectation.open('udp');
    const disturb = (packets: Buffer[]) => {
      for (let at = 5; at + 3 < packets.length; at += 11) {
        const [first, second, third] = packets.slice(at, at + 3);
        packets.splice(at, 3, third!, first!, second!);
      }
      packets.splice(Math.floor(packets.length / 2), 1);
      return packets;
    };
    const device = new PsDevice(file, { ssrc: SSRC, duration: 6, disturb });
    const sent = send(device, 'udp', expectation);
    await expectation.gateway.untilLive('cam');
    const actual = await expectation.units('flv', 'h264', sent);
    const expected = await hashedUnits(file, 'h264');
    const hashes = expected.video.map(({ hash }) => hash);
    const places = actual.video.map(({ hash }) => hashes.indexOf(hash));
    // Half of the file is about frame 75; the key frames are 0, 50 and 100.
    const gap = places.findIndex((place, index) => place !== index);
    expect(gap).toBeGreaterThan(60);
    expect(places.slice(gap)).toEqual(Array.from({ length: 50 }, (_, index) => 100 + index));
    expect(expectation.reception.counters.lost).toBe(1);
    expect(expectation.steps).toContain('packets-lost');
  });
});

/** The clip as GStreamer's multiplexer has it: with a stream map, but rarely. */
async function gstreamerFile(): Promise<string> {
  const source = await clip('h264-aac-small.flv');
  const file = source.replace('.flv', '.gst.ps');
  if (existsSync(file)) return file;
  const temporary = `${file}.${randomUUID()}`;
  const pipeline =
    `filesrc location=${source} ! flvdemux name=d d.video ! queue ! h264parse ! mpegpsmux name=m ! ` +
    `filesink location=${temporary} d.audio ! queue ! aacparse ! m.`;
  const { code, stderr } = await run('gst-launch-1.0', ['-q', ...pipeline.split(' ')]);
  if (code !== 0) throw new Error(`GStreamer could not make the file: ${stderr}`);
  renameSync(temporary, file);
  return file;
}

describe.skipIf(lacks('ffmpeg', 'gst-launch-1.0'))('program streams of GStreamer', () => {
  it.concurrent.each([
    ['flv', 'udp', []],
    ['hls', 'tcp-passive', ['-live_start_index', '0']],
    ['rtmp', 'tcp-active', []],
  ] as const)('come out whole by %s: H.264 and AAC, by %s', async (format, transport, options) => {
    const file = await gstreamerFile();
    await using expectation = await Expectation.open(transport);
    const sent = send(new PsDevice(file, { ssrc: SSRC, duration: 6 }), transport, expectation);
    await expectation.gateway.untilLive('cam');
    const { gateway } = expectation;
    const [actual] = await Promise.all([
      hashedUnits(gateway.playUrl(format, 'cam'), 'h264', options),
      sent.then(() => expectation.end()),
    ]);
    const expected = await hashedUnits(await clip('h264-aac-small.flv'), 'h264');
    expect(expected.video.length).toBe(150);
    const shift = (units: typeof expected.video, by: number) =>
      units.map(unit => ({ ...unit, dts: unit.dts - by, pts: unit.pts - by }));
    const [firstExpected, firstActual] = [expected.video[0]!.dts, actual.video[0]!.dts];
    const video = shift(actual.video, firstActual);
    expect(difference(shift(expected.video, firstExpected), video)).toEqual([]);
    // The first frame of sound has no time in this file: it is put beside the second.
    const sound = shift(actual.audio, firstActual).slice(1);
    const first = expected.audio.findIndex(({ hash }) => hash === sound[0]?.hash);
    expect(first).toBeLessThan(5);
    const wanted = shift(expected.audio, firstExpected).slice(first, first + sound.length);
    expect(wanted.length).toBeGreaterThan(270);
    expect(difference(wanted, sound)).toEqual([]);
  });
});

describe.skipIf(lacks('ffmpeg'))('MediaSender', () => {
  it.concurrent.each([
    ['h264-aac.flv', 'h264', 250],
    ['h265-aac.mp4', 'h265', 250],
  ] as const)(
    'sends %s in a program stream that ffmpeg reads, frame by frame',
    async (name, codec, count) => {
      const source = await clip(name);
      await using gateway = await TestGateway.start();
      await using sink = await PsSink.open();
      // Debian's ffmpeg sends no H.265 by RTMP.
      await using _publisher = new RunningProcess('ffmpeg', [
        ...['-v', 'error', '-re', '-i', source, '-c', 'copy', '-f', 'rtsp', '-rtsp_transport', 'tcp'],
        gateway.rtspUrl('cam'),
      ]);
      await gateway.untilLive('cam');
      const sender = new MediaSender({ host: HOST });
      const ended = Promise.withResolvers<string>();
      const sending = await sender.open({
        stream: gateway.orchestrator.findStream('cam' as StreamId)!,
        ...{ ssrc: SSRC, transport: 'udp', remote: { address: HOST, port: sink.port } },
        history: new StreamHistory(),
        onEnded: ended.resolve,
      });
      sending.start();
      await ended.promise;
      const file = await sink.write(SSRC);
      const expected = await hashedUnits(source, codec);
      const actual = await hashedUnits(file, codec);
      rmSync(file);
      expect(expected.video.length).toBe(count);
      const shift = (units: typeof expected.video, by: number) =>
        units.map(unit => ({ ...unit, dts: unit.dts - by, pts: unit.pts - by }));
      const [from, to] = [expected.video[0]!.dts, actual.video[0]!.dts];
      expect(difference(shift(expected.video, from), shift(actual.video, to))).toEqual([]);
      const sound = shift(actual.audio, to);
      const first = expected.audio.findIndex(({ hash }) => hash === sound[0]?.hash);
      expect(first).toBeLessThan(5);
      expect(sound.length).toBeGreaterThan(400);
      expect(difference(shift(expected.audio, from).slice(first, first + sound.length), sound)).toEqual([]);
    },
  );
});
