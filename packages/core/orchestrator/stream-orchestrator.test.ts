import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FluxError } from '../errors/flux-error.ts';
import type { EndReason, StreamSink } from '../stream/sink.ts';
import { AUDIO_TRACK, audio, VIDEO_TRACK, video } from '../stream/test-support.ts';
import { type OrchestratorOptions, StreamOrchestrator } from './stream-orchestrator.ts';

const OPTIONS: OrchestratorOptions = {
  stream: { gop: { maxBytes: 1_000_000, maxSeconds: 20 }, discoverySeconds: 1 },
  flush: { minInterval: 20, maxInterval: 60 },
  turns: { minInterval: 20, maxInterval: 40, maxUnwatchedInterval: 80 },
  maxStreams: 3,
  takeover: false,
  publisherGrace: 1000,
  openTimeout: 500,
};

function publisher(name = 'peer') {
  return { protocol: 'test', peer: name, close: vi.fn<(reason: EndReason) => void>() };
}

function recorder() {
  const events: string[] = [];
  const sink: StreamSink = {
    onTracks: tracks =>
      events.push(`tracks ${tracks.map(track => `${track.id}v${track.version}`).join(' ')}`),
    onSample: sample => {
      if (sample.kind !== 'data')
        events.push(`${sample.data.toString()}@${(sample.dts / 90_000).toFixed(2)}`);
    },
    onDiscontinuity: () => events.push('discontinuity'),
    onEnd: reason => events.push(`end ${reason.code}`),
  };
  return { events, sink };
}

