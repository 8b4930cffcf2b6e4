import type { IngestStatus, ProtocolStats } from '../orchestrator/protocol-adapter.ts';
import type { StreamStatus } from '../orchestrator/stream-status.ts';
import type { ActiveRecording, RecordingOptions } from '../record/recording.ts';
import type { HistoryEntry } from '../stream/history.ts';
import type { StreamViewer } from '../stream/stream.ts';
import type { StreamId } from '../stream/stream-id.ts';

/** Stands in addresses for the name by which a client knows the server. */
export const HOST = '{host}';

export interface IngestReport {
  readonly streamId: StreamId;
  readonly protocol: string;
  readonly status: IngestStatus;
  /** Where it is pulled from, without secrets. */
  readonly sourceUrl?: string;
  /** Where to publish, with `HOST` in it. */
  readonly publishUrl?: string;
}

export interface PushReport {
  readonly id: string;
  readonly streamId: StreamId;
  /** Without user, password and query. */
  readonly url: string;
  readonly status: IngestStatus;
}

/** A stream that an ingest is to bring is a stream already, one that waits: it has no status yet. */
export interface StreamReport {
  readonly streamId: StreamId;
  readonly status?: StreamStatus;
  readonly ingest?: IngestReport;
  /** What the ingest has done so far, while there is no status. */
  readonly history?: readonly HistoryEntry[];
  /** What became of it where a protocol sends it on by itself: of this node, whichever node has the stream, or none. */
  readonly sentOn?: readonly HistoryEntry[];
}

/** The whole time line of a stream, the earliest first. */
export function timeLineOf({ status, history, sentOn = [] }: StreamReport): readonly HistoryEntry[] {
  const own = status?.history ?? history ?? [];
  return sentOn.length === 0 ? own : [...own, ...sentOn].sort((one, other) => one.at - other.at);
}

/** One media node and how it fares. */
export interface NodeReport {
  readonly name: string;
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly memoryBytes: number;
  /** CPU seconds of the process so far. */
  readonly cpuSeconds: number;
  readonly streams: number;
  /** Streams that are fetched from other nodes. */
  readonly relays: number;
  /** How often viewers fell behind and skipped to a key frame, since the start. */
  readonly skips: number;
  readonly load: NodeLoad;
  readonly protocols: Readonly<Record<string, ProtocolStats>>;
}

/** How a node batches its work (DESIGN §5). Times are in milliseconds, of the last seconds. */
export interface NodeLoad {
  /** From one turn of the event loop to the next while it is spaced; 0 while it turns freely. */
  readonly turnInterval: number;
  /** From one flush to the next. */
  readonly flushInterval: number;
  /** How long a flush takes. */
  readonly flushDuration: number;
  /** Bytes of one flush, summed over all viewers. */
  readonly flushBytes: number;
  /** How late timers run, 99th percentile. */
  readonly eventLoopDelay: number;
}

/**
 * What the API asks of the media nodes: of one, or of all of them together. Everything is plain data, so that it can
 * come from another process. Throws `FluxError`s, `STREAM_NOT_FOUND` and the like.
 */
export interface MediaControl {
  /** All streams, without their histories. */
  streams(): Promise<StreamReport[]>;
  stream(streamId: StreamId): Promise<StreamReport>;
  viewers(streamId: StreamId): Promise<StreamViewer[]>;
  /** Addresses by format, with `HOST` in them; of one protocol, or of all. */
  playUrls(streamId: StreamId, protocol?: string): Promise<Record<string, string>>;
  /** Closes the publisher, the ingest and all viewers. */
  stop(streamId: StreamId): Promise<void>;
  ingests(): Promise<IngestReport[]>;
  /** `isPassing`: it is not begun anew after a restart of the program. */
  addIngest(
    protocol: string,
    streamId: StreamId,
    source: Readonly<Record<string, unknown>>,
    isPassing?: boolean,
  ): Promise<IngestReport>;
  /** Of all streams where none is named. */
  pushes(streamId?: StreamId): Promise<PushReport[]>;
  addPush(id: string, streamId: StreamId, url: string): Promise<PushReport>;
  removePush(streamId: StreamId, id: string): Promise<void>;
  /** What is being recorded. */
  recordings(): Promise<ActiveRecording[]>;
  startRecording(streamId: StreamId, options: RecordingOptions): Promise<ActiveRecording>;
  stopRecording(streamId: StreamId): Promise<void>;
  nodes(): Promise<NodeReport[]>;
}
