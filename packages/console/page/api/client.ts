import type {
  Ingest,
  IngestRequest,
  MediaNode,
  Protocol,
  Push,
  ServerInfo,
  Session,
  StreamDetail,
  StreamList,
  StreamStats,
  Viewer,
} from './types.ts';

const TIMEOUT = 15_000;

/** What the API said went wrong. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** Of HTTP; 0 where there was no answer. */
  readonly status: number;
  readonly code: string | undefined;
  readonly requestId: string | undefined;

  constructor(status: number, problem: { code?: string; detail?: string; request_id?: string }) {
    super(problem.detail ?? '');
    this.status = status;
    this.code = problem.code;
    this.requestId = problem.request_id;
  }

  static async of(answer: Response): Promise<ApiError> {
    const body: unknown = await answer.json().catch(() => undefined);
    return new ApiError(answer.status, typeof body === 'object' && body !== null ? body : {});
  }
}

type Query = Readonly<Record<string, string | number | undefined>>;

/** Changes of a session are proven by a word that only the page knows. */
const proof: { csrfToken: string | undefined } = { csrfToken: undefined };

export function proveBy(csrfToken: string | undefined): void {
  proof.csrfToken = csrfToken;
}

/** One request of the API; `Answer` is what its document says. Throws `ApiError`. */
export async function request<Answer>(
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
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
  } catch {
    throw new ApiError(0, {});
  }
  if (!answer.ok) throw await ApiError.of(answer);
  return (answer.status === 204 ? undefined : await answer.json()) as Answer;
}

export function pathOf(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== '') search.set(name, String(value));
  return search.size > 0 ? `${path}?${search}` : path;
}

const get = <Answer>(path: string, query?: Query) => request<Answer>('GET', pathOf(path, query));
const streamPath = (id: string) => `/streams/${encodeURIComponent(id)}`;

export interface StreamFilter {
  readonly q?: string;
  readonly state?: string;
  readonly protocol?: string;
  readonly limit?: number;
}

export interface PlayToken {
  readonly token: string;
  readonly expires_at: string;
}

export const api = {
  session: () => get<Session>('/auth/session'),
  login: (username: string, password: string) =>
    request<Session>('POST', '/auth/login', { username, password }),
  logout: () => request<void>('POST', '/auth/logout'),
  server: () => get<ServerInfo>('/server'),
  nodes: async () => (await get<{ nodes: readonly MediaNode[] }>('/nodes')).nodes,
  protocols: async () => (await get<{ protocols: readonly Protocol[] }>('/protocols')).protocols,
  streams: (filter: StreamFilter) => get<StreamList>('/streams', { ...filter }),
  stream: (id: string) => get<StreamDetail>(streamPath(id)),
  stats: (id: string) => get<StreamStats>(`${streamPath(id)}/stats`),
  viewers: (id: string) =>
    get<{ viewers: readonly Viewer[]; total: number }>(`${streamPath(id)}/viewers`, { limit: 200 }),
  playUrls: async (id: string) =>
    (await get<{ urls: Readonly<Record<string, string>> }>(`${streamPath(id)}/play`)).urls,
  stop: (id: string) => request<void>('POST', `${streamPath(id)}/stop`),
  ingest: (body: IngestRequest) => request<Ingest>('POST', '/streams/ingest', body),
  removeIngest: (id: string) => request<void>('DELETE', `/ingests/${encodeURIComponent(id)}`),
  push: (id: string, url: string) => request<Push>('POST', `${streamPath(id)}/push`, { url }),
  removePush: (id: string, push: string) =>
    request<void>('DELETE', `${streamPath(id)}/pushes/${encodeURIComponent(push)}`),
  playToken: (id: string, seconds: number) =>
    request<PlayToken>('POST', `${streamPath(id)}/tokens`, { action: 'play', expires_in: seconds }),
  snapshotUrl: (id: string, width: number, turn: number) =>
    `/api/v1${pathOf(`${streamPath(id)}/snapshot`, { width, turn })}`,
};
