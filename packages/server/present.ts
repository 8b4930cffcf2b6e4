import {
  HOST,
  type IngestReport,
  type NodeReport,
  type PushReport,
  type StreamReport,
  timeLineOf,
} from '@flux-iot/core/control/media-control';
import type { IngestStatus, ProtocolStats } from '@flux-iot/core/orchestrator/protocol-adapter';
import type { StreamStatus, TrackStatus } from '@flux-iot/core/orchestrator/stream-status';
import type { HistoryEntry } from '@flux-iot/core/stream/history';
import type { StreamViewer } from '@flux-iot/core/stream/stream';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import type { Static } from 'typebox';
import type {
  HistoryEntrySchema,
  IngestSchema,
  NodeSchema,
  ProtocolSchema,
  PushSchema,
  StreamDetailSchema,
  StreamStatsSchema,
  StreamSummarySchema,
  TrackSchema,
  ViewerSchema,
} from './schemas.ts';

/** The core's objects as the API shows them: snake_case, times in RFC 3339. */

export function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function presentTrack(track: TrackStatus): Static<typeof TrackSchema> {
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

export function presentHistory({
  at,
  lastAt,
  step,
  detail,
  count,
}: HistoryEntry): Static<typeof HistoryEntrySchema> {
  return { at: time(at), last_at: time(lastAt), step, detail, count };
}

/** What a summary and the statistics have in common. */
function presentFlow(streamId: StreamId, status: StreamStatus | undefined) {
  return {
    stream_id: streamId,
    state: status?.state ?? 'waiting',
    uptime_seconds: status ? (Date.now() - status.createdAt) / 1000 : 0,
    bitrate: Math.round(status?.bitrate ?? 0),
    viewers: { count: status?.viewers.count ?? 0, by_protocol: { ...status?.viewers.byProtocol } },
    tracks: status?.tracks.map(presentTrack) ?? [],
  } as const;
}

/** `host`: the name by which the client knows this server; it is put into the address to publish to. */
export function presentSummary(
  { streamId, status, ingest }: StreamReport,
  host: string,
): Static<typeof StreamSummarySchema> {
  return {
    ...presentFlow(streamId, status),
    protocol: status?.protocol ?? ingest?.protocol,
    publisher: status?.publisher && { peer: status.publisher.peer, since: time(status.publisher.since) },
    created_at: status && time(status.createdAt),
    notes: [...(status?.notes ?? [])],
    ingest: ingest && presentIngest(ingest, host),
  };
}

export function presentDetail(
  known: StreamReport,
  pushes: readonly PushReport[],
  host: string,
): Static<typeof StreamDetailSchema> {
  return {
    ...presentSummary(known, host),
    history: timeLineOf(known).map(presentHistory),
    pushes: pushes.map(presentPush),
  };
}

export function presentStats({ streamId, status }: StreamReport): Static<typeof StreamStatsSchema> {
  return {
    ...presentFlow(streamId, status),
    bytes_in: status?.bytesIn ?? 0,
    bytes_out: status?.bytesOut ?? 0,
    gop_bytes: status?.gopBytes ?? 0,
  };
}

export function presentViewer(viewer: StreamViewer): Static<typeof ViewerSchema> {
  return {
    id: viewer.id,
    protocol: viewer.protocol,
    peer: viewer.peer,
    since: time(viewer.since),
    bytes_sent: viewer.bytesSent,
  };
}

function presentConnection({ state, attempts, lastError, nextAttemptAt }: IngestStatus) {
  return {
    state,
    attempts,
    last_error: lastError,
    next_attempt_at: nextAttemptAt === undefined ? undefined : time(nextAttemptAt),
  };
}

export function presentIngest(ingest: IngestReport, host: string): Static<typeof IngestSchema> {
  return {
    stream_id: ingest.streamId,
    protocol: ingest.protocol,
    ...presentConnection(ingest.status),
    publish_url: ingest.publishUrl?.replace(HOST, host),
    url: ingest.sourceUrl,
  };
}

export function presentPush(push: PushReport): Static<typeof PushSchema> {
  return { id: push.id, stream_id: push.streamId, url: push.url, ...presentConnection(push.status) };
}

export function presentProtocol(protocol: string, stats: ProtocolStats): Static<typeof ProtocolSchema> {
  return {
    protocol,
    listening: [...stats.listening],
    connections: stats.connections,
    publishers: stats.publishers,
    viewers: stats.viewers,
    bytes_in: stats.bytesIn,
    bytes_out: stats.bytesOut,
    refused: { ...stats.refused },
  };
}

export function presentNode(node: NodeReport): Static<typeof NodeSchema> {
  const { load } = node;
  return {
    name: node.name,
    pid: node.pid,
    started_at: time(node.startedAt),
    memory_bytes: node.memoryBytes,
    cpu_seconds: node.cpuSeconds,
    streams: node.streams,
    relays: node.relays,
    turn_interval_ms: load.turnInterval,
    flush_interval_ms: tenths(load.flushInterval),
    flush_duration_ms: tenths(load.flushDuration),
    flush_bytes: Math.round(load.flushBytes),
    event_loop_delay_ms: load.eventLoopDelay,
  };
}

/** The counters of one protocol on all nodes together. */
export function sumStats(all: readonly ProtocolStats[]): ProtocolStats {
  const sum = (figure: (stats: ProtocolStats) => number) =>
    all.reduce((total, stats) => total + figure(stats), 0);
  const refused: Record<string, number> = {};
  for (const stats of all)
    for (const [code, count] of Object.entries(stats.refused)) refused[code] = (refused[code] ?? 0) + count;
  return {
    listening: [...new Set(all.flatMap(({ listening }) => listening))],
    connections: sum(({ connections }) => connections),
    publishers: sum(({ publishers }) => publishers),
    viewers: sum(({ viewers }) => viewers),
    bytesIn: sum(({ bytesIn }) => bytesIn),
    bytesOut: sum(({ bytesOut }) => bytesOut),
    refused,
  };
}

function tenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
