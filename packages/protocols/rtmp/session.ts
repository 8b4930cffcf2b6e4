import type { Socket } from 'node:net';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import type { Output } from '@flux-iot/core/stream/output';
import type { Publication } from '@flux-iot/core/stream/publication';
import type { EndReason } from '@flux-iot/core/stream/sink';
import { SocketTransport } from '@flux-iot/core/stream/socket-transport';
import type { Stream } from '@flux-iot/core/stream/stream';
import { Viewer, type ViewerLimits } from '@flux-iot/core/stream/viewer';
import { readAmf0 } from '@flux-iot/media/format/amf/amf0';
import type { DataValue } from '@flux-iot/media/model/sample';
import { RtmpConn } from './conn.ts';
import { RtmpIngest } from './ingest.ts';
import { MESSAGE, type RtmpMessage, USER_CONTROL } from './message.ts';
import { RtmpMuxer } from './muxer.ts';
import { type StreamAddress, streamAddress } from './stream-name.ts';

export interface RtmpSessionOptions {
  readonly orchestrator: StreamOrchestrator;
  readonly chunkSize: number;
  readonly limits: ViewerLimits;
  readonly onClose: (session: RtmpSession, error: FluxError | undefined) => void;
  readonly onRefused: (error: FluxError, peer: string) => void;
}

const START_TIMEOUT = 15_000;
const ACK_WINDOW = 2_500_000;
/** No client needs more than one; a few create one each for publishing and playing. */
const MAX_MESSAGE_STREAMS = 8;
const MAX_PENDING_MESSAGES = 512;
const FOURCC_LIST = ['av01', 'vp09', 'hvc1', 'avc1', 'Opus', 'mp4a', '.mp3'];
/** Bits of Enhanced RTMP v2's capsEx: reconnect 1, multitrack 2, ModEx 4, nano offsets 8. We read the latter three. */
const CAPABILITIES_EX = 2 | 4 | 8;

/** The server's side of a connection: its commands, and the one stream that it publishes or plays. */
export class RtmpSession {
  readonly #options: RtmpSessionOptions;
  readonly #conn: RtmpConn;
  readonly #gone = new AbortController();
  readonly #startTimer: NodeJS.Timeout;
  #app: string | undefined;
  #messageStreams = 0;
  #role: 'none' | 'publisher' | 'player' = 'none';
  #publication: Publication | undefined;
  #ingest: RtmpIngest | undefined;
  /** Media that came while it was being decided whether the publisher may publish. */
  #early: RtmpMessage[] | undefined;
  #play: { readonly stream: Stream; readonly viewer: Viewer; output: Output } | undefined;
  #isPaused = false;

