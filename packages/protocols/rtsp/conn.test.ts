import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RtspConn, type RtspConnHandlers } from './conn.ts';
import { NO_BODY, type RtspRequest } from './message.ts';
import { writeInterleaved } from './message-writer.ts';
import { messagesIn, readAll } from './test-support.ts';

const URI = 'rtsp://127.0.0.1/a';

/** One end of a connection, and what happened on it. */
class End {
  readonly conn: RtspConn;
  readonly requests: RtspRequest[] = [];
  readonly frames: { readonly channel: number; readonly payload: string }[] = [];
  readonly skipped: number[] = [];
  readonly closed: Promise<FluxError | undefined>;

  constructor(socket: Socket, role: 'server' | 'client', handlers: Partial<RtspConnHandlers> = {}) {
    const { promise, resolve } = Promise.withResolvers<FluxError | undefined>();
    this.closed = promise;
    this.conn = new RtspConn(socket, role, {
      onRequest: request => this.requests.push(request),
      onInterleaved: (channel, payload) => this.frames.push({ channel, payload: payload.toString() }),
      onSkipped: bytes => this.skipped.push(bytes),
      onClose: resolve,
      ...handlers,
    });
  }
}

let server: Server;
const sockets: Socket[] = [];

beforeEach(async () => {
  server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  vi.useRealTimers();
  for (const socket of sockets.splice(0)) socket.destroy();
  server.close();
});

/** Both sockets of a connection. */
async function pair(): Promise<[client: Socket, server: Socket]> {
  const accepted = once(server, 'connection');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = (await accepted) as [Socket];
  sockets.push(client, socket);
  return [client, socket];
}

async function until(condition: () => boolean): Promise<void> {
  await vi.waitUntil(condition, { timeout: 5000, interval: 2 });
}

describe('a connection', () => {
  it('carries requests and answers both ways, and frames between them', async () => {
    const [near, far] = await pair();
    const camera: End = new End(far, 'server', {
      onRequest: request => {
        camera.conn.sendInterleaved(0, Buffer.from('before'));
        camera.conn.respond(request, 200, { Public: 'OPTIONS' }, Buffer.from('v=0'));
        void camera.conn.request('OPTIONS', URI).then(answer => answers.push(answer.status));
      },
    });
    const answers: number[] = [];
    const client: End = new End(near, 'client', {
      onRequest: request => client.conn.respond(request, 551),
    });
    const answer = await client.conn.request('DESCRIBE', URI, { Accept: 'application/sdp' });
    expect(answer).toMatchObject({ status: 200, reason: 'OK', body: Buffer.from('v=0') });
    expect(answer.headers.get('CSeq')).toBe('1');
    expect(answer.headers.get('Public')).toBe('OPTIONS');
    expect(client.frames).toEqual([{ channel: 0, payload: 'before' }]);
    await until(() => answers.length > 0);
    expect(answers).toEqual([551]);
    client.conn.sendInterleaved(1, Buffer.from('report'));
    await until(() => camera.frames.length > 0);
    expect(camera.frames).toEqual([{ channel: 1, payload: 'report' }]);
  });

  it('finds the answers of requests that were sent together, in whatever order they come', async () => {
    const [near, far] = await pair();
    const { conn } = new End(near, 'client');
    const answers = Promise.all([1, 2, 3].map(() => conn.request('SETUP', URI)));
    await once(far, 'data');
    for (const sequence of [3, 99, 1, 2]) {
      const status = 200 + sequence;
      far.write(
        `RTSP/1.0 100 Continue\r\nCSeq: ${sequence}\r\n\r\nRTSP/1.0 ${status}\r\ncseq: ${sequence}\r\n\r\n`,
      );
    }
    expect((await answers).map(answer => answer.status)).toEqual([201, 202, 203]);
  });

  it.each([
    ['none', ''],
    ['that of the request before', 'CSeq: 1\r\n'],
    ['one from nowhere', 'CSeq: 0\r\n'],
  ])('takes an answer whose number is %s for that of the only request there is', async (_name, header) => {
    const [near, far] = await pair();
    const { conn } = new End(near, 'client');
    far.on('data', () => far.write(`RTSP/1.0 400 Bad Request\r\n${header}\r\n`));
    await conn.request('OPTIONS', URI);
    expect((await conn.request('SET_PARAMETER', URI)).status).toBe(400);
  });

  it('does not take a late answer for that of another request', async () => {
    const [near, far] = await pair();
    const { conn } = new End(near, 'client');
    await expect(conn.request('OPTIONS', URI, {}, NO_BODY, 5)).rejects.toMatchObject({ code: 'TIMED_OUT' });
    const answer = conn.request('PLAY', URI);
    far.write('RTSP/1.0 500 Late\r\nCSeq: 1\r\n\r\nRTSP/1.0 200 OK\r\nCSeq: 2\r\n\r\n');
    expect((await answer).status).toBe(200);
  });

  it('waits for a bounded number of answers, and for none when it is over', async () => {
    const [near] = await pair();
    const { conn, closed } = new End(near, 'client');
    const codes: string[] = [];
    const note = (error: unknown) => codes.push(error instanceof FluxError ? error.code : 'other');
    for (let count = 0; count < 20; count++) conn.request('OPTIONS', URI).catch(note);
    await sleep(1);
    expect(codes).toEqual(Array(4).fill('TIMED_OUT'));
    conn.destroy(new FluxError('UPSTREAM_FAILED', 'x'));
    conn.destroy(new FluxError('INTERNAL', 'y'));
    expect((await closed)?.message).toBe('x');
    await sleep(1);
    expect(codes.slice(4)).toEqual(Array(16).fill('UPSTREAM_FAILED'));
    await expect(conn.request('PLAY', URI)).rejects.toMatchObject({ code: 'UPSTREAM_FAILED' });
  });

  it('answers without a number where there was none', async () => {
    const [near, far] = await pair();
    const { conn } = new End(far, 'server', { onRequest: request => conn.respond(request, 454) });
    near.write('PLAY * RTSP/1.0\n\n');
    const [data] = (await once(near, 'data')) as [Buffer];
    expect(data.toString()).toBe('RTSP/1.0 454 Session Not Found\r\n\r\n');
  });

  it('knows its peer, also where it is still connecting', async () => {
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    const { conn } = new End(socket, 'client');
    expect(conn.peer).toBe('?:0');
    await once(socket, 'connect');
    expect(conn.peer).toBe(`127.0.0.1:${port}`);
    conn.destroy();
    expect(conn.peer).toBe(`127.0.0.1:${port}`);
  });

  it('reads nothing while it is paused', async () => {
    const [near, far] = await pair();
    const camera: End = new End(far, 'server', {
      onRequest: request => {
        camera.requests.push(request);
        camera.conn.pause();
      },
    });
    near.write('A * RTSP/1.0\r\n\r\nB * RTSP/1.0\r\n\r\n');
    await until(() => camera.requests.length > 0);
    near.write('C * RTSP/1.0\r\n\r\n');
    await sleep(20);
    expect(camera.requests.map(request => request.method)).toEqual(['A']);
    camera.conn.resume();
    camera.conn.resume();
    await until(() => camera.requests.length === 3);
  });
});

