import { describe, expect, it } from 'vitest';
import { SourceClock, type TimeMend } from '../../model/timeline.ts';
import { MediaSynchronizer, type TrackClock } from './media-synchronizer.ts';

const VIDEO_RATE = 90_000;
const AUDIO_RATE = 8000;
/** Where the time stamps of the two tracks begin: the picture's wrap soon. */
const VIDEO_START = 2 ** 32 - 5 * VIDEO_RATE;
const AUDIO_START = 1_234_567_890;
const WALL_CLOCK = Date.UTC(2024, 5, 7);

/** A camera whose sound comes `audioDelay` milliseconds later than the picture of the same instant. */
class Session {
  readonly mends: TimeMend[] = [];
  readonly clock = new SourceClock({ onMend: mend => this.mends.push(mend) });
  readonly synchronizer = new MediaSynchronizer(this.clock);
  readonly video: TrackClock;
  readonly audio: TrackClock;
  audioDelay: number;
  /** How far stream time is off the true time, in milliseconds. */
  videoOffset = 0;
  audioOffset = 0;
  dropped = 0;
  #last = { video: -1, audio: -1 };

  constructor(audioDelay = 0) {
    this.audioDelay = audioDelay;
    this.video = this.synchronizer.addTrack({ trackId: 1, kind: 'video', clockRate: VIDEO_RATE });
    this.audio = this.synchronizer.addTrack({ trackId: 2, kind: 'audio', clockRate: AUDIO_RATE });
  }

  /** Frames whose true times are from `from` to `to`, in milliseconds: of video 40, of audio 20 apart. */
  run(from: number, to: number): void {
    for (let now = from; now < to; now += 20) {
      if (now % 40 === 0) this.picture(now);
      this.sound(now - this.audioDelay, now);
    }
  }

