import { setTimeout as sleep } from 'node:timers/promises';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import { lengthPrefixed, VIDEO_TRACKS } from '@flux-iot/media/format/flv/test-support';
import { PsMuxer } from '@flux-iot/media/format/mpegps/muxer';
import { ByteWriter } from '@flux-iot/media/model/byte-writer';
import { VideoSample } from '@flux-iot/media/model/sample';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MediaReceiver, type MediaReceiverOptions } from './media-receiver.ts';
import {
  connectTo,
  framed,
  LOCAL,
  listenAt,
  packetsOf,
  rtp,
  TestDevice,
  TestReception,
  testOrchestrator,
  until,
} from './test-support.ts';

const SSRC = 200_000_001;
const FRAMES = 40;

/** Pictures that can be told apart, and the program stream that they are in. */
function clip(seed: number, count = FRAMES): { bytes: Buffer; pictures: string[] } {
  const muxer = new PsMuxer();
  const writer = new ByteWriter();
  const { h264 } = VIDEO_TRACKS;
  muxer.init([h264], {});
  const pictures: string[] = [];
  for (let index = 0; index < count; index++) {
    const key = index % 10 === 0;
    const slice = Buffer.alloc(key ? 9000 : 1500, 1 + ((seed * 31 + index) % 250));
    slice[0] = key ? 0x65 : 0x41;
    slice[1] = 0x88;
    const data = lengthPrefixed(...(key ? [...h264.sps, ...h264.pps] : []), slice);
    pictures.push(data.toString('hex'));
    muxer.write(VideoSample.fromData(1, index * 3600, index * 3600, key, data), h264, writer);
  }
  const { slab, start, end } = writer.take();
  return { bytes: slab.subarray(start, end), pictures };
}

let orchestrator: StreamOrchestrator;
let receiver: MediaReceiver;

async function start(options: Partial<MediaReceiverOptions> = {}): Promise<void> {
  receiver = new MediaReceiver({ host: LOCAL, port: 0, ...options });
  await receiver.start();
}

beforeEach(() => {
  orchestrator = testOrchestrator();
});

afterEach(async () => {
  await receiver.stop();
  orchestrator.close();
});

const open = (name: string, options: Parameters<typeof TestReception.open>[3]) =>
  TestReception.open(receiver, orchestrator, name, options);

/** All but the last picture, which is complete only when the next one begins. */
const allButLast = (pictures: readonly string[]) => pictures.slice(0, -1);

