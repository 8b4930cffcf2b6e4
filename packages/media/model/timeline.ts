import { rescale } from './time.ts';

/** What was mended, for the stream's history: time in seconds of the source and of the stream. */
export interface TimeMend {
  readonly trackId: number;
  readonly kind: 'wrap' | 'jump' | 'backward';
  readonly from: number;
  readonly to: number;
}

export interface SourceClockOptions {
  /**
   * Stream time in seconds at which the source's first sample is put. Left out, the source's own times are kept,
   * unless they start so high that a 32-bit millisecond output would soon wrap.
   */
  readonly origin?: number;
  /** A step of a track's time beyond this many seconds is a jump: time goes on from where it was. */
  readonly maxGap?: number;
  readonly onMend?: (mend: TimeMend) => void;
}

/** Source times from here on (in seconds; half of what 32-bit milliseconds hold) are moved down to zero. */
const HIGH_START = 2 ** 31 / 1000;
/** How far apart, in seconds, two tracks' times may be after a jump and still be the same jump. */
const SAME_JUMP_TOLERANCE = 1;
/** A step back of fewer seconds is waited out, a longer one is a jump. */
const MAX_JITTER = 1;
/** Regular samples are at most this many seconds apart, however slow the camera; more is a gap. */
const MAX_STEP = 2;
/** Seconds by which stamps may be mended without a word. */
const REPORTED_JITTER = 0.005;
const DEFAULT_MAX_GAP = 10;

/**
 * The clock of one source (a publisher, a pulled camera), shared by the timelines of its tracks: what is added to
 * the source's time to get the stream's. A jump in one track sets a new offset, and the other tracks join it when
 * they jump too, so that sound and picture stay together.
 */
export class SourceClock {
  readonly maxGap: number;
  readonly onMend: ((mend: TimeMend) => void) | undefined;
  readonly #origin: number | undefined;
  #started = false;
  #offset = 0;
  #latest = 0;

  constructor(options: SourceClockOptions = {}) {
    this.#origin = options.origin;
    this.maxGap = options.maxGap ?? DEFAULT_MAX_GAP;
    this.onMend = options.onMend;
  }

  get started(): boolean {
    return this.#started;
  }

  /** Stream time in seconds before which nothing belongs: a returning publisher's tracks follow their former ones. */
  get floor(): number {
    return this.#origin ?? 0;
  }

  /** Seconds to add to the source's time. */
  get offset(): number {
    return this.#offset;
  }

  /** The newest source time in seconds, whichever track brought it: a later track's first stamp is unwrapped near it. */
  get latest(): number {
    return this.#latest;
  }

