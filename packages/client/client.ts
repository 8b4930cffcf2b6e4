import createOpenApiClient, { type Client, type Middleware } from 'openapi-fetch';
import { ApiError } from './api-error.ts';
import type { paths } from './schema.ts';

export interface ClientOptions {
  /** `http://host:8080`; in a page of the server itself, ''. */
  readonly baseUrl: string;
  /** An API key or a token, sent as `Authorization: Bearer`. Asked for before each request. */
  readonly token?: () => string | undefined;
  /** What a session's changes are proven by, `X-CSRF-Token`. */
  readonly csrfToken?: () => string | undefined;
  /** Milliseconds that a request may take; 15,000 if left out. */
  readonly timeout?: number;
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** Typed by the paths of docs/openapi.json: `client.GET('/api/v1/streams', { params: { query: { limit: 10 } } })`. */
export type FluxClient = Client<paths>;

const TIMEOUT = 15_000;

/** Requests to one FLUX IoT server. */
export function createClient({
  baseUrl,
  token,
  csrfToken,
  timeout = TIMEOUT,
  fetch,
}: ClientOptions): FluxClient {
  const client = createOpenApiClient<paths>({ baseUrl, ...(fetch ? { fetch } : {}) });
  const identify: Middleware = {
    onRequest({ request }) {
      const bearer = token?.();
      if (bearer !== undefined) request.headers.set('Authorization', `Bearer ${bearer}`);
      const proof = isChange(request) ? csrfToken?.() : undefined;
      if (proof !== undefined) request.headers.set('X-CSRF-Token', proof);
      return new Request(request, {
        signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeout)]),
      });
    },
  };
  client.use(identify);
  return client;
}

/** The shape in which `openapi-fetch` answers. */
interface Answer<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/**
 * What was asked for: `await take(client.GET('/api/v1/server'))`. Throws `ApiError` for a problem document and where
 * there is no answer at all.
 */
export async function take<Data>(asked: Promise<Answer<Data>>): Promise<Data> {
  let answer: Answer<Data>;
  try {
    answer = await asked;
  } catch (cause) {
    throw new ApiError(0, { detail: 'The server does not answer.' }, { cause });
  }
  const { data, error, response } = answer;
  if (!response.ok) throw ApiError.of(response, error);
  // An answer without a body, 204, is undefined, and its type says so.
  return data as Data;
}

function isChange({ method }: Request): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
}
