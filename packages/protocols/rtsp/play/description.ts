import type { StreamId } from '@flux-iot/core/stream/stream-id';
import type { Track } from '@flux-iot/media/model/track';
import { mediaDescription } from '@flux-iot/media/rtp/format/media-description';
import { outgoingTrack } from '@flux-iot/media/rtp/outgoing-track';
import { formatSdp } from '@flux-iot/media/rtp/sdp/formatter';
import { trackUrl } from '../address.ts';
import { StatusError } from '../status-error.ts';

export interface DescriptionOptions {
  readonly streamId: StreamId;
  /** The URL that the client asked for. */
  readonly presentation: string;
  /** This server's address, as the client sees it. */
  readonly address: string;
  /** Milliseconds since 1970 at which the stream began: two descriptions of one stream have the same. */
  readonly createdAt: number;
}

/**
 * The session description of a stream, with the URLs of its tracks in full, which no client has to put together. Throws
 * `StatusError` 415 where RTP carries none of the tracks.
 */
export function describeStream(tracks: readonly Track[], options: DescriptionOptions): string {
  const { streamId, presentation, address, createdAt } = options;
  const outgoing = tracks.map(outgoingTrack).filter(track => track !== undefined);
  if (outgoing.length === 0) throw new StatusError(415, 'RTSP has nothing to send of this stream.');
  const isIPv6 = address.includes(':');
  const addressType = isIPv6 ? 'IP6' : 'IP4';
  return formatSdp({
    origin: {
      username: '-',
      sessionId: String(createdAt),
      sessionVersion: String(tracks.reduce((sum, track) => sum + track.version, 0)),
      addressType,
      address,
    },
    name: streamId,
    connection: { addressType, address: isIPv6 ? '::' : '0.0.0.0', ttl: undefined },
    bandwidths: [],
    times: [],
    attributes: [
      { name: 'range', value: 'npt=now-' },
      { name: 'control', value: presentation },
    ],
    otherLines: [],
    media: outgoing.map(({ track, packetizer, payloadType }) =>
      mediaDescription(track, packetizer, { payloadType, control: trackUrl(presentation, track.id) }),
    ),
  });
}
