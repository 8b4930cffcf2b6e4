import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { connect, isIPv6, type Socket } from 'node:net';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { plainAddress } from '@flux-iot/core/socket/plain-address';
import { ParseError } from '@flux-iot/media/model/parse-error';
import { TcpListener } from '../../tcp/listener.ts';
import { hostPort } from './address.ts';
import { FloodGate, type FloodLimits } from './flood-gate.ts';
import type { SipMessage } from './message.ts';
import { parseSipDatagram, SipStreamReader } from './parser.ts';
import { peerName, type SipPeer } from './peer.ts';

export interface SipEndpointOptions {
  readonly host: string;
  readonly port: number;
  readonly flood: FloodLimits;
  readonly maxConnections: number;
  onMessage(message: SipMessage, peer: SipPeer): void;
  /** A connection is gone: whoever was reached by it is not any more. */
  onDisconnected(peer: SipPeer): void;
  /** Something was thrown away. */
  onRefused(error: FluxError, peer: string): void;
}

/** Milliseconds in which the first message has to come on a connection, and without any afterwards. */
const FIRST_MESSAGE_TIMEOUT = 15_000;
const IDLE_TIMEOUT = 20 * 60_000;
/** Unsent bytes of one connection: a device that reads nothing is let go. */
const MAX_QUEUED = 1_048_576;
/** A thousand devices that come back at once. */
const RECEIVE_BUFFER_SIZE = 4 * 1024 * 1024;
const CONNECT_TIMEOUT = 5000;

/** SIP on one port by UDP and TCP (RFC 3261 §18): messages in and out, and nothing of what they mean. */
export class SipEndpoint {
  readonly #options: SipEndpointOptions;
  readonly #gate: FloodGate;
  readonly #connections = new Map<string, Socket>();
  #listener: TcpListener | undefined;
  #datagrams: DatagramSocket | undefined;
  #bytesIn = 0;
  #bytesOut = 0;

  constructor(options: SipEndpointOptions) {
    this.#options = options;
    this.#gate = new FloodGate(options.flood);
  }

  get port(): number {
    return this.#listener?.port ?? this.#options.port;
  }

