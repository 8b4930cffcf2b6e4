import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { principalOf, visibleTenant } from '../access/principal.ts';
import { DEFAULT_LIMIT, PageQuerySchema, PROBLEMS, the } from '../schemas.ts';
import { type DeadLetter, type Hook, isConfigured } from './hook.ts';
import {
  DeadLetterListSchema,
  DeadLetterParamsSchema,
  type HookChange,
  HookChangeSchema,
  HookListSchema,
  HookParamsSchema,
  HookRequestSchema,
  HookSchema,
  ReplaySchema,
} from './hook-schemas.ts';
import type { HookService } from './hook-service.ts';
import { makeSecret } from './signature.ts';

const tags = ['hooks'];
const DEFAULT_TIMEOUT = 3000;

/** Other people's servers that are told of events, and asked before clients are let in. */
export const hookRoutes: FastifyPluginAsyncTypebox<{ readonly hooks: HookService }> = async (
  app,
  { hooks },
) => {
  const present = (hook: Hook, secret?: string) => presentHook(hook, hooks, secret);
  const isVisible = (request: FastifyRequest, { tenantId }: Hook) => {
    const tenant = visibleTenant(principalOf(request));
    return tenant === undefined || tenant === tenantId;
  };
  /** Throws `HOOK_NOT_FOUND`, also for one of another tenant. */
  const hookOf = (request: FastifyRequest, id: string): Hook => {
    const hook = hooks.hook(id);
    if (isVisible(request, hook)) return hook;
    throw new FluxError('HOOK_NOT_FOUND', `There is no hook ${id}.`);
  };

  app.get(
    '/hooks',
    {
      schema: {
        summary: 'All hooks, with how their deliveries fare',
        tags,
        querystring: PageQuerySchema,
        response: { 200: HookListSchema, ...PROBLEMS },
      },
    },
    async request => {
      const { limit = DEFAULT_LIMIT, offset = 0 } = request.query;
      const all = hooks.hooks.filter(hook => isVisible(request, hook));
      const items = all.slice(offset, offset + limit).map(hook => present(hook));
      return { items, total: all.length, limit, offset };
    },
  );

  app.post(
    '/hooks',
    {
      schema: {
        summary: 'Add a hook; the answer has its secret, this once',
        tags,
        body: the(HookRequestSchema),
        response: { 201: the(HookSchema), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { url, ...change } = request.body;
      const made: Hook = {
        id: randomUUID(),
        url,
        events: [],
        decides: [],
        apps: [],
        secret: makeSecret(),
        timeout: DEFAULT_TIMEOUT,
        enabled: true,
        description: '',
        createdAt: Date.now(),
        tenantId: principalOf(request).tenantId,
      };
      const hook = changed(made, change);
      await hooks.put(hook);
      request.auditTarget = hook.id;
      request.log.info({ hook: hook.id }, 'hook added');
      return reply.code(201).send(present(hook, hook.secret));
    },
  );

  app.get(
    '/hooks/:hook_id',
    {
      schema: {
        summary: 'One hook',
        tags,
        params: HookParamsSchema,
        response: { 200: the(HookSchema), ...PROBLEMS },
      },
    },
    async request => present(hookOf(request, request.params.hook_id)),
  );

  app.patch(
    '/hooks/:hook_id',
    {
      schema: {
        summary: 'Change a hook; what is left out stays',
        tags,
        params: HookParamsSchema,
        body: the(HookChangeSchema),
        response: { 200: the(HookSchema), ...PROBLEMS },
      },
    },
    async request => {
      const { params, body } = request;
      const hook = changed(hookOf(request, params.hook_id), body);
      await hooks.put(hook);
      request.log.info({ hook: hook.id }, 'hook changed');
      return present(hook, body.secret);
    },
  );

  app.delete(
    '/hooks/:hook_id',
    {
      schema: {
        summary: 'Remove a hook, with what waits for it',
        tags,
        params: HookParamsSchema,
        response: { 204: Type.Null(), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { id } = hookOf(request, request.params.hook_id);
      await hooks.delete(id);
      request.log.info({ hook: id }, 'hook removed');
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/hooks/:hook_id/dead-letters',
    {
      schema: {
        summary: 'What could not be delivered, the oldest first',
        tags,
        params: HookParamsSchema,
        querystring: PageQuerySchema,
        response: { 200: DeadLetterListSchema, ...PROBLEMS },
      },
    },
    async request => {
      const { limit = DEFAULT_LIMIT, offset = 0 } = request.query;
      const letters = await hooks.deadLetters(hookOf(request, request.params.hook_id).id);
      const items = letters.slice(offset, offset + limit).map(presentLetter);
      return { items, total: letters.length, limit, offset };
    },
  );

  app.post(
    '/hooks/:hook_id/dead-letters/replay',
    {
      schema: {
        summary: 'Deliver all dead letters of a hook anew',
        tags,
        params: HookParamsSchema,
        response: { 202: ReplaySchema, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { id } = hookOf(request, request.params.hook_id);
      return reply.code(202).send({ replayed: await hooks.replay(id) });
    },
  );

  app.post(
    '/hooks/:hook_id/dead-letters/:letter_id/replay',
    {
      schema: {
        summary: 'Deliver one dead letter anew',
        tags,
        params: DeadLetterParamsSchema,
        response: { 202: ReplaySchema, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { id } = hookOf(request, request.params.hook_id);
      return reply.code(202).send({ replayed: await hooks.replay(id, request.params.letter_id) });
    },
  );

  app.delete(
    '/hooks/:hook_id/dead-letters/:letter_id',
    {
      schema: {
        summary: 'Forget a dead letter',
        tags,
        params: DeadLetterParamsSchema,
        response: { 204: Type.Null(), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      await hooks.forget(hookOf(request, request.params.hook_id).id, request.params.letter_id);
      return reply.code(204).send(null);
    },
  );
};

function changed(hook: Hook, change: HookChange): Hook {
  const { timeout_seconds: seconds, ...others } = change;
  return { ...hook, ...others, ...(seconds === undefined ? {} : { timeout: seconds * 1000 }) };
}

function presentHook(hook: Hook, hooks: HookService, secret: string | undefined) {
  const { id, url, events, decides, apps, timeout, enabled, description, createdAt } = hook;
  const { lastError, ...counts } = hooks.stats(id);
  return {
    id,
    url,
    events: [...events],
    decides: [...decides],
    apps: [...apps],
    timeout_seconds: timeout / 1000,
    enabled,
    description,
    created_at: new Date(createdAt).toISOString(),
    configured: isConfigured(hook),
    ...(secret === undefined ? {} : { secret }),
    deliveries: { ...counts, ...(lastError === undefined ? {} : { last_error: lastError }) },
  };
}

function presentLetter({ id, kind, attempts, error, createdAt, failedAt, body }: DeadLetter) {
  return {
    id,
    type: kind,
    attempts,
    error,
    created_at: new Date(createdAt).toISOString(),
    failed_at: new Date(failedAt).toISOString(),
    body,
  };
}
