import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { principalOf, visibleTenant } from '../access/principal.ts';
import { PageQuerySchema, PROBLEMS, the } from '../schemas.ts';
import type { AccountRouteOptions } from './auth-routes.ts';
import { chosenTenant, notFound, page, presentKey, visible } from './present.ts';
import { KeyListSchema, KeyParamsSchema, KeyRequestSchema, KeySchema, NewKeySchema } from './schemas.ts';

const tags = ['accounts'];

/** Keys for programs. */
export const keyRoutes: FastifyPluginAsyncTypebox<AccountRouteOptions> = async (app, { accounts }) => {
  const { keys, tenants } = accounts;

  app.get(
    '/keys',
    {
      schema: {
        summary: 'API keys, the oldest first',
        tags,
        querystring: PageQuerySchema,
        response: { 200: KeyListSchema, ...PROBLEMS },
      },
    },
    async request => {
      const found = await keys.list(visibleTenant(principalOf(request)));
      return page(found.map(presentKey), request.query.limit, request.query.offset);
    },
  );

  app.post(
    '/keys',
    {
      schema: {
        summary: 'Make an API key, which is shown in this answer and never again',
        tags,
        body: the(KeyRequestSchema),
        response: { 201: the(NewKeySchema), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { name, role, tenant, expires_in: seconds } = request.body;
      const principal = principalOf(request);
      const tenantId = chosenTenant(principal, tenant);
      if (!(await tenants.find(tenantId))) throw notFound('tenant');
      const expiresAt = seconds === undefined ? undefined : Date.now() + seconds * 1000;
      const { userId } = principal;
      const { secret, key } = await keys.create({ tenantId, userId, name, role, expiresAt });
      request.auditTarget = key.id;
      await accounts.changed();
      return reply.code(201).send({ ...presentKey(key), key: secret });
    },
  );

  app.get(
    '/keys/:key_id',
    {
      schema: {
        summary: 'One API key',
        tags,
        params: KeyParamsSchema,
        response: { 200: the(KeySchema), ...PROBLEMS },
      },
    },
    async request => presentKey(visible(await keys.find(request.params.key_id), principalOf(request), 'key')),
  );

  app.delete(
    '/keys/:key_id',
    {
      schema: {
        summary: 'Revoke an API key; what was begun by it or by its tokens ends',
        tags,
        params: KeyParamsSchema,
        response: { 204: Type.Null(), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { id } = visible(await keys.find(request.params.key_id), principalOf(request), 'key');
      await keys.remove(id);
      await accounts.changed();
      return reply.code(204).send(null);
    },
  );
};
