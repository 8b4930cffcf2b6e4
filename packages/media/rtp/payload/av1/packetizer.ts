import { parseAv1ConfigurationRecord } from '../../../codec/av1/configuration-record.ts';
import { OBU, type Obu, obus } from '../../../codec/av1/obu.ts';
import type { MediaSample } from '../../../model/sample.ts';
import type { Av1Track } from '../../../model/track.ts';
import type { Packetizer, PacketSink } from '../../packetizer.ts';
import { AGGREGATION, HAS_EXTENSION, HAS_SIZE, leb128Size, writeLeb128 } from './obu-element.ts';

/** As many elements as the aggregation header counts: the last of them needs no length. */
const MAX_ELEMENTS = 3;
/** Less of an OBU is not worth a fragment; its header is always in the first. */
const MIN_FRAGMENT = 16;

/**
 * Writes AV1 (RTP Payload Format For AV1, §4 and §5): OBUs without their sizes, several in a packet and in fragments as
 * they fit, none of two layers together.
 */
export class Av1Packetizer implements Packetizer {
  readonly clockRate = 90_000;
  readonly rtpMap = 'AV1/90000';
  readonly formatParameters: string;
  readonly #maxSize: number;
  /** Bytes of each element of the packet that is planned. */
  readonly #sizes: number[] = [];

  constructor(track: Av1Track, maxPayloadSize: number) {
    const { profile, level, tier } = parseAv1ConfigurationRecord(track.config);
    this.formatParameters = `profile=${profile}; level-idx=${level}; tier=${tier}`;
    this.#maxSize = maxPayloadSize;
  }

  /** Throws `ParseError` for a sample whose OBUs do not add up, before anything is written. */
  packetize(sample: MediaSample, sink: PacketSink): void {
    if (sample.kind !== 'video') return;
    const units = [...obus(sample.data)].filter(
      ({ type }) => type !== OBU.TEMPORAL_DELIMITER && type !== OBU.TILE_LIST,
    );
    let index = 0;
    /** Bytes of the OBU at `index` that are in packets already. */
    let offset = 0;
    while (index < units.length) {
      const isFirst = index === 0 && offset === 0;
      const size = this.#plan(units, index, offset);
      const count = this.#sizes.length;
      const last = index + count - 1;
      const lastEnd = (count === 1 ? offset : 0) + this.#sizes[count - 1]!;
      const isCut = lastEnd < elementSize(units[last]!);
      const at = sink.packet(size, !isCut && last === units.length - 1);
      sink.buffer[at] =
        (offset > 0 ? AGGREGATION.CONTINUES : 0) |
        (isCut ? AGGREGATION.GOES_ON : 0) |
        (count << AGGREGATION.COUNT_SHIFT) |
        (isFirst && sample.key ? AGGREGATION.NEW_SEQUENCE : 0);
      this.#write(units, index, offset, sink.buffer, at + 1);
      index = isCut ? last : last + 1;
      offset = isCut ? lastEnd : 0;
    }
  }

  /** Fills `#sizes` for the next packet; returns the packet's size. */
  #plan(units: readonly Obu[], index: number, offset: number): number {
    const sizes = this.#sizes;
    sizes.length = 0;
    let used = 1;
    for (let from = offset, at = index; at < units.length && sizes.length < MAX_ELEMENTS; from = 0, at++) {
      const before = sizes.length > 0 ? leb128Size(sizes[sizes.length - 1]!) : 0;
      const room = this.#maxSize - used - before;
      const left = elementSize(units[at]!) - from;
      if (before > 0 && (room < Math.min(left, MIN_FRAGMENT) || isOtherLayer(units, index, at))) break;
      const size = Math.min(left, room);
      sizes.push(size);
      used += before + size;
      if (size < left) break;
    }
    return used;
  }

  #write(units: readonly Obu[], index: number, offset: number, target: Buffer, start: number): void {
    const sizes = this.#sizes;
    let at = start;
    for (const [position, size] of sizes.entries()) {
      if (position < sizes.length - 1) at = writeLeb128(target, at, size);
      const from = position === 0 ? offset : 0;
      at = writeElement(target, at, units[index + position]!, from, from + size);
    }
  }
}

/** Bytes of an OBU without its size. */
function elementSize({ whole, payload }: Obu): number {
  return headerSize(whole) + payload.length;
}

function headerSize(whole: Buffer): number {
  return whole[0]! & HAS_EXTENSION ? 2 : 1;
}

/** Whether the OBU at `at` has another layer than those before it, from `first` on: the byte behind the header. */
function isOtherLayer(units: readonly Obu[], first: number, at: number): boolean {
  const { whole } = units[at]!;
  if (!(whole[0]! & HAS_EXTENSION)) return false;
  for (let index = first; index < at; index++) {
    const { whole: other } = units[index]!;
    if (other[0]! & HAS_EXTENSION && other[1] !== whole[1]) return true;
  }
  return false;
}

/** Writes the bytes from `from` to `to` of the OBU without its size; returns the offset behind them. */
function writeElement(
  target: Buffer,
  start: number,
  { whole, payload }: Obu,
  from: number,
  to: number,
): number {
  const header = headerSize(whole);
  let at = start;
  for (let byte = from; byte < Math.min(header, to); byte++) {
    target[at++] = byte === 0 ? whole[0]! & ~HAS_SIZE : whole[1]!;
  }
  return at + payload.copy(target, at, Math.max(0, from - header), Math.max(0, to - header));
}