describe('StreamOrchestrator', () => {
  let orchestrator: StreamOrchestrator;

  beforeEach(() => {
    vi.useFakeTimers();
    orchestrator = new StreamOrchestrator(OPTIONS);
  });

  afterEach(() => {
    orchestrator.close();
    vi.useRealTimers();
  });

  async function live(id = 'cam1') {
    const publication = await orchestrator.registerStream(id, publisher());
    publication.setTrack(VIDEO_TRACK);
    publication.setTrack(AUDIO_TRACK);
    publication.write(video(1, true, 'I0'));
    return publication;
  }

  it('refuses a second publisher and leaves the first unharmed', async () => {
    const first = await live();
    await expect(orchestrator.registerStream('cam1', publisher('other'))).rejects.toMatchObject({
      code: 'STREAM_BUSY',
    });
    expect(first.closed).toBe(false);
    expect(first.publisher.close).not.toHaveBeenCalled();
  });

  it('lets a second publisher take over where that is configured; the first can write no more', async () => {
    orchestrator.close();
    orchestrator = new StreamOrchestrator({ ...OPTIONS, takeover: true });
    const first = await live();
    const { events, sink } = recorder();
    first.stream.addSink(sink);
    const second = await orchestrator.registerStream('cam1', publisher('other'));
    expect(first.publisher.close).toHaveBeenCalledWith(expect.objectContaining({ code: 'replaced' }));
    first.write(video(1.04, false, 'stale'));
    second.setTrack({ ...VIDEO_TRACK, version: 2 });
    second.setTrack({ ...AUDIO_TRACK, version: 2 });
    second.write(video(2, true, 'new'));
    expect(events).toEqual(['tracks 1v1 2v1', 'I0@1.00', 'discontinuity', 'tracks 1v2 2v2', 'new@2.00']);
    first.close({ code: 'publisher-lost', message: '' });
    expect(orchestrator.getStreamStatus('cam1')?.state).toBe('live');
  });

  it('keeps viewers of a lost publisher for a while, and its time goes on', async () => {
    const first = await live();
    const { events, sink } = recorder();
    first.stream.addSink(sink);
    first.close({ code: 'publisher-lost', message: 'reset' });
    expect(orchestrator.getStreamStatus('cam1')?.state).toBe('interrupted');
    await vi.advanceTimersByTimeAsync(600);
    const second = await orchestrator.registerStream('cam1', publisher());
    second.clock.start(0);
    expect(second.clock.offset).toBeCloseTo(1.6, 2);
    second.setTrack({ ...VIDEO_TRACK, version: 2 });
    second.expect({ video: true, audio: false });
    second.write(video(1.6, true, 'back'));
    expect(events).toEqual(['tracks 1v1 2v1', 'I0@1.00', 'discontinuity', 'tracks 1v2', 'back@1.60']);
  });

  it('ends a stream whose publisher does not come back, and at once one that said goodbye', async () => {
    const lost = await live('lost');
    const gone = await live('gone');
    const seen = recorder();
    lost.stream.addSink(seen.sink);
    lost.close({ code: 'publisher-lost', message: '' });
    gone.close({ code: 'unpublished', message: '' });
    expect(orchestrator.findStream('gone')).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1001);
    expect(orchestrator.findStream('lost')).toBeUndefined();
    expect(seen.events.at(-1)).toBe('end publisher-lost');
  });

  it('serves viewers when all tracks that were announced are there, with everything since the start', async () => {
    const publication = await orchestrator.registerStream('cam1', publisher());
    const opening = orchestrator.openStream('cam1');
    publication.expect({ video: true, audio: true });
    publication.setTrack(VIDEO_TRACK);
    publication.write(video(0, true, 'I0'));
    expect(orchestrator.getStreamStatus('cam1')?.state).toBe('discovering');
    publication.setTrack(AUDIO_TRACK);
    publication.write(audio(0.02, 'a0'));
    const stream = await opening;
    const { events, sink } = recorder();
    stream.addSink(sink);
    expect(events).toEqual(['tracks 1v1 2v1', 'I0@0.00', 'a0@0.02']);
  });

  it('does not wait longer than a second of media for a track that does not come', async () => {
    const publication = await orchestrator.registerStream('cam1', publisher());
    publication.expect({ video: true, audio: true });
    publication.setTrack(VIDEO_TRACK);
    publication.write(video(0, true, 'I0'));
    publication.write(video(0.9, false, 'P1'));
    expect(publication.stream.state).toBe('discovering');
    publication.write(video(1.1, false, 'P2'));
    expect(publication.stream.state).toBe('live');
  });

  it('drops pictures that precede the first key frame', async () => {
    const publication = await orchestrator.registerStream('cam1', publisher());
    publication.setTrack(VIDEO_TRACK);
    publication.setTrack(AUDIO_TRACK);
    publication.write(video(0, false, 'P0'));
    const { events, sink } = recorder();
    publication.stream.addSink(sink);
    publication.write(video(0.04, false, 'P1'));
    publication.write(video(0.08, true, 'I2'));
    expect(events).toEqual(['tracks 1v1 2v1', 'I2@0.08']);
  });

  it('knows no stream that nobody brings', async () => {
    await expect(orchestrator.openStream('nobody')).rejects.toMatchObject({
      code: 'STREAM_NOT_FOUND',
      status: 404,
    });
    expect(orchestrator.getStreamStatus('nobody')).toBeUndefined();
  });

  it('gives up on a stream without pictures after the configured time', async () => {
    await orchestrator.registerStream('cam1', publisher());
    const opening = expect(orchestrator.openStream('cam1')).rejects.toMatchObject({
      code: 'STREAM_NOT_READY',
    });
    await vi.advanceTimersByTimeAsync(501);
    await opening;
  });

  it('limits the number of streams', async () => {
    for (const id of ['a', 'b', 'c']) await live(id);
    await expect(orchestrator.registerStream('d', publisher())).rejects.toMatchObject({
      code: 'STREAM_LIMIT',
    });
  });

  it('asks before anyone publishes or plays', async () => {
    orchestrator.close();
    orchestrator = new StreamOrchestrator({
      ...OPTIONS,
      authorize: (action, _id, { token }) => {
        if (token !== `${action}-ok`) throw new FluxError('NOT_ALLOWED', 'no');
      },
    });
    await expect(orchestrator.registerStream('cam1', publisher())).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    });
    expect(orchestrator.findStream('cam1')).toBeUndefined();
    await orchestrator.registerStream('cam1', publisher(), { token: 'publish-ok' });
    await expect(orchestrator.openStream('cam1', { token: 'publish-ok' })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    });
  });

  it('stops a stream with its publisher and viewers', async () => {
    const publication = await live();
    const { events, sink } = recorder();
    publication.stream.addSink(sink);
    orchestrator.stopStream('cam1', { code: 'stopped', message: 'by request' });
    expect(publication.publisher.close).toHaveBeenCalledTimes(1);
    expect(events.at(-1)).toBe('end stopped');
    expect(() => orchestrator.stopStream('cam1', { code: 'stopped', message: '' })).toThrowError(FluxError);
  });

  it.each(['../etc', 'a/b', '', '.hidden', 'x'.repeat(129), 'live~cam', 'a~b~c', 'cam\n1', 'ünï'])(
    'refuses the id %j',
    async id => {
      await expect(orchestrator.registerStream(id, publisher())).rejects.toMatchObject({
        code: 'STREAM_ID_INVALID',
      });
    },
  );
});
