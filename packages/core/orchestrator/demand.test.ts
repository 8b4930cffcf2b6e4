import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StreamHistory } from '../stream/history.ts';
import type { Publication } from '../stream/publication.ts';
import type { EndReason, StreamSink } from '../stream/sink.ts';
import { AUDIO_TRACK, VIDEO_TRACK, video } from '../stream/test-support.ts';
import type { Ingest, IngestStatus } from './protocol-adapter.ts';
import { StreamOrchestrator } from './stream-orchestrator.ts';

const SINK: StreamSink = { onTracks() {}, onSample() {}, onDiscontinuity() {}, onEnd() {} };

/** Publishes when it is told that somebody wants its stream. */
class Camera implements Ingest {
  readonly protocol = 'test';
  readonly streamId = 'cam1';
  readonly sourceUrl = 'test://camera';
  readonly history = new StreamHistory();
  readonly told: string[] = [];
  status: IngestStatus = { state: 'waiting', attempts: 0 };
  readonly #orchestrator: StreamOrchestrator;
  #publication: Publication | undefined;

  constructor(orchestrator: StreamOrchestrator) {
    this.#orchestrator = orchestrator;
  }

  readonly demand = (isWanted: boolean) => {
    this.told.push(isWanted ? 'wanted' : 'unwanted');
    if (!isWanted) {
      this.#publication?.close({ code: 'idle', message: '' });
      this.status = { state: 'waiting', attempts: 1 };
    } else if (this.status.state === 'waiting') {
      this.status = { state: 'connecting', attempts: 1 };
      this.history.note('connecting');
      setTimeout(() => void this.#publish(), 100);
    }
  };

  giveUp(): void {
    this.status = { state: 'closed', attempts: 3, lastError: 'Wrong password.' };
  }

  close({ code }: EndReason): void {
    this.told.push(code);
  }

  async #publish(): Promise<void> {
    if (this.status.state !== 'connecting') return;
    const close = (reason: EndReason) => this.close(reason);
    const publication = await this.#orchestrator.registerStream('cam1', {
      protocol: 'test',
      peer: 'camera',
      close,
    });
    this.#publication = publication;
    publication.setTrack(VIDEO_TRACK);
    publication.setTrack(AUDIO_TRACK);
    publication.write(video(0, true, 'I0'));
  }
}

describe('an ingest that fetches on demand', () => {
  let orchestrator: StreamOrchestrator;
  let camera: Camera;

  beforeEach(async () => {
    vi.useFakeTimers();
    orchestrator = new StreamOrchestrator({
      stream: { gop: { maxBytes: 1_000_000, maxSeconds: 20 }, discoverySeconds: 1 },
      flush: { minInterval: 20, maxInterval: 60 },
      turns: { minInterval: 20, maxInterval: 40, maxUnwatchedInterval: 80 },
      maxStreams: 3,
      takeover: false,
      publisherGrace: 1000,
      openTimeout: 30_000,
      demandLinger: 5000,
    });
    camera = new Camera(orchestrator);
    await orchestrator.addIngest('cam1', () => camera);
  });

  afterEach(() => {
    orchestrator.close();
    vi.useRealTimers();
  });

  async function open() {
    const opening = orchestrator.openStream('cam1');
    await vi.advanceTimersByTimeAsync(150);
    return opening;
  }

  it('is told when somebody wants its stream, and a while after nobody does', async () => {
    await vi.advanceTimersByTimeAsync(60_000);
    expect(camera.told).toEqual([]);
    const stream = await open();
    expect(stream.state).toBe('live');
    expect(camera.told).toEqual(['wanted']);
    stream.addSink(SINK);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(camera.told).toEqual(['wanted']);
    stream.removeSink(SINK);
    await vi.advanceTimersByTimeAsync(4000);
    expect(stream.state).toBe('live');
    await vi.advanceTimersByTimeAsync(3000);
    expect(camera.told).toEqual(['wanted', 'unwanted']);
    expect(stream.state).toBe('ended');
    expect(orchestrator.findStream('cam1')).toBeUndefined();
    expect(orchestrator.getIngest('cam1')).toBe(camera);
    expect((await open()).state).toBe('live');
  });

  it('goes on for a viewer who comes back in time, and ends for a sink that only takes what there is', async () => {
    const stream = await open();
    await vi.advanceTimersByTimeAsync(4000);
    await open();
    await vi.advanceTimersByTimeAsync(4000);
    stream.addSink({ ...SINK, isPassive: true });
    expect(stream.state).toBe('live');
    await vi.advanceTimersByTimeAsync(3000);
    expect(stream.state).toBe('ended');
  });

  it('is not told to rest while a viewer waits, and is when he gave up', async () => {
    camera.status = { state: 'retrying', attempts: 1 };
    const opening = expect(orchestrator.openStream('cam1')).rejects.toMatchObject({
      code: 'STREAM_NOT_READY',
    });
    await vi.advanceTimersByTimeAsync(29_000);
    expect(camera.told).toEqual(['wanted']);
    await vi.advanceTimersByTimeAsync(8000);
    await opening;
    expect(camera.told).toEqual(['wanted', 'unwanted']);
    expect(orchestrator.findStream('cam1')).toBeUndefined();
  });

  it('turns viewers away at once when it has given up', async () => {
    camera.status = { state: 'retrying', attempts: 1 };
    const opening = expect(orchestrator.openStream('cam1')).rejects.toMatchObject({ code: 'STREAM_ENDED' });
    await vi.advanceTimersByTimeAsync(500);
    camera.giveUp();
    await vi.advanceTimersByTimeAsync(1000);
    await opening;
    await expect(orchestrator.openStream('cam1')).rejects.toMatchObject({
      code: 'UPSTREAM_FAILED',
      message: 'Wrong password.',
    });
  });

  it('has a time line that its streams go on with', async () => {
    const stream = await open();
    expect(stream.history).toBe(camera.history);
    expect(orchestrator.getStreamStatus('cam1')?.history.map(({ step }) => step)).toEqual([
      'connecting',
      'published',
      'video-track',
      'audio-track',
      'first-key-frame',
    ]);
  });
});
