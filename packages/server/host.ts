import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { FastifyRequest } from 'fastify';

const HOST = /^(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}))(?::\d{1,5})?$/;

/**
 * The name by which the client knows this server, without port, as it may be put into addresses: the `Host` header
 * comes from strangers. Throws `REQUEST_INVALID`.
 */
export function hostOf(request: FastifyRequest): string {
  const host = HOST.exec(request.headers.host ?? '')?.[1];
  if (host === undefined)
    throw new FluxError('REQUEST_INVALID', 'The Host header is missing or not a host name.');
  return host;
}
