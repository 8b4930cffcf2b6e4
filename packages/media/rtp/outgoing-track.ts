import { ParseError } from '../model/parse-error.ts';
import type { Track } from '../model/track.ts';
import { payloadTypeFor } from './format/payload-format.ts';
import type { Packetizer } from './packetizer.ts';
import { packetizerFor } from './payload/packetizer-for.ts';

/** A track as it is sent by RTP. */
export interface OutgoingTrack {
  readonly track: Track;
  readonly packetizer: Packetizer;
  readonly payloadType: number;
  /**
   * What a receiver knows from the session description and cannot learn from the packets: where this is the same, a
   * new version of the track goes on in the old one's place.
   */
  readonly signature: string;
}

/** Each track is in an RTP session of its own, so that one type for each kind is enough. */
const DYNAMIC_TYPES = { video: 96, audio: 97 } as const;

/** Undefined for a track that cannot be sent: RTP has no form for it, or its configuration cannot be read. */
export function outgoingTrack(track: Track): OutgoingTrack | undefined {
  const packetizer = tryPacketizerFor(track);
  if (!packetizer) return undefined;
  const { rtpMap, formatParameters } = packetizer;
  // Of all formats AAC alone has its configuration nowhere but there.
  const signature = track.codec === 'aac' ? `${rtpMap} ${formatParameters}` : rtpMap;
  const payloadType = payloadTypeFor(rtpMap, DYNAMIC_TYPES[track.kind]);
  return { track, packetizer, payloadType, signature };
}

function tryPacketizerFor(track: Track): Packetizer | undefined {
  try {
    return packetizerFor(track);
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}
