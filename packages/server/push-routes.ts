import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { parseStreamId } from '@flux-iot/core/stream/stream-id';
import { Type } from 'typebox';
import { adapterOf, knownStream, type RouteContext } from './context.ts';
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
const MAX_PUSHES_PER_STREAM = 16;

/** Streams sent on to other servers. */
export const pushRoutes: FastifyPluginAsyncTypebox<RouteContext> = async (app, context) => {
  const { orchestrator } = context;

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
      const { streamId } = knownStream(context, request.params.stream_id);
      const { url } = request.body;
      const adapter = adapterOf(context, protocolOf(url));
      if (!adapter.push)
        throw new FluxError('PROTOCOL_UNSUPPORTED', `Streams cannot be sent on by ${adapter.protocolName}.`);
      if (orchestrator.pushesOf(streamId).length >= MAX_PUSHES_PER_STREAM)
        throw new FluxError('STREAM_LIMIT', `${MAX_PUSHES_PER_STREAM} pushes of a stream are the most.`);
      const push = adapter.push(streamId, url);
      orchestrator.addPush(push);
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
      pushes: orchestrator.pushesOf(parseStreamId(params.stream_id)).map(presentPush),
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
      orchestrator.removePush(parseStreamId(request.params.stream_id), request.params.push_id);
      return reply.code(204).send(null);
    },
  );
};

/** `rtmp://…` and `rtmps://…` are both of the protocol rtmp. Throws `URL_INVALID`. */
function protocolOf(url: string): string {
  const scheme = URL.parse(url)?.protocol.slice(0, -1);
  if (scheme === undefined) throw new FluxError('URL_INVALID', 'body.url is not a URL.');
  const protocol = scheme.replace(/s$/, '');
  if (['rtmp', 'rtsp', 'srt'].includes(protocol)) return protocol;
  throw new FluxError('URL_INVALID', `Streams cannot be sent to ${scheme}: addresses; rtmp: is possible.`);
}
