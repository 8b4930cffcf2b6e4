import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { FastifyInstance } from 'fastify';
import { pathOf } from './errors.ts';
import { hostOf } from './host.ts';

const PATHS = ['/flv/*', '/hls/*', '/live/*'];
/** Of what other servers serve under the app, only this is media of ours. */
const LIVE_MEDIA = /\.(?:flv|m3u8)$/;

/** People who forget the media port are sent there, players of other sites too. */
export function redirectMedia(app: FastifyInstance, mediaPort: () => number): void {
  for (const path of PATHS) {
    app.get(path, { schema: { hide: true } }, async (request, reply) => {
      const target = pathOf(request.url);
      if (!target.startsWith('/'))
        throw new FluxError('REQUEST_INVALID', 'The request names an address, not a path.');
      if (path === '/live/*' && !LIVE_MEDIA.test(target))
        throw new FluxError('ROUTE_NOT_FOUND', 'There is nothing at this path.');
      reply.header('Access-Control-Allow-Origin', '*');
      return reply.redirect(`http://${hostOf(request)}:${mediaPort()}${request.url}`, 307);
    });
    app.options(path, { schema: { hide: true } }, async (_request, reply) =>
      reply
        .code(204)
        .header('Access-Control-Allow-Origin', '*')
        .header('Access-Control-Allow-Methods', 'GET, HEAD, OPTIONS')
        .header('Access-Control-Allow-Headers', 'Range, Authorization, Content-Type')
        .header('Access-Control-Max-Age', '86400')
        .send(),
    );
  }
}
