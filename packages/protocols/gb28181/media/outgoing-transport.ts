import type { Socket } from 'node:net';
import type { MediaPort } from './media-port.ts';
import type { FramePackets } from './ps-packetizer.ts';
import type { MediaSource } from './reception-table.ts';

/** How the packets of one stream go out. */
export interface OutgoingTransport {
  /** Bytes that wait. */
  readonly queuedBytes: number;
  send(packets: FramePackets): void;
  close(): void;
}

const LENGTH_SIZE = 2;
/** Milliseconds. */
const LINGER = 2000;
/**
 * Bytes sent at once, and in each millisecond after that: about 130 Mbit/s. The pictures that a receiver is given at
 * first would else come faster than its socket holds.
 */
const BURST = 64 * 1024;
const BYTES_PER_MILLISECOND = 16 * 1024;

/** A datagram for each packet, in bursts that a receiver's socket can hold. */
export class DatagramSending implements OutgoingTransport {
  readonly #port: MediaPort;
  readonly #remote: MediaSource;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #allowance = BURST;
  #allowedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(port: MediaPort, remote: MediaSource) {
    this.#port = port;
    this.#remote = remote;
  }

  get queuedBytes(): number {
    return this.#waitingBytes;
  }

  send({ data }: FramePackets): void {
    if (this.#closed) return;
    for (let at = 0; at < data.length; ) {
      const start = at + LENGTH_SIZE;
      at = start + data.readUInt16BE(at);
      this.#waiting.push(data.subarray(start, at));
    }
    this.#waitingBytes += data.length;
    if (!this.#timer) this.#drain();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#waiting = [];
    this.#port.close();
  }

  #drain(): void {
    this.#timer = undefined;
    const now = performance.now();
    const earned = (now - this.#allowedAt) * BYTES_PER_MILLISECOND;
    this.#allowance = Math.min(BURST, this.#allowance + earned);
    this.#allowedAt = now;
    let sent = 0;
    for (; sent < this.#waiting.length && this.#allowance > 0; sent++) {
      const packet = this.#waiting[sent]!;
      this.#allowance -= packet.length;
      this.#waitingBytes -= packet.length + LENGTH_SIZE;
      this.#port.send(packet, this.#remote.port, this.#remote.address);
    }
    this.#waiting = this.#waiting.slice(sent);
    if (this.#waiting.length > 0) this.#timer = setTimeout(() => this.#drain(), 1);
  }
}

/** A connection, in which each packet is after its length. */
export class ConnectionSending implements OutgoingTransport {
  readonly #socket: Socket;

  constructor(socket: Socket, onClosed: () => void) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', onClosed);
    // Reports may come, which say nothing that is needed; what is not read would block the peer.
    socket.resume();
  }

  get queuedBytes(): number {
    return this.#socket.writableLength;
  }

  send({ data }: FramePackets): void {
    this.#socket.write(data);
  }

  /** What was written goes out, if the peer takes it in time. */
  close(): void {
    const socket = this.#socket;
    if (socket.destroyed || socket.writableEnded) return;
    const timer = setTimeout(() => socket.destroy(), LINGER).unref();
    socket.once('close', () => clearTimeout(timer));
    socket.destroySoon();
  }
}
