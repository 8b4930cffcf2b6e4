import type { MediaSample } from '../../../model/sample.ts';
import type { Packetizer, PacketSink } from '../../packetizer.ts';

/** 16 bits that are zero, and the offset of the payload in its frame (RFC 2250 §3.5). */
const HEADER_SIZE = 4;

/** Writes MP3 as `MPA` (RFC 2250 §3.2): a frame a packet, or in fragments. */
export class Mp3Packetizer implements Packetizer {
  readonly clockRate = 90_000;
  readonly rtpMap = 'MPA/90000';
  readonly formatParameters = undefined;
  readonly #maxSize: number;

  constructor(maxPayloadSize: number) {
    this.#maxSize = maxPayloadSize - HEADER_SIZE;
  }

  packetize({ data }: MediaSample, sink: PacketSink): void {
    for (let from = 0; from < data.length; from += this.#maxSize) {
      const to = Math.min(from + this.#maxSize, data.length);
      const at = sink.packet(HEADER_SIZE + to - from, false);
      sink.buffer.writeUInt32BE(from, at);
      data.copy(sink.buffer, at + HEADER_SIZE, from, to);
    }
  }
}
