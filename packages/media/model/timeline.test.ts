import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rescale } from './time.ts';
import { SourceClock, type SourceClockOptions, Timeline, type TimeMend } from './timeline.ts';

const RATE = 90_000;
const FUZZ = { seed: 20_240_607, numRuns: 2000 };

/** An RTMP publisher: two tracks with stamps of 32-bit milliseconds. */
class Source {
  readonly mends: TimeMend[] = [];
  readonly video: Timeline;
  readonly audio: Timeline;

  constructor(options: SourceClockOptions = {}) {
    const clock = new SourceClock({ ...options, onMend: mend => this.mends.push(mend) });
    const common = { clockRate: RATE, sourceRate: 1000, wrapBits: 32 };
    this.video = new Timeline(clock, { ...common, trackId: 1 });
    this.audio = new Timeline(clock, { ...common, trackId: 2 });
  }

  get kinds(): string[] {
    return this.mends.map(({ trackId, kind }) => `${trackId} ${kind}`);
  }
}

interface Event {
  readonly track: 'video' | 'audio';
  /** True time in milliseconds. */
  readonly time: number;
}

/** An encoder's interleaved frames, in the order of their true times. */
function frames(seconds: number, videoStep = 40, audioStep = 21): Event[] {
  const events: Event[] = [];
  for (let time = 0; time < seconds * 1000; time += videoStep) events.push({ track: 'video', time });
  for (let time = 0; time < seconds * 1000; time += audioStep) events.push({ track: 'audio', time });
  return events.sort((a, b) => a.time - b.time);
}

/** Feeds frames whose stamps are `stampOf(true time)`; returns how far stream time is off true time, in ms. */
function run(source: Source, events: readonly Event[], stampOf: (time: number) => number) {
  const last = { video: -1, audio: -1 };
  return events.map(({ track, time }) => {
    const ticks = source[track].next(stampOf(time) % 2 ** 32);
    expect(ticks).toBeGreaterThan(last[track]);
    last[track] = ticks;
    return { track, time, drift: ticks / 90 - time };
  });
}

/** The greatest distance of sound and picture from each other after `from` ms, in ms. */
function worstOffset(results: ReturnType<typeof run>, from = 0): number {
  let worst = 0;
  const drift: Record<string, number> = {};
  for (const result of results) {
    if (result.time < from) continue;
    drift[result.track] = result.drift;
    if (drift.video !== undefined && drift.audio !== undefined) {
      worst = Math.max(worst, Math.abs(drift.video - drift.audio));
    }
  }
  return worst;
}

