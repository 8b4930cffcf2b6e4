import { vp9FrameSize } from '../../codec/vp9/frame-size.ts';
import { ByteWriter, type Piece } from '../../model/byte-writer.ts';
import { ParseError } from '../../model/parse-error.ts';
import type { MediaSample } from '../../model/sample.ts';
import type { Track } from '../../model/track.ts';
import { type FragmentSample, fragmentHead } from './fragment-box.ts';
import { fileType, type MovieTrack, movieBox } from './movie.ts';
import { nominalDuration, type PictureSize, sampleEntry } from './sample-entry.ts';

/** A finished fragment: a movie fragment box and its media data. */
export interface Fragment {
  /** What is to be written, in order. */
  readonly buffers: readonly Buffer[];
  readonly byteLength: number;
  /** Begins with a picture that decoding can start at, or has no picture at all. */
  readonly key: boolean;
  /** Has a picture that decoding can start at, wherever it stands, or no picture at all. */
  readonly hasKey: boolean;
  /** Seconds of the stream at which its first sample is decoded, and at which its last one ends. */
  readonly start: number;
  readonly end: number;
  readonly samples: number;
}

interface StoredSample {
  readonly dts: number;
  readonly compositionOffset: number;
  readonly key: boolean;
  readonly piece: Piece;
}

interface MuxedTrack {
  readonly id: number;
  readonly track: Track;
  readonly writer: ByteWriter;
  /** In the fragment at hand, with the durations they turned out to have. */
  readonly samples: (StoredSample & { duration: number })[];
  /** The latest one: how long it lasts is known when the next one comes. */
  pending: StoredSample | undefined;
  lastDuration: number;
  size: PictureSize | undefined;
}

export interface Fmp4MuxerOptions {
  /**
   * Fragments have the stream's own times, and there are no edits: for movies of the same stream that are to be played one
   * after the other, or in place of each other. Times before zero cannot stand in it.
   */
  readonly keepsTimes?: boolean;
}

/** 32 bits of duration and of composition offset. */
const MAX_DURATION = 0xffffffff;
const MAX_OFFSET = 0x7fffffff;
/** The media data box counts its bytes in 32 bits. */
const MAX_SAMPLE_SIZE = 0x3fffffff;

/**
 * Samples to a movie of fragments (ISO/IEC 14496-12 §8.8). A sample is copied when it is added, and is in exactly one
 * fragment: the one that ends after its successor came, so every duration is the true one. Where the stream's time
 * begins is taken off, in whole seconds, so that no clock has to be rounded; the rest of the way to the first picture
 * or sound is an edit, the same for all tracks.
 */
export class Fmp4Muxer {
  readonly #tracks = new Map<number, MuxedTrack>();
  readonly #keepsTimes: boolean;
  #sequence = 0;
  /** Whole seconds of the stream that are taken off all times. */
  #origin: number | undefined;
  #init: Buffer | undefined;
  #byteLength = 0;
  #start: number | undefined;
  #end = 0;

