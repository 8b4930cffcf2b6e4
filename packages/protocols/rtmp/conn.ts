import type { Socket } from 'node:net';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { SocketIntake } from '@flux-iot/core/socket/socket-intake';
import { writeAmf0 } from '@flux-iot/media/format/amf/amf0';
import { ByteWriter } from '@flux-iot/media/model/byte-writer';
import { ParseError } from '@flux-iot/media/model/parse-error';
import type { DataValue } from '@flux-iot/media/model/sample';
import { ChunkReader, type ChunkReaderLimits } from './chunk-reader.ts';
import { writeMessage } from './chunk-writer.ts';
import { clientAnswer, clientHello, HANDSHAKE_SIZE, serverAnswer } from './handshake.ts';
import { CHUNK_STREAM, DEFAULT_CHUNK_SIZE, MESSAGE, type RtmpMessage, USER_CONTROL } from './message.ts';

/** Until a peer has been let in, it has nothing large to say. */
const STRANGER_LIMITS: ChunkReaderLimits = {
  maxMessageSize: 64 * 1024,
  maxPartialBytes: 128 * 1024,
  maxChunkStreams: 16,
};
const TRUSTED_LIMITS: ChunkReaderLimits = {
  maxMessageSize: 16 * 1024 * 1024,
  maxPartialBytes: 32 * 1024 * 1024,
  maxChunkStreams: 64,
};
const HANDSHAKE_TIMEOUT = 10_000;
/** A peer that neither publishes nor plays, or one that publishes and sends nothing. */
const IDLE_TIMEOUT = 30_000;
const PING_INTERVAL = 30_000;
/** A player that says nothing in so many intervals, not even to pings, is gone. */
const MAX_SILENT_PINGS = 3;
/** Answers that a peer may leave unread: it could ask for more of them without end. */
const MAX_UNSENT_BYTES = 256 * 1024;
/** How often bytes are acknowledged if the peer does not say (§5.4.3). */
const DEFAULT_ACK_WINDOW = 2_500_000;
const NO_BYTES = Buffer.alloc(0);

export interface RtmpConnHandlers {
  /** The handshake is over: messages may be sent. */
  onOpen?(): void;
  /** Something was read from the socket. */
  onRead?(): void;
  /** Throws to end the connection. */
  onMessage(message: RtmpMessage): void;
  /** Once; `error` is undefined where the peer just closed. */
  onClose(error: FluxError | undefined): void;
}

/** One RTMP connection: handshake, chunks, acknowledgements, pings, time-outs. It knows no commands. */
export class RtmpConn {
  readonly socket: Socket;
  /** Address and port of the peer. */
  readonly peer: string;
  readonly #handlers: RtmpConnHandlers;
  readonly #isServer: boolean;
  readonly #chunks: ChunkReader;
  readonly #writer = new ByteWriter(4096);
  readonly #timer: NodeJS.Timeout;
  #pingTimer: NodeJS.Timeout | undefined;
  /** Bytes of the handshake that have come; undefined when it is over. */
  #handshake: Buffer | undefined = NO_BYTES;
  #chunkSize = DEFAULT_CHUNK_SIZE;
  #ackWindow = DEFAULT_ACK_WINDOW;
  #acknowledged = 0;
  #expectsData = true;
  #unsentBytes = 0;
  #bytesAtPing = -1;
  #silentPings = 0;
  #isEnding = false;
  #closed = false;

