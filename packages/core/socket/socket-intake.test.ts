import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { SocketIntake } from './socket-intake.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function pair(options: { pauseOnConnect: boolean }): Promise<{ client: Socket; accepted: Socket }> {
  const server = createServer(options);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [accepted] = (await once(server, 'connection')) as [Socket];
  return { client, accepted };
}

describe('SocketIntake', () => {
  it.each([{ pauseOnConnect: true }, { pauseOnConnect: false }])('reads all, in order: %o', async options => {
    const { client, accepted } = await pair(options);
    const chunks: Buffer[] = [];
    const socket = new SocketIntake().take(accepted, bytes => chunks.push(Buffer.from(bytes)));
    expect(socket !== accepted).toBe(options.pauseOnConnect);
    const sent = Buffer.alloc(1_000_000, 'abcdefg');
    client.end(sent);
    await once(socket, 'end');
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
  });

  it('reads a connection that it makes', async () => {
    const sent = Buffer.alloc(300_000, 'abcdefg');
    const server = createServer(socket => socket.end(sent));
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const chunks: Buffer[] = [];
    const socket = new SocketIntake().connect({ host: '127.0.0.1', port }, bytes =>
      chunks.push(Buffer.from(bytes)),
    );
    await once(socket, 'close');
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
  });

  it('gives every socket its own bytes though they share the buffer', async () => {
    const intake = new SocketIntake();
    const texts = ['', '', ''];
    const pairs = await Promise.all(texts.map(() => pair({ pauseOnConnect: true })));
    const ends = pairs.map(({ accepted }, index) => {
      const socket = intake.take(accepted, bytes => {
        texts[index] += bytes.toString();
      });
      return once(socket, 'end');
    });
    for (let round = 0; round < 50; round++)
      for (const [index, { client }] of pairs.entries()) client.write(`${index}`);
    for (const { client } of pairs) client.end();
    await Promise.all(ends);
    expect(texts).toEqual(['0'.repeat(50), '1'.repeat(50), '2'.repeat(50)]);
  });

  it('writes, pauses, times out and tells of the end as any socket', async () => {
    const { client, accepted } = await pair({ pauseOnConnect: true });
    let received = 0;
    const socket = new SocketIntake().take(accepted, bytes => {
      received += bytes.length;
    });
    socket.write('hello');
    expect(String((await once(client, 'data'))[0])).toBe('hello');
    socket.pause();
    client.write('while paused');
    await sleep(50);
    expect(received).toBe(0);
    socket.resume();
    socket.setTimeout(50);
    await once(socket, 'timeout');
    expect(received).toBe(12);
    expect(socket.remotePort).toBe(client.localPort);
    client.destroy();
    await once(socket, 'close');
  });

  it('lets the server close when the moved sockets have', async () => {
    const { client, accepted } = await pair({ pauseOnConnect: true });
    const socket = new SocketIntake().take(accepted, () => {});
    expect(socket).toBeInstanceOf(Socket);
    const [server] = servers.splice(0);
    const closed = once(server!, 'close');
    server?.close();
    client.destroy();
    await closed;
  });
});
