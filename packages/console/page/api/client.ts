import { ApiError } from '@flux-iot/client/api-error';
import { createClient, take } from '@flux-iot/client/client';
import type { paths } from '@flux-iot/client/schema';
import type { IngestRequest, PlayToken, Session } from './types.ts';

export { ApiError };

const TIMEOUT = 15_000;

/** Changes of a session are proven by a word that only the page knows. */
const proof: { csrfToken: string | undefined } = { csrfToken: undefined };

export function proveBy(csrfToken: string | undefined): void {
  proof.csrfToken = csrfToken;
}

const client = createClient({ baseUrl: location.origin, csrfToken: () => proof.csrfToken });

export type StreamFilter = NonNullable<paths['/api/v1/streams']['get']['parameters']['query']>;

const of = (id: string) => ({ params: { path: { stream_id: id } } });

/** What the console asks of the server. Each throws `ApiError`. */
export const api = {
  server: () => take(client.GET('/api/v1/server')),
  nodes: async () => (await take(client.GET('/api/v1/nodes'))).nodes,
  protocols: async () => (await take(client.GET('/api/v1/protocols'))).protocols,
  streams: (query: StreamFilter) => take(client.GET('/api/v1/streams', { params: { query } })),
  stream: (id: string) => take(client.GET('/api/v1/streams/{stream_id}', of(id))),
  stats: (id: string) => take(client.GET('/api/v1/streams/{stream_id}/stats', of(id))),
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
  session: () => request<Session>('GET', '/auth/session'),
  login: (username: string, password: string) =>
    request<Session>('POST', '/auth/login', { username, password }),
  logout: () => request<void>('POST', '/auth/logout'),
  playToken: (id: string, seconds: number) =>
    request<PlayToken>('POST', `/streams/${encodeURIComponent(id)}/tokens`, {
      action: 'play',
      expires_in: seconds,
    }),
  /** `turn` changes when a newer picture is wanted. */
  snapshotUrl: (id: string, width: number, turn: number) =>
    `/api/v1/streams/${encodeURIComponent(id)}/snapshot?width=${width}&turn=${turn}`,
};

/** One request of a path that the API's document of this version does not name yet. Throws `ApiError`. */
export async function request<Answer>(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Answer> {
  const headers = new Headers();
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  if (method !== 'GET' && proof.csrfToken) headers.set('X-CSRF-Token', proof.csrfToken);
  let answer: Response;
  try {
    answer = await fetch(`/api/v1${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT),
    });
  } catch (cause) {
    throw new ApiError(0, {}, { cause });
  }
  const said: unknown = answer.status === 204 ? undefined : await answer.json().catch(() => undefined);
  if (!answer.ok) throw ApiError.of(answer, said);
  return said as Answer;
}
