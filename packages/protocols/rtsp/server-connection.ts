import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { StreamCallback } from '@flux-iot/core/orchestrator/protocol-adapter';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import { plainAddress } from '@flux-iot/core/socket/plain-address';
import type { SocketIntake } from '@flux-iot/core/socket/socket-intake';
import type { EndReason } from '@flux-iot/core/stream/sink';
import type { ViewerLimits } from '@flux-iot/core/stream/viewer';
import { ParseError } from '@flux-iot/media/model/parse-error';
import type { AuthenticationServer } from '../authentication/server.ts';
import { presentationOf, streamAddress } from './address.ts';
import { Admission, ChallengeError, type Grant } from './admission.ts';
import { type Fields, RtspConn } from './conn.ts';
import { formatMethods } from './headers/methods.ts';
import { formatRange } from './headers/range.ts';
import { formatSession, parseSession } from './headers/session.ts';
import { formatTransport, parseTransports } from './headers/transport.ts';
import { NO_BODY, RTSP_VERSION, type RtspRequest } from './message.ts';
import type { OrphanSessions } from './orphan-sessions.ts';
import { describeStream } from './play/description.ts';
import type { RtpOutputs } from './play/outputs.ts';
import { checkRange, rtpInfoHeader } from './play/play-headers.ts';
import { PlaySession } from './play/session.ts';
import { type AnnouncedMedia, parseAnnouncement } from './publish/announcement.ts';
import { PublishSession } from './publish/session.ts';
import { RequestQueue } from './request-queue.ts';
import type { RtspSession } from './session.ts';
import { StatusError, statusOf } from './status-error.ts';
import { type LowerTransport, TrackTransports } from './track-transports.ts';
import type { PortPool } from './udp/port-pool.ts';

export interface ServerConnectionOptions {
  readonly orchestrator: StreamOrchestrator;
  readonly callback: () => StreamCallback;
  readonly intake: SocketIntake;
  readonly outputs: RtpOutputs;
  readonly limits: ViewerLimits;
  /** What clients may agree on. */
  readonly transports: readonly LowerTransport[];
  readonly ports: PortPool | undefined;
  /** Media by UDP would not be encrypted. */
  readonly isTls: boolean;
  /** Challenges clients that are refused; without it they are just refused. */
  readonly authentication: AuthenticationServer | undefined;
  readonly sessionTimeout: number | undefined;
  /** Sessions that have outlived their connections, by id. */
  readonly orphans: OrphanSessions;
  readonly onSessionEnded: (session: RtspSession) => void;
  readonly onClose: (connection: ServerConnection, error: FluxError | undefined) => void;
  readonly onRefused: (error: FluxError, peer: string) => void;
}

const METHODS = [
  'OPTIONS',
  'DESCRIBE',
  'ANNOUNCE',
  'SETUP',
  'PLAY',
  'PAUSE',
  'RECORD',
  'TEARDOWN',
  'GET_PARAMETER',
  'SET_PARAMETER',
] as const;
const IDLE_TIMEOUT = 60_000;
const KEEP_ALIVE_DELAY = 30_000;
/** Milliseconds that a player has for its TEARDOWN once its stream is over: it may first play what it holds. */
const FAREWELL = 3000;
/** Milliseconds in which the packets of a publisher are read that said goodbye. */
const DRAIN = 100;
const TORN_DOWN: EndReason = { code: 'unpublished', message: 'The client said goodbye.' };

/** The server's side of an RTSP connection: its requests, one after the other, and the session that it has. */
export class ServerConnection {
  readonly #options: ServerConnectionOptions;
  readonly #conn: RtspConn;
  readonly #queue = new RequestQueue(request => this.#answer(request));
  /** Aborted when the connection is closed, and the session with it that it was let in for. */
  readonly #over = new AbortController();
  readonly #admission: Admission;
  #session: RtspSession | undefined;
  /** The session that has outlived this connection. */
  #orphan: RtspSession | undefined;
  #announced: { readonly grant: Grant; readonly media: readonly AnnouncedMedia[] } | undefined;

