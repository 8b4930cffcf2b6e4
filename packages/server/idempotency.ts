import { createHash } from 'node:crypto';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';

interface Remembered {
  /** Of the request: the same key with another one is a mistake of the client. */
  readonly fingerprint: string;
  readonly at: number;
  /** Undefined while the request is under way. */
  answer?: { readonly status: number; readonly type: string; readonly body: string };
}

/** Milliseconds for which an answer is kept. */
const KEPT = 600_000;
const MAX_KEPT = 5000;
/** Longer answers are not kept: what creates something answers with that one thing. */
const MAX_BODY = 65_536;
const HEADER = 'idempotency-key';
const KEY = /^[\x21-\x7e]{1,200}$/;

const HeaderSchema = Type.Object({
  [HEADER]: Type.Optional(
    Type.String({
      maxLength: 200,
      description:
        'A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again',
    }),
  ),
});

/**
 * `Idempotency-Key` on POST (draft-ietf-httpapi-idempotency-key-header): a client that does not know whether its request
 * arrived sends it again, and nothing is made twice. After it is known who is asking, before the routes are added.
 */
export function answerRepeats(app: FastifyInstance): void {
  /** By who asks and by key, the oldest first. */
  const remembered = new Map<string, Remembered>();
  const keys = new WeakMap<FastifyRequest, string>();

  app.addHook('onRoute', route => {
    if (route.method !== 'POST' || !route.url.startsWith('/api/')) return;
    route.schema = { ...route.schema, headers: HeaderSchema };
  });

  app.addHook('preHandler', async (request, reply) => {
    const given = request.headers[HEADER];
    if (request.method !== 'POST' || given === undefined) return;
    if (typeof given !== 'string' || !KEY.test(given))
      throw new FluxError('REQUEST_INVALID', 'headers.idempotency-key is no key of visible characters.');
    const key = `${callerOf(request)} ${given}`;
    const fingerprint = digest(`${request.url}\n${JSON.stringify(request.body ?? null)}`);
    const before = remembered.get(key);
    if (before && Date.now() - before.at < KEPT) {
      if (before.fingerprint !== fingerprint)
        throw new FluxError('IDEMPOTENCY_KEY_REUSED', 'The idempotency key was used for another request.');
      if (!before.answer)
        throw new FluxError('IDEMPOTENCY_KEY_BUSY', 'The first request with this key is still under way.');
      const { status, type, body } = before.answer;
      reply.header('Idempotent-Replayed', 'true').code(status);
      if (type !== '') reply.type(type);
      return reply.serializer((payload: unknown) => String(payload)).send(body);
    }
    remembered.delete(key);
    remembered.set(key, { fingerprint, at: Date.now() });
    keys.set(request, key);
    const [oldest] = remembered.keys();
    if (remembered.size > MAX_KEPT && oldest !== undefined) remembered.delete(oldest);
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const key = keys.get(request);
    const entry = key === undefined ? undefined : remembered.get(key);
    if (key === undefined || !entry) return payload;
    const body = payload === null || payload === undefined ? '' : payload;
    const isKept = reply.statusCode < 500 && typeof body === 'string' && body.length <= MAX_BODY;
    // What failed here may be tried again.
    if (!isKept) remembered.delete(key);
    else {
      const type = String(reply.getHeader('content-type') ?? '');
      entry.answer = { status: reply.statusCode, type, body };
    }
    return payload;
  });

  // Of a client that went away before it was answered, nothing is known.
  app.addHook('onRequestAbort', async request => {
    const key = keys.get(request);
    if (key !== undefined && !remembered.get(key)?.answer) remembered.delete(key);
  });
}

/** Keys are each client's own: what one has made is not for another. */
function callerOf({ principal, ip }: FastifyRequest): string {
  const { userId, keyId, name, tenantId } = principal ?? { name: ip, tenantId: '' };
  return digest(JSON.stringify([tenantId, userId, keyId, name]));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
