import { isIP } from 'node:net';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { isAtLeast, tenantOf } from '@flux-iot/core/access/access-policy';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { parseStreamId } from '@flux-iot/core/stream/stream-id';
import { Type } from 'typebox';
import { principalOf } from '../access/principal.ts';
import { PROBLEMS, StreamParamsSchema, the } from '../schemas.ts';
import type { AccountRouteOptions } from './auth-routes.ts';
import { notFound, presentToken, time } from './present.ts';
import { TokenListSchema, TokenParamsSchema, TokenRequestSchema, TokenSchema } from './schemas.ts';

const tags = ['streams'];
const DEFAULT_SECONDS = 300;
const MAX_LISTED = 500;

/** Short-lived rights to publish or play one stream. */
export const tokenRoutes: FastifyPluginAsyncTypebox<AccountRouteOptions> = async (app, { accounts }) => {
  app.post(
    '/streams/:stream_id/tokens',
    {
      schema: {
        summary: 'Make a token to play or to publish this stream',
        tags,
        params: StreamParamsSchema,
        body: the(TokenRequestSchema),
        response: { 201: the(TokenSchema), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const streamId = parseStreamId(request.params.stream_id);
      const { role, userId, keyId } = principalOf(request);
      const { action, address, expires_in: seconds = DEFAULT_SECONDS } = request.body;
      if (action === 'publish' && !isAtLeast(role, 'operator'))
        throw new FluxError('NOT_ALLOWED', 'To publish takes the role operator.');
      if (address !== undefined && isIP(address) === 0)
        throw new FluxError('REQUEST_INVALID', 'body.address is not an IP address.');
      const expiresAt = Date.now() + seconds * 1000;
      const tenantId = tenantOf(accounts, streamId);
      const { id, token } = await accounts.tokens.issue({
        streamId,
        tenantId,
        action,
        expiresAt,
        address,
        userId,
        keyId,
      });
      request.auditTarget = `${streamId}/${id}`;
      return reply.code(201).send({ id, token, expires_at: time(expiresAt) });
    },
  );

  app.get(
    '/streams/:stream_id/tokens',
    {
      schema: {
        summary: 'The latest tokens of this stream, without what is secret of them',
        tags,
        params: StreamParamsSchema,
        response: { 200: TokenListSchema, ...PROBLEMS },
      },
    },
    async request => {
      const streamId = parseStreamId(request.params.stream_id);
      return { items: (await accounts.tokens.list(streamId, MAX_LISTED)).map(presentToken) };
    },
  );

  app.delete(
    '/streams/:stream_id/tokens/:token_id',
    {
      schema: {
        summary: 'Revoke a token; what was begun by it ends',
        tags,
        params: TokenParamsSchema,
        response: { 204: Type.Null(), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { stream_id: streamId, token_id: id } = request.params;
      if (!(await accounts.tokens.revoke(parseStreamId(streamId), id))) throw notFound('token');
      await accounts.changed();
      return reply.code(204).send(null);
    },
  );
};
