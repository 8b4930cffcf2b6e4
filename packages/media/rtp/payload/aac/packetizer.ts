import { ParseError } from '../../../model/parse-error.ts';
import type { MediaSample } from '../../../model/sample.ts';
import type { AacTrack } from '../../../model/track.ts';
import type { Packetizer, PacketSink } from '../../packetizer.ts';

/** AU-headers-length, and one header of 13 bits of size and 3 of index (RFC 3640 §3.3.6). */
const HEADERS_SIZE = 4;
const HEADER_BITS = 16;
const MAX_FRAME_SIZE = 0x1fff;

/** Writes AAC as `mpeg4-generic` in the mode AAC-hbr (RFC 3640): a frame a packet, or in fragments. */
export class AacPacketizer implements Packetizer {
  readonly clockRate: number;
  readonly rtpMap: string;
  readonly formatParameters: string;
  readonly #maxSize: number;

  constructor(track: AacTrack, maxPayloadSize: number) {
    this.clockRate = track.sampleRate;
    this.rtpMap = `mpeg4-generic/${track.sampleRate}/${track.channels}`;
    this.formatParameters =
      'streamtype=5; profile-level-id=1; mode=AAC-hbr; sizelength=13; indexlength=3; indexdeltalength=3; ' +
      `config=${track.config.toString('hex').toUpperCase()}`;
    this.#maxSize = maxPayloadSize;
  }

  /** Throws `ParseError` for a frame whose size can't be said. */
  packetize(sample: MediaSample, sink: PacketSink): void {
    const { data } = sample;
    if (data.length > MAX_FRAME_SIZE) throw new ParseError(`AAC frame of ${data.length} bytes`);
    const most = this.#maxSize - HEADERS_SIZE;
    for (let from = 0; from < data.length; from += most) {
      const to = Math.min(from + most, data.length);
      const at = sink.packet(HEADERS_SIZE + to - from, to === data.length);
      const { buffer } = sink;
      buffer.writeUInt16BE(HEADER_BITS, at);
      // The size of the frame, in each of its fragments (§3.2.1.1).
      buffer.writeUInt16BE(data.length << 3, at + 2);
      data.copy(buffer, at + HEADERS_SIZE, from, to);
    }
  }
}
