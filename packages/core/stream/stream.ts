import { EventEmitter } from 'node:events';
import type { Metadata } from '@flux-iot/media/format/muxer';
import type { MediaSample, Sample } from '@flux-iot/media/model/sample';
import { isVideo, type Track } from '@flux-iot/media/model/track';
import type { FlushScheduler } from './flush-scheduler.ts';
import { GopCache, type GopLimits } from './gop-cache.ts';
import { StreamHistory } from './history.ts';
import { Output, type OutputOptions } from './output.ts';
import type { EndReason, StreamSink } from './sink.ts';
import { Counter } from './statistics.ts';
import type { StreamId } from './stream-id.ts';

/** `discovering`: tracks are being found; `live`: samples flow; `interrupted`: the publisher may come back. */
export type StreamState = 'waiting' | 'discovering' | 'live' | 'interrupted' | 'ended';

/** Who watches, as far as the stream needs to know. */
export interface StreamViewer {
  readonly id: string;
  readonly protocol: string;
  readonly peer: string;
  readonly since: number;
  readonly bytesSent: number;
}

export interface StreamOptions {
  readonly gop: GopLimits;
  /** Seconds of media after the first sample in which tracks may still be found before viewers are served. */
  readonly discoverySeconds: number;
}

/** Samples that may wait for the tracks to be found, whatever their time stamps say. */
const MAX_DISCOVERY_SAMPLES = 2000;

interface StreamEvents {
  state: [state: StreamState];
  viewers: [count: number];
}

/**
 * One live stream: its tracks, the cached group of pictures and everyone who takes its samples. The sample path is
 * plain synchronous calls; events are for changes of state alone. It knows no protocol.
 */
export class Stream extends EventEmitter<StreamEvents> {
  readonly id: StreamId;
  readonly createdAt = Date.now();
  readonly history: StreamHistory;
  readonly counter = new Counter();
  readonly #options: StreamOptions;
  readonly #scheduler: FlushScheduler;
  readonly #gop: GopCache;
  readonly #tracks = new Map<number, Track>();
  readonly #trackCounters = new Map<number, Counter>();
  readonly #sinks = new Set<StreamSink>();
  readonly #outputs = new Map<string, Output>();
  readonly #viewers = new Map<string, StreamViewer>();
  readonly #leftOut = new Map<string, string>();
  #state: StreamState = 'waiting';
  #metadata: Metadata = {};
  #expected: { video: boolean; audio: boolean } | undefined;
  /** Samples that came before the tracks were all found. */
  #pending: Sample[] = [];
  #pendingBytes = 0;
  #firstSeconds: number | undefined;
  #lastSeconds = 0;
  #lastWall = 0;
  #sawKeyFrame = false;
  /** Tracks of an earlier publisher that the present one has not brought yet. */
  #stale = new Set<number>();
  #bytesSentBefore = 0;

  /** `history`: where the stream was known before it began. */
  constructor(
    id: StreamId,
    scheduler: FlushScheduler,
    options: StreamOptions,
    history = new StreamHistory(),
  ) {
    super();
    this.history = history;
    // Everyone who waits for it to be live listens.
    this.setMaxListeners(0);
    this.id = id;
    this.#scheduler = scheduler;
    this.#options = options;
    this.#gop = new GopCache(options.gop);
  }

  get state(): StreamState {
    return this.#state;
  }

