import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { MediaStorage } from '@flux-iot/core/storage/media-storage';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import type { FinishedPart, FinishedSegment } from './finished-segment.ts';
import { InitSegments } from './init-segments.ts';
import { averageBitrate, durationOf, type ListedSegment, peakBitrate } from './listed-segment.ts';
import {
  type Numbering,
  type PlaylistPosition,
  PlaylistWindow,
  type Reload,
  type WindowOptions,
} from './playlist-window.ts';
import { SegmentShelf } from './segment-shelf.ts';
import { type WaitingPlaces, WaitingRoom } from './waiting-room.ts';

export interface LivePlaylistOptions extends WindowOptions {
  readonly streamId: StreamId;
  readonly storage: MediaStorage;
  /** Of all streams together, for requests that wait. */
  readonly places: WaitingPlaces;
  /** A segment could not be stored and is left out. */
  readonly onLost: (cause: unknown) => void;
}

/** Segments that a slow storage has not taken yet; more of them are lost, not kept. */
const MAX_PENDING = 3;
/**
 * Milliseconds for which the very first segment is held back from a client that comes for it. The player will have
 * played it out at just the moment at which the next one comes; this is how late that one may be.
 */
const HEADROOM = 750;
/** Bytes of one stream's segments in memory, beside those in the storage. */
const MAX_HELD = 64 * 1024 * 1024;
/** Requests that wait for one stream. */
const MAX_WAITING = 2000;

/**
 * The sliding playlist of one stream and its stored segments. A segment is listed once it is stored, and stays
 * stored after it has left the list for as long as a client may still want it: its own duration and that of the
 * longest playlist that it was in (RFC 8216 §6.2.2). Every reader sees the same.
 *
 * Where segments come in parts, they cannot wait for the storage: they are listed at once, from memory.
 */
export class LivePlaylist {
  readonly #options: LivePlaylistOptions;
  readonly #window: PlaylistWindow;
  readonly #shelf: SegmentShelf;
  readonly #room: WaitingRoom;
  readonly #inits = new InitSegments();
  /** By prefix and kind, of the playlist as it is. */
  readonly #texts = new Map<string, string>();
  /** The segments behind the list, with the monotonic milliseconds until which they are kept. */
  readonly #behind = new Map<number, { readonly until: number; readonly init: number | undefined }>();
  #closed = false;
  #storing: Promise<void> = Promise.resolve();
  #pending = 0;
  /** Monotonic milliseconds. */
  #latestListedAt = 0;

  constructor(options: LivePlaylistOptions) {
    this.#options = options;
    this.#window = new PlaylistWindow(options);
    this.#shelf = new SegmentShelf(options.storage, options.streamId, options.extension);
    this.#room = new WaitingRoom(MAX_WAITING, options.places);
  }

  get ended(): boolean {
    return this.#window.isEnded;
  }

  /** In seconds; 0 before the first segment. */
  get targetDuration(): number {
    return this.#window.targetDuration;
  }

  /** Seconds of all listed segments. */
  get duration(): number {
    return durationOf(this.#window.listed);
  }

  /** Bits per second of the fattest segment. */
  get peakBitrate(): number {
    return peakBitrate(this.#window.listed);
  }

  /** Bits per second of all listed segments together. */
  get averageBitrate(): number {
    return averageBitrate(this.#window.listed);
  }

  /** Undefined where nothing is listed. */
  get position(): PlaylistPosition | undefined {
    return this.#window.position;
  }

  /** Bytes in memory beside those in the storage. */
  get heldBytes(): number {
    return this.#shelf.byteLength;
  }

  get numbering(): Numbering {
    const { sequence, ...rest } = this.#window.numbering;
    // Those that are being stored may yet get their numbers.
    return { sequence: sequence + (this.#options.hasParts ? 0 : this.#pending), ...rest };
  }

  /** Lists a part of the next segment. */
  appendPart({ data, duration, hasKey, partTarget, init, ...head }: FinishedPart): void {
    const { open, nextSequence } = this.#window;
    const number = this.#window.addPart(
      { ...head, init: open ? open.init : this.#inits.add(init, nextSequence) },
      { duration, independent: hasKey },
      partTarget,
    );
    this.#shelf.addPart(number, data);
    this.#changed();
  }

  /** Stores a segment and then lists it; one that came in parts is listed at once. */
  append(segment: FinishedSegment): void {
    const { hasParts } = this.#options;
    const sequence = this.#window.nextSequence;
    if (hasParts) this.#hold(segment, sequence);
    if (this.#pending >= MAX_PENDING) {
      this.#lose(new FluxError('STORAGE_FAILED', 'The storage is too slow for the stream.'));
      return;
    }
    this.#pending++;
    this.#storing = this.#storing.then(() =>
      hasParts ? this.#storeHeld(sequence, segment.data) : this.#store(segment),
    );
  }

  /** No segment will come; those that are listed stay. */
  end(): void {
    this.#inOrder(() => {
      this.#window.isEnded = true;
    });
  }

  /** Another stream of the same id begins: the list is empty again, the numbers go on. */
  restart(): void {
    this.#inOrder(() => {
      const { duration } = this;
      this.#retire(this.#window.restart(), duration);
      this.#shelf.dropParts();
    });
  }

