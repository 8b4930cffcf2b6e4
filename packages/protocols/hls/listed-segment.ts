import type {
  PlaylistPart,
  PlaylistSegment,
  PlaylistSegmentHead,
} from '@flux-iot/media/format/m3u8/playlist';
import { initName, partName, segmentName } from './address.ts';
import type { SegmentExtension } from './segment-format.ts';

/** A part that a playlist names. */
export interface ListedPart {
  /** Counts on over all segments, so that the next one has its name before it is known which segment it is of. */
  readonly number: number;
  /** In seconds. */
  readonly duration: number;
  readonly independent: boolean;
}

/** A segment that has begun, as far as a playlist says it. */
export interface OpenSegment {
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly programDateTime: number;
  readonly discontinuity: boolean;
  /** Decoding can start at its beginning. */
  readonly independent: boolean;
  /** Which init segment it needs, if any. */
  readonly init: number | undefined;
  readonly parts: readonly ListedPart[];
}

export interface ListedSegment extends OpenSegment {
  /** In seconds. */
  readonly duration: number;
  readonly byteLength: number;
}

/** Bits per second of the fattest segment. */
export function peakBitrate(segments: readonly ListedSegment[]): number {
  return Math.max(0, ...segments.map(({ byteLength, duration }) => (byteLength * 8) / duration));
}

/** Bits per second of all segments together. */
export function averageBitrate(segments: readonly ListedSegment[]): number {
  const bytes = segments.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const duration = durationOf(segments);
  return duration > 0 ? (bytes * 8) / duration : 0;
}

/** In seconds. */
export function durationOf(segments: readonly ListedSegment[]): number {
  return segments.reduce((sum, { duration }) => sum + duration, 0);
}

/** How many of the last segments end less than `seconds` from the end of the last one. */
export function countNearEnd(segments: readonly ListedSegment[], seconds: number): number {
  let count = 0;
  for (let behind = 0; count < segments.length && behind < seconds; count++) {
    behind += segments.at(-1 - count)!.duration;
  }
  return count;
}

/** The names in a playlist; `prefix` goes before them. */
export class PlaylistNames {
  readonly #prefix: string;
  readonly #extension: SegmentExtension;

  constructor(prefix: string, extension: SegmentExtension) {
    this.#prefix = prefix;
    this.#extension = extension;
  }

  /** `withParts`: its parts are told of. */
  segment(segment: ListedSegment, withParts: boolean): PlaylistSegment {
    const head = this.head(segment);
    return {
      ...head,
      parts: withParts ? head.parts : [],
      uri: this.#prefix + segmentName(segment.sequence, this.#extension),
      duration: segment.duration,
    };
  }

  head({ programDateTime, discontinuity, init, parts }: OpenSegment): PlaylistSegmentHead {
    const head = { programDateTime, discontinuity, parts: parts.map(part => this.#listedPart(part)) };
    return init === undefined ? head : { ...head, map: { uri: this.#prefix + initName(init) } };
  }

  part(number: number): string {
    return this.#prefix + partName(number);
  }

  #listedPart({ number, duration, independent }: ListedPart): PlaylistPart {
    return { uri: this.part(number), duration, independent };
  }
}
