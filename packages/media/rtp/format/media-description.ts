import type { Track } from '../../model/track.ts';
import type { Packetizer } from '../packetizer.ts';
import type { Attribute, MediaDescription } from '../sdp/session-description.ts';
import { payloadTypeFor } from './payload-format.ts';

export interface MediaDescriptionOptions {
  /** Payload type, from 96 to 127, for an encoding without a static one. */
  readonly payloadType: number;
  /** The value of `a=control`, by which SETUP names the track (RFC 2326 §C.1.1). */
  readonly control: string;
}

/** What a session description says of a track that is sent by `packetizer`. Its payload type is in `formats`. */
export function mediaDescription(
  track: Track,
  packetizer: Packetizer,
  { payloadType, control }: MediaDescriptionOptions,
): MediaDescription {
  const { rtpMap, formatParameters } = packetizer;
  const type = payloadTypeFor(rtpMap, payloadType);
  const attributes: Attribute[] = [{ name: 'rtpmap', value: `${type} ${rtpMap}` }];
  if (formatParameters !== undefined) attributes.push({ name: 'fmtp', value: `${type} ${formatParameters}` });
  if (track.kind === 'video' && track.frameRate !== undefined) {
    attributes.push({ name: 'framerate', value: String(Math.round(track.frameRate * 1000) / 1000) });
  }
  attributes.push({ name: 'control', value: control });
  return {
    type: track.kind,
    port: 0,
    protocol: 'RTP/AVP',
    formats: [String(type)],
    connection: undefined,
    bandwidths: [],
    attributes,
    otherLines: [],
  };
}
