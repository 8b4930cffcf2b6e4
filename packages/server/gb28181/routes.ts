import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { tenantOf } from '@flux-iot/core/access/access-policy';
import type {
  ConfigurationKind,
  DeviceOrder,
  DeviceReport,
  Gb28181Control,
  PlaybackAction,
} from '@flux-iot/core/control/gb28181-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { parseStreamId } from '@flux-iot/core/stream/stream-id';
import { type Static, Type } from 'typebox';
import { deviceStreamId, hideOthersDevices, isDeviceVisible } from '../access/ownership.ts';
import { principalOf } from '../access/principal.ts';
import { notFound } from '../accounts/present.ts';
import type { RouteContext } from '../context.ts';
import { DEFAULT_LIMIT, PROBLEMS, the } from '../schemas.ts';
import {
  presentChannel,
  presentDevice,
  presentPlatform,
  presentRecord,
  presentSharedChannel,
  presentSubscription,
} from './present.ts';
import {
  ChannelListSchema,
  ChannelParamsSchema,
  ChannelQuerySchema,
  ConfigurationQuerySchema,
  ConfigurationSchema,
  DeviceChangeSchema,
  DeviceListSchema,
  DeviceParamsSchema,
  DeviceQuerySchema,
  DeviceSchema,
  OrderSchema,
  PlatformListSchema,
  PlatformParamsSchema,
  PlaybackSchema,
  PresetListSchema,
  RecordListSchema,
  RecordQuerySchema,
  SharedChannelListSchema,
  SharedChannelQuerySchema,
  StreamParamSchema,
  SubscriptionParamsSchema,
  SubscriptionSchema,
} from './schemas.ts';

export interface DeviceRouteContext extends RouteContext {
  readonly gb28181: Gb28181Control;
}

const tags = ['gb28181'];