  /** The very first sample of the source, at `first` seconds of its time, fixes the offset. */
  start(first: number): void {
    if (this.#started) return;
    this.#started = true;
    this.#latest = first;
    if (this.#origin !== undefined) this.#offset = this.#origin - first;
    else this.#offset = first >= HIGH_START ? -first : 0;
  }

  advance(source: number): void {
    this.#latest = source;
  }

  move(offset: number): void {
    this.#offset = offset;
  }
}

export interface TimelineOptions {
  readonly trackId: number;
  readonly clockRate: number;
  /** Width in bits of the source's time stamps, for unwrapping; 0 if they don't wrap. */
  readonly wrapBits?: number;
  /** Ticks per second of the source's time stamps, if other than the track's clock. */
  readonly sourceRate?: number;
}

/**
 * Turns the raw decoding times of one track into stream time: unwrapped, moved by the source's offset, without
 * jumps, strictly increasing. Nothing after it corrects time (DESIGN §3).
 */
export class Timeline {
  readonly #clock: SourceClock;
  readonly #trackId: number;
  readonly #clockRate: number;
  readonly #sourceRate: number;
  readonly #modulus: number;
  /** A millisecond: what still tells two samples apart in the formats that count in them. */
  readonly #leastStep: number;
  #lastRaw: number | undefined;
  #unwrapped = 0;
  /** Ticks that bring this track's source time beside the other tracks'; 0 for all but odd devices. */
  #shift = 0;
  #offset = 0;
  #clockOffset = 0;
  #last = Number.NEGATIVE_INFINITY;
  /** Usual distance of two samples, the lesser of the last two: where the next one is expected. */
  #step = 1;
  #lastStep = 1;
  /** Seconds that the source's times may lie behind the stream's and are still waited out. */
  #patience = MAX_JITTER;
  #isBehind = false;

  constructor(clock: SourceClock, options: TimelineOptions) {
    this.#clock = clock;
    this.#trackId = options.trackId;
    this.#clockRate = options.clockRate;
    this.#sourceRate = options.sourceRate ?? options.clockRate;
    this.#modulus = options.wrapBits ? 2 ** options.wrapBits : 0;
    this.#leastStep = Math.max(1, Math.round(options.clockRate / 1000));
  }

  /** The stream time, in ticks of the track's clock, of a sample whose source time stamp is `raw`. */
  next(raw: number): number {
    const unwrapped = rescale(this.#unwrap(raw), this.#sourceRate, this.#clockRate);
    if (this.#last === Number.NEGATIVE_INFINITY) {
      if (this.#clock.started) this.#joinLate(unwrapped);
      else this.#clock.start(unwrapped / this.#clockRate);
      this.#useOffset(this.#clock.offset);
    }
    const source = unwrapped + this.#shift;
    this.#clock.advance(source / this.#clockRate);
    this.#last = this.#mend(source);
    return this.#last;
  }

  #mend(source: number): number {
    const time = source + this.#offset;
    if (this.#last === Number.NEGATIVE_INFINITY) return this.#first(time);
    const expected = this.#last + this.#step;
    if (this.#joinsJump(source, expected)) return this.#join(source);
    if (time > this.#last && time - expected <= this.#clock.maxGap * this.#clockRate) return this.#keep(time);
    if (time <= this.#last && expected - time < this.#patience * this.#clockRate) return this.#waitOut(time);
    this.#clock.move((expected - source) / this.#clockRate);
    return this.#join(source);
  }

  #keep(time: number): number {
    this.#isBehind = false;
    this.#patience = MAX_JITTER;
    const step = Math.min(time - this.#last, MAX_STEP * this.#clockRate);
    this.#step = Math.min(step, this.#lastStep);
    this.#lastStep = step;
    return time;
  }

  /** A track may begin before the sample that fixed the offset; what does not fit after the floor is waited out. */
  #first(time: number): number {
    const floor = this.#ticks(this.#clock.floor);
    if (time >= floor) return time;
    this.#patience = this.#clock.maxGap;
    return this.#waitOut(time, floor);
  }

  /** Equal to or older than its predecessor: jitter of the encoder's clock. A millisecond keeps the order. */
  #waitOut(time: number, mended = this.#last + this.#leastStep): number {
    const isWorthReporting = mended - time > REPORTED_JITTER * this.#clockRate;
    if (isWorthReporting && !this.#isBehind) {
      this.#isBehind = true;
      this.#report('backward', time, mended);
    }
    return mended;
  }

  /** Whether another track has jumped and its offset brings this one nearer to where it is expected, too. */
  #joinsJump(source: number, expected: number): boolean {
    if (this.#clock.offset === this.#clockOffset) return false;
    const distance = Math.abs(source + this.#ticks(this.#clock.offset) - expected);
    return (
      distance <= SAME_JUMP_TOLERANCE * this.#clockRate &&
      distance < Math.abs(source + this.#offset - expected)
    );
  }

  #join(source: number): number {
    const before = source + this.#offset;
    this.#useOffset(this.#clock.offset);
    this.#isBehind = false;
    this.#patience = MAX_JITTER;
    const mended = Math.max(this.#last + this.#leastStep, source + this.#offset);
    this.#report('jump', before, mended);
    return mended;
  }

  /** A track whose first stamp has nothing to do with the others' is put beside them. */
  #joinLate(source: number): void {
    const latest = this.#ticks(this.#clock.latest);
    if (Math.abs(source - latest) <= this.#clock.maxGap * this.#clockRate) return;
    this.#shift = latest - source;
    this.#report('jump', source, latest);
  }

  #unwrap(raw: number): number {
    if (this.#modulus === 0) return raw;
    if (this.#lastRaw === undefined) {
      this.#unwrapped = this.#clock.started ? this.#nearest(raw, this.#clock.latest * this.#sourceRate) : raw;
    } else {
      // The nearer way round tells a wrap from a step back.
      this.#unwrapped = this.#nearest(raw, this.#unwrapped);
      if (Math.abs(raw - this.#lastRaw) > this.#modulus / 2) {
        this.#clock.onMend?.({
          trackId: this.#trackId,
          kind: 'wrap',
          from: this.#lastRaw / this.#sourceRate,
          to: raw / this.#sourceRate,
        });
      }
    }
    this.#lastRaw = raw;
    return this.#unwrapped;
  }

  /** `raw` with the number of whole turns that brings it nearest to `reference`. */
  #nearest(raw: number, reference: number): number {
    return raw + Math.round((reference - raw) / this.#modulus) * this.#modulus;
  }

  #useOffset(offset: number): void {
    this.#clockOffset = offset;
    this.#offset = this.#ticks(offset);
  }

  #ticks(seconds: number): number {
    return Math.round(seconds * this.#clockRate);
  }

  #report(kind: TimeMend['kind'], from: number, to: number): void {
    this.#clock.onMend?.({
      trackId: this.#trackId,
      kind,
      from: from / this.#clockRate,
      to: to / this.#clockRate,
    });
  }
}
