import { FlushScheduler } from '@flux-iot/core/stream/flush-scheduler';
import { Stream } from '@flux-iot/core/stream/stream';
import { AUDIO_TRACK, VIDEO_TRACK } from '@flux-iot/core/stream/test-support';
import { readPackets } from '@flux-iot/media/format/mpegts/test-support';
import { AudioSample, VideoSample } from '@flux-iot/media/model/sample';
import type { Track } from '@flux-iot/media/model/track';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FinishedSegment } from './finished-segment.ts';
import { HlsSegmenter } from './segmenter.ts';

const VIDEO_PID = 0x100;
const AUDIO_PID = 0x101;
const REASON = { code: 'stopped', message: '' };

function picture(seconds: number, key: boolean): VideoSample {
  const ticks = Math.round(seconds * 90_000);
  return VideoSample.fromNalUnits(1, ticks, ticks, key, [Buffer.alloc(500, key ? 0x65 : 0x41)]);
}

function sound(seconds: number): AudioSample {
  return new AudioSample(2, Math.round(seconds * 90_000), Buffer.alloc(200));
}

/** Decoding times in seconds of the frames of one PID, as the segment has them. */
function times(segment: FinishedSegment, pid: number): number[] {
  return readPackets(segment.data)
    .filter(packet => packet.pid === pid && packet.dts !== undefined)
    .map(packet => ((packet.dts ?? 0) - 63_000) / 90_000);
}

