/** Scenario 43 and the ways in that others suffered: whatever strangers send, the server and other streams go on. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clip } from './support/clips.ts';
import { parseFlv, readFlvFile } from './support/flv-file.ts';
import { record, TestGateway } from './support/gateway.ts';
import { lacks } from './support/processes.ts';
import { TestPublisher } from './support/rtmp-publisher.ts';

const CORPORA = resolve(import.meta.dirname, '../../shared/corpora');

/** The same numbers in every run (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Sends bytes and leaves; resolves when the connection is over. */
function throwAt(port: number, data: Buffer): Promise<void> {
  return new Promise(done => {
    const socket = connect(port, '127.0.0.1', () => socket.end(data));
    socket.on('error', () => {});
    socket.on('close', () => done());
    socket.resume();
    socket.setTimeout(300, () => socket.destroy());
  });
}

async function throwAll(port: number, inputs: Iterable<Buffer>): Promise<void> {
  let batch: Promise<void>[] = [];
  for (const input of inputs) {
    batch.push(throwAt(port, input));
    if (batch.length === 50) {
      await Promise.all(batch);
      batch = [];
    }
  }
  await Promise.all(batch);
}

describe.skipIf(lacks('ffmpeg'))('hostile input', () => {
  let gateway: TestGateway;
  let publisher: TestPublisher;
  let sending: Promise<void>;
  let recording: ReturnType<typeof record.start>;
  let sent: number;

  beforeAll(async () => {
    gateway = await TestGateway.start();
    publisher = await TestPublisher.publish(gateway.rtmpPort, { name: 'other' });
    const tags = readFlvFile(await clip('h264-aac-70s.flv'));
    sent = tags.filter(tag => tag.type === 9 && tag.body[1] === 1).length;
    sending = publisher.tags(tags, 2);
    await gateway.untilLive('other');
    recording = record.start(gateway.playUrl('flv', 'other'));
  });

  afterAll(async () => {
    publisher?.[Symbol.dispose]();
    await gateway?.[Symbol.asyncDispose]();
  });

  /** Random bytes, and real openings with random changes. */
  function* inputs(count: number, opening: Buffer, seed: number): Generator<Buffer> {
    const random = randomNumbers(seed);
    for (let index = 0; index < count; index++) {
      if (index % 4 === 0) {
        yield Buffer.from(
          Array.from({ length: Math.floor(random() * 600) }, () => Math.floor(random() * 256)),
        );
        continue;
      }
      const mutated = Buffer.from(opening.subarray(0, Math.floor(random() * (opening.length + 1))));
      for (let change = 0; change < 1 + random() * 8 && mutated.length > 0; change++) {
        mutated[Math.floor(random() * mutated.length)] = Math.floor(random() * 256);
      }
      yield mutated;
    }
  }

  it('5,000 to RTMP', { timeout: 60_000 }, async () => {
    const handshake = Buffer.alloc(1 + 1536 + 1536);
    handshake[0] = 3;
    const connectCommand = Buffer.from(
      '03000000000059140000000002000763' +
        '6f6e6e656374003ff000000000000003000361707002000' +
        '46c697665000574635572' +
        '6c02001572746d703a2f2f3132372e302e302e312f6c697665000009',
      'hex',
    );
    const opening = Buffer.concat([handshake, connectCommand, connectCommand]);
    await throwAll(gateway.rtmpPort, inputs(5000, opening, 43));
  });

  it('2,500 to HTTP media and 2,500 to the API', { timeout: 60_000 }, async () => {
    const request = Buffer.from(
      'GET /flv/other.flv?token=%41&audio=0 HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-1\r\nUpgrade: websocket\r\n' +
        'Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    await throwAll(gateway.mediaPort, inputs(2500, request, 44));
    const post = Buffer.from(
      'POST /api/v1/streams/ingest HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 61\r\n\r\n' +
        '{"protocol":"rtmp","source":{"rtmp":{"app":"live","stream":"x"}}}',
    );
    await throwAll(gateway.apiPort, inputs(2500, post, 45));
  });

  it.skipIf(!existsSync(CORPORA))('the collected RTMP conversations', { timeout: 30_000 }, async () => {
    const folder = join(CORPORA, 'fq/format/rtmp/testdata');
    const files = readdirSync(folder).map(name => readFileSync(join(folder, name)));
    await throwAll(gateway.rtmpPort, files);
  });

  it('AMF nested without end is refused before it hurts', async () => {
    const stranger = await TestPublisher.connect(gateway.rtmpPort);
    const nested = Buffer.concat([
      Buffer.from('0200076f6e4d6574610000000000000000', 'hex'),
      ...Array.from({ length: 12_000 }, () => Buffer.from('0300016b', 'hex')),
    ]);
    stranger.message(3, 20, 0, 0, nested);
    await stranger.untilClosed();
  });

  it.each([
    '../../etc/passwd',
    'a/b/c',
    '..',
    '%2e%2e',
    '$(reboot)',
    'x\0y',
    `${'x'.repeat(200)}`,
    '',
    '-rf',
  ])('a stream called %j is refused', async name => {
    const stranger = await TestPublisher.publish(gateway.rtmpPort, { name });
    expect(stranger.received.includes('NetStream.Publish.BadName')).toBe(true);
    await stranger.untilClosed();
  });

  it('a message announced with more than is allowed ends the connection, not the memory', async () => {
    const before = process.memoryUsage.rss();
    const strangers = await Promise.all(
      Array.from({ length: 20 }, () => TestPublisher.connect(gateway.rtmpPort)),
    );
    for (const stranger of strangers) {
      for (let csid = 3; csid < 60; csid++) {
        // 16 MiB announced on each chunk stream, one chunk sent.
        stranger.socket.write(
          Buffer.concat([Buffer.from([csid, 0, 0, 0, 0xff, 0xff, 0xff, 9, 1, 0, 0, 0]), Buffer.alloc(128)]),
        );
      }
    }
    await Promise.all(strangers.map(stranger => stranger.untilClosed()));
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 * 1024);
  });

  it('one source that sends nonsense harms no other', async () => {
    const stranger = await TestPublisher.publish(gateway.rtmpPort, { name: 'nonsense' });
    const random = randomNumbers(7);
    for (let index = 0; index < 500; index++) {
      const body = Buffer.from(Array.from({ length: 40 }, () => Math.floor(random() * 256)));
      stranger.message(6, [8, 9, 18, 22][index % 4]!, index * 10, 1, body);
    }
    await sleep(200);
    expect(stranger.closed).toBe(false);
    const { history } = await gateway.stream('nonsense');
    expect(history.find(entry => entry.step === 'bad-media')?.count).toBeGreaterThan(0);
    expect(history.length).toBeLessThan(100);
    await stranger.unpublish();
  });

  it('connections that say nothing are closed', { timeout: 20_000 }, async () => {
    const silent = connect(gateway.rtmpPort, '127.0.0.1');
    await new Promise(done => silent.once('close', done));
  });

  it('all the while the other stream was whole', { timeout: 120_000 }, async () => {
    await sending;
    await publisher.unpublish();
    const tags = parseFlv(await recording.body).filter(tag => tag.type === 9 && tag.body[1] === 1);
    expect(tags.length).toBe(sent);
  });
});
