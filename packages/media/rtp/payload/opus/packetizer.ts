import type { MediaSample } from '../../../model/sample.ts';
import type { OpusTrack } from '../../../model/track.ts';
import type { Packetizer, PacketSink } from '../../packetizer.ts';

/** Writes Opus, a packet a payload, however long it is (RFC 7587 §4.2). */
export class OpusPacketizer implements Packetizer {
  readonly clockRate = 48_000;
  /** Two channels whatever there are (§7). */
  readonly rtpMap = 'opus/48000/2';
  readonly formatParameters: string;

  constructor(track: OpusTrack) {
    this.formatParameters = `sprop-stereo=${track.channels === 2 ? 1 : 0}`;
  }

  packetize({ data }: MediaSample, sink: PacketSink): void {
    if (data.length === 0) return;
    const at = sink.packet(data.length, false);
    data.copy(sink.buffer, at);
  }
}