describe('a connection ends', () => {
  it('when the peer ends it, without an error', async () => {
    const [near, far] = await pair();
    const camera = new End(far, 'server');
    near.end();
    expect(await camera.closed).toBeUndefined();
    expect(camera.conn.closed).toBe(true);
  });

  it('after what was written has been sent', async () => {
    const [near, far] = await pair();
    const camera: End = new End(far, 'server', {
      onRequest: request => {
        camera.conn.respond(request, 503, {}, Buffer.alloc(60_000, 'x'));
        camera.conn.end();
      },
    });
    near.write('A * RTSP/1.0\r\n\r\nB * RTSP/1.0\r\n\r\n');
    const read: Buffer[] = [];
    for await (const data of near) read.push(data);
    const [answer, ...others] = messagesIn(readAll(read));
    expect(answer).toMatchObject({ status: 503, body: Buffer.alloc(60_000, 'x') });
    expect(others).toEqual([]);
  });

  it('at what is no RTSP', async () => {
    const [near, far] = await pair();
    const camera = new End(far, 'server');
    near.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await camera.closed).toMatchObject({ code: 'PROTOCOL_ERROR' });
  });

  it('at what a handler throws', async () => {
    const [near, far] = await pair();
    const camera = new End(far, 'server', {
      onRequest: () => {
        throw new FluxError('NOT_ALLOWED', 'no');
      },
    });
    near.write('A * RTSP/1.0\r\n\r\n');
    expect(await camera.closed).toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it('at junk from a stranger, not from one who was let in', async () => {
    const rtp = Buffer.from('8060000100000001aabbccdd41', 'hex');
    const stream = Buffer.concat([
      writeInterleaved(0, rtp),
      Buffer.alloc(500, 0xfe),
      writeInterleaved(0, rtp),
      Buffer.from('TEARDOWN * RTSP/1.0\r\n\r\n'),
    ]);
    const [near, far] = await pair();
    const stranger = new End(far, 'server');
    near.write(stream);
    expect(await stranger.closed).toMatchObject({ code: 'PROTOCOL_ERROR' });
    const [other, another] = await pair();
    const publisher = new End(another, 'server');
    publisher.conn.trust();
    publisher.conn.expectChannels([0, 1]);
    other.write(stream);
    await until(() => publisher.requests.length > 0);
    expect(publisher.skipped).toEqual([500]);
    expect(publisher.frames).toHaveLength(2);
  });

  it('where the peer reads nothing of what it asks for', async () => {
    const [near, far] = await pair();
    near.pause();
    const camera: End = new End(far, 'server', {
      onRequest: request => camera.conn.respond(request, 200, {}, Buffer.alloc(100_000)),
    });
    const ask = () => near.write('A * RTSP/1.0\r\n\r\n'.repeat(100));
    const timer = setInterval(ask, 2);
    expect(await camera.closed).toMatchObject({ code: 'PROTOCOL_ERROR' });
    clearInterval(timer);
  });

  it('where a client says nothing whole at first, or nothing at all later', async () => {
    const [near, far] = await pair();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const slow = new End(far, 'server');
    near.write('OPTIONS');
    await once(far, 'data');
    vi.advanceTimersByTime(9999);
    near.write(' * ');
    await once(far, 'data');
    expect(slow.conn.closed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(await slow.closed).toMatchObject({ code: 'TIMED_OUT' });

    vi.useRealTimers();
    const [other, another] = await pair();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const silent = new End(another, 'server');
    other.write('OPTIONS * RTSP/1.0\r\n\r\n');
    await once(another, 'data');
    vi.advanceTimersByTime(59_999);
    other.write('O');
    await once(another, 'data');
    vi.advanceTimersByTime(59_999);
    expect(silent.conn.closed).toBe(false);
    silent.conn.setIdleTimeout(0);
    vi.advanceTimersByTime(600_000);
    expect(silent.conn.closed).toBe(false);
    silent.conn.setIdleTimeout(1000);
    vi.advanceTimersByTime(1000);
    expect(await silent.closed).toMatchObject({ code: 'TIMED_OUT' });
  });
});
