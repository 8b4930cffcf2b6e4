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

export interface StreamSummary {
  readonly stream_id: string;
  readonly state: string;
  readonly protocol?: string;
  readonly publisher?: { readonly peer: string; readonly since: string };
  readonly created_at: string;
  readonly tracks: readonly Track[];
  readonly bitrate: number;
  readonly viewers: { readonly count: number; readonly by_protocol: Readonly<Record<string, number>> };
  readonly notes: readonly string[];
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
}

export interface ServerInfo {
  readonly version: string;
  readonly uptime_seconds: number;
  readonly memory_bytes: number;
}

/** What the API said went wrong. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function request<T>(method: string, path: string): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(`/api/v1${path}`, { method });
  } catch {
    throw new ApiError(0, 'The server does not answer.');
  }
  if (answer.status === 204) return undefined as T;
  const body = (await answer.json().catch(() => ({}))) as {
    detail?: string;
    code?: string;
    request_id?: string;
  };
  if (!answer.ok) {
    const request = body.request_id ? ` (request ${body.request_id})` : '';
    throw new ApiError(answer.status, `${body.detail ?? `The server answered ${answer.status}.`}${request}`);
  }
  return body as T;
}

const path = (streamId: string) => `/streams/${encodeURIComponent(streamId)}`;

export const api = {
  streams: () => request<{ streams: StreamSummary[]; total: number }>('GET', '/streams?limit=500'),
  stream: (id: string) => request<StreamDetail>('GET', path(id)),
  playUrls: (id: string) => request<{ urls: Record<string, string> }>('GET', `${path(id)}/play`),
  stop: (id: string) => request<void>('POST', `${path(id)}/stop`),
  server: () => request<ServerInfo>('GET', '/server'),
};
