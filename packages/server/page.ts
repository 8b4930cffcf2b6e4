import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { entityTag, isKnown } from './etags.ts';
import { hostOf } from './host.ts';
import { pagePolicy } from './security.ts';

/** A file of the console, as it is sent. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  /** The same, compressed already. */
  readonly compressed?: { readonly br: Buffer; readonly gzip: Buffer };
  /** Its name changes with its contents, so browsers may keep it for ever. */
  readonly immutable?: boolean;
}

/** In a page, the place of the one-time word by which the styles that its scripts add are known to be its own. */
const NONCE_PLACE = '{{nonce}}';
/** Seconds. */
const YEAR = 31_536_000;

/**
 * Serves the console's files by path; a path that ends in `*` stands for all below it. Files with hashed names are kept
 * by browsers, for others they ask each time, so that a new release is seen at once.
 */
export function servePage(
  app: FastifyInstance,
  assets: ReadonlyMap<string, Asset>,
  mediaPort: () => number,
): void {
  for (const [path, asset] of assets) {
    const send = asset.type.startsWith('text/html') ? pageSender(asset, path, mediaPort) : fileSender(asset);
    app.get(path, { schema: { hide: true } }, send);
  }
}

function pageSender({ type, body }: Asset, path: string, mediaPort: () => number) {
  const page = body.toString();
  // Other sites may show the player alone.
  const isEmbeddable = path.startsWith('/embed/');
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const nonce = randomBytes(16).toString('base64url');
    const policy = pagePolicy({ host: hostOf(request), mediaPort: mediaPort(), nonce, isEmbeddable });
    return reply
      .header('Content-Security-Policy', policy)
      .header('Cache-Control', 'no-cache')
      .type(type)
      .send(page.replaceAll(NONCE_PLACE, nonce));
  };
}

function fileSender({ type, body, compressed, immutable }: Asset) {
  const tag = entityTag(body);
  const caching = immutable ? `public, max-age=${YEAR}, immutable` : 'no-cache';
  return async (request: FastifyRequest, reply: FastifyReply) => {
    reply.header('Cache-Control', caching).header('ETag', tag).header('Vary', 'Accept-Encoding');
    if (isKnown(request, tag)) return reply.code(304).send();
    reply.type(type);
    const accepted = String(request.headers['accept-encoding'] ?? '');
    if (compressed && /\bbr\b/.test(accepted))
      return reply.header('Content-Encoding', 'br').send(compressed.br);
    if (compressed && /\bgzip\b/.test(accepted))
      return reply.header('Content-Encoding', 'gzip').send(compressed.gzip);
    return reply.send(body);
  };
}
