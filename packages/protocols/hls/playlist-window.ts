import { formatMediaPlaylist } from '@flux-iot/media/format/m3u8/playlist';
import {
  countNearEnd,
  durationOf,
  type ListedPart,
  type ListedSegment,
  type OpenSegment,
  PlaylistNames,
} from './listed-segment.ts';
import type { SegmentExtension } from './segment-format.ts';

/** Where the next segment goes on counting. */
export interface Numbering {
  readonly sequence: number;
  readonly part: number;
  readonly discontinuity: number;
  /** Other segments were there before: the next one does not go on from them. */
  readonly isContinued: boolean;
}

export interface WindowOptions {
  readonly extension: SegmentExtension;
  /** Segments come in parts, which are listed before their segment is. */
  readonly hasParts: boolean;
  /** Segments in the playlist. */
  readonly length: number;
  readonly numbering: Numbering;
}

/** What a client waits for: the playlist that has it, or any if nothing is said (draft 8216bis §6.2.5.2). */
export interface Reload {
  readonly sequence?: number;
  readonly part?: number;
}

/** The last segment of which something is listed, and its last part. */
export interface PlaylistPosition {
  readonly lastSequence: number;
  readonly lastPart: number | undefined;
}

/** A playlist is not shorter than this many target durations (RFC 8216 §6.2.2), within reason. */
const MIN_TARGET_DURATIONS = 3;
const MAX_GROWTH = 3;
/** Parts are told of up to so many target durations from the end (draft 8216bis §6.2.2). */
const PARTS_TARGET_DURATIONS = 3;
/** Segments further from the end than so many target durations can be skipped in an update (§4.4.3.8). */
const SKIP_TARGET_DURATIONS = 6;
/** How far ahead of the playlist a client may ask: segments, and seconds or number of parts (§6.2.5.2). */
const ADVANCE_SEGMENTS = 2;
const ADVANCE_PARTS = 3;

/** Which segments and parts a sliding playlist lists, without their bytes. */
export class PlaylistWindow {
  readonly #options: WindowOptions;
  #listed: ListedSegment[] = [];
  #open: (OpenSegment & { readonly parts: ListedPart[] }) | undefined;
  #nextSequence: number;
  #nextPart: number;
  #discontinuitySequence: number;
  #targetDuration = 0;
  #partTarget = 0;
  /** What is listed next does not go on from what is listed. */
  isBroken: boolean;
  /** No segment will be added. */
  isEnded = false;

  constructor(options: WindowOptions) {
    this.#options = options;
    this.#nextSequence = options.numbering.sequence;
    this.#nextPart = options.numbering.part;
    this.#discontinuitySequence = options.numbering.discontinuity;
    this.isBroken = options.numbering.isContinued;
  }

  get listed(): readonly ListedSegment[] {
    return this.#listed;
  }

  /** The segment at hand, if some of its parts are listed. */
  get open(): OpenSegment | undefined {
    return this.#open;
  }

  get nextSequence(): number {
    return this.#nextSequence;
  }

  get nextPart(): number {
    return this.#nextPart;
  }

  /** In seconds; 0 before the first segment. */
  get targetDuration(): number {
    return this.#targetDuration;
  }

