import { type Mp3FrameHeader, parseMp3FrameHeader } from '../../../codec/mp3/frame-header.ts';
import { ParseError } from '../../../model/parse-error.ts';
import type { Depacketizer, RtpFrameReceiver, RtpPayload } from '../../depacketizer.ts';
import { FrameBuffer } from '../frame-buffer.ts';

const HEADER_SIZE = 4;
const LAYER_3 = 3;

/** Reads MP3 as `MPA` (RFC 2250 §3.2, §3.5): frames, any number of them in a packet, or fragments of one. */
export class Mp3Depacketizer implements Depacketizer {
  readonly codec = 'mp3';
  readonly #receiver: RtpFrameReceiver;
  readonly #clockRate: number;
  readonly #frame = new FrameBuffer();
  /** Of the frame whose fragments are coming: its time stamp, its bytes altogether. */
  #timestamp = 0;
  #total = 0;
  /** Fragments may come whose beginning is lost. */
  #mayLackStart = true;

  constructor(clockRate: number, receiver: RtpFrameReceiver) {
    this.#receiver = receiver;
    this.#clockRate = clockRate;
  }

  push({ timestamp, payload }: RtpPayload, lost: boolean): void {
    if (lost) {
      this.#endFragments();
      this.#mayLackStart = true;
    }
    if (payload.length === 0) return;
    if (payload.length <= HEADER_SIZE) throw new ParseError('MPA payload cut off', payload.length);
    const offset = payload.readUInt16BE(2);
    if (offset === 0) this.#readFrames(timestamp, payload);
    else this.#addFragment(payload, offset);
  }

  flush(): void {
    this.#endFragments();
  }

  #readFrames(timestamp: number, payload: Buffer): void {
    this.#endFragments();
    this.#mayLackStart = false;
    let ticks = 0;
    for (let at = HEADER_SIZE; at < payload.length; ) {
      const header = layer3Header(payload, at);
      // In the free format nothing but the packet bounds a frame.
      const size = header.frameLength || payload.length - at;
      const end = Math.min(at + size, payload.length);
      this.#timestamp = (timestamp + Math.round(ticks)) >>> 0;
      this.#total = size;
      this.#frame.append(payload, at, end);
      if (end - at === size) this.#endFragments();
      ticks += (header.samplesPerFrame * this.#clockRate) / header.sampleRate;
      at = end;
    }
  }

  #addFragment(payload: Buffer, offset: number): void {
    const frame = this.#frame;
    if (frame.size !== offset) {
      this.#endFragments();
      if (this.#mayLackStart) return;
      throw new ParseError(`MPA fragment at ${offset} that does not follow the one before`, 2);
    }
    const left = this.#total - frame.size;
    frame.append(payload, HEADER_SIZE, Math.min(payload.length, HEADER_SIZE + left));
    if (frame.size === this.#total) this.#endFragments();
  }

  /** What has come of a frame is all of it, or there is no more. */
  #endFragments(): void {
    if (this.#frame.size === 0) return;
    const data = this.#frame.take();
    this.#receiver({ timestamp: this.#timestamp, data, damaged: data.length < this.#total });
  }
}

function layer3Header(payload: Buffer, at: number): Mp3FrameHeader {
  const header = parseMp3FrameHeader(payload.subarray(at, at + 4));
  if (header.layer !== LAYER_3) throw new ParseError(`MPEG audio of layer ${header.layer}`, at);
  return header;
}