describe('Timeline', () => {
  it('keeps the times of a source that needs no mending', () => {
    const source = new Source();
    const results = run(source, frames(5), time => time + 700);
    for (const { drift } of results) expect(drift).toBe(700);
    expect(source.mends).toEqual([]);
  });

  it('goes on where 32-bit milliseconds wrap, and starts a high source at zero', () => {
    const source = new Source();
    const results = run(source, frames(12), time => time + 2 ** 32 - 5000);
    for (const { drift } of results) expect(drift).toBe(0);
    expect(source.kinds.sort()).toEqual(['1 wrap', '2 wrap']);
  });

  it('goes on where 33-bit ticks wrap, tracks being on both sides of it', () => {
    const clock = new SourceClock({ origin: 0 });
    const video = new Timeline(clock, { trackId: 1, clockRate: RATE, wrapBits: 33 });
    const audio = new Timeline(clock, { trackId: 2, clockRate: RATE, wrapBits: 33 });
    const first = 2 ** 33 - 1800;
    expect(video.next(first)).toBe(0);
    expect(video.next((first + 3600) % 2 ** 33)).toBe(3600);
    // The second track's first stamp is from behind the wrap, its next ones from before and behind.
    expect(audio.next((first + 1900) % 2 ** 33)).toBe(1900);
    expect(audio.next((first + 3900) % 2 ** 33)).toBe(3900);
    const late = new Timeline(clock, { trackId: 3, clockRate: RATE, wrapBits: 33 });
    expect(late.next(first + 1000)).toBe(1000);
    expect(late.next((first + 4000) % 2 ** 33)).toBe(4000);
  });

  it.each([
    ['10 s back', (time: number) => (time < 20_000 ? time : time - 10_000)],
    ['1 h forward', (time: number) => (time < 20_000 ? time : time + 3_600_000)],
    ['1 s back and a bit', (time: number) => (time < 20_000 ? time : time - 1030)],
    [
      'back to zero from a high time',
      (time: number) => (time < 20_000 ? time + 2_000_000_000 : time - 20_000),
    ],
    ['back and forth', (time: number) => (Math.floor(time / 5000) % 2 ? time + 60_000 : time)],
  ])('takes out a jump %s and keeps sound and picture together', (_, stampOf) => {
    for (const [videoStep, audioStep] of [
      [40, 21],
      [1000, 21],
      [33, 64],
    ]) {
      const source = new Source();
      const results = run(source, frames(40, videoStep, audioStep), stampOf);
      expect(worstOffset(results)).toBeLessThan(50);
      // Time goes on at once, at its old pace.
      const [first] = results;
      const end = results.at(-1)!;
      expect(Math.abs(end.drift - first!.drift)).toBeLessThan(1100);
      expect(source.kinds).toContain('1 jump');
      expect(source.kinds).toContain('2 jump');
    }
  });

  it('keeps both together where a jump is nearly one that would stay', () => {
    for (let jump = 9_900; jump <= 10_100; jump += 7) {
      const source = new Source();
      const results = run(source, frames(30), time => (time < 15_000 ? time : time + jump));
      expect(worstOffset(results, 16_000)).toBeLessThan(50);
    }
    for (let jump = 900; jump <= 1100; jump += 7) {
      const source = new Source();
      const results = run(source, frames(30, 500), time => (time < 15_000 ? time : time - jump));
      expect(worstOffset(results, 17_000)).toBeLessThan(50);
    }
  });

  it('returns to where it was after a single wrong stamp', () => {
    const source = new Source();
    const results = run(source, frames(10), time => (time === 4000 ? time + 3_600_000 : time));
    expect(worstOffset(results, 5000)).toBeLessThan(50);
    expect(Math.abs(results.at(-1)!.drift)).toBeLessThan(50);
  });

  it('keeps gaps up to the limit', () => {
    const source = new Source();
    expect(source.video.next(0)).toBe(0);
    expect(source.video.next(9_000)).toBe(9 * RATE);
    expect(source.mends).toEqual([]);
  });

  it('puts equal and slightly older stamps a millisecond after their predecessor', () => {
    const source = new Source();
    expect([0, 40, 40, 40, 30, 35, 80].map(stamp => source.video.next(stamp))).toEqual([
      0, 3600, 3690, 3780, 3870, 3960, 7200,
    ]);
    // One report for the whole run of older stamps.
    expect(source.mends).toEqual([{ trackId: 1, kind: 'backward', from: 30 / 1000, to: 3870 / RATE }]);
  });

  it('puts a returning publisher at its origin', () => {
    const source = new Source({ origin: 100 });
    const results = run(source, frames(5), time => time + 2_500_000_000);
    for (const { drift } of results) expect(drift).toBeCloseTo(100_000, 6);
    expect(source.mends).toEqual([]);
  });

  it('never goes before its origin, and keeps a track that begins earlier in step with the others', () => {
    for (const [origin, base] of [
      [100, 5000],
      [undefined, 2 ** 31 + 5000],
    ] as const) {
      const source = new Source({ origin });
      const start = origin ?? 0;
      expect(source.video.next(base)).toBe(start * RATE);
      // Sound that begins three seconds before the picture but comes after it.
      const early = [-3000, -2000, -1000, -500, -20];
      const times = early.map(time => source.audio.next(base + time));
      expect(times).toEqual(early.map((_, index) => start * RATE + index * 90));
      expect(source.audio.next(base + 100)).toBe(start * RATE + 9000);
      expect(source.kinds).toEqual(['2 backward']);
    }
  });

  it('puts a late track beside the others, whatever its stamps', () => {
    const inStep = new Source();
    run(inStep, frames(5), time => time);
    const source = new Source();
    for (let time = 0; time <= 60_000; time += 40) source.video.next(time);
    // A device whose sound counts from zero when it is switched on.
    expect(source.audio.next(0)).toBe(60 * RATE);
    expect(source.audio.next(20)).toBe(60 * RATE + 1800);
    expect(source.kinds).toEqual(['2 jump']);
  });

  it('lets a late track keep stamps that fit', () => {
    const source = new Source();
    for (let time = 0; time <= 60_000; time += 40) source.video.next(time);
    expect(source.audio.next(59_000)).toBe(59 * RATE);
    expect(source.mends).toEqual([]);
  });

  it('is strictly increasing in whole ticks, without gaps beyond the limit, for any stamps', () => {
    const stamp = fc.oneof(
      fc.nat(2 ** 32 - 1),
      fc.nat(20_000),
      fc.integer({ min: 2 ** 32 - 20_000, max: 2 ** 32 - 1 }),
    );
    const walk = fc.integer({ min: -15_000, max: 15_000 });
    const event = fc.record({ isVideo: fc.boolean(), isWalk: fc.boolean(), stamp, walk });
    const origin = fc.option(fc.double({ min: 0, max: 1e7, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), origin, (events, start) => {
        const source = new Source({ origin: start });
        const last = { video: undefined as number | undefined, audio: undefined as number | undefined };
        let raw = 0;
        for (const next of events) {
          raw = next.isWalk ? (raw + next.walk + 2 ** 32) % 2 ** 32 : next.stamp;
          const track = next.isVideo ? 'video' : 'audio';
          const ticks = source[track].next(raw);
          const before = last[track];
          expect(Number.isSafeInteger(ticks)).toBe(true);
          expect(ticks).toBeGreaterThanOrEqual(Math.floor((start ?? 0) * RATE));
          if (before !== undefined) {
            expect(ticks).toBeGreaterThan(before);
            expect(ticks - before).toBeLessThanOrEqual(12 * RATE);
          }
          last[track] = ticks;
        }
      }),
      FUZZ,
    );
  });
});

describe('rescale', () => {
  it('rounds to the nearest tick, also below zero', () => {
    expect(rescale(1, 1000, 90_000)).toBe(90);
    expect(rescale(90, 90_000, 1000)).toBe(1);
    expect(rescale(44, 90_000, 1000)).toBe(0);
    expect(rescale(45, 90_000, 1000)).toBe(1);
    expect(rescale(-90, 90_000, 1000)).toBe(-1);
    expect(rescale(7, 48_000, 48_000)).toBe(7);
  });

  it('is exact for centuries of ticks', () => {
    const rate = fc.constantFrom(1000, 8000, 44_100, 48_000, 90_000);
    fc.assert(
      fc.property(fc.maxSafeInteger(), rate, rate, (ticks, from, to) => {
        const value = Math.trunc(ticks / 128);
        const got = rescale(value, from, to);
        // Twice the error, in units of 1/from: at most half a tick.
        const error = BigInt(got) * BigInt(from) - BigInt(value) * BigInt(to);
        expect(2n * (error < 0n ? -error : error) <= BigInt(from)).toBe(true);
      }),
      FUZZ,
    );
  });
});
