import type { Socket } from 'node:net';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type {
  Ingest,
  ProtocolAdapter,
  ProtocolStats,
  StreamCallback,
} from '@flux-iot/core/orchestrator/protocol-adapter';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import { SocketIntake } from '@flux-iot/core/socket/socket-intake';
import type { EndReason } from '@flux-iot/core/stream/sink';
import { appAndName, type StreamId } from '@flux-iot/core/stream/stream-id';
import type { ViewerLimits } from '@flux-iot/core/stream/viewer';
import type { AuthenticationServer } from '../authentication/server.ts';
import { TcpListener } from '../tcp/listener.ts';
import { OrphanSessions } from './orphan-sessions.ts';
import { RtpOutputs } from './play/outputs.ts';
import { PublishSession } from './publish/session.ts';
import type { TrackReception } from './rtp-ingest.ts';
import { ServerConnection } from './server-connection.ts';
import type { RtspSession } from './session.ts';
import type { LowerTransport } from './track-transports.ts';
import { PortPool } from './udp/port-pool.ts';

export interface RtspAdapterOptions {
  readonly orchestrator: StreamOrchestrator;
  readonly host: string;
  readonly port: number;
  /** Other media nodes of this host listen on the same ports. */
  readonly reusePort?: boolean;
  /** What clients may agree on; what they prefer is taken. */
  readonly transports: readonly LowerTransport[];
  /** First and last of the UDP ports for RTP and RTCP, both included; processes may share them. */
  readonly portRange: readonly [first: number, last: number];
  readonly maxConnections: number;
  readonly limits: ViewerLimits;
  /** A second listening address, for RTSPS. PEM. */
  readonly tls?: {
    readonly host: string;
    readonly port: number;
    readonly cert: Buffer;
    readonly key: Buffer;
  };
  /** Asks clients that the authorizer refuses for name and password; without it they are just refused. */
  readonly authentication?: AuthenticationServer;
  /** Milliseconds without a sign of life after which a session ends; a minute if left out. */
  readonly sessionTimeout?: number;
  /** Begins to pull a camera's stream. Throws `REQUEST_INVALID` or `URL_INVALID`. */
  readonly pull?: (
    streamId: StreamId,
    source: Readonly<Record<string, unknown>>,
    callback: StreamCallback,
  ) => Ingest;
  /** Told of refused clients and broken connections; bounded by the receiver. */
  readonly onError?: (error: FluxError, peer: string) => void;
}

/** How one published stream comes in. */
export interface RtspReception {
  readonly streamId: StreamId;
  readonly peer: string;
  readonly tracks: readonly TrackReception[];
}

export interface RtspStats extends ProtocolStats {
  readonly receptions: readonly RtspReception[];
  /** Pairs of UDP ports that are in use. */
  readonly portPairs: number;
}

const DEFAULT_PORT = 554;
/** Milliseconds that clients are given to take their goodbye. */
const GOODBYE_TIMEOUT = 1000;
const SHUTDOWN: EndReason = { code: 'shutdown', message: 'The server is shutting down.' };

/** flux-rtspd: publishing and playing by RTSP and RTSPS, with media by TCP and UDP. */
export class RtspAdapter implements ProtocolAdapter {
  readonly protocolName = 'rtsp';
  readonly #options: RtspAdapterOptions;
  readonly #servers: readonly TcpListener[];
  readonly #connections = new Set<ServerConnection>();
  readonly #orphans = new OrphanSessions();
  readonly #intake = new SocketIntake();
  readonly #outputs = new RtpOutputs();
  readonly #ports: PortPool | undefined;
  /** By sessions that are over. */
  #lostBefore = 0;
  readonly #refused: Record<string, number> = {};
  readonly #bytesBefore = { in: 0, out: 0 };
  #callback: StreamCallback;
  #isRunning = false;
  /** Set while the adapter waits for its last connection. */
  #onEmpty: (() => void) | undefined;

  /** Throws `CONFIG_INVALID` for a range without a pair of ports. */
  constructor(options: RtspAdapterOptions) {
    this.#options = options;
    const { orchestrator, host, port, reusePort, transports, portRange, tls } = options;
    this.#callback = orchestrator;
    this.#ports = transports.includes('udp') ? new PortPool({ host, range: portRange }) : undefined;
    const plain = { host, port, reusePort, onSocket: (socket: Socket) => this.#accept(socket, false) };
    const onTlsSocket = (socket: Socket) => this.#accept(socket, true);
    this.#servers = [
      new TcpListener({ ...plain, name: 'RTSP' }),
      ...(tls ? [new TcpListener({ ...tls, name: 'RTSPS', reusePort, tls, onSocket: onTlsSocket })] : []),
    ];
  }

