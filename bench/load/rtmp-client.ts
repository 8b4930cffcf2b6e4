import { randomFillSync } from 'node:crypto';
import { type AmfValue, decodeAmf0, encodeAmf0 } from './amf0.ts';
import { ChunkReader, DEFAULT_CHUNK_SIZE, toChunks } from './chunks.ts';
import { Connection, type LoadContext } from './connection.ts';
import { PUBLISHER_CHUNK_SIZE } from './prepared-clip.ts';
import {
  ACKNOWLEDGEMENT,
  COMMAND,
  COMMAND_AMF3,
  type MediaListener,
  SET_CHUNK_SIZE,
  USER_CONTROL,
  WINDOW_ACKNOWLEDGEMENT_SIZE,
} from './tag.ts';

const VERSION = 3;
const HANDSHAKE = 1536;
const CONTROL_CHUNK_STREAM = 2;
const COMMAND_CHUNK_STREAM = 3;
const STREAM_CHUNK_STREAM = 8;
const SET_BUFFER_LENGTH = 3;
const PING_REQUEST = 6;
const PING_RESPONSE = 7;
const PLAYER_WINDOW = 2_500_000;
const PLAYER_BUFFER_MILLISECONDS = 1000;
const LIVE = -2000;
const CONNECT_TRANSACTION = 1;
const CREATE_STREAM_TRANSACTION = 4;

export interface RtmpTarget {
  readonly port: number;
  readonly app: string;
  readonly name: string;
  readonly role: 'publish' | 'play';
}

export interface RtmpEvents {
  /** The server lets the client publish; not called for a player. */
  onPublishing(): void;
  readonly onMedia: MediaListener;
  onLost(reason: string): void;
}

/** The client's side of RTMP up to publishing or playing one stream: plain handshake, AMF0 commands. */
export class RtmpClient {
  readonly #target: RtmpTarget;
  readonly #events: RtmpEvents;
  readonly #context: LoadContext;
  readonly #connection: Connection;
  readonly #reader: ChunkReader;
  /** S0, S1 and S2 as far as they have come; undefined once the handshake is done. */
  #handshake: Buffer | undefined = Buffer.alloc(1 + 2 * HANDSHAKE);
  #handshakeLength = 0;
  #chunkSize = DEFAULT_CHUNK_SIZE;
  #received = 0;
  #acknowledged = 0;
  #window = 0;
  streamId = 0;

