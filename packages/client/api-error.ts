import type { Problem } from './schema.ts';

/** What the API said went wrong. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** Of HTTP; 0 where there was no answer. */
  readonly status: number;
  /** Stable; docs/errors.md explains each. Undefined where something in between answered. */
  readonly code: Problem['code'] | undefined;
  readonly requestId: string | undefined;
  /** Seconds after which to ask again, where the answer said so. */
  readonly retryAfter: number | undefined;

  constructor(
    status: number,
    problem: Partial<Pick<Problem, 'code' | 'detail' | 'request_id'>>,
    options: { readonly cause?: unknown; readonly retryAfter?: number } = {},
  ) {
    super(problem.detail ?? `The server answered ${status}.`, { cause: options.cause });
    this.status = status;
    this.code = problem.code;
    this.requestId = problem.request_id;
    this.retryAfter = options.retryAfter;
  }

  /** `body`: what was read of the answer, a problem document or anything that a proxy makes up. */
  static of(response: Response, body: unknown): ApiError {
    const problem = typeof body === 'object' && body !== null ? (body as Partial<Problem>) : {};
    const retryAfter = Number.parseInt(response.headers.get('retry-after') ?? '', 10);
    return new ApiError(response.status, problem, Number.isNaN(retryAfter) ? {} : { retryAfter });
  }
}
