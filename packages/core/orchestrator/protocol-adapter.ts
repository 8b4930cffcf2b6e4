import type { HistoryEntry, StreamHistory } from '../stream/history.ts';
import type { Publication, Publisher } from '../stream/publication.ts';
import type { EndReason } from '../stream/sink.ts';
import type { StreamId } from '../stream/stream-id.ts';

/** What every daemon says of itself. */
export interface ProtocolStats {
  /** Addresses it listens on, `0.0.0.0:1935`. */
  readonly listening: readonly string[];
  readonly connections: number;
  readonly publishers: number;
  readonly viewers: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Packets of publishers that never came, where the protocol can tell. */
  readonly lostPackets?: number;
  /** Connections and requests turned away since the start, by error code. */
  readonly refused: Readonly<Record<string, number>>;
}

/**
 * Receives the streams that an adapter brings. The specification's callbacks (`onVideoSample`, `onAudioSample`,
 * `onStreamClosed` with a stream id) are `write` and `close` of the `Publication`: a handle instead of an id,
 * so that a session that was replaced cannot write into the stream of its successor.
 */
export interface StreamCallback {
  /** Asks whether `publisher` may publish; throws a `FluxError` if not. */
  registerStream(streamId: StreamId, publisher: Publisher, request?: AccessRequest): Promise<Publication>;
}

/** What a client said to be let in. */
export interface AccessRequest {
  /** By which it came: `rtmp`, `flv`, `hls`, … */
  readonly protocol?: string;
  readonly token?: string;
  /** Who it has proved to be, where the protocol has such a way. */
  readonly user?: string;
  /** Address without port; undefined where it cannot be known, behind a proxy that is not named. */
  readonly address?: string;
  /** Aborted when the client, and what it was let in for, is gone. */
  readonly signal?: AbortSignal;
  /** Sends the client away whose right was taken back, or whose time is over; while `signal` is not aborted. */
  readonly end?: (reason: EndReason) => void;
  /** One of many requests of a client that has no connection of its own. */
  readonly isRepeated?: boolean;
  /** The product asks for itself, or a node asks that let the client in already: nobody is to be asked. */
  readonly isInternal?: boolean;
}

/** A source that the product fetches or waits for by itself, made by `POST /api/v1/streams/ingest`. */
export interface Ingest {
  readonly streamId: StreamId;
  readonly protocol: string;
  readonly status: IngestStatus;
  /** Where it is pulled from, without user, password and query. */
  readonly sourceUrl?: string;
  /** The time line of what it does; its stream, whenever there is one, goes on with it. */
  readonly history?: StreamHistory;
  /** Of one that fetches only what somebody wants: somebody does from now on, or nobody has for a while. */
  readonly demand?: (isWanted: boolean) => void;
  /** It is made of another stream for those who want it, and goes when they do. */
  readonly isDerived?: boolean;
  /** Where to publish, for a client that knows this server as `host`. */
  publishUrl?(host: string): string;
  close(reason: EndReason): void;
}

/** A stream that can be made of another when somebody wants it. */
export interface Derivation {
  readonly sourceId: StreamId;
  /** Throws `TRANSCODE_LIMIT`. */
  begin(): Ingest;
}

export interface IngestStatus {
  readonly state: 'waiting' | 'connecting' | 'connected' | 'retrying' | 'closed';
  readonly attempts: number;
  readonly lastError?: string;
  /** Milliseconds since 1970. */
  readonly nextAttemptAt?: number;
}

/** A stream sent on to another server, made by `POST /api/v1/streams/{id}/push`. */
export interface Push {
  readonly id: string;
  readonly streamId: StreamId;
  /** Without user, password and query. */
  readonly url: string;
  readonly status: IngestStatus;
  close(reason: EndReason): void;
}

/** One protocol of the product. `start` binds or throws; `stop` is idempotent and ends all its sessions. */
export interface ProtocolAdapter {
  readonly protocolName: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Registers the receiver of the streams that this protocol brings; before `start`. */
  onStreamReady(callback: StreamCallback): void;
  stats(): ProtocolStats;
  /** Addresses at which a viewer on `host` can play the stream, by format. */
  playUrls?(streamId: StreamId, host: string): Readonly<Record<string, string>>;
  /** Begins to bring a stream from a source. Throws `REQUEST_INVALID` or `URL_INVALID`. */
  ingest?(streamId: StreamId, source: Readonly<Record<string, unknown>>): Ingest;
  /** What became of the stream where the protocol sends it on by itself; the stream may be another node's, or gone. */
  historyOf?(streamId: StreamId): readonly HistoryEntry[];
  /** Begins to send a stream to a remote server of this protocol; the caller names it. Throws `URL_INVALID`. */
  push?(id: string, streamId: StreamId, url: string): Push;
}
