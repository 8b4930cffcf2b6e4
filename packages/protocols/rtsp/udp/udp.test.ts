import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EndReason } from '@flux-iot/core/stream/sink';
import { goodbye } from '@flux-iot/media/rtp/rtcp/writer';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { writeInterleaved } from '../message-writer.ts';
import { type PortPair, type PortPairHandlers, PortPool } from './port-pool.ts';
import { type UdpTrack, UdpTransport } from './udp-transport.ts';

const LOCAL = '127.0.0.1';
const REASON: EndReason = { code: 'unpublished', message: 'Over.' };
const IGNORE = { onRtp: () => {}, onRtcp: () => {} };
/** Where the machine has IPv6. */
const ANY_IPV6 = Object.values(networkInterfaces()).some(addresses =>
  addresses?.some(({ family }) => family === 'IPv6'),
)
  ? ['::']
  : [];
const RTCP = Buffer.from('80c9000111223344', 'hex');

const sockets: Socket[] = [];
const pairs: PortPair[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
  for (const pair of pairs.splice(0)) pair.close();
});

async function listener(): Promise<{
  readonly port: number;
  readonly received: Buffer[];
  readonly socket: Socket;
}> {
  const socket = createSocket('udp4');
  sockets.push(socket);
  const received: Buffer[] = [];
  socket.on('message', data => received.push(data));
  socket.bind(0, LOCAL);
  await once(socket, 'listening');
  socket.setRecvBufferSize(4 * 1024 * 1024);
  return { port: socket.address().port, received, socket };
}

/** A range of so many pairs, below those that systems give out, in which nobody is. */
async function freeRange(size: number): Promise<readonly [number, number]> {
  const first = 22_000 + 2 * Math.floor(Math.random() * 4000);
  const ports = Array.from({ length: 2 * size }, (_, index) => first + index);
  const probes = ports.map(port => createSocket('udp4').bind(port));
  const isFree = await Promise.all(
    probes.map(async probe => {
      const bound = await once(probe, 'listening').catch(() => undefined);
      const closed = once(probe, 'close');
      probe.close();
      await closed;
      return bound !== undefined;
    }),
  );
  return isFree.includes(false) ? freeRange(size) : [first, first + 2 * size - 1];
}

async function open(pool: PortPool, handlers: PortPairHandlers = IGNORE): Promise<PortPair> {
  const pair = await pool.open(handlers);
  pairs.push(pair);
  return pair;
}

async function until(condition: () => boolean): Promise<void> {
  await vi.waitUntil(condition, { timeout: 5000, interval: 2 });
}

