import type { Track } from '../api/types.ts';
import type { Text } from '../text/en.ts';

/** Between a number and its unit: a space at which no line is broken. */
const SPACE = '\u00a0';

export function bitrate(bits: number): string {
  if (bits >= 1e9) return `${(bits / 1e9).toFixed(2)}${SPACE}Gbit/s`;
  if (bits >= 1e6) return `${(bits / 1e6).toFixed(1)}${SPACE}Mbit/s`;
  return `${Math.round(bits / 1000)}${SPACE}kbit/s`;
}

export function bytes(count: number): string {
  if (count >= 1e12) return `${(count / 1e12).toFixed(1)}${SPACE}TB`;
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)}${SPACE}GB`;
  if (count >= 1e6) return `${Math.round(count / 1e6)}${SPACE}MB`;
  return `${Math.round(count / 1e3)}${SPACE}kB`;
}

/** The two greatest units: `3 h 12 min`. */
export function duration(seconds: number, units: Text['units']): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), units.day],
    [Math.floor(whole / 3600) % 24, units.hour],
    [Math.floor(whole / 60) % 60, units.minute],
    [whole % 60, units.second],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  if (first === -1) return `0${SPACE}${units.second}`;
  const shown = parts.slice(first, first + 2).filter(([value]) => value > 0);
  return shown.map(([value, unit]) => `${value}${SPACE}${unit}`).join(' ');
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

export function codec(track: Pick<Track, 'codec'>): string {
  return CODEC_NAMES[track.codec] ?? track.codec;
}

export function resolution(track: Track): string {
  return track.width ? `${track.width}${SPACE}×${SPACE}${track.height}` : '';
}

/** `H.264 1280 × 720 · AAC` */
export function trackSummary(tracks: readonly Track[]): string {
  return tracks.map(track => [codec(track), resolution(track)].filter(Boolean).join(' ')).join(' · ');
}

const PROTOCOL_NAMES: Readonly<Record<string, string>> = {
  rtmp: 'RTMP',
  rtsp: 'RTSP',
  flv: 'HTTP-FLV',
  'ws-flv': 'WebSocket-FLV',
  hls: 'HLS',
  gb28181: 'GB28181',
  webrtc: 'WebRTC',
  srt: 'SRT',
  whep: 'WebRTC',
  relay: 'Relay',
};

export function protocolName(protocol: string): string {
  return PROTOCOL_NAMES[protocol] ?? protocol.toUpperCase();
}
