import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Clip } from './clip.ts';

export interface MediaSenderOptions {
  readonly clip: Clip;
  readonly ssrc: number;
  /** As the device sees it: `tcp-active` connects to the other side. */
  readonly transport: 'udp' | 'tcp-active' | 'tcp-passive';
  readonly address: string;
  readonly port: number;
  /** Of a recording, which ends: it is not sent over and over. */
  readonly isOnce?: boolean;
  /** How much faster than its time it is sent. */
  readonly speed?: number;
  onEnded(reason: string): void;
}

const PAYLOAD_TYPE = 96;
const MAX_PAYLOAD = 1400;
const CLOCK = 90;
const INTERVAL = 20;
/** A receiver that reads nothing is not waited for. */
const MAX_QUEUED = 8 * 1024 * 1024;

/** A device's media: a program stream in RTP, by UDP or in a TCP connection with lengths before the packets. */
export class MediaSender {
  readonly #options: MediaSenderOptions;
  #datagrams: DatagramSocket | undefined;
  #socket: Socket | undefined;
  #server: Server | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sequence = Math.floor(Math.random() * 65_536);
  #next = 0;
  #loops = 0;
  /** Ticks of the clip that are due, and when that was reckoned last. */
  #position = 0;
  #reckonedAt = 0;
  #scale: number;
  #isPaused = false;
  #closed = false;
  /** How many packets went out. */
  packets = 0;

  constructor(options: MediaSenderOptions) {
    this.#options = options;
    this.#scale = options.speed ?? 1;
  }

  /** Resolves with the port that it sends from, or waits at. */
  async open(): Promise<number> {
    const { transport } = this.#options;
    if (transport === 'udp') {
      const socket = createSocket('udp4');
      socket.on('error', () => {});
      await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
      this.#datagrams = socket;
      return socket.address().port;
    }
    if (transport === 'tcp-active') return 9;
    const server = createServer(socket => this.#take(socket));
    this.#server = server;
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** The other side has acknowledged: it begins. */
  start(): void {
    const { transport, address, port } = this.#options;
    if (this.#closed || this.#timer) return;
    this.#reckonedAt = performance.now();
    if (transport === 'tcp-active') this.#take(connect({ host: address, port, noDelay: true }));
    this.#timer = setInterval(() => this.#send(), INTERVAL);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#reckonedAt = performance.now();
    this.#isPaused = false;
  }

  /** Seconds from the beginning. */
  seek(seconds: number): void {
    const { clip } = this.#options;
    const at = Math.min(clip.duration, seconds * CLOCK * 1000);
    this.#position = at;
    this.#loops = 0;
    const next = clip.packs.findIndex(({ time }) => time >= at);
    this.#next = next === -1 ? clip.packs.length : next;
  }

  set scale(scale: number) {
    this.#scale = scale;
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.#datagrams?.close();
    this.#socket?.destroy();
    this.#server?.close();
  }

  #take(socket: Socket): void {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.on('close', () => {
      if (!this.#closed) this.#options.onEnded('the connection of the media was closed');
    });
  }

  #send(): void {
    const { clip, isOnce, onEnded } = this.#options;
    const now = performance.now();
    if (this.#isPaused) return;
    this.#position += (now - this.#reckonedAt) * CLOCK * this.#scale;
    this.#reckonedAt = now;
    for (;;) {
      if (this.#next === clip.packs.length) {
        if (clip.packs.length === 0) return;
        if (isOnce) {
          clearInterval(this.#timer);
          onEnded('the recording is over');
          return;
        }
        this.#next = 0;
        this.#loops++;
      }
      const pack = clip.packs[this.#next]!;
      const time = this.#loops * clip.duration + pack.time;
      if (time > this.#position) return;
      this.#next++;
      this.#packetize(pack.data, time);
    }
  }

  /** RFC 2250 §2.1, as the standard uses it: a pack over several packets, the last of them marked. */
  #packetize(data: Buffer, time: number): void {
    for (let at = 0; at < data.length; at += MAX_PAYLOAD) {
      const payload = data.subarray(at, at + MAX_PAYLOAD);
      const packet = Buffer.allocUnsafe(12 + payload.length);
      packet[0] = 0x80;
      packet[1] = (at + MAX_PAYLOAD >= data.length ? 0x80 : 0) | PAYLOAD_TYPE;
      packet.writeUInt16BE(this.#sequence, 2);
      packet.writeUInt32BE(time % 2 ** 32, 4);
      packet.writeUInt32BE(this.#options.ssrc, 8);
      payload.copy(packet, 12);
      this.#sequence = (this.#sequence + 1) & 0xffff;
      this.#write(packet);
    }
  }

  #write(packet: Buffer): void {
    const { address, port } = this.#options;
    this.packets++;
    if (this.#datagrams) {
      this.#datagrams.send(packet, port, address);
      return;
    }
    const socket = this.#socket;
    if (!socket?.writable || socket.writableLength > MAX_QUEUED) return;
    const length = Buffer.allocUnsafe(2);
    length.writeUInt16BE(packet.length);
    socket.write(length);
    socket.write(packet);
  }
}