  get listening(): string[] {
    if (!this.#datagrams) return [];
    const address = hostPort(this.#options.host, this.port);
    return [`udp ${address}`, `tcp ${address}`];
  }

  get connections(): number {
    return this.#connections.size;
  }

  get bytes(): { readonly in: number; readonly out: number } {
    return { in: this.#bytesIn, out: this.#bytesOut };
  }

  /** Throws `PORT_IN_USE`. */
  async start(): Promise<void> {
    const { host, port } = this.#options;
    const onSocket = (socket: Socket) => this.#accept(socket);
    this.#listener = new TcpListener({ name: 'SIP', host, port, onSocket });
    await this.#listener.start();
    try {
      this.#datagrams = await this.#bind(this.#listener.port);
    } catch (cause) {
      this.stop();
      const message = `SIP cannot listen on UDP ${hostPort(host, port)}: ${FluxError.from(cause).message}`;
      throw new FluxError('PORT_IN_USE', message, { cause });
    }
  }

  /** Idempotent. */
  stop(): void {
    this.#listener?.stop();
    this.#datagrams?.close();
    this.#datagrams = undefined;
    for (const socket of this.#connections.values()) socket.destroy();
    this.#connections.clear();
  }

  /** False where there is no way to the peer: its connection is gone. */
  send(data: Buffer, peer: SipPeer): boolean {
    if (peer.transport === 'udp') {
      if (!this.#datagrams) return false;
      this.#bytesOut += data.length;
      this.#datagrams.send(data, peer.port, this.#own(peer.address));
      return true;
    }
    const socket = this.#connections.get(peerName(peer));
    if (!socket?.writable) return false;
    if (socket.writableLength > MAX_QUEUED) {
      socket.destroy();
      return false;
    }
    this.#bytesOut += data.length;
    socket.write(data);
    return true;
  }

  /** Opens a connection to the peer, unless there is one. Rejects with `UPSTREAM_FAILED`. */
  connect(peer: SipPeer): Promise<void> {
    if (peer.transport === 'udp' || this.#connections.has(peerName(peer))) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const socket = connect({ host: peer.address, port: peer.port, noDelay: true });
      const fail = (message: string) => {
        socket.destroy();
        reject(new FluxError('UPSTREAM_FAILED', `No connection to ${peerName(peer)}: ${message}`));
      };
      const timer = setTimeout(() => fail('it timed out'), CONNECT_TIMEOUT);
      socket.once('error', error => {
        clearTimeout(timer);
        fail(error.message);
      });
      socket.once('connect', () => {
        clearTimeout(timer);
        this.#keep(socket, peer);
        resolve();
      });
    });
  }

  #bind(port: number): Promise<DatagramSocket> {
    const { host } = this.#options;
    const socket = createSocket({
      type: isIPv6(host) ? 'udp6' : 'udp4',
      lookup: (name, _options, done) => done(null, name, isIPv6(name) ? 6 : 4),
    });
    return new Promise((resolve, reject) => {
      let isBound = false;
      socket.on('error', error => {
        if (!isBound) socket.close();
        reject(error);
      });
      socket.on('message', (data, { address, port: from }) =>
        this.#receive(data, { transport: 'udp', address: plainAddress(address), port: from }),
      );
      socket.bind({ port, address: host, exclusive: true }, () => {
        isBound = true;
        try {
          socket.setRecvBufferSize(RECEIVE_BUFFER_SIZE);
        } catch {
          // Some systems refuse what is more than they allow: theirs is kept.
        }
        resolve(socket);
      });
    });
  }

  #receive(data: Buffer, peer: SipPeer): void {
    this.#bytesIn += data.length;
    // Keep-alives of the address translation: line ends, or four zeros of Hikvision.
    if (data.length <= 4) return;
    if (!this.#gate.admits(peer.address, performance.now())) {
      this.#refuse('STREAM_LIMIT', 'More messages than one address may send.', peer);
      return;
    }
    let message: SipMessage;
    try {
      message = parseSipDatagram(data);
    } catch (cause) {
      this.#refuseUnreadable(cause, peer);
      return;
    }
    this.#options.onMessage(message, peer);
  }

  #accept(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress ?? '');
    if (address === '' || this.#connections.size >= this.#options.maxConnections) {
      socket.destroy();
      return;
    }
    this.#keep(socket, { transport: 'tcp', address, port: socket.remotePort ?? 0 });
    socket.resume();
  }

  #keep(socket: Socket, peer: SipPeer): void {
    const name = peerName(peer);
    this.#connections.set(name, socket);
    socket.setTimeout(FIRST_MESSAGE_TIMEOUT, () => socket.destroy());
    const reader = new SipStreamReader(message => {
      socket.setTimeout(IDLE_TIMEOUT);
      if (this.#gate.admits(peer.address, performance.now())) this.#options.onMessage(message, peer);
      else this.#refuse('STREAM_LIMIT', 'More messages than one address may send.', peer);
    });
    socket.on('data', data => {
      this.#bytesIn += data.length;
      try {
        reader.push(data);
      } catch (cause) {
        this.#refuseUnreadable(cause, peer);
        socket.destroy();
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      if (this.#connections.get(name) !== socket) return;
      this.#connections.delete(name);
      this.#options.onDisconnected(peer);
    });
  }

  /** Throws what is no fault of the message. */
  #refuseUnreadable(cause: unknown, peer: SipPeer): void {
    if (!(cause instanceof ParseError)) throw cause;
    this.#refuse('PROTOCOL_ERROR', cause.message, peer);
  }

  #refuse(code: 'PROTOCOL_ERROR' | 'STREAM_LIMIT', message: string, peer: SipPeer): void {
    this.#options.onRefused(new FluxError(code, message), peerName(peer));
  }

  /** On a socket for both families an IPv4 address is written as an IPv6 one (RFC 4291 §2.5.5.2). */
  #own(address: string): string {
    return isIPv6(this.#options.host) && !address.includes(':') ? `::ffff:${address}` : address;
  }
}