  /** With an `intake`, `accepted` was accepted by a server with `pauseOnConnect`. */
  constructor(
    accepted: Socket,
    role: 'server' | 'client',
    handlers: RtmpConnHandlers,
    intake?: SocketIntake,
  ) {
    const onBytes = (bytes: Buffer) => this.#data(bytes);
    const socket = intake ? intake.take(accepted, onBytes) : accepted.on('data', onBytes);
    this.socket = socket;
    this.peer = `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? 0}`;
    this.#isServer = role === 'server';
    this.#handlers = handlers;
    this.#chunks = new ChunkReader(STRANGER_LIMITS, message => this.#message(message));
    socket.setNoDelay(true);
    socket.on('timeout', () => this.#timeout());
    socket.on('error', cause => this.#finish(new FluxError('UPSTREAM_FAILED', cause.message, { cause })));
    socket.on('close', () => this.#finish(undefined));
    this.#timer = setTimeout(() => this.destroy(timedOut('handshake')), HANDSHAKE_TIMEOUT);
    if (!this.#isServer) socket.write(clientHello());
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The peer was let in: it may send large messages. */
  trust(): void {
    this.#chunks.setLimits(TRUSTED_LIMITS);
  }

  /** A player has nothing to send: it is asked by ping whether it is there, instead of being timed out. */
  expectNoData(): void {
    this.#expectsData = false;
    this.socket.setTimeout(0);
    this.#pingTimer ??= setInterval(() => this.#ping(), PING_INTERVAL).unref();
  }

  /** It is done with its stream and may begin another: it is timed out again. */
  expectData(): void {
    this.#expectsData = true;
    clearInterval(this.#pingTimer);
    this.#pingTimer = undefined;
    this.socket.setTimeout(IDLE_TIMEOUT);
  }

  /** From within `onMessage`: no message comes until `resume`. */
  pause(): void {
    this.#chunks.pause();
    this.socket.pause();
  }

  resume(): void {
    if (this.#closed) return;
    try {
      this.socket.resume();
      this.#chunks.resume();
    } catch (cause) {
      this.destroy(protocolError(cause));
    }
  }

  setChunkSize(size: number): void {
    this.#control(MESSAGE.SET_CHUNK_SIZE, u32(size));
    this.#chunkSize = size;
  }

  setWindows(ackWindow: number): void {
    this.#control(MESSAGE.WINDOW_ACK_SIZE, u32(ackWindow));
    // Limit type 2: dynamic (§5.4.5).
    this.#control(MESSAGE.SET_PEER_BANDWIDTH, Buffer.concat([u32(ackWindow), Buffer.from([2])]));
  }

  userControl(event: number, value: number): void {
    const payload = Buffer.alloc(6);
    payload.writeUInt16BE(event, 0);
    payload.writeUInt32BE(value, 2);
    this.#control(MESSAGE.USER_CONTROL, payload);
  }

  command(messageStreamId: number, values: readonly DataValue[]): void {
    this.send(CHUNK_STREAM.COMMAND, MESSAGE.COMMAND_AMF0, messageStreamId, 0, writeAmf0(values));
  }

  status(messageStreamId: number, level: 'status' | 'error', code: string, description: string): void {
    this.command(messageStreamId, ['onStatus', 0, null, statusInformation(level, code, description)]);
  }

  send(
    chunkStreamId: number,
    type: number,
    messageStreamId: number,
    timestamp: number,
    payload: Buffer,
  ): void {
    if (!this.socket.writable) return;
    writeMessage(
      this.#writer,
      this.#chunkSize,
      { chunkStreamId, type, messageStreamId, timestamp },
      NO_BYTES,
      0,
      payload,
    );
    const { slab, start, end } = this.#writer.take();
    const size = end - start;
    this.#unsentBytes += size;
    this.socket.write(slab.subarray(start, end), () => {
      this.#unsentBytes -= size;
    });
    if (this.#unsentBytes > MAX_UNSENT_BYTES)
      this.destroy(new FluxError('PROTOCOL_ERROR', 'The peer does not read what it asked for.'));
  }

  /** Ends after what was written has been sent; what still comes is thrown away. */
  end(): void {
    this.#isEnding = true;
    this.socket.end();
    this.socket.resume();
    // A peer that does not read would keep it open.
    setTimeout(() => this.socket.destroy(), 1000).unref();
  }

  destroy(error?: FluxError): void {
    this.#finish(error);
    this.socket.destroy();
  }

  #data(data: Buffer): void {
    this.#handlers.onRead?.();
    if (this.#closed || this.#isEnding) return;
    try {
      if (this.#handshake) this.#readHandshake(this.#handshake, data);
      else this.#chunks.push(data);
      if (this.socket.bytesRead - this.#acknowledged >= this.#ackWindow) this.#acknowledge();
    } catch (cause) {
      this.destroy(protocolError(cause));
    }
  }

  #ping(): void {
    const { bytesRead } = this.socket;
    this.#silentPings = bytesRead === this.#bytesAtPing ? this.#silentPings + 1 : 0;
    this.#bytesAtPing = bytesRead;
    // Not every server answers pings; one that is gone shows when it takes no more media.
    if (this.#isServer && this.#silentPings >= MAX_SILENT_PINGS) this.destroy(timedOut('answer to a ping'));
    else this.userControl(USER_CONTROL.PING_REQUEST, Math.floor(performance.now()) >>> 0);
  }

  #readHandshake(before: Buffer, data: Buffer): void {
    const received = Buffer.concat([before, data]);
    this.#handshake = received;
    const wanted = this.#isServer ? 1 + HANDSHAKE_SIZE : 1 + 2 * HANDSHAKE_SIZE;
    if (received[0] !== 3) throw new ParseError('not an RTMP handshake', 0);
    if (this.#isServer) {
      const hadHello = before.length >= wanted;
      if (!hadHello && received.length >= wanted) this.socket.write(serverAnswer(received));
      if (received.length < wanted + HANDSHAKE_SIZE) return;
    } else {
      if (received.length < wanted) return;
      this.socket.write(clientAnswer(received));
    }
    const rest = received.subarray(this.#isServer ? wanted + HANDSHAKE_SIZE : wanted);
    this.#handshake = undefined;
    clearTimeout(this.#timer);
    if (this.#expectsData) this.socket.setTimeout(IDLE_TIMEOUT);
    this.#handlers.onOpen?.();
    if (rest.length > 0) this.#chunks.push(rest);
  }

  #message(message: RtmpMessage): void {
    if (this.#closed || this.#isEnding) return;
    switch (message.type) {
      case MESSAGE.ACKNOWLEDGEMENT:
      case MESSAGE.SET_PEER_BANDWIDTH:
        return;
      case MESSAGE.WINDOW_ACK_SIZE:
        if (message.payload.length >= 4) this.#ackWindow = Math.max(1024, message.payload.readUInt32BE(0));
        return;
      case MESSAGE.USER_CONTROL:
        this.#userControl(message.payload);
        return;
      default:
        this.#handlers.onMessage(message);
    }
  }

  #userControl(payload: Buffer): void {
    if (payload.length < 6 || payload.readUInt16BE(0) !== USER_CONTROL.PING_REQUEST) return;
    this.userControl(USER_CONTROL.PING_RESPONSE, payload.readUInt32BE(2));
  }

  #acknowledge(): void {
    this.#acknowledged = this.socket.bytesRead;
    this.#control(MESSAGE.ACKNOWLEDGEMENT, u32(this.#acknowledged % 2 ** 32));
  }

  #control(type: number, payload: Buffer): void {
    this.send(CHUNK_STREAM.CONTROL, type, 0, 0, payload);
  }

  #timeout(): void {
    if (this.#expectsData) this.destroy(timedOut('data'));
  }

  #finish(error: FluxError | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#pingTimer);
    this.#handlers.onClose(error);
  }
}

/** What commands answer with besides values (§7.2.1). */
export function statusInformation(
  level: 'status' | 'error',
  code: string,
  description: string,
): Record<string, DataValue> {
  return { level, code, description };
}

function protocolError(cause: unknown): FluxError {
  if (cause instanceof ParseError) return new FluxError('PROTOCOL_ERROR', cause.message, { cause });
  return FluxError.from(cause);
}

function timedOut(what: string): FluxError {
  return new FluxError('TIMED_OUT', `No ${what} within the time allowed.`);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