  get tracks(): readonly Track[] {
    return [...this.#tracks.values()];
  }

  get metadata(): Metadata {
    return this.#metadata;
  }

  /** Whether a viewer that comes now can be given pictures from the cache. */
  get gopIsOpen(): boolean {
    return this.#gop.isOpen;
  }

  get gopBytes(): number {
    return this.#gop.byteLength;
  }

  /** Whether anybody takes its samples who is a reason to fetch it. */
  get isTaken(): boolean {
    if (this.#viewers.size > 0) return true;
    for (const sink of this.#sinks) if (!sink.isPassive) return true;
    return false;
  }

  get viewers(): readonly StreamViewer[] {
    return [...this.#viewers.values()];
  }

  get viewerCount(): number {
    return this.#viewers.size;
  }

  /** Payload bytes sent to all viewers there ever were. */
  get bytesSent(): number {
    let bytes = this.#bytesSentBefore;
    for (const viewer of this.#viewers.values()) bytes += viewer.bytesSent;
    return bytes;
  }

  /** When the stream's time was zero, by its latest sample: milliseconds since 1970. */
  get epoch(): number {
    return this.#lastWall === 0 ? Date.now() : this.#lastWall - this.#lastSeconds * 1000;
  }

  /** What some formats had to leave out, in words. */
  get notes(): readonly string[] {
    return [...this.#leftOut.values()];
  }

  track(trackId: number): Track | undefined {
    return this.#tracks.get(trackId);
  }

  trackCounter(trackId: number): Counter | undefined {
    return this.#trackCounters.get(trackId);
  }

  // --- the publisher's side -------------------------------------------------------------------------------------

  /**
   * A publisher begins or comes back. Returns the stream time in seconds at which its first sample belongs, or
   * undefined where the stream is new and the source's own times are kept.
   */
  begin(): number | undefined {
    const isReturn = this.#lastWall !== 0;
    this.#expected = undefined;
    this.#firstSeconds = undefined;
    this.#sawKeyFrame = false;
    this.#setState('discovering');
    if (!isReturn) return undefined;
    this.#gop.clear();
    this.#stale = new Set(this.#tracks.keys());
    for (const sink of this.#sinks) sink.onDiscontinuity();
    return this.#lastSeconds + Math.max(0.04, (Date.now() - this.#lastWall) / 1000);
  }

  /** The publisher is gone; viewers are kept for it to come back. */
  interrupt(): void {
    this.#releasePending();
    this.#setState('interrupted');
  }

  setMetadata(metadata: Metadata): void {
    this.#metadata = metadata;
    if (this.#state === 'live') this.#announceTracks();
  }

  /** Which kinds of track the publisher has said it will bring: viewers are served as soon as they are there. */
  expect(expected: { video: boolean; audio: boolean }): void {
    this.#expected = expected;
  }

  /** Adds a track or replaces it by its next version. */
  setTrack(track: Track): void {
    const before = this.#tracks.get(track.id);
    this.#tracks.set(track.id, track);
    this.#stale.delete(track.id);
    if (!this.#trackCounters.has(track.id)) this.#trackCounters.set(track.id, new Counter());
    // Named by kind: steps of one name in a row are counted as one.
    this.history.note(`${track.kind}-track${before ? '-changed' : ''}`, describeTrack(track));
    if (before) this.#gop.clear();
    if (this.#state === 'live') this.#announceTracks();
  }

  write(sample: Sample): void {
    if (this.#state === 'live') {
      this.#deliver(sample);
      return;
    }
    if (this.#state !== 'discovering') return;
    this.#pending.push(sample.copy());
    this.#pendingBytes += sample.kind === 'data' ? 0 : sample.byteLength;
    if (this.#isDiscovered(sample)) this.#releasePending();
  }

  /** Ends the stream and everyone on it. */
  end(reason: EndReason): void {
    if (this.#state === 'ended') return;
    this.#releasePending();
    this.history.note('ended', `${reason.code}: ${reason.message}`);
    this.#setState('ended');
    for (const sink of [...this.#sinks]) sink.onEnd(reason);
    this.#sinks.clear();
    this.#outputs.clear();
    this.#gop.free();
    this.removeAllListeners();
  }

  // --- the takers' side -----------------------------------------------------------------------------------------

  /** Adds a sink and gives it the tracks and the cached pictures, if there are any. */
  addSink(sink: StreamSink): void {
    if (this.#state === 'ended') return;
    this.#sinks.add(sink);
    if (this.#state === 'waiting' || this.#state === 'discovering' || this.#tracks.size === 0) return;
    sink.onTracks(this.tracks);
    this.#gop.replay(sample => sink.onSample(sample, this.#trackOf(sample)));
  }

  removeSink(sink: StreamSink): void {
    this.#sinks.delete(sink);
  }

  /** The output `key` of this stream, made if it is not there. Options of one key are always the same. */
  output(key: string, make: () => OutputOptions): Output {
    let output = this.#outputs.get(key);
    if (!output) {
      const made = new Output(this, this.#scheduler, make(), () => {
        this.#outputs.delete(key);
        this.removeSink(made);
      });
      output = made;
      this.#outputs.set(key, made);
      this.addSink(made);
    }
    return output;
  }

  addViewer(viewer: StreamViewer): void {
    if (this.#viewers.size === 0) this.history.note('viewer', `${viewer.protocol} from ${viewer.peer}`);
    this.#viewers.set(viewer.id, viewer);
    this.emit('viewers', this.#viewers.size);
  }

  removeViewer(viewer: StreamViewer): void {
    if (!this.#viewers.delete(viewer.id)) return;
    this.#bytesSentBefore += viewer.bytesSent;
    if (this.#viewers.size === 0)
      this.history.note('no-viewer', `${viewer.protocol} from ${viewer.peer} was the last`);
    this.emit('viewers', this.#viewers.size);
  }

  noteLeftOut(format: string, track: Track): void {
    const key = `${format}/${track.id}`;
    if (this.#leftOut.has(key)) return;
    const note = `${format} cannot carry ${track.codec}: ${track.kind} is left out there`;
    this.#leftOut.set(key, note);
    this.history.note('left-out', note);
  }

  /** Once a second, with a monotonic time in milliseconds. */
  tick(now: number): void {
    this.counter.snapshot(now);
    for (const counter of this.#trackCounters.values()) counter.snapshot(now);
    for (const output of this.#outputs.values()) output.checkViewers(now);
  }

  #isDiscovered(sample: Sample): boolean {
    const found = this.tracks.filter(track => !this.#stale.has(track.id));
    const hasVideo = found.some(isVideo);
    const hasAudio = found.some(track => track.kind === 'audio');
    if (hasVideo && hasAudio) return true;
    const expected = this.#expected;
    if (
      expected &&
      (hasVideo || !expected.video) &&
      (hasAudio || !expected.audio) &&
      (hasVideo || hasAudio)
    ) {
      return true;
    }
    const track = this.#trackOf(sample);
    if (track) {
      const seconds = sample.dts / track.clockRate;
      this.#firstSeconds ??= seconds;
      if (seconds - this.#firstSeconds > this.#options.discoverySeconds) return true;
    }
    return this.#pending.length > MAX_DISCOVERY_SAMPLES || this.#pendingBytes > this.#options.gop.maxBytes;
  }

  #releasePending(): void {
    if (this.#state !== 'discovering') return;
    const pending = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    for (const trackId of this.#stale) this.#tracks.delete(trackId);
    this.#stale.clear();
    if (this.#tracks.size === 0) return;
    this.#setState('live');
    this.#announceTracks();
    for (const sample of pending) this.#deliver(sample);
  }

  #announceTracks(): void {
    const tracks = this.tracks;
    for (const sink of this.#sinks) sink.onTracks(tracks);
  }

  #deliver(sample: Sample): void {
    const track = this.#trackOf(sample);
    if (sample.kind !== 'data') {
      if (!track) return;
      // What precedes the first key frame refers to pictures that nobody has.
      if (sample.kind === 'video' && !sample.key && !this.#sawKeyFrame) return;
      this.#account(sample, track);
    }
    for (const sink of this.#sinks) sink.onSample(sample, track);
  }

  #account(sample: MediaSample, track: Track): void {
    const key = sample.kind === 'video' && sample.key;
    const bytes = sample.byteLength;
    this.counter.add(bytes, key);
    this.#trackCounters.get(track.id)?.add(bytes, key);
    this.#lastSeconds = Math.max(this.#lastSeconds, sample.dts / track.clockRate);
    this.#lastWall = Date.now();
    if (key && !this.#sawKeyFrame) {
      this.#sawKeyFrame = true;
      this.history.note(
        'first-key-frame',
        `${bytes} bytes at ${(sample.dts / track.clockRate).toFixed(3)} s`,
      );
    }
    if (!this.#gop.add(sample, track)) {
      this.history.note('gop-too-long', 'new viewers wait for the next key frame');
    }
  }

  #trackOf(sample: Sample): Track | undefined {
    return sample.kind === 'data' ? undefined : this.#tracks.get(sample.trackId);
  }

  #setState(state: StreamState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.emit('state', state);
  }
}

function describeTrack(track: Track): string {
  const shape =
    track.kind === 'video'
      ? `${track.width}x${track.height}`
      : `${track.sampleRate} Hz, ${track.channels} ch`;
  return `${track.kind} ${track.codec} ${track.codecString} ${shape}`;
}
