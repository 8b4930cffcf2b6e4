import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { ProtocolAdapter } from '@flux-iot/core/orchestrator/protocol-adapter';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import type { StreamStatus } from '@flux-iot/core/orchestrator/stream-status';
import { parseStreamId, streamIdOf } from '@flux-iot/core/stream/stream-id';
import { Type } from 'typebox';
import { hostOf } from './host.ts';
import { presentDetail, presentIngest, presentPush, presentStats, presentSummary } from './present.ts';
import {
  IngestBody,
  IngestRequest,
  ListQuery,
  PlayAnswer,
  PlayQuery,
  PROBLEMS,
  PushBody,
  PushRequest,
  StreamDetail,
  StreamIdParams,
  StreamList,
  StreamStats,
} from './schemas.ts';

export interface RouteOptions {
  readonly orchestrator: StreamOrchestrator;
  readonly adapters: readonly ProtocolAdapter[];
}

const STOPPED = { code: 'stopped', message: 'Stopped by request.' };

/** The specification's §5: streams, ingests, pushes. */
export const streamRoutes: FastifyPluginAsyncTypebox<RouteOptions> = async (
  app,
  { orchestrator, adapters },
) => {
  const statusOf = (streamId: string): StreamStatus => {
    const status = orchestrator.getStreamStatus(parseStreamId(streamId));
    if (!status) throw new FluxError('STREAM_NOT_FOUND', `There is no stream ${streamId}.`);
    return status;
  };
  const adapterOf = (protocol: string): ProtocolAdapter => {
    const adapter = adapters.find(({ protocolName }) => protocolName === protocol);
    if (!adapter) throw new FluxError('PROTOCOL_DISABLED', `The protocol ${protocol} is not enabled.`);
    return adapter;
  };

  app.get(
    '/streams',
    {
      schema: {
        summary: 'All streams',
        tags: ['streams'],
        querystring: ListQuery,
        response: { 200: StreamList, ...PROBLEMS },
      },
    },
    async ({ query: { limit, offset, state, protocol, q } }) => {
      const matching = orchestrator
        .listStreams()
        .filter(status => state === undefined || status.state === state)
        .filter(status => protocol === undefined || status.protocol === protocol)
        .filter(status => q === undefined || status.streamId.includes(q))
        .sort((one, other) => (one.streamId < other.streamId ? -1 : 1));
      const streams = matching.slice(offset, offset + limit).map(presentSummary);
      return { streams, total: matching.length, limit, offset };
    },
  );

  app.get(
    '/streams/:stream_id',
    {
      schema: {
        summary: 'One stream, with its time line',
        tags: ['streams'],
        params: StreamIdParams,
        response: { 200: StreamDetail, ...PROBLEMS },
      },
    },
    async request => {
      const { stream_id: streamId } = request.params;
      const status = statusOf(streamId);
      return presentDetail(
        status,
        orchestrator.getIngest(streamId),
        orchestrator.pushesOf(streamId),
        hostOf(request),
      );
    },
  );

  app.get(
    '/streams/:stream_id/stats',
    {
      schema: {
        summary: 'Statistics of one stream',
        tags: ['streams'],
        params: StreamIdParams,
        response: { 200: StreamStats, ...PROBLEMS },
      },
    },
    async request => presentStats(statusOf(request.params.stream_id)),
  );

  app.get(
    '/streams/:stream_id/play',
    {
      schema: {
        summary: 'Addresses at which the stream can be played',
        tags: ['streams'],
        params: StreamIdParams,
        querystring: PlayQuery,
        response: { 200: PlayAnswer, ...PROBLEMS },
      },
    },
    async request => {
      const { stream_id: streamId } = request.params;
      statusOf(streamId);
      const host = hostOf(request);
      const { protocol } = request.query;
      const chosen = protocol === undefined ? adapters : [adapterOf(protocol)];
      const urls = Object.assign({}, ...chosen.map(adapter => adapter.playUrls?.(streamId, host) ?? {}));
      if (protocol !== undefined && Object.keys(urls).length === 0) {
        throw new FluxError('PROTOCOL_UNSUPPORTED', `${protocol} cannot be played.`);
      }
      return { stream_id: streamId, urls };
    },
  );

  app.post(
    '/streams/:stream_id/stop',
    {
      schema: {
        summary: 'Close the publisher and all viewers',
        tags: ['streams'],
        params: StreamIdParams,
        response: { 204: Type.Null(), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      orchestrator.stopStream(parseStreamId(request.params.stream_id), STOPPED);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/streams/ingest',
    {
      schema: {
        summary: 'Bring a stream: wait for its publisher, or pull it',
        tags: ['ingests'],
        body: IngestRequest,
        response: { 201: IngestBody, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { protocol, source } = request.body;
      const adapter = adapterOf(protocol);
      if (!adapter.ingest) throw new FluxError('PROTOCOL_UNSUPPORTED', `${protocol} cannot bring streams.`);
      const own = (source as Record<string, Record<string, unknown> | undefined>)[protocol];
      if (!own) throw new FluxError('REQUEST_INVALID', `body.source.${protocol} is missing.`);
      const streamId = parseStreamId(request.body.stream_id ?? impliedStreamId(source.rtmp));
      const host = hostOf(request);
      const ingest = orchestrator.addIngest(streamId, () => adapter.ingest!(streamId, own));
      return reply.code(201).send(presentIngest(ingest, host));
    },
  );

  app.get(
    '/ingests',
    {
      schema: {
        summary: 'All ingests',
        tags: ['ingests'],
        response: { 200: Type.Object({ ingests: Type.Array(IngestBody) }), ...PROBLEMS },
      },
    },
    async request => {
      const host = hostOf(request);
      return { ingests: orchestrator.ingests.map(ingest => presentIngest(ingest, host)) };
    },
  );

  app.get(
    '/ingests/:stream_id',
    {
      schema: {
        summary: 'One ingest',
        tags: ['ingests'],
        params: StreamIdParams,
        response: { 200: IngestBody, ...PROBLEMS },
      },
    },
    async request => {
      const ingest = orchestrator.getIngest(request.params.stream_id);
      if (!ingest) throw new FluxError('INGEST_NOT_FOUND', `There is no ingest ${request.params.stream_id}.`);
      return presentIngest(ingest, hostOf(request));
    },
  );

  app.delete(
    '/ingests/:stream_id',
    {
      schema: {
        summary: 'Stop an ingest, and its stream with it',
        tags: ['ingests'],
        params: StreamIdParams,
        response: { 204: Type.Null(), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { stream_id: streamId } = request.params;
      if (!orchestrator.getIngest(streamId))
        throw new FluxError('INGEST_NOT_FOUND', `There is no ingest ${streamId}.`);
      orchestrator.stopStream(streamId, STOPPED);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/streams/:stream_id/push',
    {
      schema: {
        summary: 'Send the stream on to another server',
        tags: ['pushes'],
        params: StreamIdParams,
        body: PushRequest,
        response: { 201: PushBody, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { stream_id: streamId } = request.params;
      statusOf(streamId);
      const adapter = adapters.find(({ push }) => push !== undefined);
      if (!adapter?.push) throw new FluxError('PROTOCOL_DISABLED', 'No enabled protocol can push.');
      const push = adapter.push(streamId, request.body.url);
      orchestrator.addPush(push);
      return reply.code(201).send(presentPush(push));
    },
  );

  app.get(
    '/streams/:stream_id/pushes',
    {
      schema: {
        summary: 'Where the stream is sent on to',
        tags: ['pushes'],
        params: StreamIdParams,
        response: { 200: Type.Object({ pushes: Type.Array(PushBody) }), ...PROBLEMS },
      },
    },
    async request => ({ pushes: orchestrator.pushesOf(request.params.stream_id).map(presentPush) }),
  );

  app.delete(
    '/streams/:stream_id/pushes/:push_id',
    {
      schema: {
        summary: 'Stop sending the stream on',
        tags: ['pushes'],
        params: Type.Object({ ...StreamIdParams.properties, push_id: Type.String({ maxLength: 64 }) }),
        response: { 204: Type.Null(), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      orchestrator.removePush(request.params.stream_id, request.params.push_id);
      return reply.code(204).send(null);
    },
  );
};

/** The id of the stream that publishing to this app and name makes. */
function impliedStreamId(rtmp: IngestRequest['source']['rtmp']): string {
  if (!rtmp?.stream)
    throw new FluxError('REQUEST_INVALID', 'body.stream_id is missing, and does not follow from the source.');
  return streamIdOf(rtmp.app ?? 'live', rtmp.stream);
}
