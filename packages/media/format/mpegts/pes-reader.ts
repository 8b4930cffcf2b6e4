import { ParseError } from '../../model/parse-error.ts';
import { readTime } from './pes-header.ts';

/** The payload of one PES packet; times are ticks of 90 kHz on the 33-bit clock. */
export interface PesPacket {
  readonly pts: number | undefined;
  /** The PTS where the packet has no DTS. */
  readonly dts: number | undefined;
  /** Not shared with anyone. */
  readonly data: Buffer;
}

const FIXED_HEADER = 6;
const OPTIONAL_HEADER = 9;
const TIME_SIZE = 5;

/**
 * Puts the PES packets of one PID together (ISO/IEC 13818-1 §2.4.3.6). One of which a part is lost is dropped whole.
 * Throws `ParseError` for a broken header and for more than `maxSize` bytes.
 */
export class PesReader {
  readonly #maxSize: number;
  readonly #onPacket: (packet: PesPacket) => void;
  #parts: Buffer[] = [];
  #size = 0;
  /** Bytes with the header; 0 where it is not said and the next packet's start ends it. */
  #expected = 0;

  constructor(maxSize: number, onPacket: (packet: PesPacket) => void) {
    this.#maxSize = maxSize;
    this.#onPacket = onPacket;
  }

  packet(payload: Buffer, isStart: boolean, isContinuous: boolean): void {
    // Loss before a start takes the end of the packet before, if that was not known to be complete.
    if (!isContinuous) this.#drop();
    if (isStart) {
      this.flush();
      this.#begin(payload);
    } else if (this.#size > 0) {
      this.#append(payload);
    }
  }

  /** What has come of a packet whose length is not said is all of it. */
  flush(): void {
    if (this.#size === 0) return;
    const isWhole = this.#expected === 0 || this.#size >= this.#expected;
    const packet = Buffer.concat(this.#parts, this.#expected || this.#size);
    this.#drop();
    if (isWhole) this.#onPacket(parsePes(packet));
  }

  #begin(payload: Buffer): void {
    if (payload.length < FIXED_HEADER || payload.readUIntBE(0, 3) !== 1) {
      throw new ParseError('PES packet without its start code', 0);
    }
    const length = payload.readUInt16BE(4);
    this.#expected = length === 0 ? 0 : FIXED_HEADER + length;
    this.#append(payload);
  }

  #append(payload: Buffer): void {
    if (this.#size + payload.length > this.#maxSize) {
      this.#drop();
      throw new ParseError(`PES packet of more than ${this.#maxSize} bytes`);
    }
    this.#parts.push(Buffer.from(payload));
    this.#size += payload.length;
    if (this.#expected > 0 && this.#size >= this.#expected) this.flush();
  }

  #drop(): void {
    this.#parts = [];
    this.#size = 0;
    this.#expected = 0;
  }
}

function parsePes(packet: Buffer): PesPacket {
  if (packet.length < OPTIONAL_HEADER || ((packet[6] as number) & 0xc0) !== 0x80) {
    throw new ParseError('PES packet without its header', FIXED_HEADER);
  }
  const flags = (packet[7] as number) >> 6;
  const start = OPTIONAL_HEADER + (packet[8] as number);
  const timesEnd = OPTIONAL_HEADER + (flags === 3 ? 2 : flags === 2 ? 1 : 0) * TIME_SIZE;
  if (start > packet.length || timesEnd > start) throw new ParseError('PES header cut off', OPTIONAL_HEADER);
  const pts = flags & 2 ? readTime(packet, OPTIONAL_HEADER) : undefined;
  const dts = flags === 3 ? readTime(packet, OPTIONAL_HEADER + TIME_SIZE) : pts;
  return { pts, dts, data: packet.subarray(start) };
}
