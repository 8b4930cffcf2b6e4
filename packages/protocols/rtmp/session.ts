import type { Socket } from 'node:net';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { AccessRequest } from '@flux-iot/core/orchestrator/protocol-adapter';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import { plainAddress } from '@flux-iot/core/socket/plain-address';
import type { SocketIntake } from '@flux-iot/core/socket/socket-intake';
import type { Publication } from '@flux-iot/core/stream/publication';
import type { EndReason } from '@flux-iot/core/stream/sink';
import type { ViewerLimits } from '@flux-iot/core/stream/viewer';
import { readAmf0, writeAmf0 } from '@flux-iot/media/format/amf/amf0';
import type { DataValue } from '@flux-iot/media/model/sample';
import { RtmpConn, statusInformation } from './conn.ts';
import { RtmpIngest } from './ingest.ts';
import { CHUNK_STREAM, MESSAGE, type RtmpMessage, USER_CONTROL } from './message.ts';
import { RtmpPlayer } from './player.ts';
import { type StreamAddress, streamAddress } from './stream-name.ts';

export interface RtmpSessionOptions {
  readonly orchestrator: StreamOrchestrator;
  readonly intake: SocketIntake;
  readonly chunkSize: number;
  readonly limits: ViewerLimits;
  readonly onClose: (session: RtmpSession, error: FluxError | undefined) => void;
  readonly onRefused: (error: FluxError, peer: string) => void;
}

const START_TIMEOUT = 15_000;
const ACK_WINDOW = 2_500_000;
/** No client needs more than one; a few create one each for publishing and playing. */
const MAX_MESSAGE_STREAMS = 8;
const FOURCC_LIST = ['av01', 'vp09', 'hvc1', 'avc1', 'Opus', 'mp4a', '.mp3'];
/** Bits of Enhanced RTMP v2's capsEx: reconnect 1, multitrack 2, ModEx 4, nano offsets 8. We read the latter three. */
const CAPABILITIES_EX = 2 | 4 | 8;

/** The server's side of a connection: its commands, and the one stream at a time that it publishes or plays. */
export class RtmpSession {
  readonly #options: RtmpSessionOptions;
  readonly #conn: RtmpConn;
  #startTimer: NodeJS.Timeout | undefined;
  #app: string | undefined;
  #tcUrl = '';
  #messageStreams = 0;
  #role: 'none' | 'publisher' | 'player' = 'none';
  /** The message stream that is published or played. */
  #messageStreamId = 0;
  /** Aborted when the client is done with what it began, also before it was answered. */
  #over = new AbortController();
  #publication: Publication | undefined;
  #ingest: RtmpIngest | undefined;
  #player: RtmpPlayer | undefined;

  constructor(socket: Socket, options: RtmpSessionOptions) {
    this.#options = options;
    const { turns } = options.orchestrator;
    const handlers = {
      onRead: () => turns.countRead(),
      onMessage: (message: RtmpMessage) => this.#message(message),
      onClose: (error: FluxError | undefined) => this.#closed(error),
    };
    this.#conn = new RtmpConn(socket, 'server', handlers, options.intake);
    this.#expectStart();
  }

  get peer(): string {
    return this.#conn.peer;
  }

  get role(): 'none' | 'publisher' | 'player' {
    return this.#role;
  }

  get bytesRead(): number {
    return this.#conn.socket.bytesRead;
  }

  get bytesWritten(): number {
    return this.#conn.socket.bytesWritten;
  }

