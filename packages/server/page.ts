import type { FastifyInstance } from 'fastify';
import { entityTag, isKnown } from './etags.ts';

/** A file of the page, as it is sent. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

/** Browsers ask each time whether a file is still the same, so that a new release is seen at once. */
export function servePage(app: FastifyInstance, assets: ReadonlyMap<string, Asset>): void {
  for (const [path, { type, body }] of assets) {
    const tag = entityTag(body);
    app.get(path, { schema: { hide: true } }, async (request, reply) => {
      reply.header('Cache-Control', 'no-cache').header('ETag', tag);
      if (isKnown(request, tag)) return reply.code(304).send();
      return reply.type(type).send(body);
    });
  }
}
