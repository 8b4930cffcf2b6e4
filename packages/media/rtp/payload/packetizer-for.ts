import { parseOpusHead } from '../../codec/opus/opus-head.ts';
import type { Track } from '../../model/track.ts';
import type { Packetizer } from '../packetizer.ts';
import { AacPacketizer } from './aac/packetizer.ts';
import { Av1Packetizer } from './av1/packetizer.ts';
import { G711Packetizer } from './g711/packetizer.ts';
import { H264Packetizer } from './h264/packetizer.ts';
import { H265Packetizer } from './h265/packetizer.ts';
import { Mp3Packetizer } from './mp3/packetizer.ts';
import { OpusPacketizer } from './opus/packetizer.ts';

export interface PacketizerOptions {
  /** The most bytes of a payload, without RTP's header. Only an Opus packet, which can't be cut, may be longer. */
  readonly maxPayloadSize?: number;
}

/** Fits Ethernet's 1500 bytes beside the headers of IPv6, UDP, RTP and what SRTP or a tunnel adds. */
export const DEFAULT_MAX_PAYLOAD_SIZE = 1400;
/** The headers of payloads need some, and no network asks for less. */
export const MIN_MAX_PAYLOAD_SIZE = 64;

/**
 * The packetiser of a track; undefined for one that RTP has no form for that players know. A new version of the track
 * takes a new one. Throws `ParseError` for a track whose configuration can't be read.
 */
export function packetizerFor(track: Track, options: PacketizerOptions = {}): Packetizer | undefined {
  const size = Math.max(options.maxPayloadSize ?? DEFAULT_MAX_PAYLOAD_SIZE, MIN_MAX_PAYLOAD_SIZE);
  switch (track.codec) {
    case 'h264':
      return new H264Packetizer(track, size);
    case 'h265':
      return new H265Packetizer(track, size);
    case 'av1':
      return new Av1Packetizer(track, size);
    case 'aac':
      return new AacPacketizer(track, size);
    case 'opus':
      // Mono and stereo alone: surround has several streams in a packet.
      return parseOpusHead(track.config).mappingFamily === 0 ? new OpusPacketizer(track) : undefined;
    case 'mp3':
      return new Mp3Packetizer(size);
    case 'g711a':
    case 'g711u':
      return new G711Packetizer(track, size);
    default:
      return undefined;
  }
}