describe('the pool of ports', () => {
  it('gives out pairs, RTP on the even one, until there are none, and those that were given back', async () => {
    const [first, last] = await freeRange(3);
    // An odd port below and an even one above are of no use.
    const pool = new PortPool({ host: LOCAL, range: [first - 1, last + 1] });
    const all = [await open(pool), await open(pool), await open(pool)];
    const ports = all.map(pair => pair.port).sort((a, b) => a - b);
    expect(ports).toEqual([first, first + 2, first + 4]);
    expect(pool.taken).toBe(3);
    await expect(pool.open(IGNORE)).rejects.toMatchObject({ code: 'STREAM_LIMIT' });
    all[1]!.close();
    all[1]!.close();
    await until(() => pool.taken === 2);
    expect((await open(pool)).port).toBe(all[1]!.port);
  });

  it('lets a port rest that was given back', async () => {
    const pool = new PortPool({ host: LOCAL, range: await freeRange(3) });
    const seen = new Set<number>();
    for (let count = 0; count < 3; count++) {
      const pair = await pool.open(IGNORE);
      seen.add(pair.port);
      pair.close();
      await until(() => pool.taken === 0);
    }
    expect(seen.size).toBe(3);
  });

  it('steps over ports that others have, and keeps neither of such a pair', async () => {
    const [first, last] = await freeRange(3);
    const other = createSocket('udp4');
    sockets.push(other);
    other.bind(first + 3, LOCAL);
    await once(other, 'listening');
    const pool = new PortPool({ host: LOCAL, range: [first, last] });
    const ports = [(await open(pool)).port, (await open(pool)).port].sort((a, b) => a - b);
    expect(ports).toEqual([first, first + 4]);
    await expect(pool.open(IGNORE)).rejects.toMatchObject({ code: 'STREAM_LIMIT' });
    const closed = once(other, 'close');
    sockets.pop()?.close();
    await closed;
    expect((await open(pool)).port).toBe(first + 2);
  });

  it('gives each of those who ask at once a pair of his own', async () => {
    const pool = new PortPool({ host: LOCAL, range: await freeRange(8) });
    const all = await Promise.all(Array.from({ length: 8 }, () => open(pool)));
    expect(new Set(all.map(pair => pair.port)).size).toBe(8);
  });

  it.each<[number, number]>([
    [5001, 5001],
    [5000, 5000],
    [5001, 5002],
    [5002, 5000],
  ])('cannot be made of %s to %s', (first, last) => {
    expect(() => new PortPool({ host: LOCAL, range: [first, last] })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });

  it('says where it cannot bind', async () => {
    const pool = new PortPool({ host: '192.0.2.1', range: [40_000, 40_003] });
    await expect(pool.open(IGNORE)).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    expect(pool.taken).toBe(0);
  });
});

describe('a pair of ports', () => {
  it.each([LOCAL, '0.0.0.0', ...ANY_IPV6])('bound to %s carries RTP and RTCP both ways', async host => {
    const received: string[] = [];
    const pool = new PortPool({ host, range: await freeRange(4), receiveBufferSize: 1024 * 1024 });
    const pair = await open(pool, {
      onRtp: (data: Buffer) => received.push(`rtp ${data}`),
      onRtcp: (data: Buffer) => received.push(`rtcp ${data}`),
    });
    const client = await listener();
    client.socket.send('media', pair.port, LOCAL);
    client.socket.send('report', pair.port + 1, LOCAL);
    const data = Buffer.from('0123456789');
    pair.sendRtp(data, 2, 5, client.port, LOCAL);
    pair.sendRtcp(data, 0, 10, client.port, LOCAL);
    await until(() => received.length === 2 && client.received.length === 2);
    expect(received.sort()).toEqual(['rtcp report', 'rtp media']);
    expect(client.received.map(String).sort()).toEqual(['0123456789', '234']);
    expect(pair.queuedBytes).toBe(0);
    pair.close();
    pair.sendRtp(data, 0, 10, client.port, LOCAL);
    expect(pair).toMatchObject({ closed: true, queuedBytes: 0 });
  });

  it('outlives what cannot be sent', async () => {
    const pair = await open(new PortPool({ host: LOCAL, range: await freeRange(4) }));
    const client = await listener();
    pair.sendRtp(Buffer.alloc(70_000), 0, 70_000, client.port, LOCAL);
    pair.sendRtp(Buffer.from('x'), 0, 1, client.port, '::1');
    // Nobody listens there.
    pair.sendRtp(Buffer.from('x'), 0, 1, 9, LOCAL);
    await sleep(20);
    pair.sendRtp(Buffer.from('y'), 0, 1, client.port, LOCAL);
    await until(() => client.received.length === 1);
    expect(client.received.map(String)).toEqual(['y']);
  });
});

describe('a viewer by UDP', () => {
  async function viewer(trackCount = 1) {
    const pool = new PortPool({ host: LOCAL, range: await freeRange(trackCount + 4) });
    const clients = await Promise.all(
      Array.from({ length: trackCount }, async () => ({ rtp: await listener(), rtcp: await listener() })),
    );
    const tracks: UdpTrack[] = await Promise.all(
      clients.map(async ({ rtp, rtcp }, index) => ({
        channels: [2 * index, 2 * index + 1] as const,
        pair: await open(pool),
        address: LOCAL,
        ports: [rtp.port, rtcp.port] as const,
      })),
    );
    const ends: EndReason[] = [];
    return { clients, tracks, ends, transport: new UdpTransport(tracks, reason => ends.push(reason)) };
  }

  it('gets each packet of a piece as a datagram at the port of its track', async () => {
    const { transport, clients } = await viewer(2);
    const frames: [number, string][] = [
      [0, 'video 1'],
      [2, 'audio 1'],
      [1, 'report of video'],
      [0, 'video 2'],
      [9, 'of a track that was not set up'],
      [3, 'report of audio'],
      [0, ''],
    ];
    const piece = Buffer.concat(
      frames.map(([channel, text]) => writeInterleaved(channel, Buffer.from(text))),
    );
    transport.cork();
    transport.write(piece);
    transport.write(writeInterleaved(2, Buffer.from('audio 2')));
    transport.write(Buffer.alloc(0));
    transport.uncork();
    const received = () =>
      clients.map(({ rtp, rtcp }) => [rtp.received.map(String), rtcp.received.map(String)]);
    await until(() => received().flat(2).length >= 6);
    expect(received()).toEqual([
      [['video 1', 'video 2'], ['report of video']],
      [['audio 1', 'audio 2'], ['report of audio']],
    ]);
    expect(transport.queuedBytes).toBe(0);
  });

  it('is sent to where it says that it is', async () => {
    const { transport, tracks, clients } = await viewer();
    const other = await listener();
    tracks[0]!.ports = [other.port, clients[0]!.rtcp.port];
    transport.write(writeInterleaved(0, Buffer.from('x')));
    await until(() => other.received.length === 1);
    expect(clients[0]!.rtp.received).toEqual([]);
  });

  it('gets much at once in bursts, in order, and what waits is counted', async () => {
    const { transport, clients, ends } = await viewer();
    const packets = Array.from({ length: 1000 }, (_, index) => {
      const packet = Buffer.alloc(1200);
      packet.writeUInt32BE(index);
      return packet;
    });
    const frames = packets.map(packet => writeInterleaved(0, packet));
    const pieces = [frames.slice(0, 700), frames.slice(700, 701), frames.slice(701)];
    const started = performance.now();
    for (const piece of pieces) transport.write(Buffer.concat(piece));
    const total = 1000 * 1204;
    expect(transport.queuedBytes).toBeGreaterThan(total - 2 * 64 * 1024);
    expect(transport.queuedBytes).toBeLessThan(total - 32 * 1024);
    transport.end(REASON);
    transport.write(writeInterleaved(0, Buffer.from('too late')));
    expect(ends).toEqual([]);
    await until(() => ends.length > 0);
    expect(performance.now() - started).toBeGreaterThan(50);
    expect(transport.queuedBytes).toBe(0);
    const { received } = clients[0]!.rtp;
    await until(() => received.length === 1000);
    expect(received.map(packet => packet.readUInt32BE(0))).toEqual(packets.map((_, index) => index));
  });

  it('gets the goodbye when it has had time to read what came before', async () => {
    const { transport, clients, ends } = await viewer(2);
    const bye = goodbye(1, 'flux');
    const arrivals: number[] = [];
    for (const { rtcp } of clients) rtcp.socket.on('message', () => arrivals.push(performance.now()));
    const started = performance.now();
    transport.write(writeInterleaved(0, Buffer.from('last')));
    transport.write(Buffer.concat([writeInterleaved(1, bye), writeInterleaved(3, bye)]));
    transport.end(REASON);
    await until(() => clients[0]!.rtp.received.length === 1);
    expect([ends, arrivals]).toEqual([[], []]);
    await until(() => arrivals.length === 2);
    expect(Math.min(...arrivals) - started).toBeGreaterThan(900);
    expect(clients.map(({ rtcp }) => rtcp.received)).toEqual([[bye], [bye]]);
    expect(ends).toEqual([REASON]);
    expect(transport.queuedBytes).toBe(0);
  });

  it('ends once, politely or at once', async () => {
    const polite = await viewer();
    polite.transport.write(writeInterleaved(1, RTCP));
    polite.transport.end(REASON);
    polite.transport.end(REASON);
    polite.transport.destroy(REASON);
    expect(polite.ends).toEqual([REASON]);
    await until(() => polite.clients[0]!.rtcp.received.length === 1);
    expect(polite.clients[0]!.rtcp.received).toEqual([RTCP]);
    const abrupt = await viewer();
    abrupt.transport.write(Buffer.concat(Array(500).fill(writeInterleaved(0, Buffer.alloc(1400)))));
    abrupt.transport.destroy(REASON);
    expect(abrupt.ends).toEqual([REASON]);
    expect(abrupt.transport.queuedBytes).toBeLessThan(300_000);
    await sleep(20);
    expect(abrupt.clients[0]!.rtp.received.length).toBeLessThan(60);
  });

  it('waits no longer than a while for a queue that does not shrink', async () => {
    const { transport, tracks, ends } = await viewer();
    vi.spyOn(tracks[0]!.pair, 'queuedBytes', 'get').mockReturnValue(10_000_000);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      transport.write(writeInterleaved(0, RTCP));
      transport.end(REASON);
      vi.advanceTimersByTime(1999);
      expect(ends).toEqual([]);
      vi.advanceTimersByTime(1);
      expect(ends).toEqual([REASON]);
    } finally {
      vi.useRealTimers();
    }
  });
});
