import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

const HOST = '127.0.0.1';
/** Ports of five digits, as those that they stand for, and none that the tests' other servers take. */
const FIRST_PORT = 32_000;
const MAX_TRIES = 100;

/**
 * What happens to a datagram on a bad way: 1 % are lost, 5 % come after the two that follow. Always the same ones, by a
 * generator of its own.
 */
export class BadWay {
  dropped = 0;
  reordered = 0;
  passed = 0;
  #state = 20_263;
  #held: { readonly send: () => void; left: number } | undefined;

  pass(send: () => void): void {
    const chance = this.#random();
    if (chance < 0.01) {
      this.dropped++;
      return;
    }
    if (chance < 0.06 && !this.#held) {
      this.reordered++;
      this.#held = { send, left: 2 };
      return;
    }
    this.passed++;
    send();
    if (this.#held && --this.#held.left === 0) {
      this.#held.send();
      this.#held = undefined;
    }
  }

  /** Mulberry32. */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let value = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** Takes the datagrams for a pair of ports in their place, and hands on to them what does not get lost. */
export class UdpRelay {
  /** RTP's; RTCP's is the next. */
  readonly port: number;
  readonly #sockets: readonly Socket[];

  private constructor(port: number, sockets: readonly Socket[]) {
    this.port = port;
    this.#sockets = sockets;
  }

  /** `way`: of RTP; RTCP passes as it is. `target`: the RTP port of the pair, once it is known. */
  static async start(way: BadWay, target: () => number): Promise<UdpRelay> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const port = FIRST_PORT + 2 * Math.floor(Math.random() * 200);
      const sockets = [createSocket('udp4'), createSocket('udp4')];
      try {
        for (const [side, socket] of sockets.entries()) {
          socket.bind({ port: port + side, address: HOST, exclusive: true });
          await once(socket, 'listening');
          socket.setRecvBufferSize(2 ** 21);
          socket.on('message', data => {
            const send = () => socket.send(data, target() + side, HOST);
            if (side === 0) way.pass(send);
            else send();
          });
        }
        return new UdpRelay(port, sockets);
      } catch {
        for (const socket of sockets) socket.close();
      }
    }
    throw new Error('no pair of ports is free');
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.close();
  }
}
