import type { Depacketizer, RtpFrameReceiver, RtpPayload } from '../depacketizer.ts';
import { FrameBuffer } from './frame-buffer.ts';

/**
 * Reads codecs whose payload is the frame: Opus (RFC 7587 §4.2), G.711 of any length (RFC 3551 §4.5.14). A frame that
 * is there is whole.
 */
export class WholePacketDepacketizer<C extends 'opus' | 'g711a' | 'g711u'> implements Depacketizer {
  readonly codec: C;
  readonly #receiver: RtpFrameReceiver;
  readonly #check: ((payload: Buffer) => void) | undefined;
  readonly #frame = new FrameBuffer();

  /** `check` throws `ParseError` for a payload that is no frame. */
  constructor(codec: C, receiver: RtpFrameReceiver, check?: (payload: Buffer) => void) {
    this.codec = codec;
    this.#receiver = receiver;
    this.#check = check;
  }

  push({ timestamp, payload }: RtpPayload): void {
    if (payload.length === 0) return;
    this.#check?.(payload);
    this.#frame.append(payload, 0, payload.length);
    this.#receiver({ timestamp, data: this.#frame.take(), damaged: false });
  }

  flush(): void {}
}
