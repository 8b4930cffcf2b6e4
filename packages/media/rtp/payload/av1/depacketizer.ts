import { OBU, readLeb128 } from '../../../codec/av1/obu.ts';
import { ParseError } from '../../../model/parse-error.ts';
import type { Depacketizer, RtpFrameReceiver, RtpPayload } from '../../depacketizer.ts';
import { FrameBuffer } from '../frame-buffer.ts';
import { AGGREGATION, HAS_EXTENSION, HAS_SIZE, leb128Size, writeLeb128 } from './obu-element.ts';

const FORBIDDEN = 0x80;
/** Bytes left for the size of an OBU in fragments, which shows at its end: right from 128 bytes to 16 KiB. */
const USUAL_LEB128 = 2;
const MAX_OBUS = 4096;
/** In the place of an offset: no OBU is coming in fragments. */
const NONE = -1;

/**
 * Reads AV1 (RTP Payload Format For AV1): OBU elements to temporal units in which each OBU has its size. A unit ends at
 * the marker or at a change of the time stamp (§4.2). Temporal delimiters and tile lists are left out (§5), as are
 * OBUs of which a part is missing.
 */
export class Av1Depacketizer implements Depacketizer {
  readonly codec = 'av1';
  readonly #receiver: RtpFrameReceiver;
  readonly #frame = new FrameBuffer();
  #timestamp = 0;
  /** Something of the temporal unit in progress has come. */
  #isOpen = false;
  #isDamaged = false;
  #obus = 0;
  /** Where in the frame the OBU begins whose fragments are coming. */
  #fragmented = NONE;
  /** Packets before the next element are missing; before the first of all some may be. */
  #isAfterLoss = true;
  /** The device marks the ends of temporal units. */
  #hasMarkers = false;

  constructor(receiver: RtpFrameReceiver) {
    this.#receiver = receiver;
  }

