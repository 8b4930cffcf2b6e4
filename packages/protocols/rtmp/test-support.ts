import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FluxError } from '@flux-iot/core/errors/flux-error';
import {
  type OrchestratorOptions,
  StreamOrchestrator,
} from '@flux-iot/core/orchestrator/stream-orchestrator';
import { readAmf0, writeAmf0 } from '@flux-iot/media/format/amf/amf0';
import { ByteWriter } from '@flux-iot/media/model/byte-writer';
import type { DataValue } from '@flux-iot/media/model/sample';
import { RtmpAdapter, type RtmpAdapterOptions } from './adapter.ts';
import { ChunkReader } from './chunk-reader.ts';
import { writeMessage } from './chunk-writer.ts';
import { RtmpConn } from './conn.ts';
import { DEFAULT_CHUNK_SIZE, MESSAGE, type RtmpMessage } from './message.ts';

/** As large as any test needs. */
export const READER_LIMITS = { maxMessageSize: 2 ** 24, maxPartialBytes: 2 ** 25, maxChunkStreams: 64 };

/** The chunks of one message, as the product writes them. */
export function chunksOf(message: RtmpMessage, chunkStreamId: number, chunkSize: number): Buffer {
  const writer = new ByteWriter();
  writeMessage(writer, chunkSize, { ...message, chunkStreamId }, Buffer.alloc(0), 0, message.payload);
  const { slab, start, end } = writer.take();
  return slab.subarray(start, end);
}

/** The message with a payload of its own. */
export function copyOf(message: RtmpMessage): RtmpMessage {
  return { ...message, payload: Buffer.from(message.payload) };
}

/** All messages in `pieces`, pushed one after the other. */
export function readAll(pieces: readonly Buffer[], limits = READER_LIMITS): RtmpMessage[] {
  const messages: RtmpMessage[] = [];
  const reader = new ChunkReader(limits, message => messages.push(copyOf(message)));
  for (const piece of pieces) reader.push(piece);
  return messages;
}

/** A server on a free port of 127.0.0.1. */
export class TestServer {
  readonly orchestrator: StreamOrchestrator;
  readonly adapter: RtmpAdapter;
  readonly errors: FluxError[] = [];

  private constructor(options: Partial<OrchestratorOptions>, adapterOptions: Partial<RtmpAdapterOptions>) {
    this.orchestrator = new StreamOrchestrator({
      stream: { gop: { maxBytes: 2 ** 24, maxSeconds: 20 }, discoverySeconds: 1 },
      flush: { minInterval: 5, maxInterval: 20 },
      turns: { minInterval: 20, maxInterval: 40, maxUnwatchedInterval: 80 },
      maxStreams: 50,
      takeover: false,
      publisherGrace: 0,
      openTimeout: 2000,
      ...options,
    });
    this.adapter = new RtmpAdapter({
      orchestrator: this.orchestrator,
      host: '127.0.0.1',
      port: 0,
      chunkSize: 4096,
      maxConnections: 100,
      limits: { maxQueuedBytes: 2 ** 21, stallTimeout: 30_000 },
      onError: error => this.errors.push(error),
      ...adapterOptions,
    });
  }

  static async start(
    options: Partial<OrchestratorOptions> = {},
    adapterOptions: Partial<RtmpAdapterOptions> = {},
  ): Promise<TestServer> {
    const server = new TestServer(options, adapterOptions);
    await server.adapter.start();
    return server;
  }

  url(name: string, app = 'live'): string {
    return `rtmp://127.0.0.1:${this.adapter.port}/${app}/${name}`;
  }

  /** What the stream's time line says of `step`; none where the stream is not there. */
  steps(streamId: string, step: string): readonly string[] {
    const entries = this.orchestrator.getStreamStatus(streamId)?.history ?? [];
    return entries.filter(entry => entry.step === step).map(entry => entry.detail);
  }

  async untilLive(streamId: string): Promise<void> {
    await until(() => this.orchestrator.findStream(streamId)?.state === 'live', `${streamId} is live`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.orchestrator.close();
    await this.adapter.stop();
  }
}

/** The other side of a connection, which says just what a test wants. */
export class TestPeer {
  readonly socket: Socket;
  readonly conn: RtmpConn;
  readonly messages: RtmpMessage[] = [];
  #opened = false;

  private constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.conn = new RtmpConn(this.socket, 'client', {
      onOpen: () => {
        this.#opened = true;
      },
      onMessage: message => this.messages.push(message),
      onClose: () => {},
    });
    this.conn.trust();
  }

