import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bus } from '../bus/bus.ts';
import { LocalCluster } from '../bus/test-support.ts';
import { FluxError } from '../errors/flux-error.ts';
import { ClusterControl } from './cluster-control.ts';
import { NODE_PREFIX, STREAM_PREFIX } from './cluster-keys.ts';
import type { IngestReport, MediaControl, PushReport } from './media-control.ts';
import { serveControl } from './remote-control.ts';
import type { Task, TaskStore } from './task.ts';

const INGEST = {
  ...{ id: 'cam1', streamId: 'cam1', protocol: 'rtsp', source: { url: 'rtsp://camera/one?key=secret' } },
  sourceUrl: 'rtsp://camera/one',
  kind: 'ingest',
} as const satisfies Task;
const PUSH = {
  ...{ id: 'p1', streamId: 'cam1', url: 'rtmp://other/live/secret', shownUrl: 'rtmp://other/live/…' },
  kind: 'push',
} as const satisfies Task;
const WITHIN = { timeout: 6000, interval: 20 };

class MemoryStore implements TaskStore {
  readonly tasks = new Map<string, Task>();
  failure: Error | undefined;

  constructor(...tasks: Task[]) {
    for (const task of tasks) this.tasks.set(`${task.kind} ${task.id}`, task);
  }

  async load<Kind extends Task['kind']>(kind: Kind): Promise<Extract<Task, { kind: Kind }>[]> {
    return [...this.tasks.values()].filter(task => task.kind === kind) as Extract<Task, { kind: Kind }>[];
  }

  async save(task: Task): Promise<void> {
    if (this.failure) throw this.failure;
    this.tasks.set(`${task.kind} ${task.id}`, task);
  }

  async remove(kind: Task['kind'], id: string): Promise<void> {
    this.tasks.delete(`${kind} ${id}`);
  }
}

/** A media node that does what it is told, as far as the server can see. */
class FakeNode {
  readonly ingests = new Map<string, IngestReport>();
  readonly pushes = new Map<string, PushReport>();
  readonly asked: string[] = [];
  /** Refuses what it is asked to bring. */
  refusal: FluxError | undefined;

  async join(cluster: LocalCluster, name: string): Promise<Bus> {
    const bus = await cluster.join(name);
    const node: Partial<MediaControl> = {
      addIngest: async (protocol, streamId) => {
        this.asked.push(`ingest ${streamId}`);
        if (this.refusal) throw this.refusal;
        const report: IngestReport = { streamId, protocol, status: { state: 'connected', attempts: 1 } };
        this.ingests.set(streamId, report);
        await bus.directory.claim(STREAM_PREFIX + streamId, null);
        return report;
      },
      addPush: async (id, streamId) => {
        this.asked.push(`push ${id}`);
        const report: PushReport = {
          ...{ id, streamId, url: 'rtmp://other/live/…' },
          status: { state: 'connected', attempts: 1 },
        };
        this.pushes.set(id, report);
        return report;
      },
      stop: async streamId => {
        this.asked.push(`stop ${streamId}`);
        if (!this.ingests.delete(streamId)) throw new FluxError('STREAM_NOT_FOUND', 'no');
      },
      removePush: async (_streamId, id) => {
        if (!this.pushes.delete(id)) throw new FluxError('PUSH_NOT_FOUND', 'no');
      },
      ingests: async () => [...this.ingests.values()],
      pushes: async () => [...this.pushes.values()],
      streams: async () => [],
      stream: async () => {
        throw new FluxError('STREAM_NOT_FOUND', 'no');
      },
      nodes: async () => [
        {
          ...{ name, pid: 1, startedAt: 0, memoryBytes: 0, cpuSeconds: 0, relays: 0, skips: 0 },
          streams: this.ingests.size,
          load: { turnInterval: 0, flushInterval: 0, flushDuration: 0, flushBytes: 0, eventLoopDelay: 0 },
          protocols: { rtsp: {} as never },
        },
      ],
    };
    serveControl(bus, node as MediaControl);
    await bus.directory.claim(NODE_PREFIX + name, null);
    return bus;
  }
}

