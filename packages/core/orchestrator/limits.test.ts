import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FluxError } from '../errors/flux-error.ts';
import { StreamHistory } from '../stream/history.ts';
import type { Ingest } from './protocol-adapter.ts';
import { StreamOrchestrator } from './stream-orchestrator.ts';

const PUBLISHER = { protocol: 'test', peer: 'p', close: () => {} };

function ingest(streamId: string, more: Partial<Ingest> = {}): Ingest {
  const status = { state: 'connecting', attempts: 0 } as const;
  const history = new StreamHistory();
  return {
    streamId,
    protocol: 'test',
    status,
    sourceUrl: 'test://camera',
    history,
    close: () => {},
    ...more,
  };
}

describe('what more there may be', () => {
  let orchestrator: StreamOrchestrator;
  let maxStreams: number;
  beforeEach(() => {
    maxStreams = 1;
    const refuse = () => {
      throw new FluxError('TENANT_LIMIT', 'No more.');
    };
    orchestrator = new StreamOrchestrator({
      stream: { gop: { maxBytes: 1_000_000, maxSeconds: 20 }, discoverySeconds: 1 },
      flush: { minInterval: 20, maxInterval: 60 },
      turns: { minInterval: 20, maxInterval: 40, maxUnwatchedInterval: 80 },
      maxStreams: 10,
      takeover: false,
      publisherGrace: 1000,
      openTimeout: 500,
      // As it would be with hooks that take their time.
      authorize: async (): Promise<void> => {
        await new Promise(resolve => setTimeout(resolve, 20));
      },
      limits: {
        publish: () => {
          if (orchestrator.streamCount >= maxStreams) refuse();
        },
        transcode: refuse,
      },
      derive: (streamId, all) => {
        const [sourceId = ''] = streamId.split('.');
        if (!all.findStream(sourceId)) return undefined;
        return { sourceId, begin: () => ingest(streamId, { isDerived: true }) };
      },
    });
  });
  afterEach(() => orchestrator.close());

  it('is asked at the moment at which a stream begins, however many were let in at once', async () => {
    const asked = ['a', 'b', 'c'].map(id => orchestrator.registerStream(id, PUBLISHER));
    const results = await Promise.allSettled(asked);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(results[1]).toMatchObject({ reason: { code: 'TENANT_LIMIT' } });
    expect(orchestrator.streamCount).toBe(1);
  });

  it('is asked for what the product itself pulls, and is in its time line', async () => {
    maxStreams = 0;
    const pulled = await orchestrator.addIngest('cam1', () => ingest('cam1'));
    await expect(orchestrator.registerStream('cam1', PUBLISHER, { isInternal: true })).rejects.toMatchObject({
      code: 'TENANT_LIMIT',
    });
    expect(pulled.history?.entries).toMatchObject([{ step: 'tenant-limit', detail: 'No more.' }]);
  });

  it('is asked for what is made of others, and is in the time line of its source', async () => {
    const { stream } = await orchestrator.registerStream('cam1', PUBLISHER);
    await expect(orchestrator.openStream('cam1.720p')).rejects.toMatchObject({ code: 'TENANT_LIMIT' });
    expect(orchestrator.getIngest('cam1.720p')).toBeUndefined();
    expect(stream.history.entries.at(-1)).toMatchObject({ step: 'tenant-limit', detail: 'No more.' });
  });
});