  /** `tracks`: those that it is to carry (`fmp4Carries`). */
  constructor(tracks: readonly Track[], { keepsTimes = false }: Fmp4MuxerOptions = {}) {
    this.#keepsTimes = keepsTimes;
    if (keepsTimes) this.#origin = 0;
    for (const [index, track] of tracks.entries()) {
      this.#tracks.set(track.id, {
        id: index + 1,
        track,
        writer: new ByteWriter(),
        samples: [],
        pending: undefined,
        lastDuration: nominalDuration(track),
        size: undefined,
      });
    }
  }

  /** What stands before the first fragment; known once that is made. */
  get init(): Buffer {
    if (!this.#init) throw new ParseError('no fragment was made yet');
    return this.#init;
  }

  /** Bytes that wait for their fragment. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** Decoding time in seconds of the first sample that waits. */
  get start(): number | undefined {
    return this.#start;
  }

  /** Copies a sample. Throws `ParseError` where it cannot stand in a file. */
  add(sample: MediaSample): void {
    const muxed = this.#tracks.get(sample.trackId);
    if (!muxed || sample.byteLength === 0) return;
    if (sample.byteLength > MAX_SAMPLE_SIZE) throw new ParseError('sample too large for a fragment');
    if (this.#keepsTimes && sample.dts < 0) throw new ParseError('decoding time before zero');
    const compositionOffset = sample.pts - sample.dts;
    if (Math.abs(compositionOffset) > MAX_OFFSET) throw new ParseError('presentation too far from decoding');
    this.#settle(muxed, sample.dts);
    const { data } = sample;
    if (muxed.track.codec === 'vp9' && !muxed.size) muxed.size = vp9FrameSize(data);
    muxed.writer.bytes(data);
    const key = sample.kind === 'audio' || sample.key;
    muxed.pending = { dts: sample.dts, compositionOffset, key, piece: muxed.writer.take() };
    this.#byteLength += data.length;
    const seconds = sample.dts / muxed.track.clockRate;
    if (this.#start === undefined || seconds < this.#start) this.#start = seconds;
  }

  /**
   * Ends the fragment before `next`, which is to be added after it. The latest sample of every other track waits on
   * for its successor. Undefined where there is nothing to write.
   */
  cutBefore(next: MediaSample): Fragment | undefined {
    const muxed = this.#tracks.get(next.trackId);
    if (muxed) this.#settle(muxed, next.dts);
    return this.#finish();
  }

  /** Ends the movie, before `next` where that begins another one. Nothing waits any more. */
  end(next?: MediaSample): Fragment | undefined {
    const following = next && this.#tracks.get(next.trackId);
    if (following) this.#settle(following, next.dts);
    for (const muxed of this.#tracks.values()) {
      if (muxed.pending) this.#settle(muxed, muxed.pending.dts + muxed.lastDuration);
    }
    return this.#finish();
  }

  /** The pending sample lasts until `dts`. */
  #settle(muxed: MuxedTrack, dts: number): void {
    const { pending } = muxed;
    if (!pending) return;
    const duration = dts - pending.dts;
    if (duration < 0 || duration > MAX_DURATION) throw new ParseError('decoding time out of order');
    muxed.samples.push({ ...pending, duration });
    muxed.lastDuration = duration;
    muxed.pending = undefined;
    this.#end = Math.max(this.#end, dts / muxed.track.clockRate);
  }

  #finish(): Fragment | undefined {
    const present = [...this.#tracks.values()].filter(({ samples }) => samples.length > 0);
    const start = this.#start;
    if (present.length === 0 || start === undefined) return undefined;
    const origin = this.#origin ?? Math.floor(start);
    this.#origin = origin;
    this.#init ??= this.#describe(origin);
    const head = fragmentHead(
      ++this.#sequence,
      present.map(({ id, track, samples }) => ({
        id,
        kind: track.kind,
        baseTime: samples[0]!.dts - origin * track.clockRate,
        samples: samples.map(listed),
      })),
    );
    const buffers = [head];
    let byteLength = head.length;
    for (const { samples } of present) {
      for (const { slab, start: from, end } of joined(samples)) {
        buffers.push(slab.subarray(from, end));
        byteLength += end - from;
      }
    }
    const video = present.find(({ track }) => track.kind === 'video');
    const fragment: Fragment = {
      buffers,
      byteLength,
      key: video?.samples[0]?.key ?? true,
      hasKey: video?.samples.some(({ key }) => key) ?? true,
      start,
      end: this.#end,
      samples: present.reduce((count, { samples }) => count + samples.length, 0),
    };
    this.#reset(present);
    return fragment;
  }

  /** The movie box, by the first fragment. */
  #describe(origin: number): Buffer {
    const shown = Math.min(...[...this.#tracks.values()].flatMap(firstPresentation));
    const offset = this.#keepsTimes ? 0 : Math.max(0, shown - origin);
    const tracks = [...this.#tracks.values()].map(({ id, track, size }): MovieTrack => {
      const pictures = track.kind === 'video' ? (size ?? track) : { width: 0, height: 0 };
      return {
        id,
        kind: track.kind,
        timescale: track.clockRate,
        duration: 0,
        width: pictures.width,
        height: pictures.height,
        mediaStart: Math.round(offset * track.clockRate),
        entries: [sampleEntry(track, size)],
      };
    });
    return Buffer.concat([fileType(), movieBox(tracks)]);
  }

  #reset(present: readonly MuxedTrack[]): void {
    for (const muxed of present) muxed.samples.length = 0;
    this.#byteLength = 0;
    this.#start = undefined;
    for (const { pending, track } of this.#tracks.values()) {
      if (!pending) continue;
      this.#byteLength += pending.piece.end - pending.piece.start;
      const seconds = pending.dts / track.clockRate;
      this.#start = Math.min(this.#start ?? seconds, seconds);
    }
  }
}

function listed({
  duration,
  key,
  compositionOffset,
  piece,
}: StoredSample & { duration: number }): FragmentSample {
  return { duration, size: piece.end - piece.start, key, compositionOffset };
}

/** When the earliest of the track's samples is shown, in seconds. */
function firstPresentation({ samples, pending, track }: MuxedTrack): number[] {
  const all = pending ? [...samples, pending] : samples;
  if (all.length === 0) return [];
  return [Math.min(...all.map(({ dts, compositionOffset }) => dts + compositionOffset)) / track.clockRate];
}

/** Pieces that lie side by side are written as one. */
function joined(samples: readonly StoredSample[]): Piece[] {
  const pieces: { slab: Buffer; start: number; end: number }[] = [];
  for (const { piece } of samples) {
    const last = pieces.at(-1);
    if (last && last.slab === piece.slab && last.end === piece.start) last.end = piece.end;
    else pieces.push({ ...piece });
  }
  return pieces;
}
