import type { ServerResponse } from 'node:http';
import type { FluxError } from '@flux-iot/core/errors/flux-error';
import { PROBLEM_MEDIA_TYPE, problemOf } from '@flux-iot/core/errors/problem';

/** Seconds: places are free again when others go. */
const RETRY_AFTER = 5;

/** Answers with the problem document of `error`. Headers must not have been sent. */
export function sendProblem(response: ServerResponse, error: FluxError): void {
  const body = JSON.stringify(problemOf(error));
  response.writeHead(error.status, {
    'Content-Type': PROBLEM_MEDIA_TYPE,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    ...(error.code === 'REDIRECTED' ? { Location: String(error.context.location) } : {}),
    ...(error.status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
    ...(error.status === 429 ? { 'Retry-After': String(RETRY_AFTER) } : {}),
  });
  response.end(body);
}
