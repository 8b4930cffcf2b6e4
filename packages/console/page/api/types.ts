/** The API's answers, as its document has them. */
export type {
  ActiveRecording,
  AuditEntry,
  Diagnosis,
  Gb28181Channel,
  Gb28181Device,
  Gb28181Order,
  Gb28181PlaybackAction,
  Gb28181Preset,
  Gb28181Record,
  HistoryEntry,
  Ingest,
  IngestRequest,
  Node as MediaNode,
  Protocol,
  Push,
  Recording,
  Server as ServerInfo,
  Session,
  StreamDetail,
  StreamStats,
  StreamSummary,
  Track,
  Viewer,
} from '@flux-iot/client/schema';

import type { Push, paths, Session, StreamSummary } from '@flux-iot/client/schema';

/** A connection that the server makes by itself. */
export type Connection = Pick<Push, 'state' | 'attempts' | 'last_error' | 'next_attempt_at'>;

export type StreamState = StreamSummary['state'];

export type Role = Session['user']['role'];

/** A path of the API without what stands before all of them: `/recordings`. */
export type ApiPath = keyof paths extends infer Path
  ? Path extends `/api/v1${infer Rest}`
    ? Rest
    : never
  : never;
