import type { MediaSample } from '../../../model/sample.ts';
import type { G711Track } from '../../../model/track.ts';
import type { Packetizer, PacketSink } from '../../packetizer.ts';

/** Writes G.711 (RFC 3551 §4.5.14). What is longer than a packet goes on in the next, later by what was in the first. */
export class G711Packetizer implements Packetizer {
  readonly clockRate: number;
  readonly rtpMap: string;
  readonly formatParameters = undefined;
  readonly #channels: number;
  /** Bytes, of which there are as many of each channel. */
  readonly #maxSize: number;

  constructor(track: G711Track, maxPayloadSize: number) {
    const { sampleRate, channels } = track;
    this.clockRate = sampleRate;
    this.rtpMap = `${track.codec === 'g711a' ? 'PCMA' : 'PCMU'}/${sampleRate}${channels > 1 ? `/${channels}` : ''}`;
    this.#channels = channels;
    this.#maxSize = maxPayloadSize - (maxPayloadSize % channels);
  }

  packetize({ data }: MediaSample, sink: PacketSink): void {
    for (let from = 0; from < data.length; from += this.#maxSize) {
      const to = Math.min(from + this.#maxSize, data.length);
      const at = sink.packet(to - from, false, from / this.#channels);
      data.copy(sink.buffer, at, from, to);
    }
  }
}
