import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { parseStreamId } from '@flux-iot/core/stream/stream-id';
import { Type } from 'typebox';
import { isVisible } from '../access/access-control.ts';
import { hideOthersDevices } from '../access/ownership.ts';
import { principalOf } from '../access/principal.ts';
import { PROBLEMS, the } from '../schemas.ts';
import { presentVoice } from './present.ts';
import type { DeviceRouteContext } from './routes.ts';
import { ChannelParamsSchema, VoiceRequestSchema, VoiceSchema } from './schemas.ts';

const PATH = '/devices/:device_id/channels/:channel_id/broadcast';
const tags = ['gb28181'];

/** What devices are let hear. */
export const voiceRoutes: FastifyPluginAsyncTypebox<DeviceRouteContext> = async (app, context) => {
  const { gb28181, accounts } = context;
  hideOthersDevices(app, accounts);

  app.post(
    PATH,
    {
      schema: {
        summary: 'Let the channel hear the sound of a stream; answered when the device takes it',
        tags,
        params: ChannelParamsSchema,
        body: the(VoiceRequestSchema),
        response: { 201: the(VoiceSchema), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { params, body, log } = request;
      const { device_id, channel_id } = params;
      const { stream_id, mode = 'broadcast', transport } = body;
      const streamId = parseStreamId(stream_id);
      if (!isVisible(principalOf(request), accounts, streamId))
        throw new FluxError('STREAM_NOT_FOUND', `There is no stream ${streamId}.`);
      const report = await gb28181.speak(device_id, channel_id, { streamId, mode, transport });
      log.info({ device: device_id, channel: channel_id, stream: streamId }, 'device is talked to');
      return reply.code(201).send(presentVoice(report));
    },
  );

  app.get(
    PATH,
    {
      schema: {
        summary: 'The present talk to the channel or the one before, and why the device hears nothing',
        tags,
        params: ChannelParamsSchema,
        response: { 200: the(VoiceSchema), ...PROBLEMS },
      },
    },
    async ({ params }) => presentVoice(await gb28181.voice(params.device_id, params.channel_id)),
  );

  app.delete(
    PATH,
    {
      schema: {
        summary: 'End the talk to the channel',
        tags,
        params: ChannelParamsSchema,
        response: { 204: Type.Null(), ...PROBLEMS },
      },
    },
    async ({ params }, reply) => {
      await gb28181.endVoice(params.device_id, params.channel_id);
      return reply.code(204).send(null);
    },
  );
};
