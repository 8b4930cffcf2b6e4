import { once } from 'node:events';
import { link, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { proveSharedSecret } from '../../socket/shared-secret.ts';
import type { Bus } from '../bus.ts';
import { BusHub } from '../hub.ts';
import { encodeMemberMessage, type MemberMessage } from '../message.ts';
import { SECRET, until } from '../test-support.ts';
import { BusServer, type BusServerOptions } from './bus-server.ts';
import { type ConnectBusOptions, connectBus } from './connect-bus.ts';
import { FrameReader, frameOf } from './frame-reader.ts';

let folder: string;
let address: string;
const servers: BusServer[] = [];
const others: (Bus | Socket)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flux-bus-'));
  address = `unix:${folder}/hub`;
});

afterEach(async () => {
  for (const one of others.splice(0)) {
    if ('destroy' in one) one.destroy();
    else await one.close();
  }
  for (const server of servers.splice(0)) await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function listen(options: Partial<BusServerOptions> = {}): Promise<BusServer> {
  const server = new BusServer({ hub: new BusHub(), address, secret: SECRET, ...options });
  await server.start();
  servers.push(server);
  return server;
}

async function member(name: string, options: Partial<ConnectBusOptions> = {}): Promise<Bus> {
  const bus = await connectBus({
    address,
    secret: SECRET,
    member: name,
    connectTimeout: 10_000,
    retryDelay: { first: 5, max: 20 },
    ...options,
  });
  others.push(bus);
  return bus;
}

/** A peer that has proven itself and says what it is told to. */
async function raw(): Promise<Socket> {
  const socket = connect(`${folder}/hub`);
  socket.on('error', () => {});
  others.push(socket);
  await proveSharedSecret(socket, 'client', SECRET);
  return socket;
}

function joinRaw(socket: Socket, name: string): void {
  say(
    socket,
    { type: 'join', member: name, instance: 'raw' },
    { type: 'subscribe', subject: 'events.large' },
    { type: 'ready' },
    { type: 'claim', id: 1, key: `node/${name}`, value: null },
  );
}

function say(socket: Socket, ...messages: MemberMessage[]): void {
  for (const message of messages) socket.write(frameOf(encodeMemberMessage(message)));
}

describe('a Unix socket of the bus', () => {
  it('is for its owner alone, and goes with the server', async () => {
    const mask = process.umask();
    const server = await listen();
    expect((await stat(`${folder}/hub`)).mode & 0o777).toBe(0o600);
    expect(process.umask()).toBe(mask);
    expect(server.address).toBe(address);
    await server.close();
    await server.close();
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes the place of one whose server was killed', async () => {
    const dead = createServer().listen(`${folder}/dead`);
    await once(dead, 'listening');
    // Closing removes the name that was listened on; another name of it stays as after a kill.
    await link(`${folder}/dead`, `${folder}/hub`);
    dead.close();
    await once(dead, 'close');
    await listen();
    await member('a');
  });

  it('leaves alone one whose server lives', async () => {
    await listen();
    const bus = await member('a');
    await expect(listen()).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: `${address} is taken: another program listens there already.`,
    });
    expect(await bus.directory.claim('k', 1)).toBe(true);
  });

  it('leaves alone a file of something else', async () => {
    await writeFile(`${folder}/hub`, 'precious');
    await expect(listen()).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringContaining('is no socket'),
    });
    expect((await stat(`${folder}/hub`)).size).toBe(8);
  });

  it('says why it cannot be made', async () => {
    await expect(listen({ address: `unix:${folder}/none/hub` })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringContaining('cannot be listened on'),
    });
    expect(() => new BusServer({ hub: new BusHub(), address: 'hub', secret: SECRET })).toThrow('unix:/path');
  });
});

it('says which TCP port is taken', async () => {
  const { address } = await listen({ address: 'tcp:127.0.0.1:0' });
  expect(address).toMatch(/^tcp:127\.0\.0\.1:[1-9]/);
  await expect(listen({ address })).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    message: expect.stringContaining(`${address} is taken`),
  });
});

