import { connect } from 'node:net';
import { proxyList } from '@flux-iot/core/access/client-address';
import type { MediaControl } from '@flux-iot/core/control/media-control';
import { afterEach, describe, expect, it } from 'vitest';
import type { Accounts } from './accounts/accounts.ts';
import { type ApiServer, createApiServer } from './api-server.ts';
import type { RecordingLibrary } from './recordings/library.ts';

describe('createApiServer', () => {
  const servers: ApiServer[] = [];

  async function create(port = 0): Promise<ApiServer> {
    const server = await createApiServer({
      control: {} as MediaControl,
      recordings: {} as RecordingLibrary,
      access: { accounts: {} as Accounts, isOpen: true, proxies: proxyList([]) },
      host: '127.0.0.1',
      port,
      mediaPort: () => 8081,
      version: 'test',
    });
    servers.push(server);
    return server;
  }

  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });

  /** Sends bytes as they are and reads until the server closes. */
  function exchange(port: number, bytes: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      let answer = '';
      socket.setEncoding('latin1').on('data', text => {
        answer += text;
      });
      socket.once('error', reject).once('close', () => resolve(answer));
    });
  }

  it('listens, answers and stops, twice if asked to', async () => {
    const server = await create();
    await server.start();
    expect(server.port).toBeGreaterThan(0);
    expect(server.address).toBe(`127.0.0.1:${server.port}`);
    const answer = await fetch(`http://${server.address}/healthz`);
    expect(await answer.json()).toEqual({ status: 'ok' });
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    await expect(fetch(`http://127.0.0.1:${server.port}/healthz`)).rejects.toThrow();
  });

  it('stops without having been started', async () => {
    const server = await create();
    await server.stop();
  });

  it('stops although a client holds its connection open in the middle of a request', async () => {
    const server = await create();
    await server.start();
    const held = exchange(
      server.port,
      'POST /api/v1/streams/ingest HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n',
    );
    await fetch(`http://${server.address}/healthz`);
    await server.stop();
    expect(await held).toBe('');
  });

  it('says that its port is taken', async () => {
    const first = await create();
    await first.start();
    const second = await create(first.port);
    await expect(second.start()).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  });

  it.each([
    'nonsense\r\n\r\n',
    'GET /healthz HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n',
    `GET /${'a'.repeat(70_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
  ])('answers what is not HTTP with a problem document', async bytes => {
    const server = await create();
    await server.start();
    const answer = await exchange(server.port, bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 400 REQUEST_INVALID\r\n/);
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('takes no absolute address for a path', async () => {
    const server = await create();
    await server.start();
    const bytes = 'GET http://evil.example/flv/a.flv HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    expect(await exchange(server.port, bytes)).not.toMatch(/location: .*evil/i);
  });
});
