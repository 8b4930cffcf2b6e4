import { FlushScheduler } from '@flux-iot/core/stream/flush-scheduler';
import { Stream } from '@flux-iot/core/stream/stream';
import { AUDIO_TRACKS, framePayload, VIDEO_TRACKS } from '@flux-iot/media/format/flv/test-support';
import { readMovie } from '@flux-iot/media/format/fmp4/test-support';
import { AudioSample, type MediaSample, VideoSample } from '@flux-iot/media/model/sample';
import type { Track, VideoTrack } from '@flux-iot/media/model/track';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { FinishedPart, FinishedSegment } from './finished-segment.ts';
import { HlsSegmenter } from './segmenter.ts';

const REASON = { code: 'stopped', message: '' };
const TRACKS = [VIDEO_TRACKS.h264, AUDIO_TRACKS.aac];
const [VIDEO, AUDIO] = [TRACKS[0]!.id, TRACKS[1]!.id];

describe('HlsSegmenter, of MP4', () => {
  const scheduler = new FlushScheduler({ minInterval: 10_000, maxInterval: 10_000 });
  let stream: Stream;
  let segments: FinishedSegment[];
  let parts: FinishedPart[];
  /** How many parts there were when each segment came. */
  let counts: number[];

  function start(tracks: readonly Track[], partDuration?: number, segmentDuration = 2): void {
    stream = new Stream('cam1', scheduler, {
      gop: { maxBytes: 10_000_000, maxSeconds: 30 },
      discoverySeconds: 1,
    });
    segments = [];
    parts = [];
    counts = [];
    const segmenter = new HlsSegmenter({
      stream,
      format: 'fmp4',
      segmentDuration,
      partDuration,
      onPart: part => parts.push(part),
      onSegment: segment => {
        segments.push(segment);
        counts.push(parts.length);
      },
      onEnd: () => {},
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

  /** 25 pictures and 50 frames of sound a second, a key frame every `gop` pictures, from the 100th second on. */
  function samplesOf(pictures: number, gop: number, codec: VideoTrack['codec'] = 'h264'): MediaSample[] {
    return Array.from({ length: pictures * 2 }, (_, tick): MediaSample[] => {
      const [key, dts] = [tick % (gop * 2) === 0, 9_000_000 + tick * 1800];
      const sound = new AudioSample(AUDIO, dts, Buffer.alloc(30, tick));
      if (tick % 2 === 1) return [sound];
      const data = framePayload(codec, key, 40 + (tick % 200));
      return [VideoSample.fromData(VIDEO, dts, dts + 3600, key, data), sound];
    }).flat();
  }

  function expectWhole(samples: readonly MediaSample[]): void {
    const { samples: read } = readMovie(
      Buffer.concat([segments[0]!.init!, ...segments.map(({ data }) => data)]),
    );
    for (const [index, trackId] of [VIDEO, AUDIO].entries()) {
      const expected = samples.filter(sample => sample.trackId === trackId);
      const found = read.get(index + 1) ?? [];
      expect(found.map(({ dts, pts }) => [dts, pts])).toEqual(expected.map(({ dts, pts }) => [dts, pts]));
      expect(found.every(({ data }, at) => data.equals(expected[at]!.data))).toBe(true);
    }
  }

  afterEach(() => stream.end(REASON));

  it('keeps every access unit, with the stream’s own times, and no edit', () => {
    start(TRACKS);
    const samples = samplesOf(260, 25);
    for (const sample of samples) stream.write(sample);
    stream.end(REASON);
    expect(parts).toEqual([]);
    expect(segments.map(({ duration }) => Number(duration.toFixed(3)))).toEqual([2, 2, 2, 2, 2, 0.4]);
    expect(new Set(segments.map(({ init }) => init)).size).toBe(1);
    expectWhole(samples);
    const { tracks, fragments } = readMovie(Buffer.concat([segments[0]!.init!, segments[0]!.data]));
    expect(tracks.map(({ format, mediaStart }) => [format, mediaStart])).toEqual([
      ['avc1', 0],
      ['mp4a', 0],
    ]);
    expect(fragments).toBe(1);
  });

  it('hands on parts that are together their segment, before it', () => {
    start(TRACKS, 0.5);
    const samples = samplesOf(260, 25);
    for (const sample of samples) stream.write(sample);
    stream.end(REASON);
    expectWhole(samples);
    let at = 0;
    for (const [index, segment] of segments.entries()) {
      const own = parts.slice(at, counts[index]);
      at = counts[index]!;
      expect(Buffer.concat(own.map(({ data }) => data)).equals(segment.data)).toBe(true);
      expect(own.reduce((sum, { duration }) => sum + duration, 0)).toBeCloseTo(segment.duration, 5);
      // Keys come each second: in the first part, and in the one that has the second's picture.
      const keys = own.flatMap(({ hasKey }, part) => (hasKey ? [part] : []));
      expect(keys).toEqual(segment.duration > 1 ? [0, 2] : [0]);
      for (const part of own) {
        expect(part.partTarget).toBe(0.5);
        // The first segment is dated by its end: nobody sees its parts before.
        if (index > 0) expect(part.programDateTime).toBe(segment.programDateTime);
        expect(part.init).toBe(segment.init);
      }
      for (const { duration } of own.slice(0, -1)) expect(duration).toBeCloseTo(0.48, 5);
    }
    expect(at).toBe(parts.length);
  });

  it('goes on in parts by the sound where the picture stays away', () => {
    start(TRACKS, 0.5, 6);
    const samples = samplesOf(250, 25);
    const hidden = (sample: MediaSample) => {
      const seconds = sample.dts / 90_000 - 100;
      return sample.kind === 'video' && seconds > 2.1 && seconds < 4.9;
    };
    const shown = samples.filter(sample => !hidden(sample));
    for (const sample of shown) stream.write(sample);
    stream.end(REASON);
    expectWhole(shown);
    expect(parts.every(({ duration, partTarget }) => duration <= partTarget)).toBe(true);
    expect(parts.length).toBeGreaterThanOrEqual(20);
  });

  it('describes tracks anew when they change, and the same tracks once', () => {
    start(TRACKS, 0.5);
    for (const sample of samplesOf(60, 25)) stream.write(sample);
    publish(TRACKS);
    for (const sample of samplesOf(60, 25)) stream.write(sample);
    stream.setTrack({ ...VIDEO_TRACKS.h264, version: 2 });
    for (const sample of samplesOf(60, 25)) stream.write(sample);
    stream.end(REASON);
    expect(segments.map(({ discontinuity }) => discontinuity)).toContain(true);
    const inits = segments.map(({ init }) => init);
    expect(new Set(inits).size).toBe(2);
    expect(parts.every(({ init }) => init !== undefined && inits.includes(init))).toBe(true);
  });

  it.each([
    ['h265', 'hvc1', VIDEO_TRACKS.h265],
    ['av1', 'av01', VIDEO_TRACKS.av1],
    ['vp9', 'vp09', VIDEO_TRACKS.vp9],
  ] as const)('carries %s as %s, and no G.711', (codec, format, track) => {
    start([track, AUDIO_TRACKS.g711a], 0.5);
    for (const sample of samplesOf(60, 25, codec)) stream.write(sample);
    stream.end(REASON);
    const { tracks, samples } = readMovie(Buffer.concat([segments[0]!.init!, segments[0]!.data]));
    expect(tracks.map(entry => entry.format)).toEqual([format]);
    expect(samples.get(1)?.length).toBe(50);
  });

  it('loses nothing, however long groups and frames are', () => {
    const shape = fc.record({
      gops: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 }),
      rate: fc.constantFrom(2, 5, 12, 25, 50),
      partDuration: fc.constantFrom(0.2, 0.5, 1),
    });
    fc.assert(
      fc.property(shape, ({ gops, rate, partDuration }) => {
        start(TRACKS, partDuration);
        const samples = gops.flatMap((length, gop) => {
          const first = gops.slice(0, gop).reduce((sum, before) => sum + before, 0);
          return Array.from({ length }, (_, index) => {
            const dts = Math.round(((first + index) / rate) * 90_000);
            return [
              VideoSample.fromData(VIDEO, dts, dts, index === 0, framePayload('h264', index === 0, 30)),
              new AudioSample(AUDIO, dts, Buffer.alloc(9, index)),
            ];
          }).flat();
        });
        for (const sample of samples) stream.write(sample);
        stream.end(REASON);
        expectWhole(samples);
        expect(Buffer.concat(parts.map(({ data }) => data))).toEqual(
          Buffer.concat(segments.map(({ data }) => data)),
        );
        expect(new Set(segments.map(({ targetDuration }) => targetDuration)).size).toBe(1);
        const target = parts.at(-1)!.partTarget;
        expect(parts.every(({ duration }) => duration <= target + 1e-9)).toBe(true);
      }),
      { seed: 6, numRuns: 30 },
    );
  });
});
