import type { EndReason, StreamSink } from '@flux-iot/core/stream/sink';
import type { Stream } from '@flux-iot/core/stream/stream';
import type { MediaSample, Sample } from '@flux-iot/media/model/sample';
import { isVideo, type Track } from '@flux-iot/media/model/track';
import type { FinishedPart, FinishedSegment, SegmentHead } from './finished-segment.ts';
import { PartCutter } from './part-cutter.ts';
import { SegmentClock } from './segment-clock.ts';
import { SegmentCutter } from './segment-cutter.ts';
import { createSegmentWriter, hlsCarries, type SegmentFormat } from './segment-format.ts';
import type { SegmentWriter } from './segment-writer.ts';
import { SharedEpoch } from './shared-epoch.ts';

/** 85 Mbit/s over six seconds. A segment that grows beyond is cut wherever it is. */
const MAX_SEGMENT_BYTES = 64 * 1024 * 1024;

export interface SegmenterOptions {
  readonly stream: Stream;
  /** In seconds; segments end at the first key frame after it. */
  readonly segmentDuration: number;
  /** Transport streams, if left out. */
  readonly format?: SegmentFormat;
  /** Seconds of the parts in which segments are handed on before they are whole; left out for none. */
  readonly partDuration?: number;
  /** Of the stream and its renditions, where it has some: they are cut at the same frames. */
  readonly epoch?: SharedEpoch;
  /** It is one of those, and not the stream that they are made of. */
  readonly isRendition?: boolean;
  /** Segments are made whether or not somebody wants them. */
  readonly isPassive?: boolean;
  /** Before the segment that it is of. */
  readonly onPart?: (part: FinishedPart) => void;
  readonly onSegment: (segment: FinishedSegment) => void;
  readonly onEnd: () => void;
}

interface OpenSegment {
  readonly start: number;
  readonly independent: boolean;
  readonly discontinuity: boolean;
  /** Milliseconds since 1970 at the stream's time zero, as soon as something was handed on. */
  epoch: number | undefined;
  /** What was taken from the writer. */
  readonly pieces: Buffer[];
  byteLength: number;
}

/** Cuts one stream into segments, which begin with a key frame and hold whole access units. */
export class HlsSegmenter implements StreamSink {
  readonly isPassive: boolean;
  readonly #options: SegmenterOptions;
  readonly #format: SegmentFormat;
  readonly #writer: SegmentWriter;
  readonly #clock = new SegmentClock();
  readonly #cutter: SegmentCutter;
  readonly #partCutter: PartCutter | undefined;
  /** What the segment at hand was begun with. */
  #tracks: readonly Track[] = [];
  /** Tracks that take over at the next place where a segment can begin. */
  #nextTracks: readonly Track[] | undefined;
  #hasVideo = false;
  #segment: OpenSegment | undefined;
  #isDiscontinuous = false;
  /** Until it is whole, nobody sees anything of the first segment. */
  #isFirst = true;
  readonly #epoch: SharedEpoch;

  constructor(options: SegmenterOptions) {
    this.isPassive = options.isPassive ?? false;
    this.#options = options;
    this.#format = options.format ?? 'ts';
    this.#writer = createSegmentWriter(this.#format);
    this.#cutter = new SegmentCutter(options.segmentDuration, options.epoch !== undefined);
    if (options.partDuration !== undefined) this.#partCutter = new PartCutter(options.partDuration);
    this.#epoch = options.epoch ?? new SharedEpoch();
  }

