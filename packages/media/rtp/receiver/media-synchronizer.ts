import type { SourceClock } from '../../model/timeline.ts';
import { Timeline } from '../../model/timeline.ts';

/** Source time in seconds of a session's first frame: what comes before it has room. */
const START = 1;
/** Seconds: sender reports that put two tracks further apart than they came are wrong. */
const MAX_CORRECTION = 10;
/** Seconds by which the tracks may drift apart before the sound is put right again (EBU R 37 allows 60 ms). */
const MAX_DRIFT = 0.06;
/** Seconds: what need not be put right the first time. */
const MIN_CORRECTION = 0.005;

/** What a track needs of its format and its stream. */
export interface TrackClockOptions {
  readonly trackId: number;
  readonly kind: 'video' | 'audio';
  /** Ticks per second of RTP and of the stream. */
  readonly clockRate: number;
}

/**
 * Puts the tracks of one session on one clock. RTP time stamps begin anywhere, in each track elsewhere (RFC 3550
 * §5.1). So each track's first frame is put where it came; once sender reports of both tell which of their time stamps
 * are the same instant (§6.4.1), the sound is moved to the picture. Times are milliseconds of any steady clock.
 */
export class MediaSynchronizer {
  readonly #clock: SourceClock;
  readonly #tracks: TrackClock[] = [];
  #lastArrival = 0;

  constructor(clock: SourceClock) {
    this.#clock = clock;
  }