  constructor(socket: Socket, options: RtmpSessionOptions) {
    this.#options = options;
    this.#conn = new RtmpConn(socket, 'server', {
      onMessage: message => this.#message(message),
      onClose: error => this.#closed(error),
    });
    this.#startTimer = setTimeout(() => {
      this.#conn.destroy(new FluxError('TIMED_OUT', 'Neither published nor played in time.'));
    }, START_TIMEOUT);
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
    if (this.#publication) this.#status(1, 'status', 'NetStream.Unpublish.Success', reason.message);
    this.#conn.end();
  }

  #message(message: RtmpMessage): void {
    if (this.#ingest) {
      if (this.#ingest.message(message)) return;
    } else if (
      this.#early &&
      message.type !== MESSAGE.COMMAND_AMF0 &&
      message.type !== MESSAGE.COMMAND_AMF3
    ) {
      if (this.#early.length >= MAX_PENDING_MESSAGES)
        throw new FluxError('PROTOCOL_ERROR', 'Too much before the answer.');
      this.#early.push(message);
      return;
    }
    if (message.type === MESSAGE.COMMAND_AMF0)
      this.#command(message.messageStreamId, readAmf0(message.payload));
    else if (message.type === MESSAGE.COMMAND_AMF3) {
      this.#command(message.messageStreamId, readAmf0(message.payload.subarray(1)));
    }
  }

  #command(messageStreamId: number, [name, transaction, ...values]: DataValue[]): void {
    if (typeof name !== 'string') throw new FluxError('PROTOCOL_ERROR', 'A command without a name.');
    const id = typeof transaction === 'number' ? transaction : 0;
    if (name !== 'connect' && this.#app === undefined)
      throw new FluxError('PROTOCOL_ERROR', `${name} before connect.`);
    switch (name) {
      case 'connect':
        this.#connect(id, values[0]);
        return;
      case 'createStream':
        if (this.#messageStreams >= MAX_MESSAGE_STREAMS)
          throw new FluxError('PROTOCOL_ERROR', 'Too many streams.');
        this.#conn.command(0, ['_result', id, null, ++this.#messageStreams]);
        return;
      case 'FCPublish':
        this.#conn.command(0, ['onFCPublish', 0, null, information('status', 'NetStream.Publish.Start', '')]);
        return;
      case 'publish':
        void this.#publish(messageStreamId, text(values[1]));
        return;
      case 'play':
        void this.#startPlay(messageStreamId, text(values[1]));
        return;
      case 'pause':
        this.#pause(messageStreamId, values[1] === true);
        return;
      case 'FCUnpublish':
      case 'closeStream':
      case 'deleteStream':
        this.#stop();
        return;
      case 'getStreamLength':
        this.#conn.command(0, ['_result', id, null, 0]);
        return;
      case 'releaseStream':
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
            information('error', 'NetConnection.Call.Failed', 'Unknown command.'),
          ]);
        }
    }
  }

  #connect(transaction: number, parameters: DataValue): void {
    if (this.#app !== undefined) throw new FluxError('PROTOCOL_ERROR', 'A second connect.');
    const { app, objectEncoding } = (parameters ?? {}) as Readonly<Record<string, DataValue>>;
    this.#app = text(app);
    this.#conn.setWindows(ACK_WINDOW);
    this.#conn.setChunkSize(this.#options.chunkSize);
    const server = { fmsVer: 'FMS/3,5,7,7009', capabilities: 31, mode: 1 };
    const extended = { fourCcList: FOURCC_LIST, capsEx: CAPABILITIES_EX };
    const status = information('status', 'NetConnection.Connect.Success', 'Connected.');
    this.#conn.command(0, [
      '_result',
      transaction,
      server,
      { ...status, ...extended, objectEncoding: objectEncoding ?? 0 },
    ]);
  }

  async #publish(messageStreamId: number, name: string): Promise<void> {
    if (this.#role !== 'none') {
      this.#status(
        messageStreamId,
        'error',
        'NetStream.Publish.BadName',
        'This connection has a stream already.',
      );
      return;
    }
    this.#role = 'publisher';
    this.#early = [];
    try {
      const address = streamAddress(this.#app ?? '', name);
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
      this.#conn.trust();
      this.#conn.userControl(USER_CONTROL.STREAM_BEGIN, messageStreamId);
      this.#status(messageStreamId, 'status', 'NetStream.Publish.Start', `${address.streamId} is published.`);
      this.#ingest = new RtmpIngest(publication);
      const early = this.#early ?? [];
      this.#early = undefined;
      for (const message of early) this.#ingest.message(message);
    } catch (cause) {
      const error = FluxError.from(cause);
      const code = error.code === 'NOT_ALLOWED' ? 'NetStream.Publish.Denied' : 'NetStream.Publish.BadName';
      this.#refuse(messageStreamId, code, error);
    }
  }

  async #startPlay(messageStreamId: number, name: string): Promise<void> {
    if (this.#role !== 'none') {
      this.#status(
        messageStreamId,
        'error',
        'NetStream.Play.Failed',
        'This connection has a stream already.',
      );
      return;
    }
    this.#role = 'player';
    const { orchestrator, limits } = this.#options;
    try {
      const address = streamAddress(this.#app ?? '', name);
      const stream = await orchestrator.openStream(address.streamId, this.#access(address));
      if (this.#conn.closed) return;
      clearTimeout(this.#startTimer);
      this.#conn.expectNoData();
      this.#conn.userControl(USER_CONTROL.STREAM_BEGIN, messageStreamId);
      this.#status(messageStreamId, 'status', 'NetStream.Play.Reset', `Playing ${address.streamId}.`);
      this.#status(messageStreamId, 'status', 'NetStream.Play.Start', `Playing ${address.streamId}.`);
      const viewer = new Viewer({
        protocol: 'rtmp',
        peer: this.peer,
        transport: new PlayerTransport(this.#conn.socket, () => this.#endOfStream(messageStreamId)),
        limits,
      });
      const output = this.#outputOf(stream, messageStreamId);
      this.#play = { stream, viewer, output };
      output.attach(viewer, { gop: true, framed: false });
    } catch (cause) {
      const error = FluxError.from(cause);
      const code = error.status === 404 ? 'NetStream.Play.StreamNotFound' : 'NetStream.Play.Failed';
      this.#refuse(messageStreamId, code, error);
    }
  }

  #pause(messageStreamId: number, isPaused: boolean): void {
    if (!this.#play || isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    const { stream, viewer } = this.#play;
    if (isPaused) {
      this.#play.output.detach(viewer);
      this.#status(messageStreamId, 'status', 'NetStream.Pause.Notify', 'Paused.');
    } else {
      this.#status(messageStreamId, 'status', 'NetStream.Unpause.Notify', 'Going on.');
      // The former output may have been closed for want of viewers.
      this.#play.output = this.#outputOf(stream, messageStreamId);
      this.#play.output.attach(viewer, { gop: true, framed: false });
    }
  }

  #outputOf(stream: Stream, messageStreamId: number): Output {
    return stream.output(`rtmp:${messageStreamId}`, () => ({
      name: 'RTMP',
      muxer: new RtmpMuxer(this.#options.chunkSize, messageStreamId),
    }));
  }

  #stop(): void {
    this.#publication?.close({ code: 'unpublished', message: 'The publisher said goodbye.' });
    this.#ingest = undefined;
    this.#leave();
  }

  #endOfStream(messageStreamId: number): void {
    this.#status(messageStreamId, 'status', 'NetStream.Play.UnpublishNotify', 'The stream is over.');
    this.#status(messageStreamId, 'status', 'NetStream.Play.Stop', 'The stream is over.');
    this.#conn.userControl(USER_CONTROL.STREAM_EOF, messageStreamId);
  }

  #refuse(messageStreamId: number, code: string, error: FluxError): void {
    if (this.#conn.closed) return;
    this.#options.onRefused(error, this.peer);
    this.#status(messageStreamId, 'error', code, error.message);
    this.#conn.end();
  }

  #status(messageStreamId: number, level: 'status' | 'error', code: string, description: string): void {
    this.#conn.command(messageStreamId, ['onStatus', 0, null, information(level, code, description)]);
  }

  #access(address: StreamAddress) {
    return { token: address.token, address: this.#conn.socket.remoteAddress, signal: this.#gone.signal };
  }

  #leave(): void {
    if (this.#play && !this.#isPaused) this.#play.output.detach(this.#play.viewer);
    this.#play = undefined;
  }

  #closed(error: FluxError | undefined): void {
    clearTimeout(this.#startTimer);
    this.#gone.abort(new FluxError('TIMED_OUT', 'The client went away.'));
    this.#leave();
    this.#ingest = undefined;
    this.#publication?.close({
      code: 'publisher-lost',
      message: error?.message ?? 'The connection was closed.',
    });
    this.#options.onClose(this, error);
  }
}

/** A player's socket: before the end, the player is told that it is one. */
class PlayerTransport extends SocketTransport {
  readonly #onEnd: () => void;

  constructor(socket: Socket, onEnd: () => void) {
    super(socket);
    this.#onEnd = onEnd;
  }

  override end(reason: EndReason): void {
    this.#onEnd();
    super.end(reason);
  }
}

function information(
  level: 'status' | 'error',
  code: string,
  description: string,
): Record<string, DataValue> {
  return { level, code, description };
}

function text(value: DataValue): string {
  return typeof value === 'string' ? value : '';
}