describe('HlsSegmenter', () => {
  const scheduler = new FlushScheduler({ minInterval: 10_000, maxInterval: 10_000 });
  let stream: Stream;
  let segments: FinishedSegment[];
  let segmenter: HlsSegmenter;
  let ended: boolean;

  function start(segmentDuration: number, tracks: readonly Track[] = [VIDEO_TRACK, AUDIO_TRACK]): void {
    stream = new Stream('cam1', scheduler, {
      gop: { maxBytes: 10_000_000, maxSeconds: 30 },
      discoverySeconds: 1,
    });
    segments = [];
    ended = false;
    segmenter = new HlsSegmenter({
      stream,
      segmentDuration,
      onSegment: segment => segments.push(segment),
      onEnd: () => {
        ended = true;
      },
    });
    stream.addSink(segmenter);
    publish(tracks);
  }

  function publish(tracks: readonly Track[]): void {
    stream.begin();
    stream.expect({
      video: tracks.some(track => track.kind === 'video'),
      audio: tracks.some(track => track.kind === 'audio'),
    });
    for (const track of tracks) stream.setTrack(track);
  }

  /** 25 pictures and 50 frames of sound a second, a key frame every `gop` seconds. */
  function play(from: number, to: number, gop: number): void {
    for (let tick = Math.round(from * 50); tick < Math.round(to * 50); tick++) {
      const seconds = tick / 50;
      if (tick % 2 === 0)
        stream.write(picture(seconds, (tick - Math.round(from * 50)) % Math.round(gop * 50) === 0));
      stream.write(sound(seconds));
    }
  }

  beforeEach(() => start(6));
  afterEach(() => stream.end(REASON));

  it('cuts at the first key frame after the wished duration', () => {
    play(0, 21, 2);
    expect(segments.map(segment => segment.duration)).toEqual([6, 6, 6]);
    expect(segments.map(segment => segment.targetDuration)).toEqual([6, 6, 6]);
    expect(segments.every(segment => segment.independent && !segment.discontinuity)).toBe(true);
  });

  it('loses no frame and doubles none over the cuts', () => {
    play(0, 21, 2);
    stream.end(REASON);
    expect(ended).toBe(true);
    expect(segments.at(-1)?.duration).toBeCloseTo(3, 5);
    const pictures = segments.flatMap(segment => times(segment, VIDEO_PID));
    const sounds = segments.flatMap(segment => times(segment, AUDIO_PID));
    expect(pictures.length).toBe(21 * 25);
    expect(sounds.length).toBe(21 * 50);
    for (const [index, time] of pictures.entries()) expect(time).toBeCloseTo(index / 25, 4);
    for (const [index, time] of sounds.entries()) expect(time).toBeCloseTo(index / 50, 4);
  });

  it('begins every segment with tables, a PCR and a key frame, and counts on over the cuts', () => {
    play(0, 25, 2);
    const counters = new Map<number, number>();
    for (const segment of segments) {
      const packets = readPackets(segment.data);
      expect(packets.slice(0, 3).map(packet => packet.pid)).toEqual([0, 0x1000, VIDEO_PID]);
      expect(packets[2]?.pcr).toBeDefined();
      expect(packets[2]?.payload.includes(0x65)).toBe(true);
      for (const { pid, counter, counted } of packets) {
        const last = counters.get(pid);
        if (last !== undefined) expect(counter).toBe((last + (counted ? 1 : 0)) % 16);
        counters.set(pid, counter);
      }
    }
  });

  it('takes groups of pictures longer than the wished duration whole', () => {
    play(0, 41, 10);
    expect(segments.map(segment => segment.duration)).toEqual([10, 10, 10, 10]);
    expect(segments[0]?.targetDuration).toBe(10);
  });

  it('is not put off by times that are rounded', () => {
    for (let frame = 0; frame < 400; frame++)
      stream.write(picture(Math.round(frame * 39.99) / 1000, frame % 50 === 0));
    stream.write(sound(0));
    expect(segments.map(segment => Math.round(segment.duration))).toEqual([6, 6]);
  });

  it('cuts sound alone at any frame', () => {
    start(6, [AUDIO_TRACK]);
    for (let tick = 0; tick < 1000; tick++) stream.write(sound(tick / 50));
    expect(segments.map(segment => Math.round(segment.duration))).toEqual([6, 6, 6]);
    expect(segments.every(segment => segment.independent && segment.targetDuration === 6)).toBe(true);
  });

  it('does not let a stream without key frames grow, and says that its segments need each other', () => {
    play(0, 60, 1000);
    expect(segments[0]?.duration).toBeGreaterThan(17);
    expect(segments[0]?.duration).toBeLessThanOrEqual(18);
    expect(segments.map(segment => segment.independent)).toEqual([true, false, false]);
    expect(
      segments.every(segment => Math.round(segment.duration) <= (segments[0]?.targetDuration ?? 0)),
    ).toBe(true);
  });

  it('goes on with sound when the picture stops', () => {
    play(0, 7, 2);
    for (let tick = 7 * 50; tick < 30 * 50; tick++) stream.write(sound(tick / 50));
    expect(segments.length).toBe(4);
    expect(segments.every(segment => Math.round(segment.duration) <= 6)).toBe(true);
  });

  it('cuts by the picture where sound runs ahead of it', () => {
    for (let tick = 0; tick < 25 * 20; tick++) {
      stream.write(picture(tick / 25, tick % 150 === 0));
      stream.write(sound(tick / 25 + 3));
    }
    expect(segments.map(segment => segment.duration)).toEqual([6, 6, 6]);
    expect(segments.every(segment => segment.independent)).toBe(true);
  });

  it('marks the return of a publisher, and waits for its key frame', () => {
    play(0, 7, 2);
    publish([VIDEO_TRACK, AUDIO_TRACK]);
    for (const tick of [0, 1, 2]) stream.write(sound(10 + tick / 50));
    play(10.12, 23, 2);
    expect(segments.map(segment => [Number(segment.duration.toFixed(3)), segment.discontinuity])).toEqual([
      [6, false],
      [1, false],
      [6, true],
      [6, false],
    ]);
    expect(times(segments[2] as FinishedSegment, VIDEO_PID)[0]).toBeCloseTo(10.12, 3);
  });

  it('begins anew where the parameters of the video change', () => {
    play(0, 5, 2);
    stream.setTrack({ ...VIDEO_TRACK, version: 2, width: 1280, sps: [Buffer.from([0x67, 9])] });
    play(5, 12, 2);
    expect(segments.map(segment => [segment.duration, segment.discontinuity])).toEqual([
      [5, false],
      [6, true],
    ]);
    expect(segments[1]?.data.includes(Buffer.from([0, 0, 0, 1, 0x67, 9]))).toBe(true);
  });

  it('takes in a track that comes late at the next key frame', () => {
    start(6, [VIDEO_TRACK]);
    for (let tick = 0; tick < 75; tick++) stream.write(picture(tick / 25, tick % 50 === 0));
    stream.setTrack(AUDIO_TRACK);
    play(3, 4, 100);
    // The third second begins with a key frame again, by `play`.
    play(4, 15, 2);
    expect(segments[0]?.duration).toBe(3);
    expect(segments[1]?.discontinuity).toBe(true);
    expect(times(segments[1] as FinishedSegment, AUDIO_PID).length).toBeGreaterThan(0);
  });

  it('leaves a hole in the time out of the durations', () => {
    play(0, 9, 2);
    play(17, 30, 2);
    expect(segments.map(segment => [Number(segment.duration.toFixed(3)), segment.discontinuity])).toEqual([
      [6, false],
      [3, false],
      [6, true],
      [6, false],
    ]);
  });

  it('drops a damaged sample and goes on', () => {
    play(0, 1, 2);
    stream.write(VideoSample.fromData(1, 90_100, 90_100, false, Buffer.from([0, 0, 0, 99, 1])));
    play(2, 14, 2);
    expect(segments.length).toBe(2);
    expect(stream.history.entries.some(entry => entry.step === 'hls-sample-dropped')).toBe(true);
  });

  it('dates segments by the clock, and moves the dates by what they last', () => {
    const start = Date.UTC(2026, 0, 1);
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      for (let second = 0; second < 26; second += 2) {
        // The network is not even; and from the 14th second on, the publisher is late by two.
        vi.setSystemTime(start + second * 1000 + (second % 4) * 50 + (second > 14 ? 2000 : 0));
        play(second, second + 2, 2);
      }
    } finally {
      vi.useRealTimers();
    }
    expect(segments.map(segment => segment.programDateTime - start)).toEqual([100, 6100, 14_100, 20_100]);
  });

  it('never exceeds its target duration, which never changes, whatever the key frames', () => {
    const gops = fc.array(fc.double({ min: 0.2, max: 15, noNaN: true }), { minLength: 5, maxLength: 40 });
    fc.assert(
      fc.property(gops, fc.constantFrom(2, 4, 6), fc.constantFrom(5, 25), (lengths, wished, rate) => {
        start(wished, [VIDEO_TRACK]);
        let frame = 0;
        for (const length of lengths) {
          const end = frame + Math.max(1, Math.round(length * rate));
          for (const first = frame; frame < end; frame++)
            stream.write(picture(frame / rate, frame === first));
        }
        const total = frame / rate;
        stream.end(REASON);
        const targets = new Set(segments.map(segment => segment.targetDuration));
        expect(targets.size).toBe(1);
        const [target] = targets;
        let sum = 0;
        for (const segment of segments) {
          expect(Math.round(segment.duration)).toBeLessThanOrEqual(target ?? 0);
          expect(times(segment, VIDEO_PID)[0]).toBeCloseTo(sum, 4);
          sum += segment.duration;
        }
        expect(sum).toBeCloseTo(total, 4);
      }),
      { seed: 6, numRuns: 60 },
    );
  }, 60_000);
});
