/** The API's answers, as its document has them, and what the console knows of those that the document is to have. */
export type {
  HistoryEntry,
  Ingest,
  IngestRequest,
  Node as MediaNode,
  Protocol,
  Push,
  Server as ServerInfo,
  StreamDetail,
  StreamStats,
  StreamSummary,
  Track,
  Viewer,
} from '@flux-iot/client/schema';

import type { Push, StreamSummary } from '@flux-iot/client/schema';

/** A connection that the server makes by itself. */
export type Connection = Pick<Push, 'state' | 'attempts' | 'last_error' | 'next_attempt_at'>;

export type StreamState = StreamSummary['state'];

export type Role = 'administrator' | 'operator' | 'viewer';

export interface Session {
  readonly user: { readonly name: string; readonly role: Role; readonly tenant?: string };
  /** Not where an API key asks. */
  readonly csrf_token?: string;
}

export interface PlayToken {
  readonly token: string;
  readonly expires_at: string;
}
