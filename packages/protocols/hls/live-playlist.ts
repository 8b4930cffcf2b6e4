import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { MediaStorage } from '@flux-iot/core/storage/media-storage';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import { formatMediaPlaylist } from '@flux-iot/media/format/m3u8/playlist';
import { segmentName } from './address.ts';

/** A segment that is whole, in the order of the stream. */
export interface FinishedSegment {
  readonly data: Buffer;
  /** In seconds. */
  readonly duration: number;
  /** Milliseconds since 1970. */
  readonly programDateTime: number;
  /** It does not go on from the segment before. */
  readonly discontinuity: boolean;
  /** Decoding can start at its beginning. */
  readonly independent: boolean;
  /** In whole seconds, what the playlist has to say to hold it. */
  readonly targetDuration: number;
}

/** Where the next segment goes on counting. */
export interface Numbering {
  readonly sequence: number;
  readonly discontinuity: number;
  /** Other segments were there before: the next one does not go on from them. */
  readonly isContinued: boolean;
}

export interface LivePlaylistOptions {
  readonly streamId: StreamId;
  readonly storage: MediaStorage;
  /** Segments in the playlist. */
  readonly length: number;
  readonly numbering: Numbering;
  /** A segment could not be stored and is left out. */
  readonly onLost: (cause: unknown) => void;
}

type ListedSegment = Omit<FinishedSegment, 'data'> & {
  readonly sequence: number;
  readonly byteLength: number;
};

interface Waiter {
  readonly sequence: number;
  readonly wake: () => void;
}

/** Segments that a slow storage has not taken yet; more of them are lost, not kept. */
const MAX_PENDING = 3;
/**
 * Milliseconds for which the very first segment is held back from a client that comes for it. The player will have
 * played it out at just the moment at which the next one comes; this is how late that one may be.
 */
const HEADROOM = 750;
/** A playlist is not shorter than this many target durations (RFC 8216 §6.2.2), within reason. */
const MIN_TARGET_DURATIONS = 3;
const MAX_GROWTH = 3;

/**
 * The sliding playlist of one stream and its stored segments. A segment is listed once it is stored, and stays
 * stored after it has left the list for as long as a client may still want it: its own duration and that of the
 * longest playlist that it was in (RFC 8216 §6.2.2). Every reader sees the same.
 */
export class LivePlaylist {
  readonly #options: LivePlaylistOptions;
  #listed: ListedSegment[] = [];
  /** Numbers of the segments behind the list and the monotonic milliseconds until which they are kept. */
  readonly #behind = new Map<number, number>();
  readonly #reads = new Map<number, Promise<Buffer | undefined>>();
  readonly #waiters = new Set<Waiter>();
  #nextSequence: number;
  #discontinuitySequence: number;
  #nextIsDiscontinuous: boolean;
  #targetDuration = 0;
  #ended = false;
  #closed = false;
  #storing: Promise<void> = Promise.resolve();
  #pending = 0;
  /** Monotonic milliseconds. */
  #latestListedAt = 0;

  constructor(options: LivePlaylistOptions) {
    this.#options = options;
    this.#nextSequence = options.numbering.sequence;
    this.#discontinuitySequence = options.numbering.discontinuity;
    this.#nextIsDiscontinuous = options.numbering.isContinued;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** In seconds; 0 before the first segment. */
  get targetDuration(): number {
    return this.#targetDuration;
  }

  /** Seconds of all listed segments. */
  get duration(): number {
    return this.#listed.reduce((sum, segment) => sum + segment.duration, 0);
  }

  /** Bits per second of the fattest segment. */
  get peakBitrate(): number {
    return Math.max(0, ...this.#listed.map(({ byteLength, duration }) => (byteLength * 8) / duration));
  }

  /** Bits per second of all listed segments together. */
  get averageBitrate(): number {
    const bytes = this.#listed.reduce((sum, { byteLength }) => sum + byteLength, 0);
    return this.duration > 0 ? (bytes * 8) / this.duration : 0;
  }

  get numbering(): Numbering {
    const discontinuities = this.#listed.filter(segment => segment.discontinuity).length;
    return {
      // Those that are being stored may yet get their numbers.
      sequence: this.#nextSequence + this.#pending,
      discontinuity: this.#discontinuitySequence + discontinuities,
      isContinued: true,
    };
  }

  /** Stores a segment and then lists it. */
  append(segment: FinishedSegment): void {
    if (this.#pending >= MAX_PENDING) {
      this.#lose(new FluxError('STORAGE_FAILED', 'The storage is too slow for the stream.'));
      return;
    }
    this.#pending++;
    this.#storing = this.#storing.then(() => this.#store(segment));
  }

  /** No segment will come; those that are listed stay. */
  end(): void {
    this.#storing = this.#storing.then(() => {
      this.#ended = true;
      this.#wake();
    });
  }