  /** The port that RTSP listens on, once it does. */
  get port(): number {
    return this.#servers[0]?.port ?? this.#options.port;
  }

  /** The port that RTSPS listens on, if it is configured. */
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
    for (const connection of this.#connections) connection.close(SHUTDOWN);
    this.#orphans.close(SHUTDOWN);
    // A process that ended now would reset the connections, and the goodbyes on them would be lost.
    if (this.#connections.size === 0) return;
    await new Promise<void>(resolve => {
      this.#onEmpty = resolve;
      setTimeout(resolve, GOODBYE_TIMEOUT).unref();
    });
  }

  onStreamReady(callback: StreamCallback): void {
    this.#callback = callback;
  }

  stats(): RtspStats {
    const connections = [...this.#connections];
    const sessions = this.#sessions;
    const count = (kind: RtspSession['kind']) =>
      sessions.filter(session => session.kind === kind && session.isActive).length;
    const bytes = (side: 'in' | 'out') =>
      sessions.reduce((sum, session) => sum + session.datagramBytes[side], 0);
    const read = connections.reduce((sum, connection) => sum + connection.bytesRead, this.#bytesBefore.in);
    const written = connections.reduce(
      (sum, connection) => sum + connection.bytesWritten,
      this.#bytesBefore.out,
    );
    const publishing = sessions.filter(session => session instanceof PublishSession);
    return {
      listening: this.#isRunning ? this.#servers.map(server => server.address) : [],
      connections: connections.length,
      publishers: count('publisher'),
      viewers: count('player'),
      bytesIn: read + bytes('in'),
      bytesOut: written + bytes('out'),
      refused: { ...this.#refused },
      lostPackets: this.#lostBefore + publishing.reduce((sum, session) => sum + lostBy(session), 0),
      receptions: publishing.map(receptionOf),
      portPairs: this.#ports?.taken ?? 0,
    };
  }

  playUrls(streamId: StreamId, host: string): Readonly<Record<string, string>> {
    const { app, name } = appAndName(streamId);
    return { rtsp: `rtsp://${host}${this.port === DEFAULT_PORT ? '' : `:${this.port}`}/${app}/${name}` };
  }

  ingest(streamId: StreamId, source: Readonly<Record<string, unknown>>): Ingest {
    const { pull } = this.#options;
    if (!pull) throw new FluxError('PROTOCOL_UNSUPPORTED', 'RTSP streams are not pulled here.');
    return pull(streamId, source, this.#callback);
  }

  get #sessions(): RtspSession[] {
    const connected = [...this.#connections].map(connection => connection.session);
    return [...connected.filter(session => session !== undefined), ...this.#orphans.all];
  }

  #accept(socket: Socket, isTls: boolean): void {
    this.#options.orchestrator.turns.countAccept();
    if (!this.#isRunning || this.#connections.size >= this.#options.maxConnections) {
      const message = `${this.#options.maxConnections} connections are the most.`;
      this.#count(new FluxError('STREAM_LIMIT', message), 'rtsp');
      socket.destroy();
      return;
    }
    const { orchestrator, limits, transports, authentication, sessionTimeout } = this.#options;
    const connection = new ServerConnection(socket, {
      ...{ orchestrator, limits, transports, authentication, sessionTimeout, isTls },
      callback: () => this.#callback,
      intake: this.#intake,
      outputs: this.#outputs,
      ports: this.#ports,
      orphans: this.#orphans,
      onSessionEnded: session => this.#countEnded(session),
      onRefused: (error, peer) => this.#count(error, peer),
      onClose: (closed, error) => {
        this.#connections.delete(closed);
        this.#bytesBefore.in += closed.bytesRead;
        this.#bytesBefore.out += closed.bytesWritten;
        if (error) this.#count(error, closed.peer);
        if (this.#connections.size === 0) this.#onEmpty?.();
      },
    });
    this.#connections.add(connection);
  }

  #countEnded(session: RtspSession): void {
    const { datagramBytes } = session;
    if (session instanceof PublishSession) this.#lostBefore += lostBy(session);
    this.#bytesBefore.in += datagramBytes.in;
    this.#bytesBefore.out += datagramBytes.out;
  }

  #count(error: FluxError, peer: string): void {
    this.#refused[error.code] = (this.#refused[error.code] ?? 0) + 1;
    this.#options.onError?.(error, peer);
  }
}

function lostBy({ reception }: PublishSession): number {
  return reception.reduce((sum, { lost }) => sum + lost, 0);
}

function receptionOf({ streamId, peer, reception }: PublishSession): RtspReception {
  return { streamId, peer, tracks: reception };
}
