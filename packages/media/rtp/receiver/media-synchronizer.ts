import { type SourceClock, Timeline } from '../../model/timeline.ts';

/** Source time in seconds of a session's first frame: what turns out to belong before it has room. */
const START = 1;
/**
 * Seconds: what puts two tracks further apart than this is wrong. Less than what a timeline takes for a jump, so that
 * it lets a track be moved as far.
 */
const MAX_CORRECTION = 8;
/** Seconds by which the tracks may drift apart before the sound is put right again (EBU R 37 allows 60 ms). */
const MAX_DRIFT = 0.06;
/** Seconds: what need not be put right the first time. */
const MIN_CORRECTION = 0.005;
/** Seconds: time stamps further apart have nothing to do with each other; some cameras report those of nothing. */
const MAX_DISTANCE = 60;

export interface TrackClockOptions {
  readonly trackId: number;
  readonly kind: 'video' | 'audio';
  /** Ticks per second of RTP and of the stream. */
  readonly clockRate: number;
}

/**
 * Puts the tracks of one session on one clock. RTP time stamps begin anywhere, in each track elsewhere (RFC 3550
 * §5.1). Sender reports tell which of them are the same instant (§6.4.1), RTSP's RTP-Info which of them the session
 * starts with (RFC 2326 §12.33). A track of which neither is known when its first frame comes is put where it came,
 * and moved when the reports are there. Times are milliseconds of any steady clock.
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

  /** Source time in seconds at which a track's first frame belongs, which comes at `now`. */
  place(track: TrackClock, timestamp: number, now: number): number {
    if (!this.#clock.started) return START;
    const byArrival = this.#clock.latest + (now - this.#lastArrival) / 1000;
    const streamTime = this.#streamTime(track, timestamp);
    if (streamTime === undefined) return byArrival;
    const time = streamTime - this.#clock.offset;
    return Math.abs(time - byArrival) <= MAX_CORRECTION ? time : byArrival;
  }

  /** A frame came. */
  advance(now: number): void {
    this.#lastArrival = now;
  }

  /**
   * Brings sound and picture together as far as both are known. `reported` has a new sender report. At first the one
   * that is early is moved on, which loses nothing; later, when they drift apart, the sound follows the picture.
   */
  align(reported: TrackClock | undefined): void {
    const video = this.#tracks.find(track => track.kind === 'video');
    if (video?.wallClockOffset === undefined) return;
    for (const audio of this.#tracks) {
      if (audio.kind !== 'audio' || audio.wallClockOffset === undefined) continue;
      // Seconds by which the sound is early.
      const early = audio.wallClockOffset - video.wallClockOffset;
      if (Math.abs(early) > MAX_CORRECTION) continue;
      if (audio.isAligned) {
        if (audio === reported) audio.correctDrift(early);
      } else {
        if (early >= MIN_CORRECTION) audio.move(early);
        else if (early <= -MIN_CORRECTION) this.#moveAligned(video, -early);
        audio.isAligned = true;
      }
    }
  }

  #moveAligned(video: TrackClock, seconds: number): void {
    video.move(seconds);
    for (const track of this.#tracks) if (track.kind === 'audio' && track.isAligned) track.move(seconds);
  }

  /** Where another track says that a time stamp of this one belongs, in seconds. */
  #streamTime(track: TrackClock, timestamp: number): number | undefined {
    const wallClock = track.wallClockAt(timestamp);
    const sessionTime = track.sessionTimeAt(timestamp);
    for (const other of this.#tracks) {
      if (other === track) continue;
      if (wallClock !== undefined && other.wallClockOffset !== undefined) {
        return wallClock - other.wallClockOffset;
      }
      if (sessionTime !== undefined && other.sessionOffset !== undefined) {
        return sessionTime - other.sessionOffset;
      }
    }
    return undefined;
  }
}

/** The time stamps of one track, on the way to its `Timeline`. */
export class TrackClock {
  readonly kind: 'video' | 'audio';
  /** Of sound: it has been put beside the picture by sender reports. */
  isAligned = false;
  readonly #timeline: Timeline;
  readonly #clockRate: number;
  readonly #synchronizer: MediaSynchronizer;
  /** Ticks from RTP time stamps to source time; undefined before the first frame. */
  #offset: number | undefined;
  /** The newest frame: its time stamp, and its presentation time in ticks of the stream. */
  #timestamp = 0;
  #presented = 0;
  /** The newest sender report: an instant in seconds, and as a time stamp. */
  #report: { readonly seconds: number; readonly timestamp: number } | undefined;
  /** The time stamp with which the session starts. */
  #start: number | undefined;
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
    this.#offset ??= Math.round(this.#synchronizer.place(this, timestamp, now) * this.#clockRate) - timestamp;
    // Modulo 2^32, for the timeline to unwrap.
    const decoded = this.#timeline.next((timestamp - delay + this.#offset) >>> 0);
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

  /** The session starts with this time stamp, as it does with those that its other tracks are told. */
  startsAt(timestamp: number): void {
    this.#start = timestamp;
  }

  /** Another source goes on with the track: its time stamps have nothing to do with those before. */
  restart(): void {
    this.#offset = undefined;
    this.#report = undefined;
    this.#start = undefined;
    this.isAligned = false;
    this.#drift = 0;
    this.#filled = undefined;
  }

  /** The wall-clock time in seconds of a time stamp, by the newest report. */
  wallClockAt(timestamp: number): number | undefined {
    if (!this.#report) return undefined;
    const distance = this.#secondsTo(timestamp, this.#report.timestamp);
    return distance === undefined ? undefined : this.#report.seconds + distance;
  }

  /** Seconds from stream time to wall-clock time; undefined while that is not known. */
  get wallClockOffset(): number | undefined {
    if (this.#offset === undefined) return undefined;
    const wallClock = this.wallClockAt(this.#timestamp);
    return wallClock === undefined ? undefined : wallClock - this.#presented / this.#clockRate;
  }

  /** Seconds from the start of the session to a time stamp. */
  sessionTimeAt(timestamp: number): number | undefined {
    return this.#start === undefined ? undefined : this.#secondsTo(timestamp, this.#start);
  }

  /** Seconds from stream time to session time; undefined while that is not known. */
  get sessionOffset(): number | undefined {
    if (this.#offset === undefined) return undefined;
    const sessionTime = this.sessionTimeAt(this.#timestamp);
    return sessionTime === undefined ? undefined : sessionTime - this.#presented / this.#clockRate;
  }

  /** The sound is early by some seconds. A single report may be wrong: the next one has to say the same. */
  correctDrift(early: number): void {
    const isConfirmed = Math.min(Math.abs(early), Math.abs(this.#drift)) > MAX_DRIFT;
    if (isConfirmed && early > 0 === this.#drift > 0) this.move(early);
    else this.#drift = early;
  }

  move(seconds: number): void {
    const ticks = Math.round(seconds * this.#clockRate);
    if (ticks < 0) this.#filled = Math.max(this.#filled ?? 0, this.#presented);
    this.#offset = (this.#offset ?? 0) + ticks;
    this.#presented += ticks;
    this.#drift = 0;
  }

  #presentedAt(timestamp: number): number {
    return this.#presented + ((timestamp - this.#timestamp) | 0);
  }

  /** Undefined where they are too far apart. */
  #secondsTo(timestamp: number, from: number): number | undefined {
    const seconds = ((timestamp - from) | 0) / this.#clockRate;
    return Math.abs(seconds) <= MAX_DISTANCE ? seconds : undefined;
  }
}
