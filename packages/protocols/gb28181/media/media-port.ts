import { createSocket, type Socket as DatagramSocket, type RemoteInfo } from 'node:dgram';
import { isIPv6, type Socket } from 'node:net';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { plainAddress } from '@flux-iot/core/socket/plain-address';
import { TcpListener } from '../../tcp/listener.ts';

export interface MediaPortOptions {
  readonly host: string;
  /** 0 takes any. */
  readonly port: number;
  /** What the kernel is asked to keep of datagrams that were not read yet; it may give less. */
  readonly receiveBufferSize: number;
  /** `data` is the datagram's own. */
  onDatagram(data: Buffer, address: string, port: number): void;
  /** A connection, which is paused. */
  onConnection(socket: Socket): void;
}

const ANY_PORT_TRIES = 16;

/** One number, as a port of UDP and of TCP: where devices send their media to. */
export class MediaPort {
  readonly port: number;
  readonly #socket: DatagramSocket;
  readonly #listener: TcpListener;
  readonly #isIPv6: boolean;
  #closed = false;

  private constructor(options: MediaPortOptions, socket: DatagramSocket, listener: TcpListener) {
    this.#socket = socket;
    this.#listener = listener;
    this.#isIPv6 = isIPv6(options.host);
    this.port = socket.address().port;
    socket.on('message', (data: Buffer, from: RemoteInfo) =>
      options.onDatagram(data, plainAddress(from.address), from.port),
    );
    // What cannot be sent is lost without a word, as it may be on its way.
    socket.on('error', () => {});
  }

  /** Rejects with `PORT_IN_USE`. */
  static async open(options: MediaPortOptions): Promise<MediaPort> {
    for (let tries = 1; ; tries++) {
      const socket = await bind(options);
      const listener = new TcpListener({
        name: 'GB28181 media',
        host: options.host,
        port: socket.address().port,
        onSocket: connection => options.onConnection(connection),
      });
      try {
        await listener.start();
        return new MediaPort(options, socket, listener);
      } catch (cause) {
        socket.close();
        // Any port was asked for, and that of UDP is somebody else's of TCP.
        if (options.port !== 0 || tries === ANY_PORT_TRIES) throw cause;
      }
    }
  }

  send(data: Buffer, port: number, address: string): void {
    if (this.#closed) return;
    const target = this.#isIPv6 && !address.includes(':') ? `::ffff:${address}` : address;
    this.#socket.send(data, port, target);
  }

  /** Takes no more; connections that are there are the caller's to end. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
    this.#listener.stop();
  }
}

async function bind({ host, port, receiveBufferSize }: MediaPortOptions): Promise<DatagramSocket> {
  // Addresses are numbers: there is nothing to look up, and so nothing to wait for before a packet is sent.
  const socket = createSocket({
    type: isIPv6(host) ? 'udp6' : 'udp4',
    lookup: (name, _options, done) => done(null, name, isIPv6(name) ? 6 : 4),
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', cause => {
      socket.close();
      const message = `GB28181 media cannot be received on UDP ${host}:${port}: ${cause.message}`;
      reject(new FluxError('PORT_IN_USE', message, { cause }));
    });
    socket.bind({ port, address: host, exclusive: true }, resolve);
  });
  socket.removeAllListeners('error');
  try {
    socket.setRecvBufferSize(receiveBufferSize);
  } catch {
    // Some systems refuse what is more than they allow: theirs is kept.
  }
  return socket;
}
