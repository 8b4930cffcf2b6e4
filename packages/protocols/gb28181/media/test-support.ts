import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import { StreamHistory } from '@flux-iot/core/stream/history';
import type { StreamSink } from '@flux-iot/core/stream/sink';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import type { Sample } from '@flux-iot/media/model/sample';
import type { Track } from '@flux-iot/media/model/track';
import type { MediaReceiver } from './media-receiver.ts';
import type { MediaTransport, Reception } from './reception.ts';

export const LOCAL = '127.0.0.1';
export const PAYLOAD_SIZE = 1200;

export function testOrchestrator(): StreamOrchestrator {
  return new StreamOrchestrator({
    stream: { gop: { maxBytes: 2 ** 24, maxSeconds: 20 }, discoverySeconds: 1 },
    flush: { minInterval: 2, maxInterval: 20 },
    turns: { minInterval: 20, maxInterval: 40, maxUnwatchedInterval: 80 },
    maxStreams: 50,
    takeover: false,
    publisherGrace: 0,
    openTimeout: 500,
  });
}

/** An RTP packet, put together by hand. */
export function rtp(
  sequenceNumber: number,
  timestamp: number,
  ssrc: number,
  payload: Buffer,
  marker = false,
): Buffer {
  const packet = Buffer.alloc(12 + payload.length);
  packet[0] = 0x80;
  packet[1] = (marker ? 0x80 : 0) | 96;
  packet.writeUInt16BE(sequenceNumber & 0xffff, 2);
  packet.writeUInt32BE(timestamp % 2 ** 32, 4);
  packet.writeUInt32BE(ssrc, 8);
  payload.copy(packet, 12);
  return packet;
}

/** A program stream as the RTP packets that a device sends. */
export function packetsOf(stream: Buffer, ssrc: number, first = 65_500, size = PAYLOAD_SIZE): Buffer[] {
  return Array.from({ length: Math.ceil(stream.length / size) }, (_, index) =>
    rtp(first + index, 9000 + index * 300, ssrc, stream.subarray(index * size, (index + 1) * size)),
  );
}

export function framed(packet: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(packet.length);
  return Buffer.concat([length, packet]);
}

/** What a stream's sinks are given. */
export class RecordingSink implements StreamSink {
  readonly samples: Sample[] = [];
  tracks: readonly Track[] = [];

  onTracks(tracks: readonly Track[]): void {
    this.tracks = tracks;
  }

  onSample(sample: Sample): void {
    this.samples.push(sample);
  }

  onDiscontinuity(): void {}

  onEnd(): void {}

  /** The pictures, by what is in them. */
  get pictures(): string[] {
    return this.samples.flatMap(sample => (sample.kind === 'video' ? [sample.data.toString('hex')] : []));
  }
}

/** A stream that is received. */
export class TestReception {
  readonly history = new StreamHistory();
  readonly sink = new RecordingSink();
  ended: string | undefined;
  hasMedia = false;
  peer = '';
  reception!: Reception;

  static async open(
    receiver: MediaReceiver,
    orchestrator: StreamOrchestrator,
    name: string,
    options: {
      readonly ssrc: number;
      readonly transport?: MediaTransport;
      readonly deviceAddress?: string;
      readonly publishDelay?: number;
    },
  ): Promise<TestReception> {
    const test = new TestReception();
    const { ssrc, transport = 'udp', deviceAddress = LOCAL, publishDelay = 0 } = options;
    test.reception = await receiver.open({
      ...{ ssrc, transport, deviceAddress, history: test.history },
      publish: async peer => {
        test.peer = peer;
        if (publishDelay > 0) await sleep(publishDelay);
        const publisher = { protocol: 'gb28181', peer, close: () => {} };
        const publication = await orchestrator.registerStream(name as StreamId, publisher);
        publication.stream.addSink(test.sink);
        return publication;
      },
      onMedia: () => {
        test.hasMedia = true;
      },
      onEnded: reason => {
        test.ended = reason;
      },
    });
    return test;
  }

  /** The time line without the steps of the stream itself. */
  get steps(): string[] {
    return this.history.entries.map(({ step }) => step);
  }

  detail(step: string): string | undefined {
    return this.history.entries.find(entry => entry.step === step)?.detail;
  }
}

/** Sends datagrams from a port of its own. */
export class TestDevice {
  readonly #socket = createSocket('udp4');
  readonly received: Buffer[] = [];

  static async open(): Promise<TestDevice> {
    const device = new TestDevice();
    device.#socket.on('message', data => device.received.push(data));
    device.#socket.bind(0, LOCAL);
    await once(device.#socket, 'listening');
    return device;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** A few at a time: nothing is to be lost by haste. */
  async send(port: number, packets: readonly Buffer[]): Promise<void> {
    for (const [index, packet] of packets.entries()) {
      this.#socket.send(packet, port, LOCAL);
      if (index % 16 === 15) await sleep(2);
    }
    await sleep(20);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await once(this.#socket, 'close');
  }
}

export async function connectTo(port: number): Promise<Socket> {
  const socket = connect(port, LOCAL);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Where a device listens for `tcp-active`; `onSocket` is what it does with the connection. */
export async function listenAt(
  onSocket: (socket: Socket) => void,
): Promise<{ port: number } & AsyncDisposable> {
  const sockets: Socket[] = [];
  const server = createServer(socket => {
    sockets.push(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  server.listen(0, LOCAL);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export async function until(condition: () => boolean, timeout = 5000): Promise<void> {
  const end = performance.now() + timeout;
  while (!condition()) {
    if (performance.now() > end) throw new Error('It did not come to pass.');
    await sleep(5);
  }
}
