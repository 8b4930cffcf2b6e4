import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FlvTag } from './flv-file.ts';

export interface PublisherOptions {
  readonly app?: string;
  readonly name: string;
  readonly chunkSize?: number;
}

/**
 * An RTMP publisher that does just what a test says, with any time stamps, chunk sizes and pieces. It is written
 * apart from the product, so that a mistake in reading is not made again in writing.
 */
export class TestPublisher {
  readonly socket: Socket;
  /** All that the server sent after the handshake. */
  received = Buffer.alloc(0);
  #chunkSize = 128;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', data => {
      this.received = Buffer.concat([this.received, data]);
    });
    // A test that provokes the server sees the end by `closed`.
    socket.on('error', () => {});
  }

  /** Connects and shakes hands; nothing more. */
  static async connect(port: number): Promise<TestPublisher> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    const publisher = new TestPublisher(socket);
    const c1 = Buffer.alloc(1536, 0x5a);
    c1.writeUInt32BE(0, 0);
    c1.writeUInt32BE(0, 4);
    socket.write(Buffer.concat([Buffer.from([3]), c1]));
    await publisher.#until(() => publisher.received.length >= 1 + 1536 + 1536);
    socket.write(publisher.received.subarray(1, 1537));
    publisher.received = Buffer.alloc(0);
    return publisher;
  }

  /** Connects and publishes; resolves when the server has answered `NetStream.Publish.*`. */
  static async publish(port: number, options: PublisherOptions): Promise<TestPublisher> {
    const publisher = await TestPublisher.connect(port);
    const app = options.app ?? 'live';
    publisher.command('connect', 1, [{ app, tcUrl: `rtmp://127.0.0.1:${port}/${app}`, type: 'nonprivate' }]);
    if (options.chunkSize) publisher.setChunkSize(options.chunkSize);
    publisher.command('createStream', 2, [null]);
    publisher.command('publish', 3, [null, options.name, 'live'], 1);
    await publisher.#until(() => publisher.received.includes('NetStream.Publish.'));
    return publisher;
  }

  get closed(): boolean {
    return this.socket.destroyed;
  }

  setChunkSize(size: number): void {
    const body = Buffer.alloc(4);
    body.writeUInt32BE(size);
    this.message(2, 1, 0, 0, body);
    this.#chunkSize = size;
  }

  command(name: string, transaction: number, values: readonly unknown[], messageStreamId = 0): void {
    const body = Buffer.concat([amf(name), amf(transaction), ...values.map(amf)]);
    this.message(3, 20, 0, messageStreamId, body);
  }

  /** One message, in chunks of type 0 and 3 on the chunk stream `csid` (2–63). */
  message(csid: number, type: number, timestamp: number, messageStreamId: number, body: Buffer): void {
    this.socket.write(Buffer.concat([...this.chunks(csid, type, timestamp, messageStreamId, body)]));
  }

  /** The same as its chunks, for tests that interleave them. */
  *chunks(
    csid: number,
    type: number,
    timestamp: number,
    messageStreamId: number,
    body: Buffer,
  ): Generator<Buffer> {
    const extended = timestamp >= 0xffffff;
    const stamp = Buffer.alloc(extended ? 4 : 0);
    if (extended) stamp.writeUInt32BE(timestamp % 2 ** 32);
    const header = Buffer.alloc(12);
    header.writeUInt8(csid, 0);
    header.writeUIntBE(extended ? 0xffffff : timestamp, 1, 3);
    header.writeUIntBE(body.length, 4, 3);
    header.writeUInt8(type, 7);
    header.writeUInt32LE(messageStreamId, 8);
    for (let at = 0; at < body.length || at === 0; at += this.#chunkSize) {
      const basic = at === 0 ? header : Buffer.from([0xc0 | csid]);
      yield Buffer.concat([basic, stamp, body.subarray(at, at + this.#chunkSize)]);
    }
  }

  tag(tag: FlvTag, timestamp = tag.timestamp): void {
    this.message(tag.type === 9 ? 6 : 4, tag.type, timestamp, 1, tag.body);
  }

  /**
   * Sends tags in real time by their own stamps, `speed` times as fast; `stamp` says what is written in their place.
   */
  async tags(
    tags: readonly FlvTag[],
    speed = 1,
    stamp: (timestamp: number) => number = value => value,
  ): Promise<void> {
    const start = performance.now();
    const first = tags[0]?.timestamp ?? 0;
    for (const tag of tags) {
      const wait = (tag.timestamp - first) / speed - (performance.now() - start);
      if (wait > 1) await sleep(wait);
      if (this.closed) return;
      this.tag(tag, stamp(tag.timestamp));
    }
  }

  /** Says goodbye as encoders do. */
  async unpublish(): Promise<void> {
    this.command('deleteStream', 4, [null, 1], 0);
    this.socket.end();
    await this.untilClosed();
  }

  /** However it came to be closed. */
  untilClosed(timeout = 5000): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`The server kept the connection for ${timeout} ms.`)),
        timeout,
      );
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.socket.closed) done();
      else this.socket.once('close', done);
    });
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  async #until(condition: () => boolean): Promise<void> {
    const signal = AbortSignal.timeout(5000);
    while (!condition()) {
      if (this.socket.destroyed) throw new Error('The server closed the connection.');
      await once(this.socket, 'data', { signal });
    }
  }
}

/** AMF0 of the few types that commands need. */
function amf(value: unknown): Buffer {
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(9);
    bytes.writeDoubleBE(value, 1);
    return bytes;
  }
  if (typeof value === 'boolean') return Buffer.from([1, value ? 1 : 0]);
  if (typeof value === 'string') return Buffer.concat([Buffer.from([2]), amfKey(value)]);
  if (value === null || typeof value !== 'object') return Buffer.from([5]);
  const properties = Object.entries(value).flatMap(([key, property]) => [amfKey(key), amf(property)]);
  return Buffer.concat([Buffer.from([3]), ...properties, Buffer.from([0, 0, 9])]);
}

function amfKey(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
