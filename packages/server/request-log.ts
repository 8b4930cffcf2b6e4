import type { FastifyInstance } from 'fastify';
import { pathOf } from './errors.ts';

/** One line a request, without its query, which may hold a token. What only reads is worth a line of debugging. */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const line = {
      method: request.method,
      path: pathOf(request.url),
      status: reply.statusCode,
      milliseconds: Math.round(reply.elapsedTime),
      peer: `${request.socket.remoteAddress}:${request.socket.remotePort}`,
    };
    const isRead = request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS';
    if (isRead) request.log.debug(line, 'request');
    else request.log.info(line, 'request');
  });
}
