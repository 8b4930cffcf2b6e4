import { ApiError } from '@flux-iot/client/api-error';
import { addressOf, createClient, pathsOf, take } from '@flux-iot/client/client';
import type { paths } from '@flux-iot/client/schema';
import type { IngestRequest } from './types.ts';

export { ApiError, addressOf, take };

/** Changes of a session are proven by a word that only the page knows. */
const proof: { csrfToken: string | undefined } = { csrfToken: undefined };

export function proveBy(csrfToken: string | undefined): void {
  proof.csrfToken = csrfToken;
}

/** Devices send their lists in many parts, and the server waits for them. */
const TIMEOUT = 60_000;

/** Typed by the API's document. Pages that ask for something of their own ask by it: `take(client.GET(…))`. */
export const client = createClient({
  baseUrl: location.origin,
  csrfToken: () => proof.csrfToken,
  timeout: TIMEOUT,
});

export type StreamFilter = NonNullable<paths['/api/v1/streams']['get']['parameters']['query']>;

const of = (id: string) => ({ params: { path: { stream_id: id } } });

/** What several pages ask of the server. Each throws `ApiError`. */
export const api = {
  paths: () => pathsOf({ baseUrl: location.origin }),
  server: () => take(client.GET('/api/v1/server')),
  nodes: async () => (await take(client.GET('/api/v1/nodes'))).nodes,
  protocols: async () => (await take(client.GET('/api/v1/protocols'))).protocols,
  streams: (query: StreamFilter) => take(client.GET('/api/v1/streams', { params: { query } })),
  stream: (id: string) => take(client.GET('/api/v1/streams/{stream_id}', of(id))),
  stats: (id: string) => take(client.GET('/api/v1/streams/{stream_id}/stats', of(id))),
  diagnosis: (id: string) => take(client.GET('/api/v1/streams/{stream_id}/diagnosis', of(id))),
  viewers: (id: string) =>
    take(
      client.GET('/api/v1/streams/{stream_id}/viewers', {
        params: { path: { stream_id: id }, query: { limit: 200 } },
      }),
    ),
  playUrls: async (id: string) => (await take(client.GET('/api/v1/streams/{stream_id}/play', of(id)))).urls,
  stop: (id: string) => take(client.POST('/api/v1/streams/{stream_id}/stop', of(id))),
  ingest: (body: IngestRequest) => take(client.POST('/api/v1/streams/ingest', { body })),
  removeIngest: (id: string) => take(client.DELETE('/api/v1/ingests/{stream_id}', of(id))),
  push: (id: string, url: string) =>
    take(client.POST('/api/v1/streams/{stream_id}/push', { ...of(id), body: { url } })),
  removePush: (id: string, push: string) =>
    take(
      client.DELETE('/api/v1/streams/{stream_id}/pushes/{push_id}', {
        params: { path: { stream_id: id, push_id: push } },
      }),
    ),
  record: (id: string) => take(client.POST('/api/v1/streams/{stream_id}/record', { ...of(id), body: {} })),
  stopRecording: (id: string) => take(client.DELETE('/api/v1/streams/{stream_id}/record', of(id))),
  session: () => take(client.GET('/api/v1/auth/session')),
  login: (username: string, password: string) =>
    take(client.POST('/api/v1/auth/login', { body: { username, password } })),
  logout: () => take(client.POST('/api/v1/auth/logout')),
  playToken: (id: string, seconds: number) =>
    take(
      client.POST('/api/v1/streams/{stream_id}/tokens', {
        ...of(id),
        body: { action: 'play', expires_in: seconds },
      }),
    ),
  /** `turn` changes when a newer picture is wanted; `stale`: the last one of a stream that is gone will do. */
  snapshotUrl: (id: string, width: number, turn: number, stale = false) =>
    addressOf('/api/v1/streams/{stream_id}/snapshot', {
      path: { stream_id: id },
      query: { width, turn, ...(stale ? { allow_stale: true } : {}) },
    }),
};