  get numbering(): Numbering {
    const all = [...this.#listed, ...(this.#open ? [this.#open] : [])];
    return {
      sequence: this.#nextSequence + (this.#open ? 1 : 0),
      part: this.#nextPart,
      discontinuity: this.#discontinuitySequence + all.filter(({ discontinuity }) => discontinuity).length,
      isContinued: true,
    };
  }

  /** Undefined where nothing is listed. */
  get position(): PlaylistPosition | undefined {
    const last = this.#open ?? this.#listed.at(-1);
    if (!last || this.#listed.length === 0) return undefined;
    const { length } = last.parts;
    return { lastSequence: last.sequence, lastPart: length > 0 ? length - 1 : undefined };
  }

  /** How many segments at the end are told of with their parts. */
  get partedCount(): number {
    return countNearEnd(this.#listed, PARTS_TARGET_DURATIONS * this.#targetDuration);
  }

  /** Lists a part of the next segment, whose `head` counts if it is the first one; returns its number. */
  addPart(
    head: Omit<OpenSegment, 'sequence' | 'parts'>,
    part: Omit<ListedPart, 'number'>,
    partTarget: number,
  ): number {
    const number = this.#nextPart++;
    this.#partTarget = Math.max(this.#partTarget, partTarget);
    this.#open ??= {
      ...head,
      discontinuity: head.discontinuity || this.isBroken,
      sequence: this.#nextSequence,
      parts: [],
    };
    this.#open.parts.push({ ...part, number });
    return number;
  }

  /** Lists a segment, with the parts that were listed; returns those that leave the list for it. */
  add(segment: Omit<ListedSegment, 'sequence' | 'parts'>, targetDuration: number): ListedSegment[] {
    const { parts, discontinuity } = this.#open ?? {
      parts: [],
      discontinuity: segment.discontinuity || this.isBroken,
    };
    this.#listed.push({ ...segment, parts, discontinuity, sequence: this.#nextSequence++ });
    this.#open = undefined;
    this.isBroken = false;
    this.#targetDuration = Math.max(this.#targetDuration, targetDuration);
    const retired: ListedSegment[] = [];
    while (this.#isFirstDispensable()) retired.push(...this.#retire(1));
    return retired;
  }

  /** Another stream of the same id begins: the list is empty again, the numbers go on. Returns what was listed. */
  restart(): ListedSegment[] {
    const retired = this.#retire(this.#listed.length);
    if (this.#open) {
      this.#nextSequence++;
      if (this.#open.discontinuity) this.#discontinuitySequence++;
    }
    this.#open = undefined;
    this.#targetDuration = 0;
    this.#partTarget = 0;
    this.isEnded = false;
    this.isBroken = true;
    return retired;
  }

  /** The playlist has it, or something later. */
  has({ sequence, part }: Reload): boolean {
    if (this.#listed.length === 0) return false;
    if (sequence === undefined || sequence < this.#nextSequence - 1) return true;
    const openParts = this.#open?.parts.length ?? 0;
    if (sequence === this.#nextSequence) return part !== undefined && part < openParts;
    if (sequence > this.#nextSequence) return false;
    if (part === undefined || !this.#options.hasParts) return true;
    // A part behind a segment's last is the first of the next segment.
    return part < (this.#listed.at(-1)?.parts.length ?? 0) || openParts > 0;
  }

  /** Nobody has reason to wait for it yet. */
  isTooFar({ sequence, part }: Reload): boolean {
    if (sequence === undefined) return false;
    if (sequence > this.#nextSequence - 1 + ADVANCE_SEGMENTS) return true;
    if (part === undefined || this.#partTarget === 0 || sequence < this.#nextSequence) return false;
    const last = sequence === this.#nextSequence ? (this.#open?.parts.length ?? 0) - 1 : -1;
    const limit = this.#partTarget < 1 ? ADVANCE_PARTS / this.#partTarget : ADVANCE_PARTS;
    return part > last + limit;
  }

  /**
   * The playlist; `prefix` goes before the names in it. With `skips`, those are left out that a client has which asks
   * for the update alone (draft 8216bis §6.2.5.1), if there are any.
   */
  format(prefix: string, skips: boolean): string {
    const { hasParts, length, extension } = this.#options;
    const names = new PlaylistNames(prefix, extension);
    const parted = this.#listed.length - this.partedCount;
    const boundary = SKIP_TARGET_DURATIONS * this.#targetDuration;
    // Shorter lists have nothing to skip.
    const canSkip = hasParts && length > SKIP_TARGET_DURATIONS;
    const isUpdate = skips && canSkip && !this.isEnded;
    return formatMediaPlaylist(
      {
        targetDuration: this.#targetDuration,
        mediaSequence: this.#listed[0]?.sequence ?? this.#nextSequence,
        discontinuitySequence: this.#discontinuitySequence,
        independentSegments:
          this.#listed.every(segment => segment.independent) && (this.#open?.independent ?? true),
        canBlockReload: true,
        canSkipUntil: canSkip ? boundary : undefined,
        lowLatency: hasParts
          ? {
              partTarget: this.#partTarget,
              open: this.#open && names.head(this.#open),
              hint: this.isEnded ? undefined : names.part(this.#nextPart),
            }
          : undefined,
        ended: this.isEnded,
        segments: this.#listed.map((segment, index) => names.segment(segment, index >= parted)),
      },
      isUpdate ? this.#listed.length - countNearEnd(this.#listed, boundary) : 0,
    );
  }

  #isFirstDispensable(): boolean {
    const { length } = this.#options;
    if (this.#listed.length <= length) return false;
    const rest = durationOf(this.#listed.slice(1));
    return rest >= MIN_TARGET_DURATIONS * this.#targetDuration || this.#listed.length > MAX_GROWTH * length;
  }

  #retire(count: number): ListedSegment[] {
    const retired = this.#listed.splice(0, count);
    for (const { discontinuity } of retired) if (discontinuity) this.#discontinuitySequence++;
    return retired;
  }
}