  push({ timestamp, marker, payload }: RtpPayload, lost: boolean): void {
    if (lost) {
      this.#dropFragments();
      this.#isAfterLoss = true;
      if (this.#isOpen) this.#isDamaged = true;
    }
    if (this.#isOpen && timestamp !== this.#timestamp) this.#complete();
    this.#timestamp = timestamp;
    if (payload.length === 0) return;
    this.#isOpen = true;
    try {
      this.#readElements(payload);
    } catch (error) {
      // Of a temporal unit that grew beyond its bounds there is nothing left.
      if (this.#frame.size === 0) this.#fragmented = NONE;
      this.#dropFragments();
      this.#isDamaged = true;
      this.#isAfterLoss = true;
      throw error;
    }
    this.#hasMarkers ||= marker;
    if (marker) this.#complete();
  }

  flush(): void {
    if (!this.#isOpen) return;
    if (this.#hasMarkers) this.#isDamaged = true;
    this.#complete();
  }

  #readElements(payload: Buffer): void {
    const header = payload[0]!;
    const count = (header >> AGGREGATION.COUNT_SHIFT) & AGGREGATION.COUNT_MASK;
    let at = 1;
    for (let index = 0; at < payload.length; index++) {
      let end = payload.length;
      if (index !== count - 1) {
        const { value, length } = readLeb128(payload, at);
        at += length;
        end = at + value;
        if (end > payload.length) throw new ParseError('OBU element longer than its packet', at);
      }
      const continues = index === 0 && (header & AGGREGATION.CONTINUES) !== 0;
      const goesOn = end === payload.length && (header & AGGREGATION.GOES_ON) !== 0;
      if (end > at) this.#readElement(payload, at, end, continues, goesOn);
      at = end;
    }
  }

  #readElement(payload: Buffer, start: number, end: number, continues: boolean, goesOn: boolean): void {
    if (continues && this.#fragmented === NONE) {
      if (!this.#isAfterLoss) throw new ParseError('fragment of an OBU without its start', start);
      this.#isDamaged = true;
      return;
    }
    if (!continues) this.#begin(payload[start]!);
    this.#frame.append(payload, start, end);
    if (!goesOn) this.#finish();
  }

  #begin(header: number): void {
    this.#dropFragments();
    if (header & FORBIDDEN) throw new ParseError('OBU with its forbidden bit set');
    // What a temporal unit begins with shows in a key frame's alone: others may be without their first frames.
    if (this.#isAfterLoss && this.#obus === 0 && !isBeginning(header)) this.#isDamaged = true;
    this.#isAfterLoss = false;
    if (++this.#obus > MAX_OBUS) {
      this.#frame.truncate(0);
      throw new ParseError(`temporal unit of more than ${MAX_OBUS} OBUs`);
    }
    this.#fragmented = this.#frame.size;
    this.#frame.claim(USUAL_LEB128);
  }

  /** All of an OBU is there, behind the room for its size: brings the size between its header and its payload. */
  #finish(): void {
    const frame = this.#frame;
    const at = this.#fragmented;
    const from = frame.start + at + USUAL_LEB128;
    const header = frame.buffer[from]!;
    const headerSize = header & HAS_EXTENSION ? 2 : 1;
    const size = frame.size - at - USUAL_LEB128 - headerSize;
    const type = typeOf(header);
    if (type === OBU.TEMPORAL_DELIMITER || type === OBU.TILE_LIST) {
      frame.truncate(at);
    } else if (size < 0) {
      throw new ParseError('OBU shorter than its header');
    } else if (header & HAS_SIZE) {
      this.#keepSize(at, headerSize, size);
    } else {
      this.#insertSize(at, headerSize, size);
    }
    this.#fragmented = NONE;
  }

  /** Some leave the size in, which is allowed (§4.5): the OBU moves over the room for it. */
  #keepSize(at: number, headerSize: number, size: number): void {
    const frame = this.#frame;
    const from = frame.start + at + USUAL_LEB128;
    const end = frame.start + frame.size;
    const { value, length } = readLeb128(frame.buffer.subarray(from, end), headerSize);
    if (value !== size - length) throw new ParseError('OBU with another size than its element');
    frame.buffer.copyWithin(frame.start + at, from, end);
    frame.truncate(frame.size - USUAL_LEB128);
  }

  #insertSize(at: number, headerSize: number, size: number): void {
    const frame = this.#frame;
    const length = leb128Size(size);
    if (length > USUAL_LEB128) frame.claim(length - USUAL_LEB128);
    const to = frame.start + at;
    const { buffer } = frame;
    const payload = to + USUAL_LEB128 + headerSize;
    buffer[to] = buffer[to + USUAL_LEB128]! | HAS_SIZE;
    if (headerSize > 1) buffer[to + 1] = buffer[to + USUAL_LEB128 + 1]!;
    if (length !== USUAL_LEB128) buffer.copyWithin(to + headerSize + length, payload, payload + size);
    writeLeb128(buffer, to + headerSize, size);
    frame.truncate(at + headerSize + length + size);
  }

  /** The OBU whose fragments were coming ends before its end. */
  #dropFragments(): void {
    if (this.#fragmented === NONE) return;
    this.#frame.truncate(this.#fragmented);
    this.#fragmented = NONE;
    this.#isDamaged = true;
  }

  #complete(): void {
    this.#dropFragments();
    const damaged = this.#isDamaged;
    const data = this.#frame.size > 0 ? this.#frame.take() : undefined;
    this.#isOpen = false;
    this.#isDamaged = false;
    this.#obus = 0;
    if (data) this.#receiver({ timestamp: this.#timestamp, data, damaged });
  }
}

function isBeginning(header: number): boolean {
  const type = typeOf(header);
  return type === OBU.SEQUENCE_HEADER || type === OBU.TEMPORAL_DELIMITER;
}

function typeOf(header: number): number {
  return (header >> 3) & 15;
}
