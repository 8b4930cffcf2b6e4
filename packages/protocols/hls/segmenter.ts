import type { EndReason, StreamSink } from '@flux-iot/core/stream/sink';
import type { Stream } from '@flux-iot/core/stream/stream';
import { TsMuxer, tsCarries } from '@flux-iot/media/format/mpegts/muxer';
import { ByteWriter } from '@flux-iot/media/model/byte-writer';
import type { MediaSample, Sample } from '@flux-iot/media/model/sample';
import { isVideo, type Track } from '@flux-iot/media/model/track';
import type { FinishedSegment } from './live-playlist.ts';
import { SegmentClock } from './segment-clock.ts';
import { SegmentCutter } from './segment-cutter.ts';
import { SharedEpoch } from './shared-epoch.ts';

/** 85 Mbit/s over six seconds. A segment that grows beyond is cut wherever it is. */
const MAX_SEGMENT_BYTES = 64 * 1024 * 1024;

export interface SegmenterOptions {
  readonly stream: Stream;
  /** In seconds; segments end at the first key frame after it. */
  readonly segmentDuration: number;
  /** Of the stream and its renditions, where it has some: they are cut at the same frames. */
  readonly epoch?: SharedEpoch;
  /** Segments are made whether or not somebody wants them. */
  readonly isPassive?: boolean;
  readonly onSegment: (segment: FinishedSegment) => void;
  readonly onEnd: () => void;
}

/** A stretch of a slab; neighbouring ones are joined. */
interface Stretch {
  readonly slab: Buffer;
  readonly start: number;
  end: number;
}

interface OpenSegment {
  readonly start: number;
  readonly independent: boolean;
  readonly discontinuity: boolean;
  readonly stretches: Stretch[];
  byteLength: number;
}

/** Cuts one stream into transport stream segments, which begin with a key frame and hold whole access units. */
export class HlsSegmenter implements StreamSink {
  readonly isPassive: boolean;
  readonly #options: SegmenterOptions;
  readonly #muxer = new TsMuxer();
  readonly #writer = new ByteWriter();
  readonly #clock = new SegmentClock();
  readonly #cutter: SegmentCutter;
  /** What the segment at hand was begun with. */
  #tracks: readonly Track[] = [];
  /** Tracks that take over at the next place where a segment can begin. */
  #nextTracks: readonly Track[] | undefined;
  #hasVideo = false;
  #segment: OpenSegment | undefined;
  #isDiscontinuous = false;
  readonly #epoch: SharedEpoch;

  constructor(options: SegmenterOptions) {
    this.isPassive = options.isPassive ?? false;
    this.#options = options;
    this.#cutter = new SegmentCutter(options.segmentDuration, options.epoch !== undefined);
    this.#epoch = options.epoch ?? new SharedEpoch();
  }

  onTracks(tracks: readonly Track[]): void {
    const carried = tracks.filter(tsCarries);
    for (const track of tracks) {
      if (!carried.includes(track)) this.#options.stream.noteLeftOut('HLS', track);
    }
    const isSame =
      carried.length === this.#tracks.length && carried.every(track => this.#tracks.includes(track));
    this.#nextTracks = isSame ? undefined : carried;
  }

  onSample(sample: Sample, track: Track | undefined): void {
    if (sample.kind === 'data' || !track) return;
    if (this.#nextTracks) this.#takeOver(this.#nextTracks, sample);
    if (!this.#tracks.includes(track)) return;
    const ownTime = sample.dts / track.clockRate;
    const time = this.#clock.at(sample, ownTime);
    const isStart = !this.#hasVideo || (sample.kind === 'video' && sample.key);
    if (this.#segment) this.#cut(this.#segment, time, isStart);
    else if (isStart) this.#begin(time, true);
    if (!this.#segment) return;
    this.#clock.advance(sample, ownTime);
    this.#write(this.#segment, sample, track);
  }

  /** What comes next is another publisher's; or nothing, for as long as there is none. */
  onDiscontinuity(): void {
    this.#finish(this.#clock.end);
    this.#breakOff();
  }

  onEnd(_reason: EndReason): void {
    this.#finish(this.#clock.end);
    this.#options.onEnd();
  }

  /** Begins with new tracks at a sample that a decoder can start with. */
  #takeOver(tracks: readonly Track[], sample: MediaSample): void {
    const hasVideo = tracks.some(isVideo);
    if (hasVideo && !(sample.kind === 'video' && sample.key)) return;
    this.#nextTracks = undefined;
    const isFirst = this.#tracks.length === 0;
    this.#finish(this.#clock.end);
    if (!isFirst) this.#breakOff();
    this.#tracks = tracks;
    this.#hasVideo = hasVideo;
    this.#clock.restart(hasVideo);
    this.#muxer.init(tracks, this.#options.stream.metadata);
  }

  #cut(segment: OpenSegment, time: number, isStart: boolean): void {
    const isWished =
      isStart && (this.#hasVideo ? this.#cutter.cutsAtKey(time) : this.#cutter.cutsAtFrame(time));
    const isForced =
      this.#cutter.mustCut(time, this.#clock.frameDuration) || segment.byteLength >= MAX_SEGMENT_BYTES;
    if (!isWished && !isForced) return;
    if (time - segment.start > this.#cutter.limit) {
      // There is a hole in the stream's time, which is in no segment.
      this.#finish(this.#clock.end);
      this.#breakOff();
    } else {
      this.#finish(time);
    }
    this.#begin(time, isStart);
  }

  #begin(time: number, independent: boolean): void {
    this.#segment = {
      start: time,
      independent,
      discontinuity: this.#isDiscontinuous,
      stretches: [],
      byteLength: 0,
    };
    this.#isDiscontinuous = false;
    this.#cutter.begin(time);
    this.#muxer.writeTables(this.#writer);
  }

  #write(segment: OpenSegment, sample: MediaSample, track: Track): void {
    try {
      this.#muxer.write(sample, track, this.#writer);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      this.#options.stream.history.note('hls-sample-dropped', reason);
    }
    const { slab, start, end } = this.#writer.take();
    segment.byteLength += end - start;
    const last = segment.stretches.at(-1);
    if (last && last.slab === slab && last.end === start) last.end = end;
    else segment.stretches.push({ slab, start, end });
  }

  /** Hands on the segment at hand, which ends at `end`. */
  #finish(end: number): void {
    const segment = this.#segment;
    if (!segment) return;
    this.#segment = undefined;
    const duration = end - segment.start;
    this.#cutter.end(duration);
    const epoch = this.#epoch.at(Date.now() - end * 1000);
    this.#options.onSegment({
      data: Buffer.concat(segment.stretches.map(({ slab, start, end }) => slab.subarray(start, end))),
      duration,
      programDateTime: Math.round(epoch + segment.start * 1000),
      discontinuity: segment.discontinuity,
      independent: segment.independent,
      targetDuration: this.#cutter.targetDuration,
    });
  }

  #breakOff(): void {
    this.#isDiscontinuous = true;
    this.#epoch.reset();
    this.#clock.restart(this.#hasVideo);
    this.#cutter.restart();
  }
}