  /** The playlist, as `PlaylistWindow.format` says. */
  text(prefix: string, skips = false): string {
    const key = `${Number(skips)}${prefix}`;
    const text = this.#texts.get(key) ?? this.#window.format(prefix, skips);
    this.#texts.set(key, text);
    return text;
  }

  /**
   * Resolves when what is waited for is listed, or when nothing will come. Throws `RELOAD_TIMED_OUT` after `timeout`
   * milliseconds, `STREAM_NOT_READY` where any segment would have done, `REQUEST_INVALID` for what is too far in the
   * future (draft 8216bis §6.2.5.2), `STREAM_ENDED` for a stream that ended without a segment, `WAITING_LIMIT`.
   */
  async until(reload: Reload, timeout: number, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const window = this.#window;
    if (!this.#options.hasParts) await this.#storing;
    if (!window.isEnded && window.isTooFar(reload)) {
      throw new FluxError('REQUEST_INVALID', 'What is waited for is too far in the future.');
    }
    const isOver = () => window.isEnded || window.has(reload);
    if (!isOver() && !(await this.#room.wait(isOver, timeout, signal))) {
      if (reload.sequence === undefined)
        throw new FluxError('STREAM_NOT_READY', 'No segment was made in time.');
      throw new FluxError('RELOAD_TIMED_OUT', 'What was waited for was not made in time.');
    }
    if (window.listed.length === 0) {
      throw new FluxError('STREAM_ENDED', `The stream ${this.#options.streamId} ended.`);
    }
    const hasEnough = () => window.isEnded || window.listed.length > 1;
    if (this.#options.hasParts || reload.sequence !== undefined || hasEnough()) return;
    const headroom = this.#latestListedAt + HEADROOM - performance.now();
    if (headroom > 0) await this.#room.wait(hasEnough, headroom, signal);
  }

  /** The bytes of a segment. Throws `SEGMENT_NOT_FOUND`. */
  async read(sequence: number): Promise<Buffer> {
    const data = this.#isKept(sequence) ? await this.#shelf.read(sequence) : undefined;
    return data ?? this.#missing('Segment', sequence);
  }

  /**
   * The bytes of a part. For the one that comes next, which the playlist hints at, it waits. Throws `RELOAD_TIMED_OUT`
   * after `timeout` milliseconds, `SEGMENT_NOT_FOUND`, `WAITING_LIMIT`.
   */
  async readPart(number: number, timeout: number, signal: AbortSignal | undefined): Promise<Buffer> {
    const window = this.#window;
    if (this.#options.hasParts && !window.isEnded && number === window.nextPart) {
      const isOver = () => window.isEnded || number < window.nextPart;
      if (!(await this.#room.wait(isOver, timeout, signal))) {
        throw new FluxError('RELOAD_TIMED_OUT', 'The part was not made in time.');
      }
    }
    return (await this.#shelf.readPart(number)) ?? this.#missing('Part', number);
  }

  /** What a decoder needs before segments. Throws `SEGMENT_NOT_FOUND`. */
  readInit(number: number): Buffer {
    return this.#inits.get(number) ?? this.#missing('Init segment', number);
  }

  /** Deletes what nobody can want any more. `now` in milliseconds of a monotonic clock. */
  expire(now: number): void {
    for (const [sequence, { until }] of this.#behind) {
      if (until > now) continue;
      this.#behind.delete(sequence);
      void this.#shelf.delete(sequence);
    }
    const kept = [...this.#window.listed, ...this.#behind.values(), { init: this.#window.open?.init }];
    this.#inits.keep(new Set(kept.map(({ init }) => init)));
  }

  /** Deletes all segments. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#window.isEnded = true;
    this.#changed();
    await this.#storing;
    const listed = this.#window.restart();
    this.#window.isEnded = true;
    const kept = [...this.#behind.keys(), ...listed.map(segment => segment.sequence)];
    this.#behind.clear();
    this.#shelf.dropParts();
    await Promise.all(kept.map(sequence => this.#shelf.delete(sequence)));
  }

  /** What came in parts need not wait; the rest comes after the segments that are being stored. */
  #inOrder(action: () => void): void {
    const change = () => {
      action();
      this.#changed();
    };
    if (this.#options.hasParts) change();
    else this.#storing = this.#storing.then(change);
  }

  /** Lists a segment from memory, and leaves those to the storage that are no longer near the end. */
  #hold(segment: FinishedSegment, sequence: number): void {
    const parts = this.#window.open?.parts ?? [];
    this.#shelf.hold(
      sequence,
      segment.data,
      parts.map(({ number }) => number),
    );
    this.#list(segment, this.#window.open?.init);
    const { listed, partedCount } = this.#window;
    for (const [index, { sequence }] of listed.entries()) {
      const isFar = index < listed.length - partedCount;
      const isTooMuch = index < listed.length - 1 && this.#shelf.byteLength > MAX_HELD;
      if (isFar || isTooMuch) this.#shelf.release(sequence);
    }
  }

  async #storeHeld(sequence: number, data: Buffer): Promise<void> {
    try {
      if (this.#isKept(sequence)) await this.#shelf.store(sequence, data);
    } catch (cause) {
      this.#lose(cause);
    } finally {
      this.#pending--;
    }
    // It was slow.
    if (!this.#isKept(sequence)) await this.#shelf.delete(sequence);
  }

  async #store(segment: FinishedSegment): Promise<void> {
    const sequence = this.#window.nextSequence;
    try {
      if (this.#closed) return;
      await this.#shelf.store(sequence, segment.data);
    } catch (cause) {
      this.#lose(cause);
      return;
    } finally {
      this.#pending--;
    }
    this.#list(segment, this.#inits.add(segment.init, sequence));
  }

  #list(segment: FinishedSegment, init: number | undefined): void {
    const { data, duration, programDateTime, discontinuity, independent, targetDuration } = segment;
    const before = this.duration;
    const retired = this.#window.add(
      { duration, programDateTime, discontinuity, independent, init, byteLength: data.length },
      targetDuration,
    );
    this.#retire(retired, before + duration);
    this.#latestListedAt = performance.now();
    this.#changed();
  }

  /** `listDuration`: seconds of the longest playlist that they were in. */
  #retire(segments: readonly ListedSegment[], listDuration: number): void {
    for (const { sequence, init, duration } of segments) {
      this.#behind.set(sequence, { until: performance.now() + (listDuration + duration) * 1000, init });
      this.#shelf.release(sequence);
    }
  }

  #lose(cause: unknown): void {
    // What is listed from memory is not left out.
    if (!this.#options.hasParts) this.#window.isBroken = true;
    this.#options.onLost(cause);
  }

  #isKept(sequence: number): boolean {
    return this.#behind.has(sequence) || this.#window.listed.some(segment => segment.sequence === sequence);
  }

  #missing(what: string, number: number): never {
    throw new FluxError('SEGMENT_NOT_FOUND', `${what} ${number} does not exist or is no longer kept.`, {
      context: { streamId: this.#options.streamId, number },
    });
  }

  #changed(): void {
    this.#texts.clear();
    this.#room.wake();
  }
}
