import { ParseError } from '../../model/parse-error.ts';
import { BOX_HEADER_SIZE, fullBox, u32, u64, writeBoxHeader, writeU64 } from './box.ts';
import { fileType, MOVIE_TIMESCALE, type MovieTrack, movieBox } from './movie.ts';
import type { ReadSample, ReadTrack } from './reader.ts';

/** A stretch of a source file to be copied into the media data of a progressive file. */
export interface SourceRange {
  /** Whatever the caller told the samples from. */
  readonly source: string;
  readonly start: number;
  readonly end: number;
}

export interface ProgressiveFile {
  /** All that stands before the media data. */
  readonly head: Buffer;
  /** The media data, in order. */
  readonly ranges: readonly SourceRange[];
  readonly byteLength: number;
}

/** Samples in one file: their tables take some 24 bytes each, and are built in memory. */
export const MAX_PROGRESSIVE_SAMPLES = 4_000_000;
const LARGE_HEADER_SIZE = BOX_HEADER_SIZE + 8;

interface Chunk {
  readonly entry: number;
  readonly samples: number;
  readonly offset: number;
}

/** Numbers, several to a row, in a list that grows. */
class Rows {
  #values = new Uint32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Uint32Array(this.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  at(index: number): number {
    return this.#values[index] ?? 0;
  }

  bytes(): Buffer {
    const data = Buffer.allocUnsafe(this.length * 4);
    for (let index = 0; index < this.length; index++) data.writeUInt32BE(this.at(index), index * 4);
    return data;
  }
}

/** Values with how often they come in a row (`stts`, `ctts`). */
class RunLengths {
  readonly #counts: number[] = [];
  readonly #values: number[] = [];

