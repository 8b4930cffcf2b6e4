import type { Socket } from 'node:net';
import type { EndReason } from './sink.ts';
import type { ViewerTransport } from './viewer.ts';

/** How long what is queued may still take to be sent after the end. */
const LINGER = 2000;

/** A viewer on a TCP or TLS socket. */
export class SocketTransport implements ViewerTransport {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get queuedBytes(): number {
    return this.#socket.writableLength;
  }

  write(data: Buffer): void {
    this.#socket.write(data);
  }

  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
  }

  end(_reason: EndReason): void {
    this.#socket.end();
    const timer = setTimeout(() => this.#socket.destroy(), LINGER);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  destroy(_reason: EndReason): void {
    this.#socket.destroy();
  }
}