  onTracks(tracks: readonly Track[]): void {
    const carried = tracks.filter(track => hlsCarries(this.#format, track));
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
    if (this.#segment) this.#cut(this.#segment, time, isStart, sample);
    else if (isStart) this.#begin(time, true, sample);
    if (!this.#segment) return;
    this.#clock.advance(sample, ownTime);
    this.#write(sample, track);
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
    this.#writer.restart(tracks, this.#options.stream.metadata);
  }

  #cut(segment: OpenSegment, time: number, isStart: boolean, sample: MediaSample): void {
    const isWished =
      isStart && (this.#hasVideo ? this.#cutter.cutsAtKey(time) : this.#cutter.cutsAtFrame(time));
    const isForced =
      this.#cutter.mustCut(time, this.#clock.frameDuration) ||
      segment.byteLength + this.#writer.byteLength >= MAX_SEGMENT_BYTES;
    if (!isWished && !isForced) {
      this.#cutPart(segment, time, sample);
      return;
    }
    if (time - segment.start > this.#cutter.limit) {
      // There is a hole in the stream's time, which is in no segment.
      this.#finish(this.#clock.end);
      this.#breakOff();
    } else {
      this.#finish(time, sample);
    }
    this.#begin(time, isStart, sample);
  }

  #cutPart(segment: OpenSegment, time: number, sample: MediaSample): void {
    const cutter = this.#partCutter;
    if (!cutter) return;
    const isFrame = this.#clock.drives(sample);
    if (!(isFrame ? cutter.cutsAtFrame(time) : cutter.isOverdue(time))) return;
    this.#take(segment, time, sample);
    cutter.begin(time, isFrame);
  }

  #begin(time: number, independent: boolean, sample: MediaSample): void {
    this.#segment = {
      start: time,
      independent,
      discontinuity: this.#isDiscontinuous,
      epoch: undefined,
      pieces: [],
      byteLength: 0,
    };
    this.#isDiscontinuous = false;
    this.#cutter.begin(time);
    this.#partCutter?.begin(time, this.#clock.drives(sample));
    this.#writer.begin();
  }

  #write(sample: MediaSample, track: Track): void {
    try {
      this.#writer.write(sample, track);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      this.#options.stream.history.note('hls-sample-dropped', reason);
    }
  }

  /** Takes from the writer what there is until `end`, where `next` follows, and hands it on if parts are wished. */
  #take(segment: OpenSegment, end: number, next: MediaSample | undefined): void {
    const piece = this.#writer.take(next);
    if (!piece) return;
    // The first pictures come all at once, from before: only the segment's end is of the present.
    if (this.#isFirst) segment.epoch = Date.now() - end * 1000;
    else segment.epoch ??= this.#epoch.at(Date.now() - end * 1000, this.#options.isRendition);
    segment.pieces.push(piece.data);
    segment.byteLength += piece.data.length;
    const cutter = this.#partCutter;
    if (!cutter) return;
    this.#options.onPart?.({
      ...this.#headOf(segment, segment.epoch),
      data: piece.data,
      duration: cutter.duration(end),
      hasKey: piece.hasKey,
      partTarget: cutter.target,
    });
  }

  /** Hands on the segment at hand, which ends at `end`, with `next` if that goes on from it. */
  #finish(end: number, next?: MediaSample): void {
    const segment = this.#segment;
    if (!segment) return;
    this.#segment = undefined;
    const duration = end - segment.start;
    this.#cutter.end(duration);
    this.#take(segment, end, next);
    if (segment.epoch === undefined) {
      // No sample could be written.
      this.#isDiscontinuous ||= segment.discontinuity;
      return;
    }
    if (this.#isFirst) segment.epoch = this.#epoch.at(segment.epoch, this.#options.isRendition);
    this.#isFirst = false;
    this.#options.onSegment({
      ...this.#headOf(segment, segment.epoch),
      data: segment.pieces.length === 1 ? segment.pieces[0]! : Buffer.concat(segment.pieces),
      duration,
      targetDuration: this.#cutter.targetDuration,
    });
  }

  #headOf({ start, discontinuity, independent }: OpenSegment, epoch: number): SegmentHead {
    return {
      programDateTime: Math.round(epoch + start * 1000),
      discontinuity,
      independent,
      init: this.#writer.init,
    };
  }

  #breakOff(): void {
    this.#isDiscontinuous = true;
    this.#epoch.reset();
    this.#clock.restart(this.#hasVideo);
    this.#cutter.restart();
  }
}
