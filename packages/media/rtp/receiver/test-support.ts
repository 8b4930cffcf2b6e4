import { ParseError } from '../../model/parse-error.ts';
import type { Depacketizer, RtpFrameReceiver, RtpPayload } from '../depacketizer.ts';
import type { RtpPacket } from '../packet.ts';
import { rtpPacket } from '../test-support.ts';

const FIRST = 1;
const MIDDLE = 0;
const FORBIDDEN = 0xff;

/** A payload that `TestDepacketizer` refuses. */
export const BAD_PAYLOAD = Buffer.from([FORBIDDEN]);

/**
 * A payload format as simple as can be: a byte that says whether a frame begins, and a piece of it. `waits`: frames are
 * handed on when the next one begins, as devices that set the marker wrong make it necessary.
 */
export class TestDepacketizer implements Depacketizer {
  readonly #receive: RtpFrameReceiver;
  readonly #waits: boolean;
  #pieces: Buffer[] = [];
  #timestamp = 0;
  #isDamaged = false;
  #hasEnd = false;

  constructor(receive: RtpFrameReceiver, waits = false) {
    this.#receive = receive;
    this.#waits = waits;
  }

  push({ timestamp, marker, payload }: RtpPayload, lost: boolean): void {
    if (payload[0] === FORBIDDEN) throw new ParseError('bad payload', 0);
    if (this.#hasEnd || timestamp !== this.#timestamp) this.flush();
    if (this.#pieces.length === 0) this.#isDamaged = payload[0] !== FIRST;
    else this.#isDamaged ||= lost;
    this.#timestamp = timestamp;
    this.#pieces.push(Buffer.from(payload.subarray(1)));
    this.#hasEnd = marker;
    if (marker && !this.#waits) this.flush();
  }

  flush(): void {
    if (this.#pieces.length === 0) return;
    const data = Buffer.concat(this.#pieces);
    const damaged = this.#isDamaged || !this.#hasEnd;
    this.#pieces = [];
    this.#hasEnd = false;
    this.#receive({ timestamp: this.#timestamp, data, damaged });
  }
}

export interface TestSource {
  readonly payloadType?: number;
  readonly ssrc?: number;
  readonly sequenceNumber?: number;
}

/** Cuts frames into packets for `TestDepacketizer`. */
export class TestSender {
  sequenceNumber: number;
  readonly #payloadType: number;
  readonly #ssrc: number;
  readonly #size: number;

  /** `size`: bytes of a frame in a packet. */
  constructor(source: TestSource = {}, size = 100) {
    this.sequenceNumber = source.sequenceNumber ?? 65_530;
    this.#payloadType = source.payloadType ?? 96;
    this.#ssrc = source.ssrc ?? 1;
    this.#size = size;
  }

  packets(timestamp: number, frame: Buffer): RtpPacket[] {
    const packets: RtpPacket[] = [];
    for (let at = 0; at < frame.length; at += this.#size) {
      const piece = frame.subarray(at, at + this.#size);
      const payload = Buffer.concat([Buffer.from([at === 0 ? FIRST : MIDDLE]), piece]);
      packets.push(
        rtpPacket(
          {
            payloadType: this.#payloadType,
            ssrc: this.#ssrc,
            sequenceNumber: this.sequenceNumber,
            timestamp: ((timestamp % 2 ** 32) + 2 ** 32) % 2 ** 32,
            marker: at + this.#size >= frame.length,
          },
          payload,
        ),
      );
      this.sequenceNumber = (this.sequenceNumber + 1) & 0xffff;
    }
    return packets;
  }
}
