import createOpenApiClient, {
  type Client,
  createQuerySerializer,
  defaultPathSerializer,
  type Middleware,
} from 'openapi-fetch';
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

/** Of the document that this client was made from, as the server has it: it does not name itself. */
const DOCUMENT = '/api/v1/openapi.json';

/** The paths that the server has, which may be fewer, or more, than this client knows. Throws `ApiError`. */
export async function pathsOf({ baseUrl }: Pick<ClientOptions, 'baseUrl'>): Promise<ReadonlySet<string>> {
  type Document = Readonly<Record<typeof DOCUMENT, { get: { responses: { 200: DocumentAnswer } } }>>;
  const client = createOpenApiClient<Document>({ baseUrl });
  const document = await take(client.GET(DOCUMENT));
  return new Set(Object.keys(document.paths));
}

interface DocumentAnswer {
  content: { 'application/json': { readonly paths: Readonly<Record<string, unknown>> } };
}

/** What can be asked of a path by GET: its parameters in the path and behind the question mark. */
type Asked<Path extends keyof paths> = paths[Path] extends { get: { parameters: infer Parameters } }
  ? Pick<Parameters, Extract<keyof Parameters, 'path' | 'query'>>
  : never;

const toQuery = createQuerySerializer();

/** An address for what browsers fetch by themselves: pictures, videos, downloads, events. */
export function addressOf<Path extends keyof paths>(path: Path, asked: Asked<Path>): string {
  const { path: parts = {}, query = {} } = asked as Readonly<
    Record<string, Readonly<Record<string, unknown>> | undefined>
  >;
  const filled = defaultPathSerializer(path, parts);
  const search = toQuery(query);
  return search === '' ? filled : `${filled}?${search}`;
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