  picture(time: number, now = time): void {
    const dts = this.video.next(stampOf(VIDEO_START, time, VIDEO_RATE), 0, now);
    expect(dts).toBeGreaterThan(this.#last.video);
    this.#last.video = dts;
    this.videoOffset = dts / 90 - time;
  }

  sound(time: number, now: number): void {
    const timestamp = stampOf(AUDIO_START, time, AUDIO_RATE);
    if (this.audio.isPast(timestamp)) {
      this.dropped++;
      return;
    }
    const dts = this.audio.next(timestamp, 0, now);
    expect(dts).toBeGreaterThan(this.#last.audio);
    this.#last.audio = dts;
    this.audioOffset = dts / 8 - time;
  }

  report(track: 'video' | 'audio', time: number, error = 0): void {
    const [start, rate] = track === 'video' ? [VIDEO_START, VIDEO_RATE] : [AUDIO_START, AUDIO_RATE];
    this[track].senderReport(WALL_CLOCK + time + error, stampOf(start, time, rate));
  }

  /** Milliseconds by which the sound is late beside the picture. */
  get skew(): number {
    return Math.round(this.audioOffset - this.videoOffset);
  }
}

function stampOf(start: number, time: number, rate: number): number {
  return (start + Math.round((time * rate) / 1000)) % 2 ** 32;
}

describe('MediaSynchronizer', () => {
  it('puts tracks where they came, whatever their time stamps', () => {
    const session = new Session();
    session.run(0, 10_000);
    expect(session.skew).toBe(0);
    expect(session.videoOffset).toBe(1000);
    expect(session.mends.filter(({ kind }) => kind !== 'wrap')).toEqual([]);
  });

  it('puts a track that comes later beside the others', () => {
    const session = new Session();
    for (let now = 0; now < 8000; now += 40) session.picture(now);
    session.run(8000, 10_000);
    expect(Math.abs(session.skew)).toBeLessThanOrEqual(40);
  });

  it.each([150, -150, 4000, -4000])('brings sound that comes %d ms late and its picture together', delay => {
    const session = new Session(delay);
    session.run(0, 5000);
    expect(session.skew).toBe(delay);
    session.report('video', 4900);
    session.report('audio', 4900 - delay);
    session.run(5000, 12_000);
    expect(session.skew).toBe(0);
    // Whichever was early is moved on; nothing is lost.
    expect(session.dropped).toBe(0);
    expect(session.audioOffset).toBe(1000 + Math.max(0, delay));
    expect(session.mends.filter(({ kind }) => kind !== 'wrap')).toEqual([]);
  });

  it('puts tracks where the reports say, if they are there before the first frames', () => {
    for (const delay of [200, -200]) {
      const session = new Session(delay);
      session.report('audio', 0);
      session.report('video', 0);
      session.picture(0);
      session.sound(-delay, 0);
      expect(session.skew).toBe(0);
      session.run(20, 1000);
      expect(session).toMatchObject({ skew: 0, videoOffset: 1000, dropped: 0 });
    }
  });

  it('puts tracks where the session says that they start', () => {
    const session = new Session(300);
    session.video.startsAt(VIDEO_START);
    session.audio.startsAt(AUDIO_START);
    session.run(0, 1000);
    expect(session).toMatchObject({ skew: 0, videoOffset: 1000 });
    // The reports know better.
    session.report('video', 900, 20);
    session.report('audio', 600);
    session.run(1000, 2000);
    expect(session).toMatchObject({ skew: -20, videoOffset: 1020 });
  });

  it('takes no start that has nothing to do with the track', () => {
    const session = new Session(300);
    session.video.startsAt(VIDEO_START);
    session.audio.startsAt(0);
    session.run(0, 1000);
    expect(session.skew).toBe(300);
  });

  it('aligns by reports of which one is some time ago', () => {
    const session = new Session(100);
    session.run(0, 1000);
    session.report('video', 900);
    session.run(1000, 30_000);
    session.report('audio', 29_800);
    session.run(30_000, 31_000);
    expect(session.skew).toBe(0);
  });

  it('leaves small drift alone, and puts lasting drift right', () => {
    const session = new Session(0);
    session.run(0, 1000);
    session.report('video', 900);
    session.report('audio', 900, 4);
    session.run(1000, 2000);
    expect(session.skew).toBe(0);
    session.report('audio', 1900, 50);
    session.report('audio', 1950, 50);
    session.run(2000, 3000);
    expect(session.skew).toBe(0);
    // Once may be an error of the camera's.
    session.report('audio', 2900, 90);
    session.report('audio', 2920, -90);
    session.run(3000, 4000);
    expect(session.skew).toBe(0);
    session.report('audio', 3800, 90);
    session.report('audio', 3900, 90);
    session.run(4000, 5000);
    expect(session).toMatchObject({ skew: 90, videoOffset: 1000, dropped: 0 });
    // Sound that is moved back is dropped as far as its time is filled, never squeezed.
    session.report('audio', 4800, 10);
    session.report('audio', 4900, 10);
    session.run(5000, 6000);
    expect(session).toMatchObject({ skew: 10, videoOffset: 1000, dropped: 4 });
  });

  it('does not believe reports that have nothing to do with the track', () => {
    const session = new Session(100);
    session.run(0, 1000);
    session.report('video', 900);
    session.report('audio', 900, 3_600_000);
    session.audio.senderReport(WALL_CLOCK + 900, 5);
    session.run(1000, 2000);
    expect(session.skew).toBe(100);
    session.report('audio', 1800);
    session.run(2000, 3000);
    expect(session.skew).toBe(0);
  });

  it('does nothing for sound without a picture', () => {
    const session = new Session();
    for (let now = 0; now < 1000; now += 20) session.sound(now, now);
    session.report('audio', 900, 500);
    for (let now = 1000; now < 2000; now += 20) session.sound(now, now);
    expect(session.audioOffset).toBe(1000);
  });

  it('puts a source that began anew where it came, and aligns it again', () => {
    const session = new Session(100);
    session.run(0, 5000);
    session.report('video', 4900);
    session.report('audio', 4800);
    session.run(5000, 6000);
    expect(session.skew).toBe(0);
    session.audio.restart();
    session.audioDelay = 300;
    session.run(6000, 8000);
    expect(session.skew).toBeGreaterThan(250);
    session.report('audio', 7700);
    session.run(8000, 12_000);
    expect(session.skew).toBe(0);
  });

  it('stays aligned where both tracks jump', () => {
    const session = new Session();
    session.run(0, 3000);
    // Both clocks are set forward by an hour.
    for (let now = 3000; now < 6000; now += 20) {
      if (now % 40 === 0) session.picture(now + 3_600_000, now);
      session.sound(now + 3_600_000, now);
    }
    session.report('video', 3_605_900);
    session.report('audio', 3_605_900);
    expect(session.skew).toBe(0);
  });
});
