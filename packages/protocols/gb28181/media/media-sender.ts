import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { plainAddress } from '@flux-iot/core/socket/plain-address';
import { MediaPort } from './media-port.ts';
import { ConnectionSending, DatagramSending } from './outgoing-transport.ts';
import type { MediaSource } from './reception-table.ts';
import type { Sending, SendRequest } from './sending.ts';
import { StreamSending } from './stream-sending.ts';

export interface MediaSenderOptions {
  /** The address that is sent from. */
  readonly host: string;
}

const DISCARD_PORT = 9;
const SEND_PORT_BUFFER = 64 * 1024;
const CONNECT_TIMEOUT = 5000;
const CONNECT_TRIES = 3;
const CONNECT_PAUSE = 1000;
/** Milliseconds that the receiver's connection is waited for. */
const ACCEPT_TIMEOUT = 15_000;

/** Sends streams as program streams by RTP: datagrams, or connections made by either side. */
export class MediaSender {
  readonly #options: MediaSenderOptions;
  readonly #sendings = new Set<StreamSending>();

  constructor(options: MediaSenderOptions) {
    this.#options = options;
  }

  get sendings(): number {
    return this.#sendings.size;
  }

  /** Prepares to send. Rejects with `PORT_IN_USE` where no port can be had. */
  async open(request: SendRequest): Promise<Sending> {
    const { transport } = request;
    if (transport === 'tcp-active') {
      const sending = new StreamSending(request, DISCARD_PORT, started =>
        this.#connect(started, request.remote),
      );
      return this.#add(sending);
    }
    let onConnection: ((socket: Socket) => void) | undefined;
    const port = await MediaPort.open({
      ...{ host: this.#options.host, port: 0, receiveBufferSize: SEND_PORT_BUFFER },
      onDatagram: () => {},
      onConnection: socket => (onConnection ? onConnection(socket) : socket.destroy()),
    });
    const sending = new StreamSending(request, port.port, started => {
      if (transport === 'udp') started.use(new DatagramSending(port, request.remote));
    });
    sending.onClose(() => port.close());
    if (transport === 'tcp-passive') {
      const timer = setTimeout(() => sending.end('The receiver did not connect.'), ACCEPT_TIMEOUT).unref();
      sending.onClose(() => clearTimeout(timer));
      onConnection = socket => {
        const address = plainAddress(socket.remoteAddress ?? '');
        if (address !== plainAddress(request.remote.address)) {
          socket.destroy();
          return;
        }
        onConnection = undefined;
        clearTimeout(timer);
        useConnection(sending, socket, `from ${address}`);
      };
    }
    return this.#add(sending);
  }

  /** Ends all without a word. Idempotent. */
  stop(): void {
    for (const sending of [...this.#sendings]) sending.close();
  }

  #add(sending: StreamSending): StreamSending {
    this.#sendings.add(sending);
    sending.onClose(() => this.#sendings.delete(sending));
    return sending;
  }

  async #connect(sending: StreamSending, remote: MediaSource): Promise<void> {
    const name = `${remote.address}:${remote.port}`;
    for (let tries = 1; !sending.closed; tries++) {
      try {
        useConnection(sending, await connectTo(remote), `to ${name}`);
        return;
      } catch (error) {
        sending.note('media-connect-failed', `${name}: ${FluxError.from(error).message}`);
        if (tries === CONNECT_TRIES) {
          sending.end(`The receiver cannot be connected to at ${name}.`);
          return;
        }
        await sleep(CONNECT_PAUSE, undefined, { ref: false });
      }
    }
  }
}

function useConnection(sending: StreamSending, socket: Socket, name: string): void {
  sending.note('media-connected', name);
  sending.use(new ConnectionSending(socket, () => sending.end('The receiver closed its connection.')));
}

function connectTo({ address, port }: MediaSource): Promise<Socket> {
  const socket = connect({ host: address, port, timeout: CONNECT_TIMEOUT });
  return new Promise((resolve, reject) => {
    socket.once('timeout', () => socket.destroy(new Error(`no answer in ${CONNECT_TIMEOUT / 1000} s`)));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}
