import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { DemoPublisher } from './demo-publisher.ts';

const RTMP_VERSION = 3;

it('comes again when its connection is lost, and ends when it is stopped', async () => {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({}, { write: line => lines.push(JSON.parse(line)) });
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const publisher = new DemoPublisher(`rtmp://127.0.0.1:${port}/live/demo`, logger);
  try {
    publisher.start();
    const [first] = (await once(server, 'connection')) as [Socket];
    const [handshake] = (await once(first, 'data')) as [Buffer];
    expect(handshake[0]).toBe(RTMP_VERSION);
    first.destroy();
    const [second] = (await once(server, 'connection')) as [Socket];
    expect(lines).toMatchObject([{ level: 40, retryIn: 1000 }]);
    second.resume();
    const gone = once(second, 'close');
    second.on('error', () => {});
    publisher.stop();
    await gone;
  } finally {
    publisher.stop();
    server.close();
  }
});
