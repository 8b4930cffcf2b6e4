import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { DEFAULT_TENANT } from '@flux-iot/core/access/access-policy';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { Type } from 'typebox';
import { principalOf, visibleTenant } from '../access/principal.ts';
import { PageQuerySchema, PROBLEMS, the } from '../schemas.ts';
import type { AccountRouteOptions } from './auth-routes.ts';
import { chosenTenant, notFound, page, presentUser, visible } from './present.ts';
import {
  UserChangeSchema,
  UserListSchema,
  UserParamsSchema,
  UserRequestSchema,
  UserSchema,
} from './schemas.ts';
import type { User } from './users.ts';

const tags = ['accounts'];

/** People who may use the page and the API. */
export const userRoutes: FastifyPluginAsyncTypebox<AccountRouteOptions> = async (app, { accounts }) => {
  const { users, tenants } = accounts;

  app.get(
    '/users',
    {
      schema: {
        summary: 'Users, by name',
        tags,
        querystring: PageQuerySchema,
        response: { 200: UserListSchema, ...PROBLEMS },
      },
    },
    async request => {
      const found = await users.list(visibleTenant(principalOf(request)));
      return page(found.map(presentUser), request.query.limit, request.query.offset);
    },
  );

  app.post(
    '/users',
    {
      schema: {
        summary: 'Add a user',
        tags,
        body: the(UserRequestSchema),
        response: { 201: the(UserSchema), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { name, role, password, tenant } = request.body;
      const tenantId = chosenTenant(principalOf(request), tenant);
      if (!(await tenants.find(tenantId))) throw notFound('tenant');
      const user = await users.create({ name, role, password, tenantId });
      request.auditTarget = user.name;
      await accounts.changed();
      return reply.code(201).send(presentUser(user));
    },
  );

  app.get(
    '/users/:user_id',
    {
      schema: {
        summary: 'One user',
        tags,
        params: UserParamsSchema,
        response: { 200: the(UserSchema), ...PROBLEMS },
      },
    },
    async request =>
      presentUser(visible(await users.find(request.params.user_id), principalOf(request), 'user')),
  );

  app.patch(
    '/users/:user_id',
    {
      schema: {
        summary:
          'Change role, password or whether the user may come in; ends its sessions where that takes rights away',
        tags,
        params: UserParamsSchema,
        body: the(UserChangeSchema),
        response: { 200: the(UserSchema), ...PROBLEMS },
      },
    },
    async request => {
      const user = visible(await users.find(request.params.user_id), principalOf(request), 'user');
      const { role, password, active: isActive } = request.body;
      if (isActive === false || (role !== undefined && role !== 'administrator')) await requireOther(user);
      request.auditTarget = user.name;
      await users.change(user.id, { role, password, isActive });
      await accounts.changed();
      return presentUser({ ...user, ...(await users.find(user.id)) });
    },
  );

  app.delete(
    '/users/:user_id',
    {
      schema: {
        summary: 'Remove a user, with its keys; ends its sessions',
        tags,
        params: UserParamsSchema,
        response: { 204: Type.Null(), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const user = visible(await users.find(request.params.user_id), principalOf(request), 'user');
      await requireOther(user);
      request.auditTarget = user.name;
      await users.remove(user.id);
      await accounts.changed();
      return reply.code(204).send(null);
    },
  );

  /** Nobody could let the last administrator of the server in again. Throws `NOT_ALLOWED`. */
  async function requireOther(user: User): Promise<void> {
    if (user.role !== 'administrator' || user.tenantId !== DEFAULT_TENANT) return;
    const all = await users.list(DEFAULT_TENANT);
    if (all.some(({ id, role, isActive }) => id !== user.id && role === 'administrator' && isActive)) return;
    throw new FluxError('NOT_ALLOWED', 'This is the last administrator of the server.');
  }
};
