import { describe, expect, it } from 'vitest';
import type { StreamSummary, Track } from './api.ts';
import {
  bitrate,
  bytes,
  connection,
  duration,
  plural,
  state,
  trackDetail,
  trackSummary,
  viewers,
} from './format.ts';

const VIDEO: Track = {
  id: 1,
  kind: 'video',
  codec: 'h265',
  codec_string: 'hvc1.1.6.L93.B0',
  profile: 'Main',
  width: 1280,
  height: 720,
  bitrate: 1_540_000,
  frame_rate: 24.97,
};
const AUDIO: Track = {
  id: 2,
  kind: 'audio',
  codec: 'aac',
  codec_string: 'mp4a.40.2',
  sample_rate: 44_100,
  channels: 1,
  bitrate: 64_400,
  frame_rate: 43,
};

function stream(changes: Partial<StreamSummary> = {}): StreamSummary {
  return {
    stream_id: 'cam1',
    state: 'live',
    uptime_seconds: 1,
    tracks: [VIDEO, AUDIO],
    bitrate: 0,
    viewers: { count: 0, by_protocol: {} },
    notes: [],
    ...changes,
  };
}

/** As people read it: spaces that keep a number and its unit together are spaces. */
const read = (text: string) => text.replaceAll('\u00a0', ' ');

describe('format', () => {
  it('writes bit rates and sizes', () => {
    expect(read(bitrate(0))).toBe('0 kbit/s');
    expect(read(bitrate(64_400))).toBe('64 kbit/s');
    expect(read(bitrate(1_540_000))).toBe('1.5 Mbit/s');
    expect(read(bytes(166_000_000))).toBe('166 MB');
    expect(read(bytes(2_500_000_000))).toBe('2.5 GB');
  });

  it.each([
    [-5, '0 s'],
    [0.9, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [61, '1 min 1 s'],
    [3600, '1 h'],
    [11_527, '3 h 12 min'],
    [86_400 * 2 + 30, '2 d'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(read(duration(seconds))).toBe(text);
  });

  it('describes tracks', () => {
    expect(read(trackSummary(stream()))).toBe('H.265 1280 × 720 · AAC');
    expect(read(trackDetail(VIDEO))).toBe('H.265 Main · 1280 × 720 · 25.0 fps · 1.5 Mbit/s');
    expect(read(trackDetail(AUDIO))).toBe('AAC · 44.1 kHz · 1 channel · 64 kbit/s');
    expect(read(trackSummary(stream({ tracks: [{ ...VIDEO, codec: 'new', width: 0 }] })))).toBe('new');
  });

  it('counts viewers', () => {
    expect(viewers(stream())).toBe('0');
    expect(viewers(stream({ viewers: { count: 3, by_protocol: { flv: 2, hls: 1 } } }))).toBe('2 flv, 1 hls');
    expect([plural(1, 'viewer'), plural(2, 'viewer')]).toEqual(['1 viewer', '2 viewers']);
  });

  it('says how a connection is doing', () => {
    expect(connection({ state: 'connected', attempts: 1, last_error: 'old' })).toBe('connected');
    expect(connection({ state: 'retrying', attempts: 3, last_error: 'refused' })).toBe(
      'retrying, attempt 3: refused',
    );
    expect(state('live')).toBe('Live');
    expect(state('unheard-of')).toBe('unheard-of');
  });
});
