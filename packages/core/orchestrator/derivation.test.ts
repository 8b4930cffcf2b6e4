import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FluxError } from '../errors/flux-error.ts';
import type { Publication } from '../stream/publication.ts';
import { VIDEO_TRACK, video } from '../stream/test-support.ts';
import type { Ingest, IngestStatus } from './protocol-adapter.ts';
import { StreamOrchestrator } from './stream-orchestrator.ts';

const PUBLISHER = { protocol: 'test', peer: 'here', close: () => {} };

/** Makes a stream at once when it is wanted. */
class FakeDerived implements Ingest {
  readonly streamId: string;
  readonly protocol = 'transcode';
  readonly isDerived = true;
  readonly closed: string[] = [];
  readonly #orchestrator: StreamOrchestrator;
  #publication: Publication | undefined;
  status: IngestStatus = { state: 'waiting', attempts: 0 };

  constructor(streamId: string, orchestrator: StreamOrchestrator) {
    this.streamId = streamId;
    this.#orchestrator = orchestrator;
  }

  demand(isWanted: boolean): void {
    if (isWanted && this.status.state === 'waiting') void this.#make();
    if (!isWanted) this.#publication?.close({ code: 'idle', message: 'Nobody watches it.' });
    this.status = { state: isWanted ? 'connected' : 'closed', attempts: 1 };
  }

  close({ code }: { code: string }): void {
    this.closed.push(code);
  }

  async #make(): Promise<void> {
    const publication = await this.#orchestrator.registerStream(this.streamId, PUBLISHER);
    this.#publication = publication;
    publication.expect({ video: true, audio: false });
    publication.setTrack(VIDEO_TRACK);
    publication.write(video(0, true, 'made'));
  }
}

describe('streams made of others', () => {
  let orchestrator: StreamOrchestrator;
  let made: FakeDerived[];
  let limit: number;

  beforeEach(() => {
    made = [];
    limit = 1;
    orchestrator = new StreamOrchestrator({
      stream: { gop: { maxBytes: 1_000_000, maxSeconds: 20 }, discoverySeconds: 1 },
      flush: { minInterval: 20, maxInterval: 60 },
      turns: { minInterval: 20, maxInterval: 40, maxUnwatchedInterval: 80 },
      maxStreams: 100,
      takeover: false,
      publisherGrace: 0,
      openTimeout: 500,
      demandLinger: 0,
      derive: (streamId, all) => {
        const [sourceId = '', profile] = streamId.split('.');
        if (profile === undefined) return undefined;
        const begin = () => {
          if (made.length >= limit) throw new FluxError('TRANSCODE_LIMIT', 'No more.');
          made.push(new FakeDerived(streamId, all));
          return made.at(-1)!;
        };
        return { sourceId, begin };
      },
    });
  });

  afterEach(() => orchestrator.close());

  it('begin with the first who asks, serve the next, and go when nobody takes them', async () => {
    await orchestrator.registerStream('cam1', PUBLISHER);
    const [one, other] = await Promise.all([
      orchestrator.openStream('cam1.small'),
      orchestrator.openStream('cam1.small'),
    ]);
    expect(one).toBe(other);
    expect(made).toHaveLength(1);
    await expect(orchestrator.openStream('cam1.other')).rejects.toMatchObject({ code: 'TRANSCODE_LIMIT' });
    await expect.poll(() => orchestrator.findStream('cam1.small'), { timeout: 4000 }).toBeUndefined();
    expect(made[0]?.closed).toContain('idle');
    expect(orchestrator.ingests).toEqual([]);
    limit = 2;
    expect((await orchestrator.openStream('cam1.small')).state).toBe('live');
    expect(made).toHaveLength(2);
  });

  it('are not made of what is not there', async () => {
    await expect(orchestrator.openStream('cam1.small')).rejects.toMatchObject({ code: 'STREAM_NOT_FOUND' });
    expect(made).toEqual([]);
  });
});
