import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { tenantOf } from '@flux-iot/core/access/access-policy';
import type { IngestReport } from '@flux-iot/core/control/media-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { parseStreamId, type StreamId, streamIdOf } from '@flux-iot/core/stream/stream-id';
import { Type } from 'typebox';
import { isVisible, requireVisible } from './access/access-control.ts';
import { deviceStreamId, requireDevice } from './access/ownership.ts';
import { principalOf } from './access/principal.ts';
import type { Accounts } from './accounts/accounts.ts';
import { type RouteContext, requireProtocol } from './context.ts';
import { hostOf } from './host.ts';
import { presentIngest } from './present.ts';
import {
  IngestListSchema,
  IngestRequestSchema,
  IngestSchema,
  type IngestSource,
  PROBLEMS,
  StreamParamsSchema,
  the,
} from './schemas.ts';

const tags = ['ingests'];

type Owners = Pick<Accounts, 'apps' | 'devices'>;

/** The specification's §5.1: sources that the server fetches or waits for. */
export const ingestRoutes: FastifyPluginAsyncTypebox<RouteContext> = async (app, context) => {
  const { control, accounts } = context;
  const ingestOf = async (id: string): Promise<IngestReport> => {
    const streamId = parseStreamId(id);
    const ingest = (await control.ingests()).find(candidate => candidate.streamId === streamId);
    if (!ingest) throw new FluxError('INGEST_NOT_FOUND', `There is no ingest ${id}.`);
    return ingest;
  };

  app.post(
    '/streams/ingest',
    {
      schema: {
        summary: 'Bring a stream: wait for its publisher, or pull it',
        tags,
        body: the(IngestRequestSchema),
        response: { 201: the(IngestSchema), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { protocol, source, stream_id: asked } = request.body;
      const host = hostOf(request);
      const principal = principalOf(request);
      const deviceId = protocol === 'gb28181' ? source.gb28181?.device_id : undefined;
      if (deviceId !== undefined) requireDevice(principal, accounts, deviceId);
      await requireProtocol(context, protocol);
      const own = Object.entries(source).find(([name]) => name === protocol)?.[1];
      if (!own) throw new FluxError('REQUEST_INVALID', `body.source.${protocol} is missing.`);
      const streamId =
        asked === undefined ? impliedStreamId(protocol, source, accounts) : parseStreamId(asked);
      requireVisible(principal, accounts, streamId);
      if (deviceId !== undefined) requireSameTenant(accounts, deviceId, streamId);
      // What was recorded once is played once.
      const isPassing = protocol === 'gb28181' && source.gb28181?.from !== undefined;
      const ingest = await control.addIngest(protocol, streamId, own, isPassing);
      request.log.info({ stream: streamId, protocol }, 'ingest added');
      return reply.code(201).send(presentIngest(ingest, host));
    },
  );

  app.get(
    '/ingests',
    { schema: { summary: 'All ingests', tags, response: { 200: IngestListSchema, ...PROBLEMS } } },
    async request => {
      const host = hostOf(request);
      const principal = principalOf(request);
      const visible = (await control.ingests()).filter(({ streamId }) =>
        isVisible(principal, accounts, streamId),
      );
      return { ingests: visible.map(ingest => presentIngest(ingest, host)) };
    },
  );

  app.get(
    '/ingests/:stream_id',
    {
      schema: {
        summary: 'One ingest',
        tags,
        params: StreamParamsSchema,
        response: { 200: the(IngestSchema), ...PROBLEMS },
      },
    },
    async request => presentIngest(await ingestOf(request.params.stream_id), hostOf(request)),
  );

  app.delete(
    '/ingests/:stream_id',
    {
      schema: {
        summary: 'Stop an ingest, and its stream with it',
        tags,
        params: StreamParamsSchema,
        response: { 204: Type.Null(), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      await control.stop((await ingestOf(request.params.stream_id)).streamId);
      return reply.code(204).send(null);
    },
  );
};

/** A device's streams are its tenant's alone, whoever asks for them. Throws `REQUEST_INVALID`. */
function requireSameTenant(accounts: Owners, deviceId: string, streamId: StreamId): void {
  const [owner, other] = [accounts.devices.tenantOf(deviceId), tenantOf(accounts, streamId)];
  if (owner === other) return;
  throw new FluxError(
    'REQUEST_INVALID',
    `body.stream_id is of the tenant ${other}, and the device of ${owner}.`,
  );
}

/** Throws `REQUEST_INVALID` where the device's tenant has no app. */
function requireDeviceStreamId(accounts: Owners, deviceId: string, channelId: string): StreamId {
  const streamId = deviceStreamId(accounts, deviceId, channelId);
  if (streamId !== undefined) return parseStreamId(streamId);
  throw new FluxError('REQUEST_INVALID', 'The tenant of the device has no app that its streams could be in.');
}

/** The id that the source itself names. Throws `REQUEST_INVALID` where it names none. */
function impliedStreamId(protocol: string, { rtmp, gb28181 }: IngestSource, accounts: Owners): StreamId {
  if (protocol === 'gb28181' && gb28181)
    return requireDeviceStreamId(accounts, gb28181.device_id, gb28181.channel_id);
  if (protocol === 'rtmp' && rtmp?.stream !== undefined) return streamIdOf(rtmp.app ?? 'live', rtmp.stream);
  if (protocol === 'rtmp' && rtmp?.url !== undefined) {
    const [app, name] = URL.parse(rtmp.url)?.pathname.split('/').slice(-2) ?? [];
    if (app && name) return streamIdOf(app, name);
  }
  throw new FluxError('REQUEST_INVALID', 'body.stream_id is missing, and does not follow from the source.');
}
