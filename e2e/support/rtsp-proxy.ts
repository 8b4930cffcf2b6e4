import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

export interface RtspProxyOptions {
  readonly port: number;
  /** Change what passes, without changing its length. */
  readonly toServer?: (text: string) => string;
  readonly toClient?: (text: string) => string;
  /** Clients come by TLS. PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** Stands between an RTSP client and its server, and changes what they say. */
export class RtspProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor({ port, toServer, toClient, tls }: RtspProxyOptions) {
    const onSocket = (client: Socket) => {
      const server = connect(port, '127.0.0.1');
      forward(client, server, toServer);
      forward(server, client, toClient);
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.on('error', () => {});
        socket.once('close', () => this.#sockets.delete(socket));
      }
    };
    this.#server = tls ? createTlsServer(tls, onSocket) : createServer(onSocket);
  }

  static async start(options: RtspProxyOptions): Promise<RtspProxy> {
    const proxy = new RtspProxy(options);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function forward(from: Socket, to: Socket, change: ((text: string) => string) | undefined): void {
  from.on('data', data => {
    to.write(change ? Buffer.from(change(data.toString('latin1')), 'latin1') : data);
  });
  from.once('close', () => to.destroy());
}
