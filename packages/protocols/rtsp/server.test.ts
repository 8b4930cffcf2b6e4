import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { parseTransports } from './headers/transport.ts';
import { METHODS } from './message.ts';
import { picture, TestClient, TestPorts, TestServer, until } from './server-test-support.ts';
import { bytes, live555Requests, SEED } from './test-support.ts';

const hasIPv6 = Object.values(networkInterfaces()).some(addresses =>
  addresses?.some(({ address }) => address === '::1'),
);
const folder = mkdtempSync(join(tmpdir(), 'flux-rtsps-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!hasIPv6)('IPv6', () => {
  it.each(['::1', '::'])('bound to %s: plays by TCP and UDP', async host => {
    await using server = await TestServer.start({}, { host });
    const publication = await server.publish('cam1');
    await using client = await TestClient.open(server.adapter.port, '::1');
    const url = `rtsp://[::1]:${server.adapter.port}/live/cam1`;
    const { body } = await client.ask('DESCRIBE', url);
    expect(body.toString()).toContain('IN IP6 ::1');
    await using ports = await TestPorts.open('::1');
    const transport = `RTP/AVP;unicast;client_port=${ports.clientPort}`;
    expect(await client.status('SETUP', `${url}/trackID=1`, { Transport: transport })).toBe(200);
    expect(await client.status('PLAY', url)).toBe(200);
    publication.write(picture(40, false, 'P1'));
    await until(() => ports.rtp.length > 0, 'packets came');
    expect(server.adapter.stats().listening).toEqual([`[${host}]:${server.adapter.port}`]);
  });

  it('sends to an IPv4 client of a socket for both families', async () => {
    await using server = await TestServer.start({}, { host: '::' });
    await server.publish('cam1');
    await using client = await TestClient.open(server.adapter.port);
    const url = server.url('cam1');
    await using ports = await TestPorts.open();
    const Transport = `RTP/AVP;unicast;client_port=${ports.clientPort}`;
    const answer = await client.ask('SETUP', `${url}/trackID=1`, { Transport });
    expect(await client.status('PLAY', url)).toBe(200);
    await until(() => ports.rtp.length > 0, 'packets came');
    // Its own packets are known as its own.
    const before = server.adapter.stats();
    const [, rtcp = 0] = parseTransports(answer.headers.all('Transport'))[0]?.serverPort ?? [];
    ports.send(1, Buffer.from('80c9000111223344', 'hex'), rtcp);
    expect(before.viewers).toBe(1);
  });
});

