import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { FluxError } from '@flux-iot/core/errors/flux-error';

export interface TcpListenerOptions {
  /** What speaks there, for messages: `RTMP`. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Other media nodes of this host listen on the same port. */
  readonly reusePort?: boolean;
  /** Makes it one of TLS; PEM. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  /** Takes the socket, which is paused, or destroys it. */
  readonly onSocket: (socket: Socket) => void;
}

/** A listening address of a protocol on TCP, or on TLS. */
export class TcpListener {
  readonly #options: TcpListenerOptions;
  readonly #server: Server;

  constructor(options: TcpListenerOptions) {
    this.#options = options;
    const { tls, onSocket } = options;
    this.#server = tls
      ? createTlsServer({ ...tls, handshakeTimeout: 10_000, pauseOnConnect: true }, onSocket)
      : createServer({ noDelay: true, pauseOnConnect: true }, onSocket);
    // Accepting fails while the process has no file descriptor left; it goes on when it has.
    this.#server.on('error', () => {});
    // A failed TLS handshake is the client's affair.
    this.#server.on('tlsClientError', (_error, socket: Socket) => socket.destroy());
  }

  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? this.#options.port;
  }

  get address(): string {
    const { host } = this.#options;
    return `${host.includes(':') ? `[${host}]` : host}:${this.port}`;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', cause => {
        const { name } = this.#options;
        reject(
          new FluxError('PORT_IN_USE', `${name} cannot listen on ${this.address}: ${cause.message}`, {
            cause,
          }),
        );
      });
      const { host, port, reusePort } = this.#options;
      this.#server.listen({ host, port, reusePort, backlog: 1024 }, resolve);
    });
  }

  /** Takes no more connections; those that are there are the caller's to end. */
  stop(): void {
    if (this.#server.listening) this.#server.close();
  }
}