  static async open(server: TestServer): Promise<TestPeer> {
    const peer = new TestPeer(server.adapter.port);
    await until(() => peer.#opened, 'the handshake is done');
    return peer;
  }

  /** Connects to `app` and creates message stream 1. */
  static async connect(server: TestServer, app = 'live', more: Record<string, DataValue> = {}) {
    const peer = await TestPeer.open(server);
    peer.conn.command(0, ['connect', 1, { app, ...more }]);
    peer.conn.command(0, ['createStream', 2, null]);
    await peer.answer(2);
    return peer;
  }

  static async publish(server: TestServer, name: string, app = 'live'): Promise<TestPeer> {
    const peer = await TestPeer.connect(server, app);
    peer.conn.command(1, ['publish', 3, null, name, 'live']);
    await peer.status('NetStream.Publish.');
    return peer;
  }

  static async play(server: TestServer, name: string, app = 'live'): Promise<TestPeer> {
    const peer = await TestPeer.connect(server, app);
    peer.conn.command(1, ['play', 3, null, name]);
    await peer.status('NetStream.Play.');
    return peer;
  }

  get commands(): DataValue[][] {
    return this.messages
      .filter(message => message.type === MESSAGE.COMMAND_AMF0)
      .map(message => readAmf0(message.payload));
  }

  /** Codes of all `onStatus`. */
  get codes(): string[] {
    return this.commands.filter(([name]) => name === 'onStatus').map(command => String(info(command).code));
  }

  get closed(): boolean {
    return this.socket.closed;
  }

  /** What was answered to a transaction. */
  async answer(transaction: number): Promise<DataValue[]> {
    const find = () => this.commands.find(([, id]) => id === transaction);
    await until(() => find() !== undefined, `transaction ${transaction} is answered`);
    return find() ?? [];
  }

  /** The first `onStatus` whose code begins so. */
  async status(code: string): Promise<Readonly<Record<string, DataValue>>> {
    const find = () =>
      this.commands.find(command => command[0] === 'onStatus' && String(info(command).code).startsWith(code));
    await until(() => find() !== undefined, `${code} comes`);
    return info(find() ?? []);
  }

  async untilClosed(): Promise<void> {
    if (!this.closed) await once(this.socket, 'close', { signal: AbortSignal.timeout(5000) });
  }

  media(type: number, timestamp: number, payload: Buffer): void {
    const message = { type, messageStreamId: 1, timestamp, payload };
    this.socket.write(chunksOf(message, type === MESSAGE.VIDEO ? 6 : 4, DEFAULT_CHUNK_SIZE));
  }

  /** H.264 of 64 × 48: what is to be known, and the configuration. */
  configure(): void {
    const metadata = writeAmf0([
      '@setDataFrame',
      'onMetaData',
      { width: 64, height: 48, videocodecid: 7, title: 'a test' },
    ]);
    this.media(MESSAGE.DATA_AMF0, 0, metadata);
    this.media(MESSAGE.VIDEO, 0, CONFIGURATION);
  }

  frame(timestamp: number, isKey: boolean, text: string): void {
    this.media(MESSAGE.VIDEO, timestamp, frameBody(isKey, text));
  }

  /** The texts of the frames that came. */
  get frames(): string[] {
    return this.messages
      .filter(({ type, payload }) => type === MESSAGE.VIDEO && payload[1] === 1)
      .map(({ payload }) => payload.toString('latin1', 10));
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

// Of x264: baseline profile.
const SPS = Buffer.from('6742c00ad9047b011000000300100000030140f1226480', 'hex');
const PPS = Buffer.from('68cb83cb20', 'hex');

export const CONFIGURATION = Buffer.concat([
  Buffer.from([0x17, 0, 0, 0, 0]),
  Buffer.from([1, 0x42, 0xc0, 0x0a, 0xff, 0xe1, 0, SPS.length]),
  SPS,
  Buffer.from([1, 0, PPS.length]),
  PPS,
]);

export function frameBody(isKey: boolean, text: string): Buffer {
  const nalUnit = Buffer.concat([Buffer.from([isKey ? 0x65 : 0x41]), Buffer.from(text)]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(nalUnit.length);
  return Buffer.concat([Buffer.from([isKey ? 0x17 : 0x27, 1, 0, 0, 0]), length, nalUnit]);
}

export async function until(condition: () => boolean, what: string, timeout = 5000): Promise<void> {
  const deadline = Date.now() + timeout;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Not within ${timeout} ms: ${what}`);
    await sleep(5);
  }
}

function info(command: DataValue[]): Readonly<Record<string, DataValue>> {
  return (command[3] ?? {}) as Readonly<Record<string, DataValue>>;
}