describe('RTSPS', () => {
  it('plays, and offers no media by UDP, which would not be encrypted', async () => {
    const key = join(folder, 'key.pem');
    const cert = join(folder, 'cert.pem');
    execFileSync(
      'openssl',
      `req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -keyout ${key} -out ${cert}`.split(' '),
      { stdio: 'ignore' },
    );
    const tls = { host: '127.0.0.1', port: 0, cert: readFileSync(cert), key: readFileSync(key) };
    await using server = await TestServer.start({}, { tls });
    const publication = await server.publish('cam1');
    const { tlsPort = 0 } = server.adapter;
    const socket = connectTls({ port: tlsPort, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    await using client = TestClient.over(socket);
    const url = `rtsps://127.0.0.1:${tlsPort}/live/cam1`;
    const udp = { Transport: 'RTP/AVP;unicast;client_port=5000-5001' };
    expect(await client.status('SETUP', `${url}/trackID=1`, udp)).toBe(461);
    await client.setUpByTcp(url);
    expect(await client.status('PLAY', url)).toBe(200);
    publication.write(picture(40, false, 'P1'));
    await until(() => client.frames.some(({ channel }) => channel === 0), 'packets came');
    expect(server.adapter.stats().listening).toHaveLength(2);
  });
});

describe('the adapter', () => {
  it('says where it cannot listen, and when it does', async () => {
    await using server = await TestServer.start();
    await expect(TestServer.start({}, { port: server.adapter.port })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
    });
    expect(server.adapter.playUrls('acme~cam1', 'media.example')).toEqual({
      rtsp: `rtsp://media.example:${server.adapter.port}/acme/cam1`,
    });
    await server.adapter.stop();
    await server.adapter.stop();
    expect(server.adapter.stats().listening).toEqual([]);
  });

  it('shares its port with other processes where it may', async () => {
    await using first = await TestServer.start({}, { reusePort: true });
    await using second = await TestServer.start({}, { reusePort: true, port: first.adapter.port });
    expect(second.adapter.port).toBe(first.adapter.port);
  });

  it('turns away connections beyond its limit', async () => {
    await using server = await TestServer.start({}, { maxConnections: 1 });
    await using client = await TestClient.open(server.adapter.port);
    expect(await client.status('OPTIONS', '*')).toBe(200);
    await using second = await TestClient.open(server.adapter.port);
    await until(() => second.isClosed, 'it was turned away');
    expect(server.adapter.stats().refused).toEqual({ STREAM_LIMIT: 1 });
  });

  it('hands ingests to whoever pulls', async () => {
    await using server = await TestServer.start();
    expect(() => server.adapter.ingest('cam1', { url: 'rtsp://camera/' })).toThrow(
      expect.objectContaining({ code: 'PROTOCOL_UNSUPPORTED' }),
    );
    const asked: unknown[] = [];
    const ingest = {
      streamId: 'cam1',
      protocol: 'rtsp',
      status: { state: 'waiting', attempts: 0 },
      close() {},
    } as const;
    await using puller = await TestServer.start(
      {},
      {
        pull: (streamId, source, callback) => {
          asked.push([streamId, source, callback]);
          return ingest;
        },
      },
    );
    expect(puller.adapter.ingest('cam1', { url: 'rtsp://camera/' })).toBe(ingest);
    expect(asked).toEqual([['cam1', { url: 'rtsp://camera/' }, puller.orchestrator]]);
  });

  it('ends a connection that asks and asks and takes no answer', async () => {
    await using server = await TestServer.start();
    await using client = await TestClient.open(server.adapter.port);
    const many = 'DESCRIBE rtsp://h/live/none RTSP/1.0\r\nCSeq: 1\r\n\r\n'.repeat(40);
    client.socket.write(many);
    await until(() => client.isClosed, 'it is ended');
    expect(server.adapter.stats().refused.PROTOCOL_ERROR).toBe(1);
  });
});

/** Stands for the session that the server has given. */
const PLACEHOLDER = '0123456789abcdef';
/** Lines of requests and headers that are nearly right, in any order. */
const URLS = [
  '*',
  'rtsp://h/live/cam1',
  'rtsp://h/live/cam1/trackID=1',
  '/live/mine',
  'rtsp://h/live/mine/trackID=1',
  'rtsp://[::1/a?',
  '',
];
const HEADERS = [
  'Transport: RTP/AVP/TCP;unicast;interleaved=0-1',
  'Transport: RTP/AVP/TCP;unicast;interleaved=255-0;mode=record',
  'Transport: RTP/AVP;unicast;client_port=5000-5001',
  'Transport: ,;=,RTP/AVP',
  'Range: npt=now-',
  'Range: clock=-',
  `Session: ${PLACEHOLDER}`,
  'Session: 12345678',
  'Require: x',
  'Accept: application/sdp',
  'Content-Type: application/sdp',
  'Authorization: Digest username="a", nonce="b"',
  'Content-Length: 5',
];
const BODY =
  'v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=1\r\nm=audio 0 RTP/AVP 0\r\n';
const REQUEST = fc
  .record({
    method: fc.constantFrom(...METHODS, 'X'),
    url: fc.constantFrom(...URLS),
    headers: fc.array(fc.constantFrom(...HEADERS), { maxLength: 4 }),
    hasBody: fc.boolean(),
  })
  .map(({ method, url, headers, hasBody }) => {
    const lines = [`${method} ${url} RTSP/1.0`, 'CSeq: 7', ...headers];
    if (hasBody) lines.push(`Content-Length: ${BODY.length}`);
    return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${hasBody ? BODY : ''}`);
  });
const FRAME = fc.tuple(fc.nat(5), bytes(0, 60)).map(([channel, payload]) => {
  const head = Buffer.from([0x24, channel, 0, payload.length]);
  if (payload.length > 1) payload[0] = 0x80;
  return Buffer.concat([head, payload]);
});
/** What a publisher and players say, one after the other. */
const TALKS = [
  [
    `ANNOUNCE rtsp://h/live/mine RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
    'SETUP rtsp://h/live/mine/trackID=1 RTSP/1.0\r\nCSeq: 2\r\nTransport: RTP/AVP/TCP;interleaved=0-1;mode=record\r\n\r\n',
    `RECORD rtsp://h/live/mine RTSP/1.0\r\nCSeq: 3\r\nSession: ${PLACEHOLDER}\r\n\r\n`,
  ],
  ...['RTP/AVP/TCP;interleaved=2-3', 'RTP/AVP;client_port=5000-5001'].map(transport => [
    'DESCRIBE rtsp://h/live/cam1 RTSP/1.0\r\nCSeq: 1\r\n\r\n',
    `SETUP rtsp://h/live/cam1/trackID=1 RTSP/1.0\r\nCSeq: 2\r\nTransport: ${transport}\r\n\r\n`,
    `PLAY rtsp://h/live/cam1 RTSP/1.0\r\nCSeq: 4\r\nSession: ${PLACEHOLDER}\r\n\r\n`,
    `PAUSE rtsp://h/live/cam1 RTSP/1.0\r\nCSeq: 5\r\nSession: ${PLACEHOLDER}\r\n\r\n`,
  ]),
].map(parts => parts.map(part => Buffer.from(part)));

describe('whatever clients say', () => {
  it('does no harm: the server goes on, other streams are whole, and nothing is left behind', {
    timeout: 60_000,
  }, async () => {
    await using server = await TestServer.start({}, { sessionTimeout: 1000 });
    const publication = await server.publish('cam1');
    await using player = await TestClient.open(server.adapter.port);
    await player.setUpByTcp(server.url('cam1'));
    await player.ask('PLAY', server.url('cam1'));
    const known = [...TALKS.flat(), ...live555Requests()];
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 });
    const mutated = fc.tuple(fc.constantFrom(...known), edits).map(([talk, changes]) => {
      const data = Buffer.from(talk);
      for (const [at, byte] of changes) data[at % data.length] = byte;
      return data;
    });
    const any = fc.oneof(
      { weight: 4, arbitrary: REQUEST },
      { weight: 2, arbitrary: FRAME },
      mutated,
      bytes(0, 200),
    );
    // Half of them get as far as playing or recording.
    const beginning = fc.oneof(fc.constantFrom(...TALKS), fc.constant([]));
    const talk = fc.tuple(beginning, fc.array(any, { minLength: 1, maxLength: 8 }));
    let sent = 0;
    const depths = new Set<string>();
    const property = fc.asyncProperty(talk, async parts => {
      const socket = connect(server.adapter.port, '127.0.0.1');
      socket.on('error', () => {});
      let session = PLACEHOLDER;
      socket.on('data', data => {
        session = /Session: ([0-9a-f]{16})/.exec(data.toString('latin1'))?.[1] ?? session;
      });
      await once(socket, 'connect');
      for (const part of parts.flat().map(bytes => Buffer.from(bytes))) {
        const at = part.indexOf(PLACEHOLDER);
        if (at !== -1) part.write(session, at);
        socket.write(part);
        // What was written is read before it goes on, and mostly answered.
        await new Promise(resolve => setTimeout(resolve, 1));
      }
      const { viewers, publishers } = server.adapter.stats();
      if (viewers > 1) depths.add('played');
      if (publishers > 0) depths.add('recorded');
      publication.write(picture(40 * ++sent, false, `${sent}`));
      socket.destroy();
    });
    await fc.assert(property, { seed: SEED, numRuns: 600 });
    expect([...depths].sort()).toEqual(['played', 'recorded']);
    expect(server.errors.filter(error => error.code === 'INTERNAL')).toEqual([]);
    const count = () =>
      player.frames.filter(({ channel, payload }) => channel === 0 && (payload[1]! & 0x80) !== 0).length;
    await until(() => count() === sent + 1, 'every picture came');
    await until(() => server.adapter.stats().connections === 1, 'all other connections are closed');
    // Sessions by UDP whose connection is gone live on for a while; those that do not play do not.
    await until(() => server.adapter.stats().portPairs === 0, 'all ports are given back');
    expect(server.orchestrator.listStreams().map(({ streamId }) => streamId)).toEqual(['cam1']);
    await using last = await TestClient.open(server.adapter.port);
    expect(await last.status('DESCRIBE', server.url('cam1'))).toBe(200);
  });
});
