import { AudioSample, type MediaSample, VideoSample } from '@flux-iot/media/model/sample';
import type { Track } from '@flux-iot/media/model/track';
import { describe, expect, it } from 'vitest';
import { GopCache } from './gop-cache.ts';

const TRACK = { id: 1, clockRate: 1000 } as Track;
const LIMITS = { maxBytes: 1_000_000, maxSeconds: 10 };

function video(dts: number, key: boolean, size: number): VideoSample {
  return VideoSample.fromData(1, dts, dts + 40, key, Buffer.alloc(size, dts));
}

/** What the cache gives, with bytes of its own. */
function contents(cache: GopCache): MediaSample[] {
  const samples: MediaSample[] = [];
  cache.replay(sample => samples.push(sample.copy()));
  return samples;
}

function described(samples: readonly MediaSample[]) {
  return samples.map(({ kind, trackId, dts, pts, data }) => ({
    kind,
    trackId,
    dts,
    pts,
    hex: data.toString('hex'),
  }));
}

describe('GopCache', () => {
  it('gives what came since the last key frame, whatever became of the memory that it came in', () => {
    const cache = new GopCache(LIMITS);
    const before = [video(1, true, 50), video(2, false, 10)];
    const group = [video(3, true, 70), new AudioSample(2, 4, Buffer.from('sound')), video(5, false, 0)];
    const expected = described(group);
    for (const sample of [new AudioSample(2, 0, Buffer.from('early')), ...before, ...group]) {
      expect(cache.add(sample, TRACK)).toBe(true);
      sample.data.fill(0xff);
    }
    expect(described(contents(cache))).toEqual(expected);
    expect(cache.byteLength).toBe(75);
  });

  it('takes samples of NAL units', () => {
    const cache = new GopCache(LIMITS);
    cache.add(VideoSample.fromNalUnits(1, 0, 0, true, [Buffer.from([0x65, 1]), Buffer.from([0x41])]), TRACK);
    expect(contents(cache)[0]?.data).toEqual(Buffer.from([0, 0, 0, 2, 0x65, 1, 0, 0, 0, 1, 0x41]));
  });

  it('gives a group up that is too long or too large, until the next key frame', () => {
    const cache = new GopCache(LIMITS);
    cache.add(video(0, true, 10), TRACK);
    expect(cache.add(video(10_001, false, 10), TRACK)).toBe(false);
    expect(cache.isOpen).toBe(false);
    expect(cache.add(video(10_002, false, 10), TRACK)).toBe(true);
    expect(contents(cache)).toEqual([]);
    cache.add(video(10_003, true, 999_990), TRACK);
    expect(cache.add(video(10_004, false, 11), TRACK)).toBe(false);
    expect(cache.capacity).toBe(0);
    cache.add(video(10_005, true, 10), TRACK);
    expect(cache.isOpen).toBe(true);
  });

  it('uses its memory group after group, and gives it back when groups have become small or the stream ends', () => {
    const cache = new GopCache(LIMITS);
    const group = (size: number) => {
      cache.add(video(0, true, size), TRACK);
      cache.add(video(1, false, size), TRACK);
      return cache.capacity;
    };
    const large = group(300_000);
    expect(large).toBeGreaterThanOrEqual(600_000);
    expect(Array.from({ length: 8 }, () => group(290_000))).toEqual(Array(8).fill(large));
    const small = Array.from({ length: 20 }, () => group(1000)).at(-1);
    expect(small).toBe(64 * 1024);
    expect(described(contents(cache)).map(({ dts, hex }) => [dts, hex.length])).toEqual([
      [0, 2000],
      [1, 2000],
    ]);
    cache.free();
    expect(cache.capacity).toBe(0);
    expect(cache.isOpen).toBe(false);
  });
});