describe('a device that sends by UDP', () => {
  it('is received, and every step is in the time line', async () => {
    await start();
    const test = await open('cam', { ssrc: SSRC, publishDelay: 50 });
    await using device = await TestDevice.open();
    const { bytes, pictures } = clip(1);
    await device.send(test.reception.port, packetsOf(bytes, SSRC));
    await until(() => test.sink.pictures.length === FRAMES - 1);
    expect(test.hasMedia).toBe(true);
    expect(test.peer).toBe(`${LOCAL}:${device.port}`);
    test.reception.close();
    expect(test.sink.pictures).toEqual(pictures);
    expect(test.steps).toEqual(['media-port', 'first-rtp', 'first-ps-pack', 'codec']);
    expect(test.detail('first-rtp')).toBe(
      `from ${LOCAL}:${device.port} by UDP, SSRC 0200000001, payload type 96`,
    );
    expect(test.detail('codec')).toBe('h264');
    expect(test.reception.counters).toMatchObject({ lost: 0, reordered: 0, droppedFrames: 0 });
    expect(receiver.bytesIn).toBeGreaterThan(bytes.length);
    expect(test.ended).toBeUndefined();
  });

  it('is put in order, and what is lost costs the pictures up to the next key frame', async () => {
    await start();
    const test = await open('cam', { ssrc: SSRC });
    await using device = await TestDevice.open();
    const { bytes, pictures } = clip(1);
    const packets = packetsOf(bytes, SSRC);
    for (let index = 3; index + 1 < packets.length; index += 7) {
      [packets[index], packets[index + 1]] = [packets[index + 1]!, packets[index]!];
    }
    // A packet of the picture after the key frame at 10, and one twice.
    const lost = Math.floor(packets.length * 0.3);
    packets.splice(lost, 1, packets[lost - 1]!);
    await device.send(test.reception.port, packets);
    await until(() => test.reception.counters.lost === 1);
    test.reception.close();
    const received = test.sink.pictures;
    expect(received.length).toBeLessThan(FRAMES);
    expect(received.length).toBeGreaterThanOrEqual(FRAMES - 10);
    // What is there is whole and in order, with one gap that ends at a key frame.
    expect(received.every(picture => pictures.includes(picture))).toBe(true);
    expect(received.at(-1)).toBe(pictures.at(-1));
    expect(test.detail('packets-lost')).toMatch(/^1 packets lost, \d frames left out so far$/);
    expect(test.reception.counters.reordered).toBeGreaterThan(5);
  });

  it('may have another SSRC than was asked for, and change it', async () => {
    await start();
    const test = await open('cam', { ssrc: SSRC });
    await using device = await TestDevice.open();
    const { bytes, pictures } = clip(1);
    const packets = packetsOf(bytes, 0);
    for (const packet of packets.slice(40)) packet.writeUInt32BE(77, 8);
    await device.send(test.reception.port, packets);
    await until(() => test.sink.pictures.length > 25);
    test.reception.close();
    expect(test.sink.pictures.every(picture => pictures.includes(picture))).toBe(true);
    expect(test.detail('ssrc-differs')).toBe('0000000000 instead of 0200000001');
  });

  it('keeps turns from being spaced, at the shared port', async () => {
    const counted = { datagrams: 0, reads: 0, accepts: 0 };
    const turns = {
      countDatagram: () => counted.datagrams++,
      countRead: () => counted.reads++,
      countAccept: () => counted.accepts++,
    };
    await start({ turns });
    const test = await open('cam', { ssrc: SSRC });
    await using device = await TestDevice.open();
    const packets = packetsOf(clip(1).bytes, SSRC);
    await device.send(test.reception.port, packets);
    const socket = await connectTo(test.reception.port);
    socket.write(framed(packets[0]!));
    await until(() => counted.reads > 0);
    socket.destroy();
    expect(counted).toEqual({ datagrams: packets.length, reads: 1, accepts: 1 });
  });

  it('may name its SSRC in its answer', async () => {
    await start();
    // By the answer alone: it is from another address than its signalling.
    const test = await open('cam', { ssrc: SSRC, deviceAddress: '192.0.2.1' });
    test.reception.answered({ ssrc: 4711, address: LOCAL });
    await using device = await TestDevice.open();
    await device.send(test.reception.port, packetsOf(clip(1).bytes, 4711));
    await until(() => test.sink.pictures.length === FRAMES - 1);
    expect(test.steps).not.toContain('ssrc-differs');
  });

  it('is told from another one at the same port', async () => {
    await start();
    const tests = [await open('cam1', { ssrc: SSRC }), await open('cam2', { ssrc: SSRC + 1 })];
    await using device1 = await TestDevice.open();
    await using device2 = await TestDevice.open();
    const clips = [clip(1), clip(2)];
    // The second one ignores what it was asked for.
    const streams = [packetsOf(clips[0]!.bytes, SSRC), packetsOf(clips[1]!.bytes, 0)];
    await device1.send(receiver.listening[0] ? tests[0]!.reception.port : 0, streams[0]!.slice(0, 5));
    await Promise.all([
      device1.send(tests[0]!.reception.port, streams[0]!.slice(5)),
      device2.send(tests[1]!.reception.port, streams[1]!),
    ]);
    await until(() => tests.every(({ sink }) => sink.pictures.length === FRAMES - 1));
    tests.forEach(({ sink }, index) => {
      expect(sink.pictures).toEqual(allButLast(clips[index]!.pictures));
    });
    expect(tests.map(test => test.detail('ssrc-differs'))).toEqual([
      undefined,
      '0000000000 instead of 0200000002',
    ]);
    expect(receiver.strayPackets).toBe(0);
  });

  it('is given to no stream where it may be any of several, unless its answer tells its port', async () => {
    await start();
    const tests = [await open('cam1', { ssrc: SSRC }), await open('cam2', { ssrc: SSRC + 1 })];
    await using device = await TestDevice.open();
    const packets = packetsOf(clip(1).bytes, 0);
    await device.send(tests[0]!.reception.port, packets.slice(0, 5));
    await until(() => receiver.strayPackets === 5);
    for (const test of tests)
      expect(test.detail('stray-media')).toContain('it may be for any of several streams');
    tests[1]!.reception.answered({ address: LOCAL, port: device.port });
    await device.send(tests[0]!.reception.port, packets);
    await until(() => tests[1]!.sink.pictures.length === FRAMES - 1);
    expect(tests[0]!.hasMedia).toBe(false);
  });

  it('is no one that anybody else can take the place of', async () => {
    await start();
    const test = await open('cam', { ssrc: SSRC });
    await using device = await TestDevice.open();
    await using intruder = await TestDevice.open();
    const { bytes, pictures } = clip(1);
    const packets = packetsOf(bytes, SSRC);
    const forged = packetsOf(clip(2).bytes, SSRC, 65_540);
    for (let at = 0; at < packets.length; at += 4) {
      await device.send(test.reception.port, packets.slice(at, at + 4));
      await intruder.send(test.reception.port, forged.slice(0, 2));
    }
    await until(() => test.sink.pictures.length === FRAMES - 1);
    expect(test.sink.pictures).toEqual(allButLast(pictures));
    expect(receiver.strayPackets).toBe(2 * Math.ceil(packets.length / 4));
  });

  it('is followed to another port of its router', async () => {
    await start();
    const test = await open('cam', { ssrc: SSRC });
    await using device = await TestDevice.open();
    await using other = await TestDevice.open();
    const { bytes, pictures } = clip(1);
    const packets = packetsOf(bytes, SSRC);
    await device.send(test.reception.port, packets.slice(0, 30));
    await sleep(1100);
    await other.send(test.reception.port, packets.slice(30));
    await until(() => test.sink.pictures.length === FRAMES - 1);
    expect(test.sink.pictures).toEqual(allButLast(pictures));
    expect(test.detail('media-moved')).toBe(`from ${LOCAL}:${device.port} to ${LOCAL}:${other.port}`);
  });

  it('gets an answer to its sender reports, at the port that it sends from', async () => {
    await start();
    const test = await open('cam', { ssrc: SSRC });
    await using device = await TestDevice.open();
    const report = Buffer.alloc(28);
    report.writeUInt32BE(0x80c80006, 0);
    report.writeUInt32BE(SSRC, 4);
    report.writeUInt32BE(0x83aa7e80, 8);
    // A report before the first packet is none of media.
    await device.send(test.reception.port, [report]);
    expect(test.hasMedia).toBe(false);
    await device.send(test.reception.port, [...packetsOf(clip(1).bytes, SSRC), report]);
    await until(() => device.received.length > 0);
    const [answer] = device.received;
    expect(answer![1]).toBe(201);
    expect(answer!.readUInt32BE(8)).toBe(SSRC);
    expect(test.steps).not.toContain('bad-media');
  });

  it('is missed when nothing comes, and when nothing comes any more', async () => {
    await start({ times: { firstMedia: 1000, silence: 1000 } });
    const mute = await open('cam1', { ssrc: SSRC });
    mute.reception.answered({});
    const test = await open('cam2', { ssrc: SSRC + 1 });
    const paused = await open('cam3', { ssrc: SSRC + 2 });
    await using device = await TestDevice.open();
    await device.send(test.reception.port, packetsOf(clip(1).bytes, SSRC + 1).slice(0, 5));
    await device.send(test.reception.port, packetsOf(clip(1).bytes, SSRC + 2).slice(0, 5));
    paused.reception.expectSilence(true);
    await until(() => mute.ended !== undefined && test.ended !== undefined);
    expect(mute.ended).toBe('The device sends no media.');
    expect(mute.steps).toContain('no-media');
    expect(test.ended).toBe('The device sends no media any more.');
    expect(test.steps).toContain('media-silent');
    expect(paused.ended).toBeUndefined();
    paused.reception.expectSilence(false);
    await until(() => paused.ended !== undefined);
    expect(receiver.receptions).toBe(0);
  });

  it('is told when it sends something else than a program stream', async () => {
    await start();
    const test = await open('cam', { ssrc: SSRC });
    await using device = await TestDevice.open();
    await device.send(test.reception.port, packetsOf(Buffer.alloc(80_000, 0x65), SSRC));
    await until(() => test.steps.includes('not-ps'));
    expect(test.detail('not-ps')).toBe('no program stream in RTP packets of payload type 96');
  });

  it('leaves nothing behind, and what it still sends is nobody else’s', async () => {
    await start();
    const test = await open('cam1', { ssrc: SSRC });
    await using device = await TestDevice.open();
    const packets = packetsOf(clip(1).bytes, 0);
    await device.send(test.reception.port, packets.slice(0, 20));
    expect(test.hasMedia).toBe(true);
    test.reception.close();
    test.reception.close();
    const next = await open('cam2', { ssrc: SSRC + 1 });
    await device.send(next.reception.port, packets.slice(20));
    expect(next.hasMedia).toBe(false);
    expect(receiver.receptions).toBe(1);
  });

  it('is refused what may not be published', async () => {
    await start();
    const first = await open('cam', { ssrc: SSRC });
    const second = await open('cam', { ssrc: SSRC + 1 });
    await using device = await TestDevice.open();
    await device.send(first.reception.port, packetsOf(clip(1).bytes, SSRC).slice(0, 9));
    await device.send(first.reception.port, packetsOf(clip(1).bytes, SSRC + 1).slice(0, 9));
    await until(() => second.ended !== undefined);
    expect(second.ended).toContain('cam');
    expect(first.ended).toBeUndefined();
    await expect(open('cam3', { ssrc: SSRC })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});

describe('a device that connects', () => {
  it.each([1, 7, 1500, 100_000])('is received, in reads of %i bytes', { timeout: 20_000 }, async size => {
    await start();
    const test = await open('cam', { ssrc: SSRC, transport: 'tcp-passive' });
    const { bytes, pictures } = clip(1, size === 1 ? 12 : FRAMES);
    const socket = await connectTo(test.reception.port);
    const report = Buffer.from('80c90001000000000000', 'hex').subarray(0, 8);
    const all = Buffer.concat([report, ...packetsOf(bytes, SSRC)].map(framed));
    socket.setNoDelay(true);
    for (let at = 0; at < all.length; at += size) {
      const isFlushed = socket.write(all.subarray(at, at + size));
      if (!isFlushed || (at / size) % 50 === 49) await sleep(1);
    }
    await until(() => test.sink.pictures.length === pictures.length - 1, 15_000);
    expect(test.sink.pictures).toEqual(allButLast(pictures));
    expect(test.steps).toEqual(['media-port', 'media-connected', 'first-rtp', 'first-ps-pack', 'codec']);
    expect(test.detail('first-rtp')).toContain('by TCP');
    socket.destroy();
  });

  it('may have large packets, count none of them, use the framing of RTSP, and another SSRC', async () => {
    await start();
    const test = await open('cam', { ssrc: SSRC, transport: 'tcp-passive' });
    const { bytes, pictures } = clip(1);
    const packets = packetsOf(bytes, 5, 0, 20_000);
    for (const packet of packets) packet.writeUInt16BE(9, 2);
    const socket = await connectTo(test.reception.port);
    for (const packet of packets) {
      const header = Buffer.from([0x24, 0, 0, 0]);
      header.writeUInt16BE(packet.length, 2);
      socket.write(Buffer.concat([header, packet]));
    }
    await until(() => test.sink.pictures.length === FRAMES - 1);
    expect(test.sink.pictures).toEqual(allButLast(pictures));
    expect(test.steps).toContain('ssrc-differs');
    socket.destroy();
  });

  it('is told from another at the same port, and each may come back', async () => {
    await start();
    const tests = [
      await open('cam1', { ssrc: SSRC, transport: 'tcp-passive' }),
      await open('cam2', { ssrc: SSRC + 1, transport: 'tcp-passive' }),
    ];
    const clips = [clip(1), clip(2)];
    const streams = clips.map(({ bytes }, index) => packetsOf(bytes, SSRC + index).map(framed));
    const first = await Promise.all(streams.map(() => connectTo(tests[0]!.reception.port)));
    first.forEach((socket, index) => {
      socket.write(Buffer.concat(streams[index]!.slice(0, 30)));
    });
    await until(() => tests.every(({ hasMedia }) => hasMedia));
    first[0]!.destroy();
    await until(() => tests[0]!.steps.includes('media-disconnected'));
    const again = await connectTo(tests[0]!.reception.port);
    again.write(Buffer.concat(streams[0]!.slice(30)));
    first[1]!.write(Buffer.concat(streams[1]!.slice(30)));
    await until(() => tests[1]!.sink.pictures.length === FRAMES - 1);
    await until(() => tests[0]!.sink.pictures.length > 15);
    expect(tests[1]!.sink.pictures).toEqual(allButLast(clips[1]!.pictures));
    expect(tests[0]!.sink.pictures.every(picture => clips[0]!.pictures.includes(picture))).toBe(true);
    await sleep(3100);
    expect(tests.map(({ ended }) => ended)).toEqual([undefined, undefined]);
    first[1]!.destroy();
    await until(() => tests[1]!.ended !== undefined);
    expect(tests[1]!.ended).toBe('The device closed its connection.');
    again.destroy();
  }, 20_000);

  it('is let go if it says nothing, or something else', async () => {
    await start();
    const test = await open('cam', { ssrc: SSRC, transport: 'tcp-passive' });
    const socket = await connectTo(test.reception.port);
    let isClosed = false;
    socket.on('close', () => {
      isClosed = true;
    });
    socket.write(Buffer.alloc(400_000, 0x47));
    await until(() => isClosed);
    expect(test.hasMedia).toBe(false);
    expect(test.ended).toBeUndefined();
  });

  it('may send by UDP although TCP was asked for', async () => {
    await start();
    const test = await open('cam', { ssrc: SSRC, transport: 'tcp-passive' });
    await using device = await TestDevice.open();
    await device.send(test.reception.port, packetsOf(clip(1).bytes, SSRC));
    await until(() => test.sink.pictures.length === FRAMES - 1);
    expect(test.detail('transport-differs')).toBe('tcp-passive was asked for');
  });
});

describe('a device that is connected to', () => {
  it('is received', async () => {
    await start();
    const { bytes, pictures } = clip(1);
    await using device = await listenAt(socket => {
      socket.write(Buffer.concat(packetsOf(bytes, SSRC).map(framed)));
    });
    const test = await open('cam', { ssrc: SSRC, transport: 'tcp-active' });
    test.reception.answered({ address: LOCAL, port: device.port });
    await until(() => test.sink.pictures.length === FRAMES - 1);
    expect(test.sink.pictures).toEqual(allButLast(pictures));
    expect(test.steps).toEqual(['media-port', 'media-connected', 'first-rtp', 'first-ps-pack', 'codec']);
    test.reception.close();
  });

  it('is tried several times, and said to be out of reach', async () => {
    await start();
    const test = await open('cam', { ssrc: SSRC, transport: 'tcp-active' });
    const device = await listenAt(() => {});
    await device[Symbol.asyncDispose]();
    test.reception.answered({ address: LOCAL, port: device.port });
    await until(() => test.ended !== undefined);
    expect(test.ended).toBe(`The device cannot be connected to at ${LOCAL}:${device.port}.`);
    expect(test.detail('media-connect-failed')).toContain('ECONNREFUSED');
  });
});

describe('a port for each stream', () => {
  it('is for that stream, whatever SSRC and address its packets have', async () => {
    const range = [22_000, 31_999] as const;
    await start({ range });
    const tests = [
      await open('cam1', { ssrc: SSRC, deviceAddress: '192.0.2.7' }),
      await open('cam2', { ssrc: SSRC + 1, deviceAddress: '192.0.2.7' }),
    ];
    expect(new Set(tests.map(({ reception }) => reception.port)).size).toBe(2);
    await using device1 = await TestDevice.open();
    await using device2 = await TestDevice.open();
    const clips = [clip(1), clip(2)];
    await device1.send(tests[0]!.reception.port, packetsOf(clips[0]!.bytes, 0));
    await device2.send(tests[1]!.reception.port, packetsOf(clips[1]!.bytes, 0));
    await until(() => tests.every(({ sink }) => sink.pictures.length === FRAMES - 1));
    tests.forEach(({ sink }, index) => {
      expect(sink.pictures).toEqual(allButLast(clips[index]!.pictures));
    });
    for (const { reception } of tests) reception.close();
  });

  it('is given back', async () => {
    // Below those that the system gives out.
    const port = 22_000 + Math.floor(Math.random() * 9000);
    await start({ range: [port, port + 1] });
    const [first] = [await open('cam1', { ssrc: SSRC }), await open('cam2', { ssrc: SSRC + 1 })];
    await expect(open('cam3', { ssrc: SSRC + 2 })).rejects.toMatchObject({ code: 'STREAM_LIMIT' });
    first.reception.close();
    await sleep(50);
    const again = await open('cam3', { ssrc: SSRC + 2 });
    expect(again.reception.port).toBe(first.reception.port);
  });
});

it('comes to no harm by any datagrams and connections', async () => {
  await start();
  const test = await open('cam', { ssrc: SSRC });
  await using device = await TestDevice.open();
  const random = (size: number, seed: number) =>
    Buffer.from(
      Array.from({ length: size }, (_, index) => (Math.imul(index + seed, 2_654_435_761) >>> 13) & 0xff),
    );
  const datagrams: Buffer[] = Array.from({ length: 200 }, (_, index) => random(index % 60, index));
  datagrams.push(...packetsOf(random(20_000, 5), SSRC), rtp(1, 1, SSRC, Buffer.alloc(0)), Buffer.alloc(0));
  const padded = rtp(2, 1, SSRC, Buffer.from([255]));
  padded[0] = 0xbf;
  await device.send(test.reception.port, [...datagrams, padded]);
  const socket = await connectTo(test.reception.port);
  socket.write(random(200_000, 3));
  await sleep(100);
  socket.destroy();
  expect(test.sink.pictures).toEqual([]);
  await device.send(test.reception.port, packetsOf(clip(1).bytes, SSRC, 500));
  await until(() => test.sink.pictures.length > 25);
});
