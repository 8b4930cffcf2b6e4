import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { FastifyInstance, FastifyRequest } from 'fastify';

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

export interface PagePolicyOptions {
  /** The name by which the browser knows this server, without port. */
  readonly host: string;
  readonly mediaPort: number;
  /** Said once, to this page alone: style elements that name it are its own. */
  readonly nonce: string;
  /** Whether other sites may show it in a frame. */
  readonly isEmbeddable: boolean;
}

/**
 * For the console: media comes from the media port of the same host and goes through blobs into the media element; no
 * script is inline, and no style that the page's own scripts did not add. A policy cannot name an IPv6 address, so
 * there the port alone is named.
 */
export function pagePolicy({ host, mediaPort, nonce, isEmbeddable }: PagePolicyOptions): string {
  const media = `${host.startsWith('[') ? '*' : host}:${mediaPort}`;
  return [
    "default-src 'self'",
    `connect-src 'self' http://${media} ws://${media}`,
    `style-src 'self' 'nonce-${nonce}'`,
    `media-src 'self' blob: http://${media}`,
    "img-src 'self' data: blob:",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${isEmbeddable ? '*' : "'none'"}`,
  ].join('; ');
}

/** Headers that keep browsers from misusing the answers, and the refusal of what other sites make them send. */
export function guard(app: FastifyInstance): void {
  app.addHook('onRequest', async request => refuseOtherOrigins(request));
  app.addHook('onSend', async (request, reply) => {
    reply.header('X-Content-Type-Options', 'nosniff');
    reply.header('Referrer-Policy', 'no-referrer');
    reply.header('X-Request-Id', request.id);
    if (!reply.hasHeader('Content-Security-Policy')) reply.header('Content-Security-Policy', DATA_POLICY);
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
