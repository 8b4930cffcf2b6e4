import type { MediaSample } from '../model/sample.ts';

/** Where a packetiser writes: whoever implements it puts the RTP header (and a framing) before each payload. */
export interface PacketSink {
  /**
   * Begins a packet with room for `size` bytes of payload, and returns where in `buffer` they go. `delay`: by how many
   * ticks its time stamp is later than the sample's, none if left out; a run of G.711 longer than a packet has it.
   */
  packet(size: number, marker: boolean, delay?: number): number;
  /** Changes when it is full: read it after `packet`, never before. */
  readonly buffer: Buffer;
}

/**
 * Cuts the samples of one track into the payloads of RTP packets. All packets of a sample have its presentation time as
 * time stamp, but for those with a delay.
 */
export interface Packetizer {
  /** Ticks per second of the RTP time stamp. */
  readonly clockRate: number;
  /** The encoding's name and parameters as SDP says them: `H264/90000`, `mpeg4-generic/44100/2` (RFC 8866 §6.6). */
  readonly rtpMap: string;
  /** The value of `a=fmtp` behind the payload type, if there is one. */
  readonly formatParameters: string | undefined;
  packetize(sample: MediaSample, sink: PacketSink): void;
}
