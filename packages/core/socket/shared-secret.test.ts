import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { proveSharedSecret } from './shared-secret.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function pair(): Promise<{ client: Socket; accepted: Socket }> {
  const server = createServer();
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [accepted] = (await once(server, 'connection')) as [Socket];
  return { client, accepted };
}

describe('proveSharedSecret', () => {
  it('lets both go on, with what was sent behind it', async () => {
    const { client, accepted } = await pair();
    const server = proveSharedSecret(accepted, 'server', 'secret');
    await proveSharedSecret(client, 'client', 'secret');
    client.write('what follows');
    await server;
    expect(String((await once(accepted, 'data'))[0])).toBe('what follows');
    client.destroy();
  });

  it('refuses a peer with another secret, on both sides', async () => {
    const { client, accepted } = await pair();
    const results = await Promise.allSettled([
      proveSharedSecret(accepted, 'server', 'secret'),
      proveSharedSecret(client, 'client', 'guess'),
    ]);
    expect(results.map(result => result.status)).toEqual(['rejected', 'rejected']);
    expect((results[0] as PromiseRejectedResult).reason).toMatchObject({ code: 'NOT_ALLOWED' });
    expect(accepted.destroyed && client.destroyed).toBe(true);
  });

  it('does not wait for a peer that says nothing', async () => {
    const { client, accepted } = await pair();
    await expect(proveSharedSecret(accepted, 'server', 'secret', 50)).rejects.toMatchObject({
      code: 'TIMED_OUT',
    });
    client.destroy();
  });

  it('refuses bytes of something else', async () => {
    const { client, accepted } = await pair();
    client.end('GET / HTTP/1.1\r\n\r\n');
    await expect(proveSharedSecret(accepted, 'server', 'secret', 1000)).rejects.toMatchObject({
      code: 'UPSTREAM_FAILED',
    });
  });
});