  constructor(socket: Socket, options: ServerConnectionOptions) {
    this.#options = options;
    const { turns } = options.orchestrator;
    const handlers = {
      onRead: () => turns.countRead(),
      onRequest: (request: RtspRequest) => this.#queue.push(request),
      onInterleaved: (channel: number, payload: Buffer) =>
        this.#session?.transports.interleaved(channel, payload),
      onClose: (error: FluxError | undefined) => this.#closed(error),
    };
    this.#conn = new RtspConn(socket, 'server', handlers, options.intake);
    const { orchestrator, authentication } = options;
    this.#admission = new Admission({
      orchestrator,
      authentication,
      address: this.#address,
      signal: this.#over.signal,
      end: reason => this.#expel(reason),
      onRefused: error => options.onRefused(error, this.peer),
    });
  }

  get peer(): string {
    return this.#conn.peer;
  }

  get session(): RtspSession | undefined {
    return this.#session;
  }

  get bytesRead(): number {
    return this.#conn.socket.bytesRead;
  }

  get bytesWritten(): number {
    return this.#conn.socket.bytesWritten;
  }

  /** Ends it after what was written has been sent. */
  close(reason: EndReason): void {
    this.#session?.end(reason);
    this.#conn.end();
  }

  async #answer(request: RtspRequest): Promise<void> {
    if (this.#conn.closed) return;
    try {
      await this.#handle(request);
    } catch (error) {
      this.#refuse(request, error);
    }
  }

  async #handle(request: RtspRequest): Promise<void> {
    const { method, version, headers } = request;
    this.#session?.keepAlive();
    if (version !== RTSP_VERSION) throw new StatusError(505, `RTSP ${version} is not spoken here.`);
    const required = headers.get('Require');
    if (required !== undefined) {
      this.#conn.respond(request, 551, { Unsupported: required });
      return;
    }
    switch (method) {
      case 'OPTIONS':
        this.#respond(request, { Public: formatMethods(METHODS) });
        return;
      case 'DESCRIBE':
        return this.#describe(request);
      case 'ANNOUNCE':
        return this.#announce(request);
      case 'SETUP':
        return this.#setUp(request);
      case 'PLAY':
        this.#play(request);
        return;
      case 'RECORD':
        return this.#record(request);
      case 'PAUSE':
        this.#pause(request);
        return;
      case 'TEARDOWN':
        return this.#tearDown(request);
      case 'GET_PARAMETER':
      case 'SET_PARAMETER':
        this.#parameter(request);
        return;
      default:
        throw new StatusError(501, `${method} is not known here.`);
    }
  }

  async #describe(request: RtspRequest): Promise<void> {
    const accepted = request.headers.get('Accept');
    if (accepted !== undefined && !/application\/(?:sdp|\*)|\*\/\*/i.test(accepted))
      throw new StatusError(406, 'Streams are described by application/sdp.');
    const stream = await this.#admission.open(request);
    const presentation = presentationOf(request.uri);
    const { localAddress } = this.#conn.socket;
    const description = describeStream(stream.tracks, {
      streamId: stream.id,
      presentation,
      address: plainAddress(localAddress ?? '127.0.0.1'),
      createdAt: stream.createdAt,
    });
    const fields = { 'Content-Base': `${presentation}/`, 'Content-Type': 'application/sdp' };
    this.#respond(request, fields, Buffer.from(description, 'latin1'));
  }

  async #announce(request: RtspRequest): Promise<void> {
    if (this.#session) throw new StatusError(455, 'The connection has a session already.');
    const type = request.headers.get('Content-Type');
    if (type !== undefined && !/^application\/sdp\b/i.test(type))
      throw new StatusError(415, 'Streams are described by application/sdp.');
    const grant = streamAddress(request.uri);
    await this.#admission.admit(request, 'publish', grant);
    this.#announced = { grant, media: parseAnnouncement(presentationOf(request.uri), request.body) };
    this.#conn.trust();
    this.#respond(request);
  }

  async #setUp(request: RtspRequest): Promise<void> {
    const offers = parseTransports(request.headers.all('Transport'));
    const before = this.#sessionToSetUp(request);
    const session = before ?? (await this.#begin(request));
    try {
      const answer = await session.setUp(request.uri, offers);
      if (this.#conn.closed || session.closed) throw new StatusError(454, 'The session is over.');
      if (!before) this.#keep(session);
      this.#conn.expectChannels(session.transports.channels);
      this.#respond(request, { Transport: formatTransport(answer) });
    } catch (error) {
      if (!before) session.end(TORN_DOWN);
      throw error;
    }
  }

  /** The session that a track is added to: also where the client forgets to name it. */
  #sessionToSetUp(request: RtspRequest): RtspSession | undefined {
    return request.headers.get('Session') === undefined ? this.#session : this.#find(request);
  }

  async #begin(request: RtspRequest): Promise<RtspSession> {
    const { callback, outputs, limits } = this.#options;
    const announced = this.#announced;
    const common = {
      transports: this.#makeTransports(),
      timeout: this.#options.sessionTimeout,
      onEnded: (session: RtspSession) => {
        this.#options.onSessionEnded(session);
        if (session === this.#orphan) this.#leave();
      },
    };
    if (announced) {
      const { grant, media } = announced;
      const { streamId } = grant;
      const access = this.#admission.accessOf(grant);
      return new PublishSession({
        ...common,
        streamId,
        media,
        callback: callback(),
        access,
        conn: this.#conn,
      });
    }
    const stream = await this.#admission.open(request);
    const { peer, socket } = this.#conn;
    return new PlaySession({ ...common, stream, outputs, limits, peer, socket });
  }

  #makeTransports(): TrackTransports {
    const { transports, ports, isTls } = this.#options;
    const allowed = isTls ? transports.filter(lower => lower === 'tcp') : transports;
    return new TrackTransports({ allowed, ports, address: this.#address });
  }

  #play(request: RtspRequest): void {
    const session = this.#require(request);
    if (!(session instanceof PlaySession)) throw new StatusError(455, 'The session records.');
    checkRange(request.headers.get('Range'));
    session.play(info => {
      // A player has nothing to say; one that is gone is seen by what it does not take.
      this.#conn.setIdleTimeout(0);
      this.#conn.socket.setKeepAlive(true, KEEP_ALIVE_DELAY);
      this.#respond(request, {
        Range: formatRange({ unit: 'npt', start: 'now', end: undefined }),
        'RTP-Info': rtpInfoHeader(info),
      });
    });
  }

  /** Of a client that records it says no more than that nothing comes for a while: GStreamer's does so before it ends. */
  #pause(request: RtspRequest): void {
    const session = this.#require(request);
    if (session instanceof PlaySession) session.pause();
    else if (!session.isActive) throw new StatusError(455, 'It does not record.');
    this.#respond(request);
  }

  async #record(request: RtspRequest): Promise<void> {
    const session = this.#require(request);
    if (!(session instanceof PublishSession)) throw new StatusError(455, 'The session plays.');
    await session.record();
    this.#respond(request);
  }

  async #tearDown(request: RtspRequest): Promise<void> {
    const session = this.#require(request);
    this.#forget();
    // The last packets came before it, to other sockets, and may still wait there.
    if (session.kind === 'publisher' && session.transports.lower === 'udp') await sleep(DRAIN);
    session.end(TORN_DOWN);
    this.#respond(request);
  }

  /** Asked for nothing it is a sign of life (RFC 2326 §10.8); there are no parameters. */
  #parameter(request: RtspRequest): void {
    if (request.headers.get('Session') !== undefined) this.#require(request);
    const hasBody = request.body.length > 0 && request.body.toString('latin1').trim() !== '';
    if (hasBody) throw new StatusError(451, 'There are no parameters.');
    this.#respond(request);
  }

  // --- sessions -------------------------------------------------------------------------------------------------

  #require(request: RtspRequest): RtspSession {
    const session = this.#find(request);
    if (!session) throw new StatusError(454, 'A session has to be named.');
    return session;
  }

  /** The session that a request names. One by UDP may go on by another connection of its client. */
  #find(request: RtspRequest): RtspSession | undefined {
    const id = parseSession(request.headers.get('Session'))?.id;
    if (id === undefined) return undefined;
    if (this.#session?.id === id) return this.#session;
    const orphan = this.#session ? undefined : this.#options.orphans.take(id, this.#address);
    if (!orphan) throw new StatusError(454, 'There is no such session.');
    this.#keep(orphan);
    orphan.keepAlive();
    this.#conn.setIdleTimeout(0);
    return orphan;
  }

  #keep(session: RtspSession): void {
    this.#session = session;
    session.belongTo(reason => this.#sessionOver(reason));
  }

  #forget(): void {
    this.#session = undefined;
    this.#announced = undefined;
    this.#conn.expectChannels([]);
    this.#conn.setIdleTimeout(IDLE_TIMEOUT);
  }

  /** The stream ended, the publisher was sent away, or the client gave no sign of life. */
  #sessionOver(reason: EndReason): void {
    if (reason.code === 'timed-out' || reason.code === 'viewer-stalled')
      this.#options.onRefused(new FluxError('TIMED_OUT', reason.message), this.peer);
    // A player was told by BYE, and may say goodbye itself before the connection is closed.
    if (this.#session?.kind === 'player') setTimeout(() => this.#conn.end(), FAREWELL).unref();
    else this.#conn.end();
  }

  get #address(): string {
    return plainAddress(this.#conn.socket.remoteAddress ?? '');
  }

  /** The right to it was taken back, also where the session has outlived this connection. */
  #expel(reason: EndReason): void {
    const session = this.#session ?? this.#orphan;
    session?.expel(reason);
    this.#conn.end();
  }

  // --- answers --------------------------------------------------------------------------------------------------

  #respond(request: RtspRequest, fields: Fields = {}, body: Buffer = NO_BODY): void {
    const session = this.#session;
    const timeout = session && Math.round(session.timeout / 1000);
    const header = session && formatSession({ id: session.id, timeout });
    this.#conn.respond(request, 200, { Session: header, ...fields }, body);
  }

  #refuse(request: RtspRequest, cause: unknown): void {
    if (this.#conn.closed) return;
    const error = cause instanceof ParseError ? new StatusError(400, cause.message) : cause;
    const status = statusOf(error);
    const challenges = error instanceof ChallengeError ? error.challenges : undefined;
    this.#conn.respond(request, status, {
      'WWW-Authenticate': challenges,
      Allow: status === 455 ? formatMethods(METHODS) : undefined,
      Location: locationOf(error),
    });
    if (error instanceof StatusError) return;
    this.#options.onRefused(FluxError.from(error), this.peer);
  }

  #leave(): void {
    this.#over.abort(new FluxError('TIMED_OUT', 'The client went away.'));
  }

  #closed(error: FluxError | undefined): void {
    const session = this.#session;
    this.#session = undefined;
    // A player by UDP may come back, or live on by its reports, until its time is out.
    const livesOn = session?.kind === 'player' && session.isActive && session.transports.lower === 'udp';
    if (session && livesOn) {
      this.#orphan = session;
      this.#options.orphans.keep(session);
    } else {
      session?.end({ code: 'publisher-lost', message: error?.message ?? 'The connection was closed.' });
      this.#leave();
    }
    this.#options.onClose(this, error);
  }
}

/** Where the stream is to be had instead (RFC 2326 §12.25). */
function locationOf(error: unknown): string | undefined {
  return error instanceof FluxError && error.code === 'REDIRECTED'
    ? String(error.context.location)
    : undefined;
}
