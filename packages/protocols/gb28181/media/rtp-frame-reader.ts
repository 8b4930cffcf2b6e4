import { ParseError } from '@flux-iot/media/model/parse-error';
import { isRtcp, RTP_HEADER_SIZE } from '@flux-iot/media/rtp/packet';

const LENGTH_SIZE = 2;
/** The length has 16 bits. */
const MAX_FRAME = 0xffff;
/** RTSP's framing (RFC 2326 §10.12), which some devices use: `$`, a channel and the length. */
const DOLLAR = 0x24;
const DOLLAR_HEADER_SIZE = 4;
/** Bytes without a packet after which the peer speaks something else. */
const MAX_JUNK = 256 * 1024;
const SSRC_AT = 8;

/**
 * Finds the RTP packets in a TCP connection: each after its 16-bit length (RFC 4571 §2). Where a length turns out
 * wrong, the next packet of the same source is sought, for devices lose bytes when their connection is congested.
 */
export class RtpFrameReader {
  /** Bytes that belonged to no packet. */
  skippedBytes = 0;
  readonly #onFrame: (frame: Buffer) => void;
  /** What has come of a frame, with its header. */
  #partial: Buffer | undefined;
  #size = 0;
  #ssrc: number | undefined;
  #junk = 0;
  #isSeeking = false;

  /** Frames are views, valid during the call alone. */
  constructor(onFrame: (frame: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  /** Bytes came; they are not kept. Throws `ParseError` where what comes is no RTP at all. */
  push(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += MAX_FRAME) this.#take(bytes.subarray(at, at + MAX_FRAME));
  }

  #take(bytes: Buffer): void {
    let input = bytes;
    if (this.#size > 0) {
      this.#keep(bytes);
      input = this.#partial!.subarray(0, this.#size);
    }
    const rest = input.subarray(this.#frames(input));
    this.#size = 0;
    if (rest.length > 0) this.#keep(rest);
  }

  /** Hands on the frames in `input`; returns where the one begins that is cut off. */
  #frames(input: Buffer): number {
    let at = 0;
    while (at < input.length) {
      if (this.#isSeeking) {
        const found = this.#seek(input, at);
        this.#skip(found - at);
        at = found;
        if (this.#isSeeking) return at;
      }
      const header = headerSize(input, at);
      if (input.length - at < header + 1) return at;
      const length = input.readUInt16BE(at + header - LENGTH_SIZE);
      if (length === 0) {
        at += header;
        continue;
      }
      if (!isPlausible(input, at + header, length)) {
        this.#isSeeking = true;
        this.#skip(1);
        at++;
        continue;
      }
      const end = at + header + length;
      if (end > input.length) return at;
      this.#frame(input.subarray(at + header, end));
      at = end;
    }
    return at;
  }

  #frame(frame: Buffer): void {
    this.#junk = 0;
    if (!isRtcp(frame) && frame.length >= RTP_HEADER_SIZE) this.#ssrc = frame.readUInt32BE(SSRC_AT);
    this.#onFrame(frame);
  }

  /** Where a packet of the known source may begin; ends the search if there is one. */
  #seek(input: Buffer, from: number): number {
    const needed = LENGTH_SIZE + RTP_HEADER_SIZE;
    let at = from;
    for (; at + needed <= input.length; at++) {
      const isPacket = isPlausible(input, at + LENGTH_SIZE, input.readUInt16BE(at));
      if (!isPacket) continue;
      const ssrc = input.readUInt32BE(at + LENGTH_SIZE + SSRC_AT);
      if (this.#ssrc !== undefined && ssrc !== this.#ssrc) continue;
      this.#isSeeking = false;
      return at;
    }
    return at;
  }

  #skip(size: number): void {
    this.skippedBytes += size;
    this.#junk += size;
    if (this.#junk > MAX_JUNK) throw new ParseError('RTP packets without their lengths, or no RTP', 0);
  }

  /** The bytes may be a part of what is kept already. */
  #keep(bytes: Buffer): void {
    this.#partial ??= Buffer.allocUnsafeSlow(2 * MAX_FRAME + DOLLAR_HEADER_SIZE);
    bytes.copy(this.#partial, this.#size);
    this.#size += bytes.length;
  }
}

/** Whether what is there of a frame of this length looks like RTP or RTCP. */
function isPlausible(input: Buffer, at: number, length: number): boolean {
  return length >= 8 && input[at]! >> 6 === 2;
}

/** Both framings can begin with the byte of `$`, but only one of them has RTP's version two bytes behind it. */
function headerSize(input: Buffer, at: number): number {
  const isDollar = input[at] === DOLLAR && input.length - at > 2 && input[at + 2]! >> 6 !== 2;
  return isDollar ? DOLLAR_HEADER_SIZE : LENGTH_SIZE;
}
