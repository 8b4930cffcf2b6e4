/** One segment of a media playlist (RFC 8216 §4.3.2). */
export interface PlaylistSegment {
  /** Relative to the playlist. */
  readonly uri: string;
  /** In seconds. */
  readonly duration: number;
  /** Milliseconds since 1970 at which its first picture was taken. */
  readonly programDateTime: number;
  /** Its coded content or its times do not go on from the segment before. */
  readonly discontinuity: boolean;
}

export interface MediaPlaylist {
  /** In whole seconds; no segment's duration, rounded, is longer. */
  readonly targetDuration: number;
  /** The number of the first segment. */
  readonly mediaSequence: number;
  /** How many discontinuities there were before the first segment's own tag. */
  readonly discontinuitySequence: number;
  /** Decoding can start at the beginning of every segment. */
  readonly independentSegments: boolean;
  /** The server holds a request for a segment to come (`_HLS_msn`) until it is there. */
  readonly canBlockReload: boolean;
  /** No segment will be added. */
  readonly ended: boolean;
  readonly segments: readonly PlaylistSegment[];
}

/** A variant of a master playlist (RFC 8216 §4.3.4.2). */
export interface Variant {
  readonly uri: string;
  /** Peak bits per second of the segments. */
  readonly bandwidth: number;
  /** Bits per second of all segments together. */
  readonly averageBandwidth?: number;
  /** RFC 6381 codec strings. */
  readonly codecs: readonly string[];
  readonly resolution?: { readonly width: number; readonly height: number };
  readonly frameRate?: number;
}

/** Version 3 is the first with durations of fractions of a second; nothing that is written here needs a later one. */
const VERSION = 3;

/** The text of a media playlist of RFC 8216; `canBlockReload` is of its second edition (draft 8216bis §4.4.3.8). */
export function formatMediaPlaylist(playlist: MediaPlaylist): string {
  const lines = ['#EXTM3U', `#EXT-X-VERSION:${VERSION}`];
  lines.push(`#EXT-X-TARGETDURATION:${playlist.targetDuration}`);
  if (playlist.canBlockReload) lines.push('#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES');
  lines.push(`#EXT-X-MEDIA-SEQUENCE:${playlist.mediaSequence}`);
  if (playlist.discontinuitySequence > 0) {
    lines.push(`#EXT-X-DISCONTINUITY-SEQUENCE:${playlist.discontinuitySequence}`);
  }
  if (playlist.independentSegments) lines.push('#EXT-X-INDEPENDENT-SEGMENTS');
  for (const segment of playlist.segments) {
    if (segment.discontinuity) lines.push('#EXT-X-DISCONTINUITY');
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.programDateTime).toISOString()}`);
    lines.push(`#EXTINF:${segment.duration.toFixed(5)},`, segment.uri);
  }
  if (playlist.ended) lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}

/** The text of a master playlist. */
export function formatMasterPlaylist(variants: readonly Variant[]): string {
  const lines = ['#EXTM3U', `#EXT-X-VERSION:${VERSION}`];
  for (const { uri, bandwidth, averageBandwidth, codecs, resolution, frameRate } of variants) {
    const attributes = [`BANDWIDTH=${Math.ceil(bandwidth)}`];
    if (averageBandwidth) attributes.push(`AVERAGE-BANDWIDTH=${Math.ceil(averageBandwidth)}`);
    attributes.push(`CODECS="${codecs.join(',')}"`);
    if (resolution) attributes.push(`RESOLUTION=${resolution.width}x${resolution.height}`);
    if (frameRate) attributes.push(`FRAME-RATE=${frameRate.toFixed(3)}`);
    lines.push(`#EXT-X-STREAM-INF:${attributes.join(',')}`, uri);
  }
  return `${lines.join('\n')}\n`;
}
