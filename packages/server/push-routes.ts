import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { parseStreamId } from '@flux-iot/core/stream/stream-id';
import { Type } from 'typebox';
import { knownStream, type RouteContext } from './context.ts';
import { presentPush } from './present.ts';
import {
  PROBLEMS,
  PushListSchema,
  PushParamsSchema,
  PushRequestSchema,
  PushSchema,
  StreamParamsSchema,
  the,
} from './schemas.ts';

const tags = ['pushes'];

/** Streams sent on to other servers. */
export const pushRoutes: FastifyPluginAsyncTypebox<RouteContext> = async (app, context) => {
  const { control } = context;

  app.post(
    '/streams/:stream_id/push',
    {
      schema: {
        summary: 'Send the stream on to another server',
        tags,
        params: StreamParamsSchema,
        body: the(PushRequestSchema),
        response: { 201: the(PushSchema), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { streamId } = await knownStream(context, request.params.stream_id);
      const push = await control.addPush(randomUUID(), streamId, request.body.url);
      request.log.info({ stream: streamId, push: push.id, url: push.url }, 'push added');
      return reply.code(201).send(presentPush(push));
    },
  );

  app.get(
    '/streams/:stream_id/pushes',
    {
      schema: {
        summary: 'Where the stream is sent on to',
        tags,
        params: StreamParamsSchema,
        response: { 200: PushListSchema, ...PROBLEMS },
      },
    },
    async ({ params }) => ({
      pushes: (await control.pushes(parseStreamId(params.stream_id))).map(presentPush),
    }),
  );

  app.delete(
    '/streams/:stream_id/pushes/:push_id',
    {
      schema: {
        summary: 'Stop sending the stream on',
        tags,
        params: PushParamsSchema,
        response: { 204: Type.Null(), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      await control.removePush(parseStreamId(request.params.stream_id), request.params.push_id);
      return reply.code(204).send(null);
    },
  );
};
