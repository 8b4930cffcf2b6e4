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
  /** What a decoder needs before it (§4.3.2.5); written where it differs from the segment before. */
  readonly map?: { readonly uri: string };
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
  /** `VOD`: nothing in it will ever change; `EVENT`: segments may be added at its end. */
  readonly type?: 'VOD' | 'EVENT';
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

/** The first with durations of fractions of a second; a master playlist needs no later one. */
const VERSION = 3;
/** What MP4 segments need before them came with version 6 (§7). */
const MAP_VERSION = 6;

/** The text of a media playlist of RFC 8216; `canBlockReload` is of its second edition (draft 8216bis §4.4.3.8). */
export function formatMediaPlaylist(playlist: MediaPlaylist): string {
  const hasMap = playlist.segments.some(({ map }) => map);
  const lines = ['#EXTM3U', `#EXT-X-VERSION:${hasMap ? MAP_VERSION : VERSION}`];
  if (playlist.type) lines.push(`#EXT-X-PLAYLIST-TYPE:${playlist.type}`);
  lines.push(`#EXT-X-TARGETDURATION:${playlist.targetDuration}`);
  if (playlist.canBlockReload) lines.push('#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES');
  lines.push(`#EXT-X-MEDIA-SEQUENCE:${playlist.mediaSequence}`);
  if (playlist.discontinuitySequence > 0) {
    lines.push(`#EXT-X-DISCONTINUITY-SEQUENCE:${playlist.discontinuitySequence}`);
  }
  if (playlist.independentSegments) lines.push('#EXT-X-INDEPENDENT-SEGMENTS');
  let mapUri: string | undefined;
  for (const segment of playlist.segments) {
    const { map } = segment;
    if (segment.discontinuity) lines.push('#EXT-X-DISCONTINUITY');
    if (map && map.uri !== mapUri) {
      lines.push(`#EXT-X-MAP:URI="${map.uri}"`);
    }
    mapUri = map?.uri;
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