  push(value: number): void {
    const last = this.#values.length - 1;
    if (last >= 0 && this.#values[last] === value) this.#counts[last]!++;
    else {
      this.#values.push(value);
      this.#counts.push(1);
    }
  }

  table(type: string, version: number): Buffer {
    const rows = new Rows();
    for (const [index, value] of this.#values.entries()) {
      rows.push(this.#counts[index]!);
      rows.push(value >>> 0);
    }
    return fullBox(type, version, 0, u32(this.#values.length), rows.bytes());
  }

  get isZero(): boolean {
    return this.#values.every(value => value === 0);
  }
}

interface OutTrack {
  readonly kind: 'video' | 'audio';
  readonly timescale: number;
  width: number;
  height: number;
  readonly entries: Buffer[];
  readonly durations: RunLengths;
  readonly offsets: RunLengths;
  readonly keys: Rows;
  readonly sizes: Rows;
  readonly chunks: Chunk[];
  /** In ticks, on the file's time. */
  first: number | undefined;
  firstShown: number;
  pending: { dts: number; duration: number } | undefined;
  end: number;
}

/**
 * Puts samples of recorded fragments together into one file whose tables stand before its data, so that players can
 * begin while it is loaded and seek in it. Samples keep their times; a hole between two of them is bridged by the
 * first. Tracks of several recordings are joined by kind, each with its own decoder configuration.
 */
export class ProgressiveBuilder {
  readonly #tracks = new Map<string, OutTrack>();
  readonly #ranges: { source: string; start: number; end: number }[] = [];
  #dataSize = 0;
  #samples = 0;

  /**
   * Adds a track's samples of one fragment. `at`: where the fragment's box begins in its source. `shift`: ticks of
   * the track from its own times to those of the new file, which must not go backwards. Throws `ParseError`.
   */
  add(source: string, at: number, track: ReadTrack, samples: readonly ReadSample[], shift: number): void {
    if (samples.length === 0) return;
    this.#samples += samples.length;
    if (this.#samples > MAX_PROGRESSIVE_SAMPLES) throw new ParseError('too many samples for one file');
    const out = this.#track(track);
    const entry = entryIndex(out, track);
    let chunk: { entry: number; samples: number; offset: number } | undefined;
    for (const sample of samples) {
      this.#list(out, sample, sample.dts + shift);
      const start = at + sample.offset;
      if (!this.#copy(source, start, start + sample.size) || !chunk) {
        chunk = { entry, samples: 0, offset: this.#dataSize };
        out.chunks.push(chunk);
      }
      chunk.samples++;
      this.#dataSize += sample.size;
    }
  }

  get isEmpty(): boolean {
    return this.#samples === 0;
  }

  /** Throws `ParseError` where there is no sample. */
  finish(): ProgressiveFile {
    if (this.isEmpty) throw new ParseError('no sample to put into a file');
    const outs = [...this.#tracks.values()];
    for (const out of outs) if (out.pending) settle(out, out.pending.dts + out.pending.duration);
    const shown = Math.min(...outs.map(({ firstShown, timescale }) => firstShown / timescale));
    const type = fileType();
    // The tables' size does not depend on the offsets in them.
    const size = movieBox(outs.map((out, index) => movieTrack(out, index + 1, shown, 0))).length;
    const dataStart = type.length + size + LARGE_HEADER_SIZE;
    const movie = movieBox(outs.map((out, index) => movieTrack(out, index + 1, shown, dataStart)));
    const dataHeader = Buffer.alloc(LARGE_HEADER_SIZE);
    writeBoxHeader(dataHeader, 0, 'mdat', 1);
    writeU64(dataHeader, BOX_HEADER_SIZE, LARGE_HEADER_SIZE + this.#dataSize);
    return {
      head: Buffer.concat([type, movie, dataHeader]),
      ranges: this.#ranges,
      byteLength: dataStart + this.#dataSize,
    };
  }

  #track(track: ReadTrack): OutTrack {
    const key = `${track.kind}/${track.timescale}`;
    let out = this.#tracks.get(key);
    if (!out) {
      out = {
        kind: track.kind,
        timescale: track.timescale,
        width: 0,
        height: 0,
        entries: [],
        durations: new RunLengths(),
        offsets: new RunLengths(),
        keys: new Rows(),
        sizes: new Rows(),
        chunks: [],
        first: undefined,
        firstShown: Number.POSITIVE_INFINITY,
        pending: undefined,
        end: 0,
      };
      this.#tracks.set(key, out);
    }
    out.width = Math.max(out.width, track.width);
    out.height = Math.max(out.height, track.height);
    return out;
  }

  #list(out: OutTrack, sample: ReadSample, dts: number): void {
    if (out.pending) settle(out, dts);
    out.first ??= dts;
    out.firstShown = Math.min(out.firstShown, dts + sample.compositionOffset);
    out.pending = { dts, duration: sample.duration };
    out.offsets.push(sample.compositionOffset);
    out.sizes.push(sample.size);
    if (out.kind === 'video' && sample.key) out.keys.push(out.sizes.length);
  }

  /** True if the bytes go on where the latest ended, in the source. */
  #copy(source: string, start: number, end: number): boolean {
    const last = this.#ranges.at(-1);
    if (last && last.source === source && last.end === start) {
      last.end = end;
      return true;
    }
    this.#ranges.push({ source, start, end });
    return false;
  }
}

function settle(out: OutTrack, dts: number): void {
  const { pending } = out;
  if (!pending) return;
  if (dts < pending.dts || dts - pending.dts > 0xffffffff) throw new ParseError('decoding time out of order');
  out.durations.push(dts - pending.dts);
  out.end = dts;
  out.pending = undefined;
}

function entryIndex(out: OutTrack, { entry }: ReadTrack): number {
  const known = out.entries.findIndex(other => other.equals(entry));
  if (known >= 0) return known + 1;
  return out.entries.push(entry);
}

/** `shown`: seconds at which the first picture or sound is shown. */
function movieTrack(out: OutTrack, id: number, shown: number, dataStart: number): MovieTrack {
  const first = out.first ?? 0;
  // Media time begins at zero with the first sample. The track is shown from its first picture or sound on: readers do
  // not agree on what an edit means that begins where there is none, so what is missing before it is an empty edit.
  const tables = [
    out.durations.table('stts', 0),
    sampleToChunk(out.chunks),
    fullBox('stsz', 0, 0, u32(0, out.sizes.length), out.sizes.bytes()),
    fullBox('co64', 0, 0, u32(out.chunks.length), chunkOffsets(out.chunks, dataStart)),
  ];
  if (!out.offsets.isZero) tables.push(out.offsets.table('ctts', 1));
  if (out.kind === 'video') tables.push(fullBox('stss', 0, 0, u32(out.keys.length), out.keys.bytes()));
  return {
    id,
    kind: out.kind,
    timescale: out.timescale,
    duration: out.end - first,
    width: out.width,
    height: out.height,
    mediaStart: out.firstShown - first,
    delay: Math.round((out.firstShown / out.timescale - shown) * MOVIE_TIMESCALE),
    entries: out.entries,
    tables,
  };
}

/** §8.7.4: chunks of as many samples as the one before, with the same entry, need no row. */
function sampleToChunk(chunks: readonly Chunk[]): Buffer {
  const rows = new Rows();
  let before: Chunk | undefined;
  for (const [index, chunk] of chunks.entries()) {
    if (before?.samples !== chunk.samples || before.entry !== chunk.entry) {
      rows.push(index + 1);
      rows.push(chunk.samples);
      rows.push(chunk.entry);
    }
    before = chunk;
  }
  return fullBox('stsc', 0, 0, u32(rows.length / 3), rows.bytes());
}

function chunkOffsets(chunks: readonly Chunk[], dataStart: number): Buffer {
  return Buffer.concat(chunks.map(({ offset }) => u64(dataStart + offset)));
}
