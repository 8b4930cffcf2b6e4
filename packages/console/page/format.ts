import type { StreamSummary, Track } from './api.ts';

export function bitrate(bits: number): string {
  if (bits >= 1e6) return `${(bits / 1e6).toFixed(1)} Mbit/s`;
  return `${Math.round(bits / 1000)} kbit/s`;
}

export function bytes(count: number): string {
  return count >= 1e9 ? `${(count / 1e9).toFixed(1)} GB` : `${Math.round(count / 1e6)} MB`;
}

export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  return first === -1
    ? '0 s'
    : parts
        .slice(first, first + 2)
        .map(([value, unit]) => `${value} ${unit}`)
        .join(' ');
}

export function since(time: string): string {
  return duration((Date.now() - Date.parse(time)) / 1000);
}

const CODEC_NAMES: Readonly<Record<string, string>> = {
  h264: 'H.264',
  h265: 'H.265',
  av1: 'AV1',
  vp9: 'VP9',
  aac: 'AAC',
  opus: 'Opus',
  mp3: 'MP3',
  g711a: 'G.711 A-law',
  g711u: 'G.711 µ-law',
};

export function codec(track: Track): string {
  return CODEC_NAMES[track.codec] ?? track.codec;
}

export function resolution(track: Track): string {
  return track.width ? `${track.width} × ${track.height}` : '';
}

/** "H.264 1280 × 720, AAC" */
export function trackSummary(stream: StreamSummary): string {
  return stream.tracks.map(track => [codec(track), resolution(track)].filter(Boolean).join(' ')).join(', ');
}

export function frameRate(stream: StreamSummary): string {
  const video = stream.tracks.find(track => track.kind === 'video');
  return video ? `${Math.round(video.frame_rate)} fps` : '';
}

const STATES: Readonly<Record<string, string>> = {
  waiting: 'Waiting for its source',
  discovering: 'Starting',
  live: 'Live',
  interrupted: 'Publisher lost, waiting for it',
};

export function state(name: string): string {
  return STATES[name] ?? name;
}
