import type { ClusterNode } from '@flux-iot/core/cluster/cluster-node';
import type { Ladder } from '@flux-iot/protocols/hls/adapter';
import type { SegmentMakers } from '@flux-iot/protocols/hls/segment-makers';
import { PEER_HEADER } from '@flux-iot/protocols/http/media-server';

/**
 * Which node cuts which stream for HLS, by the cluster's directory. A rendition that is not made yet will be where its
 * source is cut.
 */
export function segmentMakers(cluster: ClusterNode, ladder: Ladder | undefined): SegmentMakers {
  return {
    elsewhere: streamId =>
      cluster.segmentMaker(streamId) ?? (ladder && cluster.segmentMaker(ladder.sourceOf(streamId))),
    claim: streamId => cluster.claimSegments(streamId),
    release: streamId => cluster.releaseSegments(streamId),
    fetch: (node, { target, peer, userAgent, signal, mayWait }) =>
      cluster.fetch(node, {
        target,
        headers: { [PEER_HEADER]: peer, 'user-agent': userAgent },
        signal,
        mayWait,
      }),
  };
}
