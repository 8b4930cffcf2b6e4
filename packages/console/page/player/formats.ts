import type { Track } from '../api/types.ts';

/** What browsers play, in the order of the switch; the names are the API's for the addresses. */
export const FORMATS = ['flv', 'ws-flv', 'hls'] as const;
export type Format = (typeof FORMATS)[number];

const KEY = 'flux-format';

export function preferredFormat(): Format {
  const kept = localStorage.getItem(KEY);
  return FORMATS.find(format => format === kept) ?? 'flv';
}

export function preferFormat(format: Format): void {
  localStorage.setItem(KEY, format);
}

/** The formats at which a stream can be played here, and the one to begin with. */
export function formatsOf(urls: Readonly<Record<string, string>>): readonly Format[] {
  return FORMATS.filter(format => urls[format] !== undefined);
}

/** Codecs without a registered name (G.711) are none that browsers play by these formats. */
export function isPlayable({ kind, codec_string: name }: Pick<Track, 'kind' | 'codec_string'>): boolean {
  // Where there is none, the browser plays HLS by itself and knows best.
  if (!('MediaSource' in window)) return true;
  return MediaSource.isTypeSupported(`${kind}/mp4; codecs="${name}"`);
}
