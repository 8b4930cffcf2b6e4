import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { HOST } from '@flux-iot/core/control/media-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { parseStreamId } from '@flux-iot/core/stream/stream-id';
import { parseCodecs } from '@flux-iot/core/transcode/playable';
import { Type } from 'typebox';
import { knownStream, knownStreams, type RouteContext } from './context.ts';
import { hostOf } from './host.ts';
import { presentDetail, presentStats, presentSummary, presentViewer } from './present.ts';
import {
  DEFAULT_LIMIT,
  ListQuerySchema,
  PageQuerySchema,
  PlayQuerySchema,
  PlaySchema,
  PROBLEMS,
  StreamDetailSchema,
  StreamListSchema,
  StreamParamsSchema,
  StreamStatsSchema,
  the,
  ViewerListSchema,
} from './schemas.ts';

const tags = ['streams'];

/** The specification's §5.2 and §5.4: streams, what they do, where they can be played. */
export const streamRoutes: FastifyPluginAsyncTypebox<RouteContext> = async (app, context) => {
  const { control, playable } = context;

  app.get(
    '/streams',
    {
      schema: {
        summary: 'All streams, by id',
        tags,
        querystring: ListQuerySchema,
        response: { 200: StreamListSchema, ...PROBLEMS },
      },
    },
    async request => {
      const { limit = DEFAULT_LIMIT, offset = 0, state, protocol, q } = request.query;
      const part = q?.toLowerCase();
      const host = hostOf(request);
      const matching = (await knownStreams(context, request)).filter(
        ({ streamId, status, ingest }) =>
          (state === undefined || (status?.state ?? 'waiting') === state) &&
          (protocol === undefined || (status?.protocol ?? ingest?.protocol) === protocol) &&
          (part === undefined || streamId.toLowerCase().includes(part)),
      );
      const streams = matching.slice(offset, offset + limit).map(known => presentSummary(known, host));
      return { streams, total: matching.length, limit, offset };
    },
  );

  app.get(
    '/streams/:stream_id',
    {
      schema: {
        summary: 'One stream, with its time line',
        tags,
        params: StreamParamsSchema,
        response: { 200: the(StreamDetailSchema), ...PROBLEMS },
      },
    },
    async request => {
      const known = await knownStream(context, request.params.stream_id);
      return presentDetail(known, await control.pushes(known.streamId), hostOf(request));
    },
  );

  app.get(
    '/streams/:stream_id/stats',
    {
      schema: {
        summary: 'Statistics of one stream',
        tags,
        params: StreamParamsSchema,
        response: { 200: the(StreamStatsSchema), ...PROBLEMS },
      },
    },
    async request => presentStats(await knownStream(context, request.params.stream_id)),
  );

  app.get(
    '/streams/:stream_id/viewers',
    {
      schema: {
        summary: 'Who watches, the longest first',
        tags,
        params: StreamParamsSchema,
        querystring: PageQuerySchema,
        response: { 200: ViewerListSchema, ...PROBLEMS },
      },
    },
    async ({ params, query: { limit = DEFAULT_LIMIT, offset = 0 } }) => {
      const { streamId } = await knownStream(context, params.stream_id);
      const viewers = await control.viewers(streamId);
      const page = viewers.slice(offset, offset + limit).map(presentViewer);
      return { viewers: page, total: viewers.length, limit, offset };
    },
  );

  app.get(
    '/streams/:stream_id/play',
    {
      schema: {
        summary: 'Addresses at which the stream can be played',
        tags,
        params: StreamParamsSchema,
        querystring: PlayQuerySchema,
        response: { 200: the(PlaySchema), ...PROBLEMS },
      },
    },
    async request => {
      const { streamId: id, status } = await knownStream(context, request.params.stream_id);
      const host = hostOf(request);
      const { protocol, codecs } = request.query;
      const streamId = codecs === undefined ? id : playable(id, status?.tracks ?? [], parseCodecs(codecs));
      const found = Object.entries(await control.playUrls(streamId, protocol));
      const urls = Object.fromEntries(found.map(([format, url]) => [format, url.replace(HOST, host)]));
      if (protocol !== undefined && Object.keys(urls).length === 0)
        throw new FluxError('PROTOCOL_UNSUPPORTED', `Streams cannot be played by ${protocol}.`);
      return { stream_id: streamId, urls };
    },
  );

  app.post(
    '/streams/:stream_id/stop',
    {
      schema: {
        summary: 'Close the publisher and all viewers',
        tags,
        params: StreamParamsSchema,
        response: { 204: Type.Null(), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      await control.stop(parseStreamId(request.params.stream_id));
      return reply.code(204).send(null);
    },
  );
};