  /** Ends the session with a reason that clients understand. */
  close(reason: EndReason): void {
    if (this.#publication) this.#status('status', 'NetStream.Unpublish.Success', reason.message);
    this.#conn.end();
  }

  #message(message: RtmpMessage): void {
    if (this.#ingest?.message(message)) return;
    const { type, messageStreamId, payload } = message;
    if (type === MESSAGE.COMMAND_AMF0) this.#command(messageStreamId, readAmf0(payload));
    else if (type === MESSAGE.COMMAND_AMF3) this.#command(messageStreamId, readAmf0(payload.subarray(1)));
  }

  #command(messageStreamId: number, [name, transaction, ...values]: DataValue[]): void {
    if (typeof name !== 'string') throw new FluxError('PROTOCOL_ERROR', 'A command without a name.');
    const id = typeof transaction === 'number' ? transaction : 0;
    if (name !== 'connect' && this.#app === undefined)
      throw new FluxError('PROTOCOL_ERROR', 'A command before connect.');
    switch (name) {
      case 'connect':
        this.#connect(id, values[0]);
        return;
      case 'createStream':
        if (this.#messageStreams >= MAX_MESSAGE_STREAMS)
          throw new FluxError('PROTOCOL_ERROR', 'Too many streams.');
        this.#conn.command(0, ['_result', id, null, ++this.#messageStreams]);
        return;
      case 'publish':
        if (this.#begin('publisher', messageStreamId)) void this.#publish(text(values[1]));
        return;
      case 'play':
        if (this.#begin('player', messageStreamId)) void this.#play(text(values[1]));
        return;
      case 'pause':
        this.#pause(values[1] === true);
        return;
      case 'closeStream':
        if (messageStreamId === this.#messageStreamId) this.#stop();
        return;
      case 'deleteStream':
        if (values[1] === undefined || values[1] === this.#messageStreamId) this.#stop();
        return;
      case 'FCUnpublish':
        if (this.#role === 'publisher') this.#stop();
        return;
      case 'getStreamLength':
        this.#conn.command(0, ['_result', id, null, 0]);
        return;
      case 'releaseStream':
      case 'FCPublish':
      case 'FCSubscribe':
      case '_checkbw':
        if (id > 0) this.#conn.command(0, ['_result', id, null, undefined]);
        return;
      case 'receiveAudio':
      case 'receiveVideo':
      case 'seek':
      case 'play2':
      case 'FCUnsubscribe':
      case '_result':
      case '_error':
      case 'onStatus':
        return;
      default:
        if (id > 0) {
          this.#conn.command(0, [
            '_error',
            id,
            null,
            statusInformation('error', 'NetConnection.Call.Failed', 'Unknown command.'),
          ]);
        }
    }
  }

  #connect(transaction: number, parameters: DataValue): void {
    if (this.#app !== undefined) throw new FluxError('PROTOCOL_ERROR', 'A second connect.');
    const { app, tcUrl, objectEncoding } = (parameters ?? {}) as Readonly<Record<string, DataValue>>;
    this.#app = text(app);
    this.#tcUrl = text(tcUrl);
    this.#conn.setWindows(ACK_WINDOW);
    this.#conn.setChunkSize(this.#options.chunkSize);
    const server = { fmsVer: 'FMS/3,5,7,7009', capabilities: 31, mode: 1 };
    const extended = { fourCcList: FOURCC_LIST, capsEx: CAPABILITIES_EX };
    const status = statusInformation('status', 'NetConnection.Connect.Success', 'Connected.');
    this.#conn.command(0, [
      '_result',
      transaction,
      server,
      { ...status, ...extended, objectEncoding: objectEncoding === 3 ? 3 : 0 },
    ]);
  }

  /** Whether a stream can be begun now; the client is told if not. */
  #begin(role: 'publisher' | 'player', messageStreamId: number): boolean {
    // Every message stream has an output of its own: a client may not name as many as it likes.
    if (messageStreamId < 1 || messageStreamId > this.#messageStreams)
      throw new FluxError('PROTOCOL_ERROR', 'A message stream that was not created.');
    if (this.#role !== 'none') {
      const code = role === 'publisher' ? 'NetStream.Publish.BadName' : 'NetStream.Play.Failed';
      this.#conn.status(messageStreamId, 'error', code, 'This connection has a stream already.');
      return false;
    }
    this.#role = role;
    this.#messageStreamId = messageStreamId;
    this.#over = new AbortController();
    return true;
  }

  async #publish(name: string): Promise<void> {
    // What follows is read when it is decided whether this one may publish.
    this.#conn.pause();
    try {
      const address = this.#address(name);
      const publication = await this.#options.orchestrator.registerStream(
        address.streamId,
        { protocol: 'rtmp', peer: this.peer, close: reason => this.close(reason) },
        this.#access(address),
      );
      if (this.#conn.closed) {
        publication.close({ code: 'publisher-lost', message: 'The connection was closed.' });
        return;
      }
      clearTimeout(this.#startTimer);
      this.#publication = publication;
      this.#ingest = new RtmpIngest(publication);
      this.#conn.trust();
      this.#conn.userControl(USER_CONTROL.STREAM_BEGIN, this.#messageStreamId);
      // Flash Media Live Encoder waits for this one, told when publishing begins and not before: others take its
      // code for the answer to publish.
      const information = statusInformation('status', 'NetStream.Publish.Start', address.streamId);
      this.#conn.command(0, ['onFCPublish', 0, null, information]);
      this.#status('status', 'NetStream.Publish.Start', `${address.streamId} is published.`);
      this.#conn.resume();
    } catch (cause) {
      const error = FluxError.from(cause);
      const isDenied = error.code === 'NOT_ALLOWED' || error.code === 'UNAUTHENTICATED';
      const code = isDenied ? 'NetStream.Publish.Denied' : 'NetStream.Publish.BadName';
      this.#refuse(code, error);
    }
  }

  async #play(name: string): Promise<void> {
    const over = this.#over.signal;
    const { orchestrator, limits, chunkSize } = this.#options;
    const conn = this.#conn;
    const messageStreamId = this.#messageStreamId;
    try {
      const address = this.#address(name);
      const stream = await orchestrator.openStream(address.streamId, this.#access(address));
      if (over.aborted) return;
      const player = new RtmpPlayer({ stream, conn, messageStreamId, chunkSize, limits });
      clearTimeout(this.#startTimer);
      this.#player = player;
      conn.expectNoData();
      conn.socket.cork();
      conn.userControl(USER_CONTROL.STREAM_BEGIN, messageStreamId);
      this.#status('status', 'NetStream.Play.Reset', `Playing ${address.streamId}.`);
      this.#status('status', 'NetStream.Play.Start', `Playing ${address.streamId}.`);
      // Flash Player lets nobody look at pictures or sound without it.
      const access = writeAmf0(['|RtmpSampleAccess', true, true]);
      conn.send(CHUNK_STREAM.DATA, MESSAGE.DATA_AMF0, messageStreamId, 0, access);
      player.start();
      conn.socket.uncork();
    } catch (cause) {
      if (over.aborted) return;
      const error = FluxError.from(cause);
      const code = error.status === 404 ? 'NetStream.Play.StreamNotFound' : 'NetStream.Play.Failed';
      this.#refuse(code, error);
    }
  }

  #pause(isPaused: boolean): void {
    if (!this.#player) return;
    if (isPaused) {
      this.#player.pause();
      this.#status('status', 'NetStream.Pause.Notify', 'Paused.');
    } else {
      this.#status('status', 'NetStream.Unpause.Notify', 'Going on.');
      this.#player.resume();
    }
  }

  /** The client is done with its stream; it may begin another. */
  #stop(): void {
    if (this.#role === 'none') return;
    this.#publication?.close({ code: 'unpublished', message: 'The publisher said goodbye.' });
    this.#leave();
    this.#conn.expectData();
    this.#expectStart();
  }

  #leave(): void {
    this.#over.abort(new FluxError('TIMED_OUT', 'The client went away.'));
    this.#role = 'none';
    this.#publication = undefined;
    this.#ingest = undefined;
    this.#player?.stop();
    this.#player = undefined;
  }

  #expectStart(): void {
    clearTimeout(this.#startTimer);
    this.#startTimer = setTimeout(() => {
      this.#conn.destroy(new FluxError('TIMED_OUT', 'Neither published nor played in time.'));
    }, START_TIMEOUT);
  }

  #refuse(code: string, error: FluxError): void {
    if (this.#conn.closed) return;
    this.#options.onRefused(error, this.peer);
    this.#status('error', code, error.message);
    this.#conn.end();
  }

  #status(level: 'status' | 'error', code: string, description: string): void {
    this.#conn.status(this.#messageStreamId, level, code, description);
  }

  #address(name: string): StreamAddress {
    return streamAddress(this.#app ?? '', name, this.#tcUrl);
  }

  #access({ token }: StreamAddress): AccessRequest {
    return {
      protocol: 'rtmp',
      token,
      address: plainAddress(this.#conn.socket.remoteAddress ?? ''),
      signal: this.#over.signal,
      end: reason => this.close(reason),
    };
  }

  #closed(error: FluxError | undefined): void {
    clearTimeout(this.#startTimer);
    const message = error?.message ?? 'The connection was closed.';
    this.#publication?.close({ code: 'publisher-lost', message });
    this.#leave();
    this.#options.onClose(this, error);
  }
}

function text(value: DataValue): string {
  return typeof value === 'string' ? value : '';
}
