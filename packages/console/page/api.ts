/** The API's answers, as far as the page shows them. */
export interface Track {
  readonly id: number;
  readonly kind: 'video' | 'audio';
  readonly codec: string;
  readonly codec_string: string;
  readonly profile?: string;
  readonly width?: number;
  readonly height?: number;
  readonly sample_rate?: number;
  readonly channels?: number;
  readonly bitrate: number;
  readonly frame_rate: number;
}

export interface Connection {
  readonly state: string;
  readonly attempts: number;
  readonly last_error?: string;
}

export interface Ingest extends Connection {
  readonly publish_url?: string;
  readonly url?: string;
}

export interface Push extends Connection {
  readonly id: string;
  readonly url: string;
}

export interface StreamSummary {
  readonly stream_id: string;
  readonly state: string;
  readonly protocol?: string;
  readonly publisher?: { readonly peer: string; readonly since: string };
  readonly uptime_seconds: number;
  readonly tracks: readonly Track[];
  readonly bitrate: number;
  readonly viewers: { readonly count: number; readonly by_protocol: Readonly<Record<string, number>> };
  readonly notes: readonly string[];
  readonly ingest?: Ingest;
}

export interface HistoryEntry {
  readonly at: string;
  readonly last_at: string;
  readonly step: string;
  readonly detail: string;
  readonly count: number;
}

export interface StreamDetail extends StreamSummary {
  readonly history: readonly HistoryEntry[];
  readonly pushes: readonly Push[];
}

export interface StreamList {
  readonly streams: readonly StreamSummary[];
  readonly total: number;
}

export interface ServerInfo {
  readonly version: string;
  readonly uptime_seconds: number;
  readonly memory_bytes: number;
}

export interface Protocol {
  readonly protocol: string;
  readonly listening: readonly string[];
}

/** What the API said went wrong. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What a problem document says to people. */
export async function problemDetail(answer: Response): Promise<string> {
  const body = (await answer.json().catch(() => ({}))) as { detail?: string; request_id?: string };
  const request = body.request_id && answer.status >= 500 ? ` (request ${body.request_id})` : '';
  return `${body.detail ?? `The server answered ${answer.status}.`}${request}`;
}

async function request(method: string, path: string): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(`/api/v1${path}`, { method, signal: AbortSignal.timeout(10_000) });
  } catch {
    throw new ApiError(0, 'The server does not answer.');
  }
  if (answer.ok) return answer;
  throw new ApiError(answer.status, await problemDetail(answer));
}

async function get<T>(path: string): Promise<T> {
  return (await (await request('GET', path)).json()) as T;
}

const path = (streamId: string) => `/streams/${encodeURIComponent(streamId)}`;

export const api = {
  streams: (limit: number, part: string) =>
    get<StreamList>(`/streams?limit=${limit}${part ? `&q=${encodeURIComponent(part)}` : ''}`),
  stream: (id: string) => get<StreamDetail>(path(id)),
  playUrls: async (id: string) =>
    (await get<{ urls: Readonly<Record<string, string>> }>(`${path(id)}/play`)).urls,
  stop: async (id: string) => {
    await request('POST', `${path(id)}/stop`);
  },
  server: () => get<ServerInfo>('/server'),
  protocols: async () => (await get<{ protocols: readonly Protocol[] }>('/protocols')).protocols,
};