describe('what was asked for', () => {
  let cluster: LocalCluster;
  let server: Bus;
  let control: ClusterControl;

  const start = async (store: TaskStore) => {
    control = new ClusterControl(server, store, { interval: 50, settling: 200 });
    await control.restore();
  };

  beforeEach(async () => {
    cluster = new LocalCluster();
    server = await cluster.join('server');
  });
  afterEach(async () => {
    control.close();
    await cluster.close();
  });

  it('is shown while there is no node, without secrets, and given to nodes once they are there', async () => {
    await start(new MemoryStore(INGEST, PUSH));
    const waiting = { state: 'waiting', attempts: 0 };
    expect(await control.ingests()).toMatchObject([
      { streamId: 'cam1', sourceUrl: 'rtsp://camera/one', status: waiting },
    ]);
    expect(await control.streams()).toMatchObject([{ streamId: 'cam1', ingest: { status: waiting } }]);
    expect(await control.stream('cam1')).toMatchObject({ ingest: { protocol: 'rtsp' } });
    expect(await control.pushes('cam1')).toMatchObject([{ id: 'p1', url: PUSH.shownUrl, status: waiting }]);
    expect(JSON.stringify([await control.ingests(), await control.pushes()])).not.toContain('secret');
    const node = new FakeNode();
    await node.join(cluster, 'node-1');
    await expect.poll(() => node.asked, WITHIN).toEqual(['ingest cam1', 'push p1']);
    expect(await control.ingests()).toMatchObject([{ status: { state: 'connected' } }]);
    expect(await control.pushes('cam1')).toHaveLength(1);
  });

  it('is spread over the nodes that come together', async () => {
    const tasks = Array.from({ length: 10 }, (_, at) => ({
      ...INGEST,
      id: `cam${at}`,
      streamId: `cam${at}`,
    }));
    await start(new MemoryStore(...tasks));
    const nodes = [new FakeNode(), new FakeNode()];
    for (const [at, node] of nodes.entries()) await node.join(cluster, `node-${at}`);
    await expect.poll(() => nodes.flatMap(({ asked }) => asked).length, WITHIN).toBe(10);
    expect(nodes.map(({ ingests }) => ingests.size)).toEqual([5, 5]);
  });

  it('stays with the node that does it already, when the server alone was away', async () => {
    await start(new MemoryStore(INGEST, PUSH));
    const [doing, idle] = [new FakeNode(), new FakeNode()];
    doing.ingests.set('cam1', {
      streamId: 'cam1',
      protocol: 'rtsp',
      status: { state: 'connected', attempts: 1 },
    });
    await idle.join(cluster, 'node-1');
    await doing.join(cluster, 'node-2');
    await expect.poll(() => doing.asked, WITHIN).toEqual(['push p1']);
    expect(idle.asked).toEqual([]);
    await cluster.part('node-2');
    await expect.poll(() => idle.asked, WITHIN).toEqual(['ingest cam1', 'push p1']);
  });

  it('is offered again later and later where it is refused, and says why', async () => {
    await start(new MemoryStore(INGEST));
    const node = new FakeNode();
    node.refusal = new FluxError('URL_INVALID', 'Not like this.');
    await node.join(cluster, 'node-1');
    await expect.poll(() => node.asked.length, WITHIN).toBe(2);
    const [report] = await control.ingests();
    expect(report?.status).toMatchObject({ state: 'retrying', attempts: 2, lastError: 'Not like this.' });
    expect(report!.status.nextAttemptAt! - Date.now()).toBeGreaterThan(1000);
  });

  it('is kept before it is answered, taken back for good, and not begun where it cannot be kept', async () => {
    const store = new MemoryStore();
    await start(store);
    const node = new FakeNode();
    await node.join(cluster, 'node-1');
    await control.addIngest('rtsp', 'cam1', INGEST.source);
    await control.addPush('p1', 'cam1', PUSH.url);
    expect([...store.tasks.keys()]).toEqual(['ingest cam1', 'push p1']);
    await control.addIngest('rtsp', 'once', {}, true);
    expect(store.tasks.size).toBe(2);
    await expect(control.addIngest('rtsp', 'cam1', {})).rejects.toMatchObject({ code: 'STREAM_BUSY' });
    await control.removePush('cam1', 'p1');
    await control.stop('cam1');
    expect(store.tasks.size).toBe(0);
    store.failure = new Error('The disk is full.');
    await expect(control.addIngest('rtsp', 'cam2', {})).rejects.toThrow('The disk is full.');
    expect([...node.ingests.keys()]).toEqual(['once']);
  });
});
