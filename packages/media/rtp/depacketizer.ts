/** The payload of one RTP packet, as far as a depacketiser looks at it. */
export interface RtpPayload {
  /** RTP time stamp as it came: 32 bits, not unwrapped. */
  readonly timestamp: number;
  readonly marker: boolean;
  /** A view that is valid during the call alone: what is kept is copied. */
  readonly payload: Buffer;
}

/** One access unit of video or one audio frame, put together from RTP packets. */
export interface RtpFrame {
  /** RTP time stamp of the frame, 32 bits, not unwrapped; of frames that share a packet, each its own. */
  readonly timestamp: number;
  /**
   * Owned by the frame. H.264 and H.265: NAL units, each after its four-byte length; AV1: a temporal unit in the
   * low-overhead format without temporal delimiters; audio: the frame as `AudioSample` has it.
   */
  readonly data: Buffer;
  /** Something of it is missing: a picture made of it would be a wrong one. */
  readonly damaged: boolean;
}

/**
 * Puts the payloads of one track together to frames. Packets come in the order of their sequence numbers. Throws
 * `ParseError` at a payload that it cannot use, and is then ready for the next; what was begun counts as damaged.
 *
 * A frame of which nothing came, or nothing that is of use, is not handed on, and those behind it that refer to it are
 * none the worse by themselves: whoever must not show them watches `lost` and the errors, not `damaged` alone.
 */
export interface Depacketizer {
  /** `lost`: packets are missing between the previous one and this one. */
  push(packet: RtpPayload, lost: boolean): void;
  /** No packet follows: hands on what is complete but was waiting to be sure of it. */
  flush(): void;
}

export type RtpFrameReceiver = (frame: RtpFrame) => void;
