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

/** One of each codec that the server knows, at sizes that cameras have. */
const EXAMPLES: readonly Pick<Track, 'kind' | 'codec_string'>[] = [
  { kind: 'video', codec_string: 'avc1.640028' },
  { kind: 'video', codec_string: 'hvc1.1.6.L120.B0' },
  { kind: 'video', codec_string: 'av01.0.08M.08' },
  { kind: 'video', codec_string: 'vp09.00.40.08' },
  { kind: 'audio', codec_string: 'mp4a.40.2' },
  { kind: 'audio', codec_string: 'opus' },
  { kind: 'audio', codec_string: 'mp3' },
];

/** The address at which the server gives what this browser can play, converting it where it has to. */
export function convertedUrl(url: string): string {
  const converted = new URL(url);
  const known = EXAMPLES.filter(isPlayable).map(({ codec_string }) => codec_string);
  converted.searchParams.set('codecs', known.join(','));
  return converted.href;
}

/** Codecs without a registered name (G.711) are none that browsers play by these formats. */
export function isPlayable({ kind, codec_string: name }: Pick<Track, 'kind' | 'codec_string'>): boolean {
  // Where there is none, the browser plays HLS by itself and knows best.
  if (!('MediaSource' in window)) return true;
  return MediaSource.isTypeSupported(`${kind}/mp4; codecs="${name}"`);
}
