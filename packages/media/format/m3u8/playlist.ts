/** A part of a segment (draft 8216bis §4.4.4.9): a resource of its own, there before the segment is whole. */
export interface PlaylistPart {
  readonly uri: string;
  /** In seconds. */
  readonly duration: number;
  /** Has a frame at which decoding can start. */
  readonly independent: boolean;
}

/** What is known of a segment from its beginning on. */
export interface PlaylistSegmentHead {
  /** Milliseconds since 1970 at which its first picture was taken. */
  readonly programDateTime: number;
  /** Its coded content or its times do not go on from the segment before. */
  readonly discontinuity: boolean;
  /** What a decoder needs before it (§4.3.2.5); written where it differs from the segment before. */
  readonly map?: { readonly uri: string };
  /** Those that are told of; none for a segment that is no longer near the end of the list. */
  readonly parts?: readonly PlaylistPart[];
}

/** One segment of a media playlist (RFC 8216 §4.3.2). */
export interface PlaylistSegment extends PlaylistSegmentHead {
  /** Relative to the playlist. */
  readonly uri: string;
  /** In seconds. */
  readonly duration: number;
}

/** How far another rendition has come (draft 8216bis §4.4.5.4). */
export interface RenditionReport {
  readonly uri: string;
  /** Number of its last segment, which may have no more than parts yet. */
  readonly lastSequence: number;
  /** Index of its last part, where it has parts. */
  readonly lastPart?: number;
}

/** What a playlist of parts says besides (draft 8216bis §4.4.3.7, §4.4.3.8, §4.4.5.3). */
export interface LowLatency {
  /** In seconds; no part is longer. */
  readonly partTarget: number;
  /** The segment at hand, if it has parts already. */
  readonly open?: PlaylistSegmentHead;
  /** The part that comes next. */
  readonly hint?: string;
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
  /** Seconds from the end beyond which segments can be skipped in an update (`_HLS_skip`). */
  readonly canSkipUntil?: number;
  readonly lowLatency?: LowLatency;
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
/** What MP4 segments need before them came with version 6 (§7), skipped segments with 9 (draft 8216bis §8). */
const MAP_VERSION = 6;
const SKIP_VERSION = 9;
/** A player stays three parts, and otherwise three target durations, from the end (draft 8216bis §4.4.3.8). */
const HOLD_BACK = 3;

/**
 * The text of a media playlist of RFC 8216; what makes it fast is of its second edition, draft 8216bis. With `skipped`,
 * so many of the first segments are left out (§4.4.5.2), for a client that has them.
 */
export function formatMediaPlaylist(playlist: MediaPlaylist, skipped = 0): string {
  const { segments, lowLatency } = playlist;
  const lines = ['#EXTM3U', `#EXT-X-VERSION:${versionOf(playlist, skipped)}`];
  if (playlist.type) lines.push(`#EXT-X-PLAYLIST-TYPE:${playlist.type}`);
  lines.push(`#EXT-X-TARGETDURATION:${playlist.targetDuration}`);
  const control = serverControl(playlist);
  if (control.length > 0) lines.push(`#EXT-X-SERVER-CONTROL:${control.join(',')}`);
  if (lowLatency) lines.push(`#EXT-X-PART-INF:PART-TARGET=${seconds(lowLatency.partTarget)}`);
  lines.push(`#EXT-X-MEDIA-SEQUENCE:${playlist.mediaSequence}`);
  if (playlist.discontinuitySequence > 0) {
    lines.push(`#EXT-X-DISCONTINUITY-SEQUENCE:${playlist.discontinuitySequence}`);
  }
  if (playlist.independentSegments) lines.push('#EXT-X-INDEPENDENT-SEGMENTS');
  if (skipped > 0) lines.push(`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`);
  let mapUri: string | undefined;
  const begin = (head: PlaylistSegmentHead) => {
    lines.push(...headLines(head, mapUri));
    mapUri = head.map?.uri;
  };
  for (const segment of segments.slice(skipped)) {
    begin(segment);
    lines.push(`#EXTINF:${seconds(segment.duration)},`, segment.uri);
  }
  if (lowLatency?.open) begin(lowLatency.open);
  if (lowLatency?.hint) lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${lowLatency.hint}"`);
  if (playlist.ended) lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}

/** The lines that tell how far the other renditions have come; they stand at the end of a media playlist. */
export function formatRenditionReports(reports: readonly RenditionReport[]): string {
  return reports
    .map(({ uri, lastSequence, lastPart }) => {
      const part = lastPart === undefined ? '' : `,LAST-PART=${lastPart}`;
      return `#EXT-X-RENDITION-REPORT:URI="${uri}",LAST-MSN=${lastSequence}${part}\n`;
    })
    .join('');
}

/** The same playlist with a query, `?token=…`, behind every address in it. */
export function withQuery(playlist: string, query: string): string {
  if (query === '') return playlist;
  // A function: a `$` in the query is to stay one.
  return playlist.replaceAll(/^[^#\n].*$|(?<=URI=")[^"]+/gm, uri => uri + query);
}

function versionOf({ segments, lowLatency }: MediaPlaylist, skipped: number): number {
  if (skipped > 0) return SKIP_VERSION;
  return lowLatency?.open?.map || segments.some(({ map }) => map) ? MAP_VERSION : VERSION;
}

function serverControl({
  canBlockReload,
  canSkipUntil,
  lowLatency,
  targetDuration,
}: MediaPlaylist): string[] {
  const attributes = [];
  if (canBlockReload) attributes.push('CAN-BLOCK-RELOAD=YES');
  if (canSkipUntil !== undefined) attributes.push(`CAN-SKIP-UNTIL=${seconds(canSkipUntil)}`);
  if (lowLatency) {
    attributes.push(`PART-HOLD-BACK=${seconds(HOLD_BACK * lowLatency.partTarget)}`);
    attributes.push(`HOLD-BACK=${seconds(HOLD_BACK * targetDuration)}`);
  }
  return attributes;
}

function headLines(head: PlaylistSegmentHead, mapUri: string | undefined): string[] {
  const { discontinuity, map, programDateTime, parts = [] } = head;
  const lines = discontinuity ? ['#EXT-X-DISCONTINUITY'] : [];
  if (map && map.uri !== mapUri) lines.push(`#EXT-X-MAP:URI="${map.uri}"`);
  lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(programDateTime).toISOString()}`);
  for (const { uri, duration, independent } of parts) {
    lines.push(
      `#EXT-X-PART:DURATION=${seconds(duration)},URI="${uri}"${independent ? ',INDEPENDENT=YES' : ''}`,
    );
  }
  return lines;
}

function seconds(value: number): string {
  return value.toFixed(5);
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
