import type { ServerResponse } from 'node:http';
import { type FluxError, retryAfterOf } from '@flux-iot/core/errors/flux-error';
import { PROBLEM_MEDIA_TYPE, problemOf } from '@flux-iot/core/errors/problem';

/** Answers with the problem document of `error`. Headers must not have been sent. */
export function sendProblem(response: ServerResponse, error: FluxError): void {
  const body = JSON.stringify(problemOf(error));
  const retryAfter = retryAfterOf(error);
  if (retryAfter !== undefined) response.setHeader('Retry-After', retryAfter);
  response.writeHead(error.status, {
    'Content-Type': PROBLEM_MEDIA_TYPE,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    ...(error.code === 'REDIRECTED' ? { Location: String(error.context.location) } : {}),
    ...(error.status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
  });
  response.end(body);
}