describe('connectBus', () => {
  it('says that nobody is there, after a while', async () => {
    await expect(member('a', { connectTimeout: 50 })).rejects.toMatchObject({
      code: 'NOT_READY',
      message: expect.stringMatching(/^The bus at unix:.*hub cannot be joined: connect ENOENT/),
    });
    await expect(member('a', { connectTimeout: 50, address: 'tcp:127.0.0.1:1' })).rejects.toMatchObject({
      message: expect.stringContaining('ECONNREFUSED'),
    });
    await expect(member('a', { address: 'nowhere' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('waits for a hub that comes later', async () => {
    const joining = member('a');
    await sleep(30);
    await listen();
    expect((await joining).isConnected).toBe(true);
  });

  it('ends the wait when told', async () => {
    const controller = new AbortController();
    const joining = member('a', { signal: controller.signal });
    const reason = new Error('By the test.');
    controller.abort(reason);
    await expect(joining).rejects.toBe(reason);
  });

  it('is refused with another secret, and says so', async () => {
    await listen();
    await expect(member('a', { secret: 'guess', connectTimeout: 500 })).rejects.toMatchObject({
      code: 'NOT_READY',
      message: expect.stringContaining('the shared secret may be another one'),
    });
  });

  it('trusts no hub that does not know the secret', async () => {
    await listen({ secret: 'guess' });
    await expect(member('a', { connectTimeout: 500 })).rejects.toMatchObject({ code: 'NOT_READY' });
  });

  it('leaves a hub that gives no sign of life, and comes back to the next', async () => {
    await listen({ heartbeat: 50 });
    const bus = await member('a', { heartbeat: 50 });
    const silent = createServer(socket => {
      void proveSharedSecret(socket, 'server', SECRET).then(
        () => socket.resume(),
        () => {},
      );
      others.push(socket);
    });
    await servers.splice(0)[0]!.close();
    silent.listen(`${folder}/hub`);
    await once(silent, 'connection');
    await once(silent, 'connection');
    silent.close();
    await rm(`${folder}/hub`, { force: true });
    for (const one of others) if ('destroy' in one) one.destroy();
    await listen({ heartbeat: 50 });
    await until(() => bus.isConnected, 'it is back');
  });

  it('leaves a hub that says what is malformed', async () => {
    const mad = createServer(socket => {
      others.push(socket);
      socket.on('error', () => {});
      void proveSharedSecret(socket, 'server', SECRET).then(() => {
        socket.write(frameOf('{"type":"joined"}'));
        socket.write(frameOf('{"type":"changed","key":"k"}'));
        socket.resume();
      });
    }).listen(`${folder}/hub`);
    await once(mad, 'listening');
    const bus = await member('a', { patience: 5000 });
    await until(() => !bus.isConnected, 'it leaves');
    expect(bus.directory.get('k')).toBeUndefined();
    mad.close();
  });
});

describe('BusServer', () => {
  it('reads nothing of a peer that proves nothing', async () => {
    const hub = new BusHub();
    const connected = vi.spyOn(hub, 'connect');
    await listen({ hub });
    const socket = connect(`${folder}/hub`);
    socket.on('error', () => {});
    socket.resume();
    joinRaw(socket, 'a');
    socket.write(Buffer.alloc(1000));
    await once(socket, 'close');
    expect(connected).not.toHaveBeenCalled();
    await member('b');
    expect(connected).toHaveBeenCalledOnce();
  });

  it('bounds how many peers may be about to prove themselves', async () => {
    await listen();
    const sockets = Array.from({ length: 100 }, () => connect(`${folder}/hub`));
    let closed = 0;
    for (const socket of sockets) {
      others.push(socket);
      socket.on('error', () => {});
      socket.on('close', () => closed++);
      socket.resume();
    }
    await until(() => closed === 36, 'those beyond are closed');
    for (const socket of sockets) socket.destroy();
    await member('a');
  });

  it('cuts a member that does not read; the others notice nothing', async () => {
    await listen({ maxUnsent: 1024 * 1024 });
    const bus = await member('a');
    let heard = 0;
    bus.subscribe('events.large', () => heard++);
    const deaf = await raw();
    joinRaw(deaf, 'deaf');
    await until(() => bus.directory.get('node/deaf') !== undefined, 'it has joined');
    deaf.pause();
    const payload = 'x'.repeat(100_000);
    let published = 0;
    while (bus.directory.get('node/deaf') && published < 500) {
      bus.publish('events.large', payload);
      published++;
      await until(() => heard === published, 'the other hears');
    }
    expect(published).toBeLessThan(100);
    expect(bus.isConnected).toBe(true);
  });

  it('ends the link of a member that gives no sign of life', async () => {
    await listen({ heartbeat: 50 });
    const bus = await member('a', { heartbeat: 50 });
    const silent = await raw();
    silent.resume();
    joinRaw(silent, 'silent');
    await once(silent, 'close');
    await until(() => !bus.directory.get('node/silent'), 'its entries are free');
  });

  it('tells a member why it is refused', async () => {
    await listen();
    await member('a');
    const socket = await raw();
    joinRaw(socket, 'a');
    const reader = new FrameReader();
    const texts: string[] = [];
    socket.on('data', bytes => texts.push(...reader.read(bytes)));
    await once(socket, 'close');
    expect(texts.map(text => JSON.parse(text))).toEqual([
      { type: 'refused', error: { code: 'NOT_ALLOWED', message: 'There is a member named a already.' } },
    ]);
  });

  it('lets the newer link of a member win over one that is half dead', async () => {
    await listen();
    const bus = await member('a');
    const log: string[] = [];
    const old = await raw();
    joinRaw(old, 'b');
    await until(() => bus.directory.get('node/b') !== undefined, 'it has joined');
    bus.directory.watch('node/b', (key, entry) => log.push(`${key} ${entry?.value}`));
    const next = await raw();
    say(
      next,
      { type: 'join', member: 'b', instance: 'raw' },
      { type: 'hold', key: 'node/b', value: 'still' },
      { type: 'ready' },
    );
    old.resume();
    await once(old, 'close');
    await until(() => log.length > 0, 'it is told');
    await bus.directory.claim('sync', 0);
    expect(log).toEqual(['node/b still']);
    next.destroy();
    await until(() => log.length === 2, 'it is gone');
  });

  it('cuts who sends a frame that is too large', async () => {
    await listen();
    const bus = await member('a');
    const socket = await raw();
    joinRaw(socket, 'large');
    socket.resume();
    await until(() => bus.directory.get('node/large') !== undefined, 'it has joined');
    socket.write(Buffer.from([0x7f, 0xff, 0xff, 0xff, 1, 2, 3]));
    await once(socket, 'close');
    await until(() => !bus.directory.get('node/large'), 'its entries are free');
  });

  it('stands whatever a peer sends, and the members with it', async () => {
    await listen();
    const bus = await member('a');
    const good = Buffer.concat(
      (
        [
          { type: 'join', member: 'mad', instance: 'raw' },
          { type: 'subscribe', subject: 'events.mad' },
          { type: 'serve', subject: 'mad.x' },
          { type: 'hold', key: 'stream/1', value: { a: [1, 2] } },
          { type: 'ready' },
          { type: 'claim', id: 1, key: 'stream/2', value: 2 },
          { type: 'request', id: 2, subject: 'mad.x', payload: null },
          { type: 'publish', subject: 'events.mad', payload: [true] },
          { type: 'answer', id: 1, payload: null },
          { type: 'release', key: 'stream/1' },
        ] satisfies MemberMessage[]
      ).map(message => frameOf(encodeMemberMessage(message))),
    );
    const change = fc.tuple(fc.nat({ max: good.length - 1 }), fc.integer({ min: 0, max: 255 }));
    const changes = fc.array(change, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(changes, async mutations => {
        const bytes = Buffer.from(good);
        for (const [at, byte] of mutations) bytes[at] = byte;
        const socket = await raw();
        socket.resume();
        socket.end(bytes);
        await once(socket, 'close');
      }),
      { seed: 29, numRuns: 300 },
    );
    await until(() => bus.directory.entries('').length === 0, 'what they held is free');
    expect(await bus.directory.claim('stream/1', 1)).toBe(true);
    bus.serve('mad.x', () => 'sane');
    expect(await bus.request('mad.x', null)).toBe('sane');
  });
});
