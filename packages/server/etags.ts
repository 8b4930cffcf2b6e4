import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** A strong entity tag of the bytes (RFC 9110 §8.8.3). */
export function entityTag(body: string | Buffer): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
}

/** Whether the client has what the tag is of; compared weakly, as `If-None-Match` is (RFC 9110 §13.1.2). */
export function isKnown(request: FastifyRequest, tag: string): boolean {
  const known = request.headers['if-none-match']?.split(',').map(value => value.trim().replace(/^W\//, ''));
  return known !== undefined && (known.includes(tag) || known.includes('*'));
}

/** What the API answers to GET has a tag, and is not sent to a client that has it already. */
export function tagAnswers(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const isJson = String(reply.getHeader('content-type')).startsWith('application/json');
    if (!isRead || !isJson || reply.statusCode !== 200 || typeof payload !== 'string') return payload;
    const tag = entityTag(payload);
    // It may be kept by the client that asked, who has to ask each time whether it is still the same.
    reply.header('ETag', tag).header('Cache-Control', 'private, no-cache');
    if (!isKnown(request, tag)) return payload;
    reply.code(304).removeHeader('content-type').removeHeader('content-length');
    return '';
  });
}
