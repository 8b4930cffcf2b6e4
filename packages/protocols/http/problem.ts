import type { ServerResponse } from 'node:http';
import { type FluxError, RETRY_AFTER } from '@flux-iot/core/errors/flux-error';
import { PROBLEM_MEDIA_TYPE, problemOf } from '@flux-iot/core/errors/problem';

/** Answers with the problem document of `error`. Headers must not have been sent. */
export function sendProblem(response: ServerResponse, error: FluxError): void {
  const body = JSON.stringify(problemOf(error));
  const retryAfter = RETRY_AFTER[error.code];
  if (retryAfter !== undefined) response.setHeader('Retry-After', retryAfter);
  response.writeHead(error.status, {
    'Content-Type': PROBLEM_MEDIA_TYPE,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  response.end(body);
}
