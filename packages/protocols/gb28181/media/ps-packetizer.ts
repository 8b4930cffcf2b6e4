import { PsMuxer } from '@flux-iot/media/format/mpegps/muxer';
import { ByteWriter } from '@flux-iot/media/model/byte-writer';
import type { Sample } from '@flux-iot/media/model/sample';
import { rescale } from '@flux-iot/media/model/time';
import type { Track } from '@flux-iot/media/model/track';
import { RTP_HEADER_SIZE, writeRtpHeader } from '@flux-iot/media/rtp/packet';

/** Of `a=rtpmap:96 PS/90000`. */
const PAYLOAD_TYPE = 96;
/** With the headers of RTP, UDP and IP within what every network carries; as cameras have it. */
const MAX_PAYLOAD = 1400;
const CLOCK_RATE = 90_000;
const LENGTH_SIZE = 2;
const TURN = 2 ** 32;

/** The packets of one frame, side by side, each after its 16-bit length (RFC 4571 §2). */
export interface FramePackets {
  readonly data: Buffer;
  readonly count: number;
}

/** Turns samples into the RTP packets of one source. */
export interface FramePacketizer {
  carries(track: Track): boolean;
  setTracks(tracks: readonly Track[]): void;
  /** Undefined for a sample that has no place in it. Throws `ParseError`. The sample is not kept. */
  write(sample: Sample, track: Track | undefined): FramePackets | undefined;
}

/** Turns samples into a program stream in RTP packets of one source, a frame at a time; the last packet is marked. */
export class PsPacketizer implements FramePacketizer {
  readonly #ssrc: number;
  readonly #muxer = new PsMuxer();
  readonly #writer = new ByteWriter();
  #sequenceNumber: number;

  /** `firstSequenceNumber`: to be a random one (RFC 3550 §5.1). */
  constructor(ssrc: number, firstSequenceNumber: number) {
    this.#ssrc = ssrc;
    this.#sequenceNumber = firstSequenceNumber & 0xffff;
  }

  carries(track: Track): boolean {
    return this.#muxer.carries(track);
  }

  setTracks(tracks: readonly Track[]): void {
    this.#muxer.update(tracks, {}, this.#writer);
  }

  write(sample: Sample, track: Track | undefined): FramePackets | undefined {
    if (!track) return undefined;
    this.#muxer.write(sample, track, this.#writer);
    const { slab, start, end } = this.#writer.take();
    if (end === start) return undefined;
    const count = Math.ceil((end - start) / MAX_PAYLOAD);
    const data = Buffer.allocUnsafeSlow(end - start + count * (LENGTH_SIZE + RTP_HEADER_SIZE));
    const timestamp = (rescale(sample.dts, track.clockRate, CLOCK_RATE) % TURN) >>> 0;
    let to = 0;
    for (let at = start; at < end; at += MAX_PAYLOAD) {
      const payloadEnd = Math.min(end, at + MAX_PAYLOAD);
      to = data.writeUInt16BE(RTP_HEADER_SIZE + payloadEnd - at, to);
      const header = {
        marker: payloadEnd === end,
        payloadType: PAYLOAD_TYPE,
        sequenceNumber: this.#sequenceNumber,
        timestamp,
        ssrc: this.#ssrc,
      };
      to = writeRtpHeader(header, data, to);
      to += slab.copy(data, to, at, payloadEnd);
      this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
    }
    return { data, count };
  }
}
