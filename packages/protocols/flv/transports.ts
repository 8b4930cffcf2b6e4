import type { Socket } from 'node:net';
import type { EndReason } from '@flux-iot/core/stream/sink';
import { SocketTransport } from '@flux-iot/core/stream/socket-transport';
import type { ViewerTransport } from '@flux-iot/core/stream/viewer';
import type { WebSocket } from 'ws';
import { LAST_CHUNK } from './http-chunk-framing.ts';

/** An HTTP/1.1 viewer: its body ends with the last chunk, so that it can tell an end from a broken connection. */
export class ChunkedTransport extends SocketTransport {
  constructor(socket: Socket) {
    super(socket);
  }

  override end(reason: EndReason): void {
    this.write(LAST_CHUNK);
    super.end(reason);
  }
}

/** RFC 6455 §7.4.1. */
const NORMAL_CLOSURE = 1000;

/** A viewer on a WebSocket: every piece is one binary message. */
export class WebSocketTransport implements ViewerTransport {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  get queuedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  write(data: Buffer): void {
    this.#socket.send(data, { binary: true, compress: false });
  }

  // Messages are written one by one: a WebSocket has no bytes in between that could be gathered.
  cork(): void {}
  uncork(): void {}

  end(reason: EndReason): void {
    this.#socket.close(NORMAL_CLOSURE, reason.code);
  }

  destroy(_reason: EndReason): void {
    this.#socket.terminate();
  }
}
