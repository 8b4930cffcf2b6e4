import type { Socket } from 'node:net';
import { ALIVE_FRAME } from '@flux-iot/media/format/relay/frame';
import { RelayMuxer } from '@flux-iot/media/format/relay/muxer';
import { FluxError } from '../errors/flux-error.ts';
import { RELAY_PROTOCOL } from '../orchestrator/stream-status.ts';
import { ProvenServer } from '../socket/proven-server.ts';
import { FlushScheduler } from '../stream/flush-scheduler.ts';
import { SocketTransport } from '../stream/socket-transport.ts';
import type { Stream } from '../stream/stream.ts';
import type { StreamId } from '../stream/stream-id.ts';
import { Viewer, type ViewerLimits } from '../stream/viewer.ts';
import { parseRequest, readLine, writeLine } from './relay-request.ts';

export interface RelayServerOptions {
  /** `unix:/path` or `tcp:host:port`. */
  readonly address: string;
  readonly secret: string;
  readonly limits: ViewerLimits;
  /** Milliseconds between signs of life to those that fetch. */
  readonly beat: number;
  /** Opens a stream that this node owns, waiting for it if need be. */
  readonly openStream: (streamId: StreamId, signal: AbortSignal) => Promise<Stream>;
  /** Takes a connection on which another node speaks HTTP. */
  readonly onHttp: (socket: Socket) => void;
  readonly onError: (error: FluxError) => void;
}

const REQUEST_TIMEOUT = 5000;
/** Milliseconds: what a relay gathers, its viewers wait for besides what their own node gathers. */
const FLUSH_INTERVAL = 10;

/** Where other media nodes fetch the streams of this one: each is one more viewer, of one more format. */
export class RelayServer {
  readonly #options: RelayServerOptions;
  readonly #server: ProvenServer;
  readonly #sockets = new Set<Socket>();
  readonly #scheduler = new FlushScheduler({ minInterval: FLUSH_INTERVAL, maxInterval: FLUSH_INTERVAL });

  /** Throws `CONFIG_INVALID` where the address is wrong. */
  constructor(options: RelayServerOptions) {
    this.#options = options;
    const { address, secret } = options;
    this.#server = new ProvenServer({ address, secret, onSocket: socket => void this.#serve(socket) });
  }

  get address(): string {
    return this.#server.address;
  }

  /** Throws `PORT_IN_USE`. */
  start(): Promise<void> {
    return this.#server.start();
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    const closed = this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#scheduler.close();
    await closed;
  }

  async #serve(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    try {
      const request = parseRequest(await readLine(socket, REQUEST_TIMEOUT));
      if (request.kind === 'http') this.#options.onHttp(socket);
      else await this.#send(request.streamId, request.node, socket);
    } catch (cause) {
      const error = FluxError.from(cause);
      if (socket.destroyed) return;
      this.#options.onError(error);
      writeLine(socket, { code: error.code, message: error.message });
      socket.end();
    }
  }

  async #send(streamId: StreamId, node: string, socket: Socket): Promise<void> {
    const gone = new AbortController();
    socket.once('close', () => gone.abort());
    const stream = await this.#options.openStream(streamId, gone.signal);
    if (socket.destroyed) return;
    writeLine(socket, { ok: true });
    this.#tellOfLife(socket);
    const output = stream.output('relay', () => ({
      name: 'relay',
      muxer: new RelayMuxer(),
      scheduler: this.#scheduler,
    }));
    const transport = new SocketTransport(socket);
    const { limits } = this.#options;
    const viewer = new Viewer({ protocol: RELAY_PROTOCOL, peer: node, transport, limits });
    output.attach(viewer, { gop: true, framed: false });
    socket.once('close', () => output.detach(viewer));
    // The other node says nothing more; its end is noticed by reading.
    socket.resume();
  }

  /** Where nothing is sent, the other node sees by this that the way is still there, and this process alive. */
  #tellOfLife(socket: Socket): void {
    const timer = setInterval(() => {
      if (socket.writable && socket.writableLength === 0) socket.write(ALIVE_FRAME);
    }, this.#options.beat);
    socket.once('close', () => clearInterval(timer));
  }
}
