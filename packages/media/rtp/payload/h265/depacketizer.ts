import { H265_NAL, h265NalType, isH265RandomAccess } from '../../../codec/h265/nal-unit.ts';
import { ParseError } from '../../../model/parse-error.ts';
import type { Depacketizer, RtpFrameReceiver, RtpPayload } from '../../depacketizer.ts';
import { AccessUnitAssembler, NAL } from '../nal/access-unit-assembler.ts';
import { FU_END, FU_START } from '../nal/fragment-flags.ts';

/** Types of payloads beside those of NAL units (RFC 7798 §4.4). */
export const H265_PAYLOAD = { AGGREGATION: 48, FRAGMENT: 49, PACI: 50 } as const;
const HEADER_SIZE = 2;
const DON_SIZE = 2;
/** F and the upper bit of the layer, which the fragments of a NAL unit have from its header. */
const FLAGS = 0x81;

export interface H265DepacketizerOptions {
  /** The payloads have decoding order numbers: `sprop-max-don-diff` is above 0. */
  readonly hasDecodingOrder?: boolean;
}

/**
 * Reads H.265 (RFC 7798). Where there are decoding order numbers, NAL units are to come in that order all the same:
 * no device is known to send them in another, and one that does is reported by `ParseError`.
 */
export class H265Depacketizer implements Depacketizer {
  readonly codec = 'h265';
  readonly #assembler: AccessUnitAssembler;
  readonly #hasDecodingOrder: boolean;
  readonly #header = Buffer.alloc(HEADER_SIZE);
  #decodingOrder: number | undefined;

  constructor(receiver: RtpFrameReceiver, options: H265DepacketizerOptions = {}) {
    this.#assembler = new AccessUnitAssembler(classify, receiver);
    this.#hasDecodingOrder = options.hasDecodingOrder ?? false;
  }

  push(packet: RtpPayload, lost: boolean): void {
    this.#assembler.push(packet, lost, this.#read);
  }

  flush(): void {
    this.#assembler.flush();
  }

  readonly #read = (payload: Buffer): void => {
    if (payload.length < HEADER_SIZE) throw new ParseError('H.265 payload cut off', payload.length);
    const type = h265NalType(payload[0]!);
    if (type === H265_PAYLOAD.FRAGMENT) this.#readFragment(payload);
    else if (type === H265_PAYLOAD.AGGREGATION) this.#readAggregation(payload);
    else if (type === H265_PAYLOAD.PACI) throw new ParseError('PACI packet', 0);
    else if (type > H265_PAYLOAD.PACI) throw new ParseError(`H.265 payload of type ${type}`, 0);
    else if (this.#hasDecodingOrder) this.#readNumbered(payload);
    else this.#assembler.nalUnit(payload, 0, payload.length);
  };

  /** §4.4.1, with DONL behind the NAL unit's header. */
  #readNumbered(payload: Buffer): void {
    const start = this.#readDecodingOrder(payload, HEADER_SIZE);
    this.#assembler.beginFragments(payload, HEADER_SIZE, payload, start, payload.length);
    this.#assembler.finishFragments();
  }

  /** §4.4.2: each NAL unit after its size of two bytes, and before that DONL or DOND if there are any. */
  #readAggregation(payload: Buffer): void {
    let at = HEADER_SIZE;
    while (at < payload.length) {
      if (this.#hasDecodingOrder) {
        if (at === HEADER_SIZE) {
          at = this.#readDecodingOrder(payload, at);
        } else {
          this.#advanceDecodingOrder((this.#decodingOrder ?? 0) + payload[at]! + 1);
          at++;
        }
      }
      const start = at + 2;
      if (start > payload.length) throw new ParseError('size of an aggregated NAL unit cut off', at);
      const size = payload.readUInt16BE(at);
      if (size > payload.length - start) throw new ParseError('NAL unit longer than its packet', at);
      // Some pad the packet with zeros.
      if (size > 0 && h265NalType(payload[start]!) >= H265_PAYLOAD.AGGREGATION) {
        throw new ParseError('aggregation within an aggregation packet', start);
      }
      this.#assembler.nalUnit(payload, start, start + size);
      at = start + size;
    }
  }

  /** §4.4.3, with DONL in the first fragment. */
  #readFragment(payload: Buffer): void {
    if (payload.length <= HEADER_SIZE) throw new ParseError('fragmentation unit cut off', payload.length);
    const flags = payload[HEADER_SIZE]!;
    let start = HEADER_SIZE + 1;
    if (flags & FU_START) {
      if (this.#hasDecodingOrder) start = this.#readDecodingOrder(payload, start);
      this.#header[0] = (payload[0]! & FLAGS) | ((flags & 0x3f) << 1);
      this.#header[1] = payload[1]!;
      this.#assembler.beginFragments(this.#header, HEADER_SIZE, payload, start, payload.length);
    } else {
      this.#assembler.fragment(payload, start, payload.length);
    }
    if (flags & FU_END) this.#assembler.finishFragments();
  }

  /** Reads DONL; returns the offset behind it. */
  #readDecodingOrder(payload: Buffer, at: number): number {
    if (payload.length < at + DON_SIZE) throw new ParseError('decoding order number cut off', at);
    this.#advanceDecodingOrder(payload.readUInt16BE(at));
    return at + DON_SIZE;
  }

  #advanceDecodingOrder(number: number): void {
    const step = (number - (this.#decodingOrder ?? number)) & 0xffff;
    this.#decodingOrder = number & 0xffff;
    if (step >= 0x8000) throw new ParseError('H.265 NAL units in another than the decoding order');
  }
}

/** H.265 table 7-1 and §7.4.2.4.4. */
function classify(first: number, second: number, third: number): number {
  const type = h265NalType(first);
  if (type < H265_NAL.VPS) {
    // The pictures of other layers belong to the access unit of the base layer's.
    if (first & 1 || second >> 3) return NAL.SLICE;
    return (
      NAL.SLICE |
      (third & 0x80 ? NAL.FIRST_SLICE : 0) | // first_slice_segment_in_pic_flag
      (isH265RandomAccess(type) ? NAL.KEY : 0)
    );
  }
  switch (type) {
    case H265_NAL.VPS:
      return NAL.LEADS | NAL.DIVIDES | NAL.VPS;
    case H265_NAL.SPS:
      return NAL.LEADS | NAL.DIVIDES | NAL.SPS;
    case H265_NAL.PPS:
      return NAL.LEADS | NAL.DIVIDES | NAL.PPS;
    case H265_NAL.ACCESS_UNIT_DELIMITER:
      return NAL.LEADS | NAL.DIVIDES;
    case 36: // ends of the sequence and the bitstream, fillers, suffixed supplements
    case 37:
    case 38:
    case 40:
      return NAL.TRAILS;
    default:
      return type === H265_NAL.PREFIX_SEI || (type >= 41 && type <= 44) ? NAL.LEADS : 0;
  }
}