  /** Another stream of the same id begins: the list is empty again, the numbers go on. */
  restart(): void {
    this.#storing = this.#storing.then(() => {
      while (this.#listed.length > 0) this.#retireFirst();
      this.#targetDuration = 0;
      this.#ended = false;
      this.#nextIsDiscontinuous = true;
    });
  }

  /** `prefix` goes before the segments' names and `query` behind them. */
  text(prefix: string, query: string): string {
    return formatMediaPlaylist({
      targetDuration: this.#targetDuration,
      mediaSequence: this.#listed[0]?.sequence ?? this.#nextSequence,
      discontinuitySequence: this.#discontinuitySequence,
      independentSegments: this.#listed.every(segment => segment.independent),
      canBlockReload: true,
      ended: this.#ended,
      segments: this.#listed.map(segment => ({
        ...segment,
        uri: `${prefix}${segmentName(segment.sequence)}${query}`,
      })),
    });
  }

  /**
   * Resolves when the segment `sequence` is listed, or any if it is left out, or when none will come. Throws
   * `STREAM_NOT_READY` after `timeout` milliseconds, `REQUEST_INVALID` for a segment too far in the future
   * (draft 8216bis §6.2.5.2), `STREAM_ENDED` for a stream that ended without a segment.
   */
  async until(sequence: number | undefined, timeout: number, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    await this.#storing;
    if (sequence !== undefined && sequence > this.#nextSequence + 1) {
      throw new FluxError('REQUEST_INVALID', 'The segment that is waited for is too far in the future.');
    }
    const isThere = this.#listed.length > 0 && (sequence === undefined || sequence < this.#nextSequence);
    if (!isThere && !this.#ended && !(await this.#wait(sequence ?? this.#nextSequence, timeout, signal))) {
      throw new FluxError('STREAM_NOT_READY', 'No segment was made in time.');
    }
    if (this.#listed.length === 0) {
      throw new FluxError('STREAM_ENDED', `The stream ${this.#options.streamId} ended.`);
    }
    if (sequence !== undefined || this.#listed.length > 1 || this.#ended) return;
    const headroom = this.#latestListedAt + HEADROOM - performance.now();
    if (headroom > 0) await this.#wait(this.#nextSequence, headroom, signal);
  }

  /** The bytes of a segment, read once for all who ask at the same time. Throws `SEGMENT_NOT_FOUND`. */
  async read(sequence: number): Promise<Buffer> {
    const isKept = this.#behind.has(sequence) || this.#listed.some(segment => segment.sequence === sequence);
    let data: Buffer | undefined;
    if (isKept) {
      let reading = this.#reads.get(sequence);
      if (!reading) {
        reading = this.#options.storage.get(this.#key(sequence)).finally(() => this.#reads.delete(sequence));
        this.#reads.set(sequence, reading);
      }
      data = await reading;
    }
    if (data) return data;
    throw new FluxError('SEGMENT_NOT_FOUND', `Segment ${sequence} does not exist or is no longer kept.`, {
      context: { streamId: this.#options.streamId, sequence },
    });
  }

  /** Deletes what nobody can want any more. `now` in milliseconds of a monotonic clock. */
  expire(now: number): void {
    for (const [sequence, until] of this.#behind) {
      if (until > now) continue;
      this.#behind.delete(sequence);
      void this.#delete(sequence);
    }
  }

  /** Deletes all segments. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#ended = true;
    this.#wake();
    await this.#storing;
    const kept = [...this.#behind.keys(), ...this.#listed.map(segment => segment.sequence)];
    this.#behind.clear();
    this.#listed = [];
    await Promise.all(kept.map(sequence => this.#delete(sequence)));
  }

  async #store({ data, ...segment }: FinishedSegment): Promise<void> {
    const sequence = this.#nextSequence;
    try {
      if (this.#closed) return;
      await this.#options.storage.put(this.#key(sequence), data);
    } catch (cause) {
      this.#lose(cause);
      return;
    } finally {
      this.#pending--;
    }
    const discontinuity = segment.discontinuity || this.#nextIsDiscontinuous;
    this.#nextIsDiscontinuous = false;
    this.#nextSequence++;
    this.#targetDuration = Math.max(this.#targetDuration, segment.targetDuration);
    this.#listed.push({ ...segment, discontinuity, sequence, byteLength: data.length });
    while (this.#isFirstDispensable()) this.#retireFirst();
    this.#latestListedAt = performance.now();
    this.#wake();
  }

  #lose(cause: unknown): void {
    this.#nextIsDiscontinuous = true;
    this.#options.onLost(cause);
  }

  #isFirstDispensable(): boolean {
    const { length } = this.#options;
    if (this.#listed.length <= length) return false;
    const rest = this.duration - (this.#listed[0]?.duration ?? 0);
    return rest >= MIN_TARGET_DURATIONS * this.#targetDuration || this.#listed.length > MAX_GROWTH * length;
  }

  #retireFirst(): void {
    const keepFor = this.duration;
    const first = this.#listed.shift();
    if (!first) return;
    if (first.discontinuity) this.#discontinuitySequence++;
    this.#behind.set(first.sequence, performance.now() + (keepFor + first.duration) * 1000);
  }

  /** False if the segment did not come within `timeout` milliseconds. */
  #wait(sequence: number, timeout: number, signal: AbortSignal | undefined): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const finish = () => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        signal?.removeEventListener('abort', onAbort);
      };
      const wake = () => {
        finish();
        resolve(true);
      };
      const onAbort = () => {
        finish();
        reject(signal?.reason);
      };
      const waiter = { sequence, wake };
      const timer = setTimeout(() => {
        finish();
        resolve(false);
      }, timeout);
      this.#waiters.add(waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) {
      if (this.#ended || waiter.sequence < this.#nextSequence) waiter.wake();
    }
  }

  async #delete(sequence: number): Promise<void> {
    try {
      await this.#options.storage.delete(this.#key(sequence));
    } catch {
      // What cannot be deleted is not reachable any more either; the storage reports its own faults when written to.
    }
  }

  #key(sequence: number): string {
    return `hls/${this.#options.streamId}/${sequence}.ts`;
  }
}
