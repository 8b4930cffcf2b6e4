import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StreamOrchestrator } from '../orchestrator/stream-orchestrator.ts';
import type { EndReason } from '../stream/sink.ts';
import { VIDEO_TRACK, video } from '../stream/test-support.ts';
import { BitrateWatch, type BitrateWatchOptions } from './bitrate-watch.ts';
import { NO_COUNT, type TenantCount } from './tenant-count.ts';
import { TenantMeter } from './tenant-meter.ts';

const LIMIT = 80_000;
const tenantOf = (streamId: string) => (streamId.startsWith('acme~') ? 'acme' : 'default');

describe('the bitrate of a tenant', () => {
  let orchestrator: StreamOrchestrator;
  /** Seconds, as the clock of the test counts them. */
  let now: number;
  let ends: string[];
  beforeEach(() => {
    now = 0;
    ends = [];
    orchestrator = new StreamOrchestrator({
      stream: { gop: { maxBytes: 1_000_000, maxSeconds: 20 }, discoverySeconds: 0 },
      flush: { minInterval: 20, maxInterval: 60 },
      turns: { minInterval: 20, maxInterval: 40, maxUnwatchedInterval: 80 },
      maxStreams: 10,
      takeover: false,
      publisherGrace: 1000,
      openTimeout: 500,
    });
  });
  afterEach(() => orchestrator.close());

  async function publish(streamId: string) {
    const close = ({ code }: EndReason) => ends.push(`${streamId} ${code} at ${now}`);
    const publication = await orchestrator.registerStream(streamId, { protocol: 'test', peer: 'p', close });
    publication.expect({ video: true, audio: false });
    publication.setTrack(VIDEO_TRACK);
    // The next one is younger, by the clock that counts milliseconds.
    await new Promise(resolve => setTimeout(resolve, 2));
    return publication;
  }

  function watchOf(options: Partial<BitrateWatchOptions> = {}): BitrateWatch {
    const meter = new TenantMeter(orchestrator, tenantOf);
    const limitOf = (tenantId: string) => (tenantId === 'acme' ? LIMIT : undefined);
    return new BitrateWatch({ orchestrator, tenantOf, limitOf, here: () => meter.counts(), ...options });
  }

  /** Time goes on by so many seconds, in which each of the streams brings so many bits a second. */
  function pass(watch: BitrateWatch, seconds: number, rates: Record<string, number>): void {
    for (const end = now + seconds; now < end; ) {
      now++;
      for (const [streamId, bits] of Object.entries(rates)) {
        const stream = orchestrator.findStream(streamId);
        if (bits > 0) stream?.write(video(now, true, 'x'.repeat(bits / 8)));
        stream?.tick(now * 1000);
      }
      watch.look(now * 1000);
    }
  }

  it('within the limit ends and notes nothing', async () => {
    await publish('acme~a');
    const watch = watchOf();
    watch.look(0);
    pass(watch, 60, { 'acme~a': LIMIT * 0.9 });
    expect(ends).toEqual([]);
    expect(watch.isOver('acme')).toBe(false);
    expect(steps('acme~a')).not.toContain('tenant-limit');
  });

  it('may be more for a moment, which is noted', async () => {
    await publish('acme~a');
    const watch = watchOf();
    pass(watch, 10, { 'acme~a': LIMIT / 2 });
    pass(watch, 7, { 'acme~a': LIMIT * 2 });
    expect(watch.isOver('acme')).toBe(true);
    pass(watch, 20, { 'acme~a': LIMIT / 2 });
    expect(ends).toEqual([]);
    expect(watch.isOver('acme')).toBe(false);
    expect(steps('acme~a')).toContain('tenant-limit');
  });

  it('ends the youngest stream that brings anything when it is more for long, and then no other', async () => {
    await publish('acme~old');
    await publish('acme~young');
    await publish('acme~silent');
    await publish('others');
    const ended: string[] = [];
    const watch = watchOf({ onEnded: ({ stream }, tenantId) => ended.push(`${tenantId} ${stream.id}`) });
    const rates = { 'acme~old': LIMIT / 2, 'acme~young': LIMIT, 'acme~silent': 0, others: LIMIT * 100 };
    pass(watch, 40, rates);
    expect(ends).toHaveLength(1);
    // Half as much again as it may, for a bucket of ten seconds.
    expect(ends[0]).toMatch(/^acme~young tenant-limit at (1[89]|20)$/);
    expect(ended).toEqual(['acme acme~young']);
    expect(orchestrator.findStream('acme~old')?.state).not.toBe('ended');
  });

  it('of bursts, with silence between them, is no more than the limit and one bucket', async () => {
    const watch = watchOf();
    let brought = 0;
    for (let round = 0; round < 100; round++) {
      if (!orchestrator.findStream('acme~a') && !watch.isOver('acme')) await publish('acme~a');
      for (const rate of [LIMIT * 8, 0, 0, 0]) {
        if (orchestrator.findStream('acme~a')) brought += rate;
        pass(watch, 1, { 'acme~a': rate });
      }
    }
    // The bucket, and the burst that overflows it.
    expect(brought).toBeLessThan((now + 10 + 8) * LIMIT);
    expect(brought).toBeGreaterThan(now * LIMIT * 0.5);
    expect(ends.length).toBeGreaterThan(0);
  });

  it('of a publisher who is gone before anybody looks is counted all the same', async () => {
    const watch = watchOf();
    pass(watch, 1, {});
    const publication = await publish('acme~a');
    publication.write(video(0, true, 'x'.repeat(LIMIT)));
    publication.close({ code: 'unpublished', message: 'Gone.' });
    pass(watch, 1, {});
    expect(watch.isOver('acme')).toBe(true);
    pass(watch, 6, {});
    expect(watch.isOver('acme')).toBe(true);
    pass(watch, 3, {});
    expect(watch.isOver('acme')).toBe(false);
  });

  it('on several nodes ends a stream where the youngest is, and nowhere else', async () => {
    await publish('acme~a');
    const elsewhere = (newest: number) => (): TenantCount => ({ ...NO_COUNT, bitrate: LIMIT, newest });
    const younger = watchOf({ elsewhere: elsewhere(Date.now() + 60_000) });
    pass(younger, 60, { 'acme~a': LIMIT });
    expect([ends, younger.isOver('acme')]).toEqual([[], true]);
    const older = watchOf({ elsewhere: elsewhere(1) });
    pass(older, 20, { 'acme~a': LIMIT });
    expect(ends).toHaveLength(1);
  });

  function steps(streamId: string): string[] {
    return orchestrator.findStream(streamId)!.history.entries.map(({ step }) => step);
  }
});
