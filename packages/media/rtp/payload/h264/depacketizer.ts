import { H264_NAL, h264NalType } from '../../../codec/h264/nal-unit.ts';
import { ParseError } from '../../../model/parse-error.ts';
import type { Depacketizer, RtpFrameReceiver, RtpPayload } from '../../depacketizer.ts';
import { AccessUnitAssembler, NAL } from '../nal/access-unit-assembler.ts';
import { FU_END, FU_START } from '../nal/fragment-flags.ts';
import { hasStartCode } from '../nal/start-codes.ts';

/** Types of payloads beside those of NAL units (RFC 6184 table 1). */
export const H264_PAYLOAD = { STAP_A: 24, FU_A: 28 } as const;
/** Those of the interleaved mode, which no device is known to use. */
const INTERLEAVED: Readonly<Record<number, string>> = {
  25: 'STAP-B',
  26: 'MTAP16',
  27: 'MTAP24',
  29: 'FU-B',
};
const FIRST_PAYLOAD_TYPE = 24;
/** F and NRI, which the fragments of a NAL unit have from its header. */
const FLAGS = 0xe0;

/** Reads H.264 in the single NAL unit and the non-interleaved mode (RFC 6184). */
export class H264Depacketizer implements Depacketizer {
  readonly codec = 'h264';
  readonly #assembler: AccessUnitAssembler;
  readonly #header = Buffer.alloc(1);

  constructor(receiver: RtpFrameReceiver) {
    this.#assembler = new AccessUnitAssembler(classify, receiver);
  }

  push(packet: RtpPayload, lost: boolean): void {
    this.#assembler.push(packet, lost, this.#read);
  }

  flush(): void {
    this.#assembler.flush();
  }

  readonly #read = (payload: Buffer): void => {
    const type = h264NalType(payload[0]!);
    if (type === H264_PAYLOAD.FU_A) {
      this.#readFragment(payload);
    } else if (type === H264_PAYLOAD.STAP_A) {
      this.#readAggregation(payload);
    } else if (type < FIRST_PAYLOAD_TYPE && (type > 0 || hasStartCode(payload, 0, 4))) {
      this.#assembler.nalUnit(payload, 0, payload.length);
    } else {
      const name = INTERLEAVED[type];
      throw new ParseError(
        name ? `${name} packet of the interleaved mode` : `H.264 payload of type ${type}`,
        0,
      );
    }
  };

  /** §5.7.1: each NAL unit after its size of two bytes. */
  #readAggregation(payload: Buffer): void {
    let at = 1;
    while (at < payload.length) {
      const start = at + 2;
      if (start > payload.length) throw new ParseError('size of an aggregated NAL unit cut off', at);
      const size = payload.readUInt16BE(at);
      if (size > payload.length - start) throw new ParseError('NAL unit longer than its STAP-A packet', at);
      // Some pad the packet with zeros.
      if (size > 0 && h264NalType(payload[start]!) >= FIRST_PAYLOAD_TYPE) {
        throw new ParseError('aggregation within a STAP-A packet', start);
      }
      this.#assembler.nalUnit(payload, start, start + size);
      at = start + size;
    }
  }

  /** §5.8. Some cameras send a NAL unit as one fragment, which is its first and its last. */
  #readFragment(payload: Buffer): void {
    if (payload.length < 2) throw new ParseError('FU-A packet cut off', payload.length);
    const flags = payload[1]!;
    if (flags & FU_START) {
      this.#header[0] = (payload[0]! & FLAGS) | h264NalType(flags);
      this.#assembler.beginFragments(this.#header, 1, payload, 2, payload.length);
    } else {
      this.#assembler.fragment(payload, 2, payload.length);
    }
    if (flags & FU_END) this.#assembler.finishFragments();
  }
}

/** H.264 table 7-1 and §7.4.1.2.3. */
function classify(first: number, second: number): number {
  // first_mb_in_slice is ue(v): 0 is a single set bit.
  const begins = second >= 0x80 ? NAL.FIRST_SLICE : 0;
  const type = h264NalType(first);
  switch (type) {
    case H264_NAL.SLICE:
    case 2: // data partition A, which has the slice's header
      return NAL.SLICE | begins;
    case H264_NAL.IDR:
      return NAL.SLICE | begins | NAL.KEY;
    case 3: // data partitions B and C, an auxiliary picture, slices of other layers
    case 4:
    case 19:
    case 20:
    case 21:
      return NAL.SLICE;
    case H264_NAL.SPS:
      return NAL.LEADS | NAL.DIVIDES | NAL.SPS;
    case H264_NAL.PPS:
      return NAL.LEADS | NAL.DIVIDES | NAL.PPS;
    case H264_NAL.ACCESS_UNIT_DELIMITER:
      return NAL.LEADS | NAL.DIVIDES;
    case H264_NAL.SEI:
    case 13: // extensions of the SPS and what is reserved for their like
    case 15:
    case 16:
    case 17:
    case 18:
      return NAL.LEADS;
    case 10: // ends of the sequence and the stream, fillers
    case 11:
    case 12:
      return NAL.TRAILS;
    default:
      return 0;
  }
}
