import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Ingest, Push } from '@flux-iot/core/orchestrator/protocol-adapter';
import { readAmf0 } from '@flux-iot/media/format/amf/amf0';
import { describe, expect, it } from 'vitest';
import { MESSAGE } from './message.ts';
import { TestPeer, TestServer, until } from './test-support.ts';

const STOP = { code: 'stopped', message: 'By the test.' };

async function publishing(server: TestServer, name: string): Promise<TestPeer> {
  const publisher = await TestPeer.publish(server, name);
  publisher.configure();
  publisher.frame(0, true, 'key 0');
  publisher.frame(40, false, 'frame 1');
  await server.untilLive(name);
  return publisher;
}

function pull(server: TestServer, streamId: string, url: string): Promise<Ingest> {
  return server.orchestrator.addIngest(streamId, () => server.adapter.ingest(streamId, { url }));
}

function push(server: TestServer, streamId: string, url: string): Push {
  const made = server.adapter.push(randomUUID(), streamId, url);
  server.orchestrator.pushes.add(made);
  return made;
}

describe('a pull', () => {
  it('brings a remote stream, from the cached pictures on', async () => {
    await using remote = await TestServer.start();
    await using local = await TestServer.start();
    using publisher = await publishing(remote, 'cam1');
    const ingest = await pull(local, 'copy', `${remote.url('cam1')}?token=secret`);
    await local.untilLive('copy');
    expect(ingest.status).toMatchObject({ state: 'connected', attempts: 1 });
    using player = await TestPeer.play(local, 'copy');
    publisher.frame(80, false, 'frame 2');
    await until(() => player.frames.length === 3, 'all pictures come');
    expect(player.frames).toEqual(['key 0', 'frame 1', 'frame 2']);
    local.orchestrator.stopStream('copy', STOP);
    await player.untilClosed();
    expect(ingest.status.state).toBe('closed');
    await until(() => remote.adapter.stats().viewers === 0, 'the remote has no viewer left');
  });

  it('tries again where the remote has no such stream yet, and says why', { timeout: 15_000 }, async () => {
    await using remote = await TestServer.start();
    await using local = await TestServer.start();
    const ingest = await pull(local, 'copy', remote.url('cam1'));
    await until(() => ingest.status.state === 'retrying', 'the first attempt fails');
    expect(ingest.status.lastError).toContain('StreamNotFound');
    expect(ingest.status.nextAttemptAt).toBeGreaterThan(Date.now());
    using _publisher = await publishing(remote, 'cam1');
    await until(() => local.orchestrator.findStream('copy')?.state === 'live', 'it comes back', 8000);
    expect(ingest.status.attempts).toBeGreaterThan(1);
    ingest.close(STOP);
  });

  it('survives a server that talks nonsense', async () => {
    const answers = [
      Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
      Buffer.concat([Buffer.from([3]), Buffer.alloc(3072), Buffer.alloc(200, 0xff)]),
    ];
    for (const answer of answers) {
      await using local = await TestServer.start();
      const server = createServer((socket: Socket) => {
        socket.on('error', () => {});
        socket.write(answer);
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      const ingest = await pull(local, 'copy', `rtmp://127.0.0.1:${port}/live/cam1`);
      await until(() => ingest.status.state === 'retrying', 'it gives up this attempt');
      ingest.close(STOP);
      server.close();
    }
  });

  it('ends where somebody takes the id over', async () => {
    await using remote = await TestServer.start();
    await using local = await TestServer.start({ takeover: true });
    using _publisher = await publishing(remote, 'cam1');
    const ingest = await pull(local, 'copy', remote.url('cam1'));
    await local.untilLive('copy');
    using successor = await TestPeer.publish(local, 'copy');
    expect(ingest.status.state).toBe('closed');
    expect(successor.closed).toBe(false);
  });
});

describe('a push', () => {
  it('sends a stream to another server, and says goodbye at its end', async () => {
    await using local = await TestServer.start();
    await using remote = await TestServer.start({ publisherGrace: 60_000 });
    using publisher = await publishing(local, 'cam1');
    const made = push(local, 'cam1', `${remote.url('copy')}?token=secret`);
    expect(made.url).toBe(remote.url('copy'));
    await remote.untilLive('copy');
    expect(made.status.state).toBe('connected');
    using player = await TestPeer.play(remote, 'copy');
    publisher.frame(80, false, 'frame 2');
    await until(() => player.frames.length === 3, 'all pictures come');
    const metadata = player.messages.find(
      ({ type, payload }) => type === MESSAGE.DATA_AMF0 && payload.includes('onMetaData'),
    );
    expect(readAmf0(metadata!.payload)[1]).toMatchObject({ title: 'a test' });
    publisher.conn.command(0, ['deleteStream', 4, null, 1]);
    // Not lost: the remote did not wait for it to come back.
    await until(() => remote.orchestrator.findStream('copy') === undefined, 'the remote stream ends');
  });

  it('waits for the stream, also when it comes back', { timeout: 15_000 }, async () => {
    await using local = await TestServer.start();
    await using remote = await TestServer.start();
    const made = push(local, 'cam1', remote.url('copy'));
    expect(made.status.state).toBe('waiting');
    for (let round = 0; round < 2; round++) {
      using publisher = await publishing(local, 'cam1');
      await until(() => made.status.state === 'connected', 'it is sent');
      publisher.conn.command(0, ['deleteStream', 4, null, 1]);
      await until(() => made.status.state === 'waiting', 'it waits again');
    }
    local.orchestrator.pushes.remove('cam1', made.id);
    expect(made.status.state).toBe('closed');
  });

  it('is not stopped by the rules for viewers', async () => {
    await using local = await TestServer.start({
      authorize: action => {
        if (action === 'play') throw new Error('No viewers here.');
      },
    });
    await using remote = await TestServer.start();
    using _publisher = await publishing(local, 'cam1');
    push(local, 'cam1', remote.url('copy'));
    await remote.untilLive('copy');
  });

  it('goes on trying where it is refused', async () => {
    await using local = await TestServer.start();
    await using remote = await TestServer.start();
    using _publisher = await publishing(local, 'cam1');
    using _occupant = await publishing(remote, 'copy');
    const made = push(local, 'cam1', remote.url('copy'));
    await until(() => made.status.state === 'retrying', 'it is refused');
    expect(made.status.lastError).toContain('BadName');
  });
});
