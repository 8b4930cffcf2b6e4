import type { Ingest, IngestStatus, ProtocolStats, Push } from '@flux-iot/core/orchestrator/protocol-adapter';
import type { StreamStatus, TrackStatus } from '@flux-iot/core/orchestrator/stream-status';

/** The core's objects as the API shows them: snake_case, times in RFC 3339. */

function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function presentTrack(track: TrackStatus) {
  return {
    id: track.id,
    kind: track.kind,
    codec: track.codec,
    codec_string: track.codecString,
    profile: track.profile,
    width: track.width,
    height: track.height,
    sample_rate: track.sampleRate,
    channels: track.channels,
    bitrate: Math.round(track.bitrate),
    frame_rate: Math.round(track.frameRate * 100) / 100,
    samples: track.samples,
    bytes: track.bytes,
    key_frames: track.keyFrames,
  };
}

function presentViewers(status: StreamStatus) {
  return { count: status.viewers.count, by_protocol: status.viewers.byProtocol };
}

export function presentSummary(status: StreamStatus) {
  return {
    stream_id: status.streamId,
    state: status.state,
    protocol: status.protocol,
    publisher: status.publisher && { peer: status.publisher.peer, since: time(status.publisher.since) },
    created_at: time(status.createdAt),
    tracks: status.tracks.map(presentTrack),
    bitrate: Math.round(status.bitrate),
    viewers: presentViewers(status),
    notes: [...status.notes],
  };
}

export function presentDetail(
  status: StreamStatus,
  ingest: Ingest | undefined,
  pushes: Push[],
  host: string,
) {
  return {
    ...presentSummary(status),
    history: status.history.map(({ at, lastAt, step, detail, count }) => ({
      at: time(at),
      last_at: time(lastAt),
      step,
      detail,
      count,
    })),
    ingest: ingest && presentIngest(ingest, host),
    pushes: pushes.map(presentPush),
  };
}

export function presentStats(status: StreamStatus) {
  return {
    stream_id: status.streamId,
    state: status.state,
    uptime_seconds: (Date.now() - status.createdAt) / 1000,
    bytes_in: status.bytesIn,
    bytes_out: status.bytesOut,
    bitrate: Math.round(status.bitrate),
    gop_bytes: status.gopBytes,
    viewers: presentViewers(status),
    tracks: status.tracks.map(presentTrack),
  };
}

function presentStatus({ state, attempts, lastError, nextAttemptAt }: IngestStatus) {
  return {
    state,
    attempts,
    last_error: lastError,
    next_attempt_at: nextAttemptAt === undefined ? undefined : time(nextAttemptAt),
  };
}

/** `host`: the name by which the client knows this server; it is put into the address to publish to. */
export function presentIngest(ingest: Ingest, host: string) {
  return {
    stream_id: ingest.streamId,
    protocol: ingest.protocol,
    ...presentStatus(ingest.status),
    publish_url: ingest.publishUrl?.(host),
    url: ingest.sourceUrl,
  };
}

export function presentPush(push: Push) {
  return { id: push.id, stream_id: push.streamId, url: push.url, ...presentStatus(push.status) };
}

export function presentProtocol(protocol: string, stats: ProtocolStats) {
  return {
    protocol,
    listening: [...stats.listening],
    connections: stats.connections,
    publishers: stats.publishers,
    viewers: stats.viewers,
    bytes_in: stats.bytesIn,
    bytes_out: stats.bytesOut,
    refused: stats.refused,
  };
}
