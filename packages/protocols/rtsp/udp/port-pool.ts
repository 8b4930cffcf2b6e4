import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { FluxError } from '@flux-iot/core/errors/flux-error';

export interface PortPoolOptions {
  /** The address that the sockets are bound to: `0.0.0.0`, or `::` for both families. */
  readonly host: string;
  /** First and last port of the range, both included. */
  readonly range: readonly [first: number, last: number];
  /** What the kernel is asked to keep for each socket; it may give less. */
  readonly receiveBufferSize?: number;
}

export interface PortPairHandlers {
  /** `data` is the datagram's own. */
  onRtp(data: Buffer, from: RemoteInfo): void;
  onRtcp(data: Buffer, from: RemoteInfo): void;
  /** A socket failed; the pair stays open. What cannot be sent is lost without a word, as it may be on its way. */
  onError?(error: Error): void;
}

/** A key frame of 4K video at once, until the process comes to read. */
const RECEIVE_BUFFER_SIZE = 2 * 1024 * 1024;

/**
 * Pairs of UDP ports out of a range, the even one for RTP and the odd one above it for RTCP (RFC 3550 §11). The ports
 * are taken in turn, so that one that was given back rests as long as possible: whoever sent to it may still do so.
 */
export class PortPool {
  readonly #options: PortPoolOptions;
  readonly #first: number;
  /** How many pairs are in the range. */
  readonly #size: number;
  readonly #taken = new Set<number>();
  #next: number;

  /** Throws `CONFIG_INVALID` where the range has no pair. */
  constructor(options: PortPoolOptions) {
    this.#options = options;
    const [first, last] = options.range;
    this.#first = first + (first % 2);
    this.#size = Math.max(0, Math.floor((last + 1 - this.#first) / 2));
    if (this.#size === 0)
      throw new FluxError('CONFIG_INVALID', `There is no pair of ports from ${first} to ${last}.`);
    // Processes that share a range do not begin at the same port.
    this.#next = Math.floor(Math.random() * this.#size);
  }

  /** How many pairs are out. */
  get taken(): number {
    return this.#taken.size;
  }

  /** Rejects with `STREAM_LIMIT` where no pair of the range is free, with `PORT_IN_USE` where the host cannot be bound. */
  async open(handlers: PortPairHandlers): Promise<PortPair> {
    for (let tries = 0; tries < this.#size; tries++) {
      const port = this.#first + 2 * this.#next;
      this.#next = (this.#next + 1) % this.#size;
      if (this.#taken.has(port)) continue;
      this.#taken.add(port);
      const pair = await this.#openAt(port, handlers);
      if (pair) return pair;
      this.#taken.delete(port);
    }
    const [first, last] = this.#options.range;
    throw new FluxError('STREAM_LIMIT', `No pair of UDP ports from ${first} to ${last} is free.`);
  }

  /** Undefined where somebody else has one of the ports. */
  async #openAt(port: number, handlers: PortPairHandlers): Promise<PortPair | undefined> {
    const sockets: Socket[] = [];
    try {
      for (const number of [port, port + 1]) sockets.push(await this.#bind(number));
    } catch (cause) {
      for (const socket of sockets) socket.close();
      if (isTaken(cause)) return undefined;
      this.#taken.delete(port);
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new FluxError('PORT_IN_USE', `UDP on ${this.#options.host}: ${message}`, { cause });
    }
    const [rtp, rtcp] = sockets;
    return new PortPair(port, rtp!, rtcp!, handlers, () => this.#taken.delete(port));
  }

  #bind(port: number): Promise<Socket> {
    const { host, receiveBufferSize = RECEIVE_BUFFER_SIZE } = this.#options;
    const type = isIPv6(host) ? 'udp6' : 'udp4';
    // Addresses are numbers: there is nothing to look up, and so nothing to wait for before a packet is sent.
    const socket = createSocket({
      type,
      lookup: (name, _options, done) => done(null, name, isIPv6(name) ? 6 : 4),
    });
    let isBound = false;
    return new Promise((resolve, reject) => {
      socket.on('error', error => {
        if (!isBound) socket.close();
        reject(error);
      });
      socket.bind({ port, address: host, exclusive: true }, () => {
        isBound = true;
        try {
          socket.setRecvBufferSize(receiveBufferSize);
        } catch {
          // Some systems refuse what is more than they allow: theirs is kept.
        }
        resolve(socket);
      });
    });
  }
}

/** Two sockets, until it is closed. */
export class PortPair {
  /** RTP's port, an even one; RTCP's is the next. */
  readonly port: number;
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  readonly #isIPv6: boolean;
  readonly #release: () => void;
  #closed = false;

  constructor(port: number, rtp: Socket, rtcp: Socket, handlers: PortPairHandlers, release: () => void) {
    this.port = port;
    this.#rtp = rtp;
    this.#rtcp = rtcp;
    this.#isIPv6 = isIPv6(rtp.address().address);
    this.#release = release;
    rtp.on('message', (data, from) => handlers.onRtp(data, from));
    rtcp.on('message', (data, from) => handlers.onRtcp(data, from));
    for (const socket of [rtp, rtcp]) socket.on('error', error => handlers.onError?.(error));
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Bytes that the kernel has not taken yet. */
  get queuedBytes(): number {
    return this.#closed ? 0 : this.#rtp.getSendQueueSize() + this.#rtcp.getSendQueueSize();
  }

  /** Bytes `start` to `end` of `data` as one datagram, which is not copied: it may not be changed any more. */
  sendRtp(data: Buffer, start: number, end: number, port: number, address: string): void {
    if (!this.#closed) this.#rtp.send(data, start, end - start, port, this.#own(address));
  }

  sendRtcp(data: Buffer, start: number, end: number, port: number, address: string): void {
    if (!this.#closed) this.#rtcp.send(data, start, end - start, port, this.#own(address));
  }

  /** Closes both sockets and gives the ports back. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    let open = 2;
    for (const socket of [this.#rtp, this.#rtcp]) {
      socket.close(() => {
        open--;
        if (open === 0) this.#release();
      });
    }
  }

  /** On a socket for both families an IPv4 address is written as an IPv6 one (RFC 4291 §2.5.5.2). */
  #own(address: string): string {
    return this.#isIPv6 && !address.includes(':') ? `::ffff:${address}` : address;
  }
}

function isTaken(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return code === 'EADDRINUSE' || code === 'EACCES';
}
