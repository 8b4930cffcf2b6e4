import { ParseError } from '../../../model/parse-error.ts';
import type { VideoSample } from '../../../model/sample.ts';
import type { PacketSink } from '../../packetizer.ts';
import { FU_END, FU_START } from './fragment-flags.ts';

/** How the payloads of one codec hold NAL units. */
export interface NalPayloadSyntax {
  /** Bytes of a NAL unit's header, and of an aggregation packet's. */
  readonly headerSize: number;
  /** The type in the first byte of a NAL unit. */
  typeOf(firstByte: number): number;
  isSlice(type: number): boolean;
  readonly delimiterType: number;
  readonly parameterSetTypes: readonly number[];
  /** Fills the header of an aggregation packet in with what the header of one of its NAL units demands. */
  joinHeader(target: Buffer, at: number, nalUnit: Buffer, start: number, isFirst: boolean): void;
  /** Writes the header of a fragment, one byte longer than the NAL unit's. */
  writeFragmentHeader(target: Buffer, at: number, nalUnit: Buffer, start: number): void;
}

const LENGTH_SIZE = 4;
/** Of a NAL unit in an aggregation packet. */
const SIZE_SIZE = 2;

/**
 * Cuts access units into payloads: parameter sets and supplements that follow one another go together as far as they
 * fit, slices each by itself, in fragments where they are longer than a packet. A key frame that has no parameter
 * sets gets the track's.
 */
export class NalUnitPacketizer {
  readonly #syntax: NalPayloadSyntax;
  readonly #parameterSets: readonly Buffer[];
  readonly #maxSize: number;
  /** What waits to be aggregated: NAL unit `n` is the bytes from `#bounds[2n]` to `#bounds[2n + 1]` of `#sources[n]`. */
  readonly #sources: Buffer[] = [];
  readonly #bounds: number[] = [];

  constructor(syntax: NalPayloadSyntax, parameterSets: readonly Buffer[], maxPayloadSize: number) {
    this.#syntax = syntax;
    this.#parameterSets = parameterSets;
    this.#maxSize = maxPayloadSize;
  }

  /** Throws `ParseError` for a sample whose lengths do not add up, before anything is written. */
  packetize(sample: VideoSample, sink: PacketSink): void {
    const { data } = sample;
    const { typeOf, isSlice, delimiterType } = this.#syntax;
    const last = this.#inspect(data);
    let lacksSets = sample.key && this.#lacksParameterSets(data);
    for (let at = 0; at <= last; ) {
      const start = at + LENGTH_SIZE;
      const end = start + data.readUInt32BE(at);
      if (end > start) {
        const type = typeOf(data[start]!);
        // They come first, but for the delimiter.
        if (lacksSets && type !== delimiterType) {
          for (const set of this.#parameterSets) this.#hold(set, 0, set.length);
          lacksSets = false;
        }
        if (isSlice(type)) {
          this.#writeHeld(sink, false);
          this.#write(sink, data, start, end, at === last);
        } else {
          this.#hold(data, start, end);
        }
      }
      at = end;
    }
    this.#writeHeld(sink, true);
  }

  /** Where the last NAL unit that is not empty begins, with its length; -1 if there is none. */
  #inspect(data: Buffer): number {
    let last = -1;
    let at = 0;
    while (at < data.length) {
      if (data.length - at < LENGTH_SIZE) throw new ParseError('NAL unit length cut off', at);
      const length = data.readUInt32BE(at);
      if (length > data.length - at - LENGTH_SIZE) {
        throw new ParseError('NAL unit longer than its access unit', at);
      }
      if (length > 0 && length < this.#syntax.headerSize) {
        throw new ParseError('NAL unit shorter than its header', at);
      }
      if (length > 0) last = at;
      at += LENGTH_SIZE + length;
    }
    return last;
  }

  #lacksParameterSets(data: Buffer): boolean {
    const { typeOf, parameterSetTypes } = this.#syntax;
    let missing = parameterSetTypes;
    for (let at = 0; at < data.length && missing.length > 0; ) {
      const length = data.readUInt32BE(at);
      if (length > 0) {
        const type = typeOf(data[at + LENGTH_SIZE]!);
        missing = missing.filter(other => other !== type);
      }
      at += LENGTH_SIZE + length;
    }
    return missing.length > 0;
  }

  #hold(source: Buffer, start: number, end: number): void {
    this.#sources.push(source);
    this.#bounds.push(start, end);
  }

  /** Writes what waits, as many of them together as fit. `isEnd`: the access unit ends with it. */
  #writeHeld(sink: PacketSink, isEnd: boolean): void {
    const { headerSize } = this.#syntax;
    const count = this.#sources.length;
    let from = 0;
    while (from < count) {
      let size = headerSize;
      let to = from;
      while (to < count && size + SIZE_SIZE + this.#sizeAt(to) <= this.#maxSize) {
        size += SIZE_SIZE + this.#sizeAt(to);
        to++;
      }
      if (to > from + 1) {
        this.#writeAggregation(sink, from, to, size, isEnd && to === count);
        from = to;
      } else {
        const marker = isEnd && from + 1 === count;
        this.#write(sink, this.#sources[from]!, this.#bounds[2 * from]!, this.#bounds[2 * from + 1]!, marker);
        from++;
      }
    }
    this.#sources.length = 0;
    this.#bounds.length = 0;
  }

  #sizeAt(index: number): number {
    return this.#bounds[2 * index + 1]! - this.#bounds[2 * index]!;
  }

  #writeAggregation(sink: PacketSink, from: number, to: number, size: number, marker: boolean): void {
    const { headerSize, joinHeader } = this.#syntax;
    const header = sink.packet(size, marker);
    const { buffer } = sink;
    let at = header + headerSize;
    for (let index = from; index < to; index++) {
      const source = this.#sources[index]!;
      const start = this.#bounds[2 * index]!;
      joinHeader(buffer, header, source, start, index === from);
      at = buffer.writeUInt16BE(this.#sizeAt(index), at);
      at += source.copy(buffer, at, start, this.#bounds[2 * index + 1]!);
    }
  }

  #write(sink: PacketSink, source: Buffer, start: number, end: number, marker: boolean): void {
    if (end - start <= this.#maxSize) {
      const at = sink.packet(end - start, marker);
      source.copy(sink.buffer, at, start, end);
      return;
    }
    const { headerSize, writeFragmentHeader } = this.#syntax;
    const most = this.#maxSize - headerSize - 1;
    const first = start + headerSize;
    for (let from = first; from < end; from += most) {
      const to = Math.min(from + most, end);
      const isLast = to === end;
      const at = sink.packet(headerSize + 1 + to - from, marker && isLast);
      const { buffer } = sink;
      writeFragmentHeader(buffer, at, source, start);
      buffer[at + headerSize]! |= (from === first ? FU_START : 0) | (isLast ? FU_END : 0);
      source.copy(buffer, at + headerSize + 1, from, to);
    }
  }
}
