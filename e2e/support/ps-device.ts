import { randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const HOST = '127.0.0.1';
/** As Hikvision's cameras cut theirs. */
const PAYLOAD_SIZE = 1400;

export interface PsSendOptions {
  readonly ssrc: number;
  /** Seconds that the file plays. */
  readonly duration: number;
  /** Changes what is sent: leaves packets out, puts them in another order. */
  readonly disturb?: (packets: Buffer[]) => Buffer[];
}

/** A device that sends a program stream by RTP, which is put together here and nowhere else. */
export class PsDevice {
  readonly #packets: readonly Buffer[];
  readonly #duration: number;

  constructor(file: string, { ssrc, duration, disturb }: PsSendOptions) {
    const stream = readFileSync(file);
    const packets: Buffer[] = [];
    for (let at = 0; at < stream.length; at += PAYLOAD_SIZE) {
      const payload = stream.subarray(at, at + PAYLOAD_SIZE);
      const header = Buffer.alloc(12);
      header.writeUInt16BE(0x8060, 0);
      header.writeUInt16BE((65_000 + packets.length) % 0x10000, 2);
      header.writeUInt32BE(Math.round((at / stream.length) * duration * 90_000), 4);
      header.writeUInt32BE(ssrc, 8);
      packets.push(Buffer.concat([header, payload]));
    }
    this.#packets = disturb ? disturb(packets) : packets;
    this.#duration = duration;
  }

  async sendByUdp(port: number): Promise<void> {
    const socket = createSocket('udp4');
    socket.bind(0, HOST);
    await once(socket, 'listening');
    await this.#paced(packet => socket.send(packet, port, HOST));
    socket.close();
  }

  /** Connects to `port`, and goes when all is sent. */
  async sendByTcp(port: number): Promise<void> {
    const socket = connect(port, HOST);
    await once(socket, 'connect');
    await this.#send(socket);
  }

  /** Waits for a connection: `port` is told before it comes, `sent` is done when all is sent. */
  async listen(): Promise<{ readonly port: number; readonly sent: Promise<void> }> {
    const server = createServer();
    server.listen(0, HOST);
    await once(server, 'listening');
    const address = server.address();
    const sent = once(server, 'connection').then(([socket]) => {
      server.close();
      return this.#send(socket as Socket);
    });
    return { port: typeof address === 'object' && address ? address.port : 0, sent };
  }

  async #send(socket: Socket): Promise<void> {
    await this.#paced(packet => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(packet.length);
      socket.write(Buffer.concat([length, packet]));
    });
    socket.end();
  }

  /** As fast as it plays. */
  async #paced(send: (packet: Buffer) => void): Promise<void> {
    const start = performance.now();
    for (const [index, packet] of this.#packets.entries()) {
      const due = start + (index / this.#packets.length) * this.#duration * 1000;
      const rest = due - performance.now();
      if (rest > 2) await sleep(rest);
      send(packet);
    }
    await sleep(300);
  }
}

/** Takes what is sent by UDP, and makes the file of it that it would be. */
export class PsSink implements AsyncDisposable {
  readonly #socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  readonly #packets: Buffer[] = [];

  static async open(): Promise<PsSink> {
    const sink = new PsSink();
    sink.#socket.on('message', data => sink.#packets.push(data));
    sink.#socket.bind(0, HOST);
    await once(sink.#socket, 'listening');
    return sink;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Returns the path. Throws where packets are missing, or are another source's. */
  async write(ssrc: number): Promise<string> {
    await sleep(200);
    const first = this.#packets[0]?.readUInt16BE(2) ?? 0;
    const isWhole = this.#packets.every(
      (packet, index) =>
        packet.readUInt16BE(2) === (first + index) % 0x10000 && packet.readUInt32BE(8) === ssrc,
    );
    if (!isWhole) throw new Error('The packets do not follow one another.');
    const file = join(tmpdir(), `flux-${randomUUID()}.ps`);
    writeFileSync(file, Buffer.concat(this.#packets.map(packet => packet.subarray(12))));
    return file;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await once(this.#socket, 'close');
  }
}
