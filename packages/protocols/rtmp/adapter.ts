import type { Socket } from 'node:net';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type {
  Ingest,
  ProtocolAdapter,
  ProtocolStats,
  Push,
  StreamCallback,
} from '@flux-iot/core/orchestrator/protocol-adapter';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import { SocketIntake } from '@flux-iot/core/socket/socket-intake';
import { appAndName, type StreamId, streamIdOf } from '@flux-iot/core/stream/stream-id';
import type { ViewerLimits } from '@flux-iot/core/stream/viewer';
import { TcpListener } from '../tcp/listener.ts';
import { parseRtmpUrl } from './client.ts';
import { RtmpPuller } from './puller.ts';
import { RtmpPusher } from './pusher.ts';
import { RtmpSession } from './session.ts';

export interface RtmpAdapterOptions {
  readonly orchestrator: StreamOrchestrator;
  readonly host: string;
  readonly port: number;
  /** Other media nodes of this host listen on the same ports. */
  readonly reusePort?: boolean;
  readonly chunkSize: number;
  readonly maxConnections: number;
  readonly limits: ViewerLimits;
  /** A second listening address, for RTMPS. PEM. */
  readonly tls?: {
    readonly host: string;
    readonly port: number;
    readonly cert: Buffer;
    readonly key: Buffer;
  };
  /** Told of refused clients and broken connections; bounded by the receiver. */
  readonly onError?: (error: FluxError, peer: string) => void;
}

const DEFAULT_PORT = 1935;
/** Milliseconds that clients are given to take their goodbye. */
const GOODBYE_TIMEOUT = 1000;

/** flux-rtmpd: publishing and playing by RTMP and RTMPS, pulling from and pushing to other servers. */
export class RtmpAdapter implements ProtocolAdapter {
  readonly protocolName = 'rtmp';
  readonly #options: RtmpAdapterOptions;
  readonly #servers: readonly TcpListener[];
  readonly #sessions = new Set<RtmpSession>();
  readonly #intake = new SocketIntake();
  readonly #refused: Record<string, number> = {};
  #callback: StreamCallback;
  #bytesBefore = { in: 0, out: 0 };
  #isRunning = false;
  /** Set while the adapter waits for its last session. */
  #onEmpty: (() => void) | undefined;

  constructor(options: RtmpAdapterOptions) {
    this.#options = options;
    this.#callback = options.orchestrator;
    const { host, port, reusePort, tls } = options;
    const onSocket = (socket: Socket) => this.#accept(socket);
    this.#servers = [
      new TcpListener({ name: 'RTMP', host, port, reusePort, onSocket }),
      ...(tls ? [new TcpListener({ ...tls, name: 'RTMPS', reusePort, tls, onSocket })] : []),
    ];
  }

  /** The port that RTMP listens on, once it does. */
  get port(): number {
    return this.#servers[0]?.port ?? this.#options.port;
  }

  /** The port that RTMPS listens on, if it is configured. */
  get tlsPort(): number | undefined {
    return this.#servers[1]?.port;
  }

  async start(): Promise<void> {
    for (const server of this.#servers) await server.start();
    this.#isRunning = true;
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    for (const server of this.#servers) server.stop();
    for (const session of this.#sessions)
      session.close({ code: 'shutdown', message: 'The server is shutting down.' });
    // A process that ended now would reset the connections, and the goodbyes on them would be lost.
    if (this.#sessions.size === 0) return;
    await new Promise<void>(resolve => {
      this.#onEmpty = resolve;
      setTimeout(resolve, GOODBYE_TIMEOUT).unref();
    });
  }

  onStreamReady(callback: StreamCallback): void {
    this.#callback = callback;
  }

  stats(): ProtocolStats {
    const sessions = [...this.#sessions];
    const count = (role: RtmpSession['role']) => sessions.filter(session => session.role === role).length;
    return {
      listening: this.#isRunning ? this.#servers.map(server => server.address) : [],
      connections: sessions.length,
      publishers: count('publisher'),
      viewers: count('player'),
      bytesIn: sessions.reduce((sum, session) => sum + session.bytesRead, this.#bytesBefore.in),
      bytesOut: sessions.reduce((sum, session) => sum + session.bytesWritten, this.#bytesBefore.out),
      refused: { ...this.#refused },
    };
  }

  playUrls(streamId: StreamId, host: string): Readonly<Record<string, string>> {
    return { rtmp: this.#url(streamId, host) };
  }

  /** `{app, stream}` reserves the id for a publisher to come; `{url}` pulls a remote stream. */
  ingest(streamId: StreamId, source: Readonly<Record<string, unknown>>): Ingest {
    if (typeof source.url === 'string')
      return new RtmpPuller(streamId, parseRtmpUrl(source.url), this.#callback);
    const { app = 'live', stream } = source;
    if (typeof app !== 'string' || typeof stream !== 'string') {
      throw new FluxError(
        'REQUEST_INVALID',
        'source.rtmp needs a "url" to pull, or "app" and "stream" to publish to.',
      );
    }
    if (streamIdOf(app, stream) !== streamId) {
      throw new FluxError(
        'REQUEST_INVALID',
        `Publishing to ${app}/${stream} makes the stream ${streamIdOf(app, stream)}.`,
      );
    }
    return this.#reserve(streamId);
  }

  push(id: string, streamId: StreamId, url: string): Push {
    const { orchestrator, limits } = this.#options;
    return new RtmpPusher({ id, streamId, url: parseRtmpUrl(url), orchestrator, limits });
  }

  #reserve(streamId: StreamId): Ingest {
    const { orchestrator } = this.#options;
    let isClosed = false;
    return {
      streamId,
      protocol: this.protocolName,
      publishUrl: host => this.#url(streamId, host),
      get status() {
        const isPublished = orchestrator.isAvailable(streamId);
        return { state: isClosed ? 'closed' : isPublished ? 'connected' : 'waiting', attempts: 0 } as const;
      },
      close: () => {
        isClosed = true;
      },
    };
  }

  #url(streamId: StreamId, host: string): string {
    const { app, name } = appAndName(streamId);
    return `rtmp://${host}${this.port === DEFAULT_PORT ? '' : `:${this.port}`}/${app}/${name}`;
  }

  #accept(socket: Socket): void {
    this.#options.orchestrator.turns.countAccept();
    if (!this.#isRunning || this.#sessions.size >= this.#options.maxConnections) {
      this.#count(
        new FluxError('STREAM_LIMIT', `${this.#options.maxConnections} connections are the most.`),
        'rtmp',
      );
      socket.destroy();
      return;
    }
    const session = new RtmpSession(socket, {
      orchestrator: this.#options.orchestrator,
      intake: this.#intake,
      chunkSize: this.#options.chunkSize,
      limits: this.#options.limits,
      onRefused: (error, peer) => this.#count(error, peer),
      onClose: (closed, error) => {
        this.#sessions.delete(closed);
        if (this.#sessions.size === 0) this.#onEmpty?.();
        this.#bytesBefore.in += closed.bytesRead;
        this.#bytesBefore.out += closed.bytesWritten;
        if (error) this.#count(error, closed.peer);
      },
    });
    this.#sessions.add(session);
  }

  #count(error: FluxError, peer: string): void {
    this.#refused[error.code] = (this.#refused[error.code] ?? 0) + 1;
    this.#options.onError?.(error, peer);
  }
}