/** GB28181 devices: what there is, what they are ordered, what they recorded and told. */
export const deviceRoutes: FastifyPluginAsyncTypebox<DeviceRouteContext> = async (app, context) => {
  const { gb28181, accounts } = context;
  const present = (device: DeviceReport) => presentDevice(device, accounts.devices.tenantOf(device.id));

  hideOthersDevices(app, accounts);

  app.get(
    '/devices',
    {
      schema: {
        summary: 'All devices of the tenant that have registered, by id',
        tags,
        querystring: DeviceQuerySchema,
        response: { 200: DeviceListSchema, ...PROBLEMS },
      },
    },
    async request => {
      const { limit = DEFAULT_LIMIT, offset = 0, online, tenant, q } = request.query;
      const principal = principalOf(request);
      const matching = (await gb28181.devices()).filter(
        device =>
          isDeviceVisible(principal, accounts, device.id) &&
          (tenant === undefined || accounts.devices.tenantOf(device.id) === tenant) &&
          (online === undefined || device.isOnline === online) &&
          contains(device, q),
      );
      const devices = matching.slice(offset, offset + limit).map(present);
      return { devices, total: matching.length, limit, offset };
    },
  );

  app.get(
    '/devices/:device_id',
    {
      schema: {
        summary: 'One device',
        tags,
        params: DeviceParamsSchema,
        response: { 200: the(DeviceSchema), ...PROBLEMS },
      },
    },
    async ({ params }) => present(await gb28181.device(params.device_id)),
  );

  app.post(
    '/devices/:device_id/refresh',
    {
      schema: {
        summary: 'Ask the device anew what it is and which channels it has',
        tags,
        params: DeviceParamsSchema,
        response: { 200: the(DeviceSchema), ...PROBLEMS },
      },
    },
    async ({ params }) => present(await gb28181.refresh(params.device_id)),
  );

  app.patch(
    '/devices/:device_id',
    {
      schema: {
        summary: 'Give the device to a tenant; what is fetched from it for another ends',
        tags,
        params: DeviceParamsSchema,
        body: the(DeviceChangeSchema),
        response: { 200: the(DeviceSchema), ...PROBLEMS },
      },
    },
    async ({ params: { device_id: id }, body: { tenant } }) => {
      const device = await gb28181.device(id);
      if (!(await accounts.tenants.find(tenant))) throw notFound('tenant');
      if (accounts.devices.tenantOf(id) !== tenant) {
        await accounts.devices.give(id, tenant);
        await stopOthers(context, id, tenant);
      }
      return present(device);
    },
  );

  app.delete(
    '/devices/:device_id',
    {
      schema: {
        summary: 'Forget the device until it registers again; it stays its tenant’s',
        tags,
        params: DeviceParamsSchema,
        response: { 204: Type.Null(), ...PROBLEMS },
      },
    },
    async ({ params }, reply) => {
      await gb28181.remove(params.device_id);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/devices/:device_id/channels',
    {
      schema: {
        summary: "The entries of the device's catalog, with the one above each",
        tags,
        params: DeviceParamsSchema,
        querystring: ChannelQuerySchema,
        response: { 200: ChannelListSchema, ...PROBLEMS },
      },
    },
    async ({ params, query: { limit = DEFAULT_LIMIT, offset = 0, kind, parent_id, q } }) => {
      const matching = (await gb28181.channels(params.device_id)).filter(
        channel =>
          (kind === undefined || channel.kind === kind) &&
          (parent_id === undefined || channel.parentId === parent_id) &&
          contains(channel, q),
      );
      const channels = matching
        .slice(offset, offset + limit)
        .map(channel => presentChannel(channel, deviceStreamId(accounts, params.device_id, channel.id)));
      return { channels, total: matching.length, limit, offset };
    },
  );

  app.post(
    '/devices/:device_id/channels/:channel_id/ptz',
    {
      schema: {
        summary: 'Order the channel something: to move, to go to a preset, to record, …',
        tags,
        params: ChannelParamsSchema,
        body: the(OrderSchema),
        response: { 204: Type.Null(), ...PROBLEMS },
      },
    },
    async ({ params, body, log }, reply) => {
      await gb28181.order(params.device_id, params.channel_id, body as DeviceOrder);
      log.info({ device: params.device_id, channel: params.channel_id, order: body.order }, 'device ordered');
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/devices/:device_id/channels/:channel_id/presets',
    {
      schema: {
        summary: 'The presets that the device knows',
        tags,
        params: ChannelParamsSchema,
        response: { 200: PresetListSchema, ...PROBLEMS },
      },
    },
    async ({ params }) => ({ presets: [...(await gb28181.presets(params.device_id, params.channel_id))] }),
  );

  app.get(
    '/devices/:device_id/channels/:channel_id/records',
    {
      schema: {
        summary: 'What the device recorded of the channel in that time',
        tags,
        params: ChannelParamsSchema,
        querystring: RecordQuerySchema,
        response: { 200: RecordListSchema, ...PROBLEMS },
      },
    },
    async ({ params, query }) => {
      const [from, to] = [Date.parse(query.from), Date.parse(query.to)];
      if (!(from < to)) throw new FluxError('REQUEST_INVALID', 'query.from is not before query.to.');
      const list = await gb28181.records(params.device_id, params.channel_id, from, to);
      return { records: list.records.map(presentRecord), complete: list.isComplete, total: list.total };
    },
  );

  app.get(
    '/devices/:device_id/channels/:channel_id/configuration',
    {
      schema: {
        summary: 'How the channel, or the device itself, is configured; the order `configure` changes it',
        tags,
        params: ChannelParamsSchema,
        querystring: ConfigurationQuerySchema,
        response: { 200: ConfigurationSchema, ...PROBLEMS },
      },
    },
    async ({ params: { device_id, channel_id }, query: { kinds = 'BasicParam' } }) => {
      // The schema has looked that they are of the kinds.
      const wanted = [...new Set(kinds.split(','))] as ConfigurationKind[];
      return { configuration: { ...(await gb28181.configuration(device_id, channel_id, wanted)) } };
    },
  );

  app.put(
    '/devices/:device_id/subscriptions/:kind',
    {
      schema: {
        summary: 'Ask the device to tell of alarms, positions, or changes of its catalog',
        tags,
        params: SubscriptionParamsSchema,
        response: { 200: the(SubscriptionSchema), ...PROBLEMS },
      },
    },
    async ({ params }) => presentSubscription(await gb28181.subscribe(params.device_id, params.kind, true)),
  );

  app.delete(
    '/devices/:device_id/subscriptions/:kind',
    {
      schema: {
        summary: 'Ask the device to tell of it no more',
        tags,
        params: SubscriptionParamsSchema,
        response: { 204: Type.Null(), ...PROBLEMS },
      },
    },
    async ({ params }, reply) => {
      await gb28181.subscribe(params.device_id, params.kind, false);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/platforms',
    {
      schema: {
        summary: 'The platforms above, with which this one registers as a device',
        tags,
        response: { 200: PlatformListSchema, ...PROBLEMS },
      },
    },
    async () => ({ platforms: (await gb28181.platforms()).map(presentPlatform) }),
  );

  app.get(
    '/platforms/:platform_name/channels',
    {
      schema: {
        summary: 'The streams that a platform above is shown as channels',
        tags,
        params: PlatformParamsSchema,
        querystring: SharedChannelQuerySchema,
        response: { 200: SharedChannelListSchema, ...PROBLEMS },
      },
    },
    async ({ params, query: { limit = DEFAULT_LIMIT, offset = 0, q } }) => {
      const matching = (await gb28181.sharedChannels(params.platform_name)).filter(channel =>
        contains(channel, q),
      );
      const channels = matching.slice(offset, offset + limit).map(presentSharedChannel);
      return { channels, total: matching.length, limit, offset };
    },
  );

  app.post(
    '/playbacks/:stream_id/control',
    {
      schema: {
        summary: 'Pause, resume, seek, speed up or stop a recording that is played as this stream',
        tags,
        params: StreamParamSchema,
        body: the(PlaybackSchema),
        response: { 204: Type.Null(), ...PROBLEMS },
      },
    },
    async ({ params, body }, reply) => {
      await gb28181.playback(parseStreamId(params.stream_id), playbackAction(body));
      return reply.code(204).send(null);
    },
  );
};

/** Ends what is fetched from the device as a stream of any tenant but its own. */
async function stopOthers(
  { control, accounts }: RouteContext,
  deviceId: string,
  tenant: string,
): Promise<void> {
  const source = `gb28181://${deviceId}/`;
  for (const { streamId, sourceUrl } of await control.ingests())
    if (sourceUrl?.startsWith(source) && tenantOf(accounts, streamId) !== tenant)
      await control.stop(streamId);
}

function contains(
  { id, name }: { readonly id: string; readonly name: string },
  part: string | undefined,
): boolean {
  const wanted = part?.toLowerCase();
  return wanted === undefined || id.toLowerCase().includes(wanted) || name.toLowerCase().includes(wanted);
}

/** Throws `REQUEST_INVALID`. */
function playbackAction({ action, seconds, scale }: Static<typeof PlaybackSchema>): PlaybackAction {
  if (action === 'seek') {
    if (seconds === undefined) throw new FluxError('REQUEST_INVALID', 'body.seconds is missing.');
    return { action, seconds };
  }
  if (action === 'speed') {
    if (scale === undefined) throw new FluxError('REQUEST_INVALID', 'body.scale is missing.');
    return { action, scale };
  }
  return { action };
}
