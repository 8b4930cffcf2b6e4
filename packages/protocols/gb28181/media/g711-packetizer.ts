import type { Sample } from '@flux-iot/media/model/sample';
import { rescale } from '@flux-iot/media/model/time';
import type { Track } from '@flux-iot/media/model/track';
import { RTP_HEADER_SIZE, writeRtpHeader } from '@flux-iot/media/rtp/packet';
import type { FramePacketizer, FramePackets } from './ps-packetizer.ts';

/** PCMA (RFC 3551 table 4): one channel, 8000 bytes a second. */
const PAYLOAD_TYPE = 8;
export const G711_CLOCK_RATE = 8000;
/** 20 ms (RFC 3551 §4.2), which every device takes. */
const MAX_PAYLOAD = 160;
const LENGTH_SIZE = 2;
const TURN = 2 ** 32;
/** Samples, 100 ms, by which the source's times may differ from what was counted: many of them are whole milliseconds. */
const TOLERANCE = 800;

export function isVoiceTrack(track: Track): boolean {
  return track.codec === 'g711a' && track.sampleRate === G711_CLOCK_RATE && track.channels === 1;
}

/** Puts G.711A into RTP packets of one source, without a program stream: the form of voice to devices (GB/T 28181 §9.12). */
export class G711Packetizer implements FramePacketizer {
  readonly #ssrc: number;
  #sequenceNumber: number;
  #next: number | undefined;

  /** `firstSequenceNumber`: to be a random one (RFC 3550 §5.1). */
  constructor(ssrc: number, firstSequenceNumber: number) {
    this.#ssrc = ssrc;
    this.#sequenceNumber = firstSequenceNumber & 0xffff;
  }

  carries(track: Track): boolean {
    return isVoiceTrack(track);
  }

  setTracks(): void {
    // It may be of another publisher, with times of its own.
    this.#next = undefined;
  }

  write(sample: Sample, track: Track | undefined): FramePackets | undefined {
    if (sample.kind !== 'audio' || !track || !this.carries(track) || sample.data.length === 0)
      return undefined;
    const at = rescale(sample.dts, track.clockRate, G711_CLOCK_RATE);
    // After a gap it is marked where speech goes on (RFC 3551 §4.1).
    const isGap = this.#next === undefined || Math.abs(at - this.#next) > TOLERANCE;
    let timestamp = isGap || this.#next === undefined ? at : this.#next;
    const { length } = sample.data;
    const count = Math.ceil(length / MAX_PAYLOAD);
    const data = Buffer.allocUnsafeSlow(length + count * (LENGTH_SIZE + RTP_HEADER_SIZE));
    let to = 0;
    for (let from = 0; from < length; from += MAX_PAYLOAD) {
      const end = Math.min(length, from + MAX_PAYLOAD);
      to = data.writeUInt16BE(RTP_HEADER_SIZE + end - from, to);
      const header = {
        marker: isGap && from === 0,
        payloadType: PAYLOAD_TYPE,
        sequenceNumber: this.#sequenceNumber,
        timestamp: (((timestamp % TURN) + TURN) % TURN) >>> 0,
        ssrc: this.#ssrc,
      };
      to = writeRtpHeader(header, data, to);
      to += sample.data.copy(data, to, from, end);
      this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
      timestamp += end - from;
    }
    this.#next = timestamp;
    return { data, count };
  }
}