  constructor(context: LoadContext, target: RtmpTarget, events: RtmpEvents) {
    this.#target = target;
    this.#events = events;
    this.#context = context;
    this.#reader = new ChunkReader({
      onMedia: events.onMedia,
      onControl: (type, payload) => this.#control(type, payload),
    });
    this.#connection = new Connection(context, target.port, {
      onConnect: () => this.#greet(),
      onData: (bytes, length, time) => this.#read(bytes, length, time),
      onLost: reason => events.onLost(reason),
    });
  }

  get closed(): boolean {
    return this.#connection.closed;
  }

  get backlog(): number {
    return this.#connection.backlog;
  }

  /** Sends chunks that are ready: the first `length` bytes. */
  write(chunks: Buffer, length: number): void {
    this.#connection.write(chunks, length);
  }

  /** Takes leave of the server before closing. */
  leave(): void {
    if (this.closed) return;
    if (this.streamId > 0) this.#command('deleteStream', 0, null, this.streamId);
    this.#connection.end();
  }

  /** Closes without a word, as a client that crashed. */
  close(): void {
    this.#connection.close();
  }

  #greet(): void {
    const hello = Buffer.alloc(1 + HANDSHAKE);
    hello[0] = VERSION;
    randomFillSync(hello, 9);
    this.#connection.write(hello);
  }

  #read(bytes: Buffer, length: number, time: number): void {
    this.#received += length;
    const start = this.#handshake ? this.#shakeHands(this.#handshake, bytes, length) : 0;
    this.#reader.push(bytes, start, length, time);
    if (this.#window > 0 && this.#received - this.#acknowledged >= this.#window / 2) this.#acknowledge();
  }

  /** Returns how many of the bytes belonged to the handshake. */
  #shakeHands(answer: Buffer, bytes: Buffer, length: number): number {
    const before = this.#handshakeLength;
    const taken = bytes.copy(answer, before, 0, length);
    this.#handshakeLength += taken;
    const echoAt = 1 + HANDSHAKE;
    if (before < echoAt && this.#handshakeLength >= echoAt)
      this.#connection.write(Buffer.from(answer.subarray(1, echoAt)));
    if (this.#handshakeLength === answer.length) {
      this.#handshake = undefined;
      this.#connect();
    }
    return taken;
  }

  #connect(): void {
    const { app, port } = this.#target;
    const tcUrl = `rtmp://${this.#context.host}:${port}/${app}`;
    this.#command('connect', CONNECT_TRANSACTION, { app, type: 'nonprivate', flashVer: 'FMLE/3.0', tcUrl });
  }

  #control(type: number, payload: Buffer): void {
    if (type === SET_CHUNK_SIZE) this.#reader.chunkSize = Math.max(1, payload.readUInt32BE(0) & 0x7fffffff);
    else if (type === WINDOW_ACKNOWLEDGEMENT_SIZE) this.#window = payload.readUInt32BE(0);
    else if (type === USER_CONTROL && payload.readUInt16BE(0) === PING_REQUEST) {
      const pong = Buffer.from(payload);
      pong.writeUInt16BE(PING_RESPONSE, 0);
      this.#send(CONTROL_CHUNK_STREAM, USER_CONTROL, pong);
    } else if (type === COMMAND) this.#answer(decodeAmf0(payload));
    else if (type === COMMAND_AMF3) this.#answer(decodeAmf0(payload.subarray(1)));
  }

  #answer([name, transaction, , detail]: readonly AmfValue[]): void {
    if (name === '_error') throw new RangeError(`refused: ${statusCode(detail) ?? 'no reason given'}`);
    if (name === '_result' && transaction === CONNECT_TRANSACTION) this.#createStream();
    else if (name === '_result' && transaction === CREATE_STREAM_TRANSACTION) {
      this.streamId = typeof detail === 'number' ? detail : 1;
      this.#begin();
    } else if (name === 'onStatus') {
      const code = statusCode(detail) ?? '';
      if (code === 'NetStream.Publish.Start') this.#events.onPublishing();
      else if (/Failed|BadName|NotFound|Denied|Rejected/.test(code)) throw new RangeError(`refused: ${code}`);
    }
  }

  #createStream(): void {
    if (this.#target.role === 'publish') {
      this.#send(CONTROL_CHUNK_STREAM, SET_CHUNK_SIZE, uint32(PUBLISHER_CHUNK_SIZE));
      this.#chunkSize = PUBLISHER_CHUNK_SIZE;
      this.#command('releaseStream', 2, null, this.#target.name);
      this.#command('FCPublish', 3, null, this.#target.name);
    } else this.#send(CONTROL_CHUNK_STREAM, WINDOW_ACKNOWLEDGEMENT_SIZE, uint32(PLAYER_WINDOW));
    this.#command('createStream', CREATE_STREAM_TRANSACTION, null);
  }

  #begin(): void {
    const { name, role } = this.#target;
    if (role === 'publish') {
      this.#streamCommand('publish', 5, null, name, 'live');
      return;
    }
    this.#streamCommand('play', 5, null, name, LIVE);
    const bufferLength = Buffer.alloc(10);
    bufferLength.writeUInt16BE(SET_BUFFER_LENGTH, 0);
    bufferLength.writeUInt32BE(this.streamId, 2);
    bufferLength.writeUInt32BE(PLAYER_BUFFER_MILLISECONDS, 6);
    this.#send(CONTROL_CHUNK_STREAM, USER_CONTROL, bufferLength);
  }

  #acknowledge(): void {
    this.#acknowledged = this.#received;
    this.#send(CONTROL_CHUNK_STREAM, ACKNOWLEDGEMENT, uint32(this.#received % 2 ** 32));
  }

  #command(...values: readonly AmfValue[]): void {
    this.#send(COMMAND_CHUNK_STREAM, COMMAND, encodeAmf0(...values));
  }

  #streamCommand(...values: readonly AmfValue[]): void {
    this.#send(STREAM_CHUNK_STREAM, COMMAND, encodeAmf0(...values), this.streamId);
  }

  #send(chunkStreamId: number, type: number, payload: Buffer, streamId = 0): void {
    this.#connection.write(
      toChunks({ chunkStreamId, type, streamId, timestamp: 0, payload }, this.#chunkSize),
    );
  }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value, 0);
  return bytes;
}

function statusCode(detail: AmfValue): string | undefined {
  if (typeof detail !== 'object' || detail === null || !('code' in detail)) return undefined;
  return typeof detail.code === 'string' ? detail.code : undefined;
}