  addTrack(options: TrackClockOptions): TrackClock {
    const track = new TrackClock(new Timeline(this.#clock, { ...options, wrapBits: 32 }), options, this);
    this.#tracks.push(track);
    return track;
  }

  /** Source time in seconds of what comes at `now`. */
  timeAt(now: number): number {
    return this.#clock.started ? this.#clock.latest + (now - this.#lastArrival) / 1000 : START;
  }

  /** Seconds from source time to stream time. */
  get offset(): number {
    return this.#clock.offset;
  }

  /** By how many seconds reports put a track before another that is known, the picture first; undefined without. */
  driftOf(track: TrackClock): number | undefined {
    const offset = track.wallClockOffset;
    const others = this.#tracks.filter(other => other !== track && other.wallClockOffset !== undefined);
    const reference = others.find(other => other.kind === 'video') ?? others[0];
    if (offset === undefined || reference?.wallClockOffset === undefined) return undefined;
    return offset - reference.wallClockOffset;
  }

  /** A frame came. */
  advance(now: number): void {
    this.#lastArrival = now;
  }

  /** Moves the sound to the picture, as far as both are known. `reported` has a new sender report. */
  align(reported: TrackClock | undefined): void {
    const video = this.#tracks.find(track => track.kind === 'video' && track.wallClockOffset !== undefined);
    const reference = video?.wallClockOffset;
    if (reference === undefined) return;
    for (const track of this.#tracks) {
      const offset = track.wallClockOffset;
      if (track.kind === 'audio' && offset !== undefined) track.align(offset - reference, track === reported);
    }
  }
}

/** The time stamps of one track, on the way to its `Timeline`. */
export class TrackClock {
  readonly kind: 'video' | 'audio';
  readonly #timeline: Timeline;
  readonly #clockRate: number;
  readonly #synchronizer: MediaSynchronizer;
  /** Ticks from RTP time stamps to source time; undefined before the first frame. */
  #offset: number | undefined;
  /** The newest frame: its time stamp, and its presentation time in ticks of the stream. */
  #timestamp = 0;
  #presented = 0;
  /** The newest sender report that has not turned out wrong: an instant in seconds, and as a time stamp. */
  #report: { readonly seconds: number; readonly timestamp: number } | undefined;
  #isAligned = false;
  /** How far off the track was by its last report, in seconds. */
  #drift = 0;
  /** Stream time up to which there is sound already; undefined but after a move back. */
  #filled: number | undefined;

  constructor(timeline: Timeline, options: TrackClockOptions, synchronizer: MediaSynchronizer) {
    this.#timeline = timeline;
    this.kind = options.kind;
    this.#clockRate = options.clockRate;
    this.#synchronizer = synchronizer;
  }

  /**
   * The stream time at which a frame is decoded, which comes at `now` with a presentation time of `timestamp` and is
   * decoded `delay` ticks before.
   */
  next(timestamp: number, delay: number, now: number): number {
    const isFirst = this.#offset === undefined;
    const offset = this.#offset ?? this.#begin(timestamp, now);
    // Modulo 2^32, for the timeline to unwrap.
    const decoded = this.#timeline.next((timestamp - delay + offset) >>> 0);
    this.#synchronizer.advance(now);
    this.#timestamp = timestamp;
    this.#presented = decoded + delay;
    if (isFirst) this.#synchronizer.align(undefined);
    return decoded;
  }

  /** Whether the stream has sound for the time of this frame already, because the track was moved back. */
  isPast(timestamp: number): boolean {
    if (this.#filled === undefined) return false;
    const behind = this.#filled - this.#presentedAt(timestamp);
    if (behind >= 0 && behind <= MAX_CORRECTION * this.#clockRate) return true;
    this.#filled = undefined;
    return false;
  }

  /** `milliseconds`: the report's wall-clock time, since 1970 or any other time that all tracks share. */
  senderReport(milliseconds: number, timestamp: number): void {
    this.#report = { seconds: milliseconds / 1000, timestamp };
    this.#synchronizer.align(this);
  }

  /** Another source goes on with the track: its time stamps have nothing to do with those before. */
  restart(): void {
    this.#offset = undefined;
    this.#report = undefined;
    this.#isAligned = false;
    this.#drift = 0;
    this.#filled = undefined;
  }

  /** Seconds from stream time to wall-clock time by the newest report; undefined while there is no usable one. */
  get wallClockOffset(): number | undefined {
    if (!this.#report || this.#offset === undefined) return undefined;
    const { seconds, timestamp } = this.#report;
    // Some cameras report time stamps that are none of this track's.
    if (Math.abs((timestamp - this.#timestamp) | 0) > MAX_CORRECTION * this.#clockRate) return undefined;
    return seconds - this.#presentedAt(timestamp) / this.#clockRate;
  }

  /** The track comes `drift` seconds too early beside the picture. Later reports have to say so twice. */
  align(drift: number, isReported: boolean): void {
    if (Math.abs(drift) > MAX_CORRECTION) return;
    if (!this.#isAligned) {
      this.#isAligned = true;
      if (Math.abs(drift) >= MIN_CORRECTION) this.#move(drift);
    } else if (isReported) {
      const isConfirmed = Math.min(Math.abs(drift), Math.abs(this.#drift)) > MAX_DRIFT;
      if (isConfirmed && drift > 0 === this.#drift > 0) this.#move(drift);
      else this.#drift = drift;
    }
  }

  /**
   * Puts the first frame where it came; or, where reports came before it, where they put it beside another track: some
   * senders gather sound for half a second before they send it.
   */
  #begin(timestamp: number, now: number): number {
    const arrival = this.#synchronizer.timeAt(now);
    this.#offset = Math.round(arrival * this.#clockRate) - timestamp;
    this.#timestamp = timestamp;
    this.#presented = Math.round((arrival + this.#synchronizer.offset) * this.#clockRate);
    const drift = this.#synchronizer.driftOf(this);
    if (drift !== undefined && Math.abs(drift) <= MAX_CORRECTION) {
      this.#offset += Math.round(drift * this.#clockRate);
    }
    return this.#offset;
  }

  #move(seconds: number): void {
    const ticks = Math.round(seconds * this.#clockRate);
    if (ticks < 0) this.#filled = Math.max(this.#filled ?? 0, this.#presented);
    this.#offset = (this.#offset ?? 0) + ticks;
    this.#presented += ticks;
    this.#drift = 0;
  }

  #presentedAt(timestamp: number): number {
    return this.#presented + ((timestamp - this.#timestamp) | 0);
  }
}
