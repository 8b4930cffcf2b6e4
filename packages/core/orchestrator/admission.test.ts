import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AccessRequest } from './protocol-adapter.ts';
import { type Admission, StreamOrchestrator } from './stream-orchestrator.ts';

describe('what a client is let in for', () => {
  let orchestrator: StreamOrchestrator;
  let admission: Admission | undefined;

  beforeEach(() => {
    vi.useFakeTimers();
    admission = undefined;
    orchestrator = new StreamOrchestrator({
      stream: { gop: { maxBytes: 1_000_000, maxSeconds: 20 }, discoverySeconds: 1 },
      flush: { minInterval: 20, maxInterval: 60 },
      turns: { minInterval: 20, maxInterval: 40, maxUnwatchedInterval: 80 },
      maxStreams: 10,
      takeover: false,
      publisherGrace: 1000,
      openTimeout: 500,
      authorize: async () => admission,
    });
  });
  afterEach(() => {
    orchestrator.close();
    vi.useRealTimers();
  });

  async function publish(request: AccessRequest = {}) {
    const close = vi.fn();
    const publication = await orchestrator.registerStream(
      'cam1',
      { protocol: 'rtmp', peer: 'p', close },
      request,
    );
    return { publication, close };
  }

  it('ends a publisher, and its stream, when its time is over', async () => {
    admission = { lifetime: 5000 };
    const { publication, close } = await publish();
    vi.advanceTimersByTime(4999);
    expect(publication.closed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(close).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'time-over' }));
    expect(orchestrator.findStream('cam1')).toBeUndefined();
  });

  it('ends whoever asked for itself, once, unless it is gone or came from inside', async () => {
    admission = { lifetime: 5000 };
    const end = vi.fn();
    const gone = new AbortController();
    await orchestrator.authorize('play', 'cam1', { end });
    await orchestrator.authorize('play', 'cam1', { end, signal: gone.signal });
    await orchestrator.authorize('play', 'cam1', { end, isInternal: true });
    gone.abort();
    vi.advanceTimersByTime(100_000);
    expect(end).toHaveBeenCalledTimes(1);
  });

  it('does not end what has no time, or more than timers can wait for', async () => {
    const end = vi.fn();
    await orchestrator.authorize('play', 'cam1', { end });
    admission = { lifetime: 31_536_000_000 };
    await orchestrator.authorize('play', 'cam1', { end });
    vi.advanceTimersByTime(1_000_000_000);
    expect(end).not.toHaveBeenCalled();
  });
});
