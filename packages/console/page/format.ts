import type { Connection, StreamSummary, Track } from './api.ts';

/** Between a number and its unit: a space at which no line is broken. */
const SPACE = '\u00a0';

export function bitrate(bits: number): string {
  if (bits >= 1e6) return `${(bits / 1e6).toFixed(1)}${SPACE}Mbit/s`;
  return `${Math.round(bits / 1000)}${SPACE}kbit/s`;
}

export function bytes(count: number): string {
  return count >= 1e9 ? `${(count / 1e9).toFixed(1)}${SPACE}GB` : `${Math.round(count / 1e6)}${SPACE}MB`;
}

/** The two greatest units: `3 h 12 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  if (first === -1) return `0${SPACE}s`;
  const shown = parts.slice(first, first + 2).filter(([value]) => value > 0);
  return shown.map(([value, unit]) => `${value}${SPACE}${unit}`).join(' ');
}

export function plural(count: number, one: string): string {
  return `${count} ${count === 1 ? one : `${one}s`}`;
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
  return track.width ? `${track.width}${SPACE}×${SPACE}${track.height}` : '';
}

/** `H.264 1280 × 720 · AAC` */
export function trackSummary(stream: StreamSummary): string {
  return stream.tracks.map(track => [codec(track), resolution(track)].filter(Boolean).join(' ')).join(' · ');
}

/** `H.264 High · 1280 × 720 · 25.0 fps · 1.5 Mbit/s` */
export function trackDetail(track: Track): string {
  const parts = [
    [codec(track), track.profile].filter(Boolean).join(' '),
    resolution(track),
    track.kind === 'video' && track.frame_rate > 0 ? `${track.frame_rate.toFixed(1)}${SPACE}fps` : '',
    track.sample_rate ? `${track.sample_rate / 1000}${SPACE}kHz` : '',
    track.channels ? plural(track.channels, 'channel') : '',
    bitrate(track.bitrate),
  ];
  return parts.filter(Boolean).join(' · ');
}

export function frameRate(stream: StreamSummary): string {
  const video = stream.tracks.find(track => track.kind === 'video');
  return video ? `${Math.round(video.frame_rate)}${SPACE}fps` : '';
}

/** `2 flv, 1 hls` */
export function viewers({ viewers: { count, by_protocol: byProtocol } }: StreamSummary): string {
  const parts = Object.entries(byProtocol).map(([protocol, number]) => `${number} ${protocol}`);
  return parts.join(', ') || String(count);
}

const STATES: Readonly<Record<string, string>> = {
  waiting: 'Waiting',
  discovering: 'Starting',
  live: 'Live',
  interrupted: 'Interrupted',
  ended: 'Ended',
};

export function state(name: string): string {
  return STATES[name] ?? name;
}

/** How a connection that the server makes by itself is doing. */
export function connection({ state: name, attempts, last_error: lastError }: Connection): string {
  const tried = attempts > 1 ? `, attempt ${attempts}` : '';
  return `${name}${tried}${lastError && name !== 'connected' ? `: ${lastError}` : ''}`;
}
