import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { hostOf } from './host.ts';

/** For answers that are data: nothing in them may be loaded or run. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** For the page of the API's documentation, whose script sets styles on its elements. */
export const DOCUMENTATION_POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * For the page: media comes from the media port of the same host and goes through blobs into the media element; no
 * script is inline. A policy cannot name an IPv6 address, so there the port alone is named.
 */
function pagePolicy(host: string, mediaPort: number): string {
  const media = `${host.startsWith('[') ? '*' : host}:${mediaPort}`;
  return [
    "default-src 'self'",
    `connect-src 'self' http://${media} ws://${media}`,
    `media-src 'self' blob: http://${media}`,
    "img-src 'self' data:",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Headers that keep browsers from misusing the answers, and the refusal of what other sites make them send. */
export function guard(app: FastifyInstance, mediaPort: () => number): void {
  app.addHook('onRequest', async request => refuseOtherOrigins(request));
  app.addHook('onSend', async (request, reply) => {
    const isPage = String(reply.getHeader('content-type')).startsWith('text/html');
    reply.header('X-Content-Type-Options', 'nosniff');
    reply.header('Referrer-Policy', 'no-referrer');
    reply.header('X-Request-Id', request.id);
    reply.header('Content-Security-Policy', isPage ? pagePolicy(hostOf(request), mediaPort()) : DATA_POLICY);
    if (!reply.hasHeader('Cache-Control')) reply.header('Cache-Control', 'no-store');
  });
}

/** A browser names the site that makes it send a change; only our own page may. Programs send no Origin. */
function refuseOtherOrigins(request: FastifyRequest): void {
  const { origin, host } = request.headers;
  if (origin === undefined || request.method === 'GET' || request.method === 'HEAD') return;
  if (request.method === 'OPTIONS' || URL.parse(origin)?.host === host) return;
  throw new FluxError('NOT_ALLOWED', 'Changes may not be requested by the pages of other sites.');
}
