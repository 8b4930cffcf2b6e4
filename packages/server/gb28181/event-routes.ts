import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { principalOf, visibleTenant } from '../access/principal.ts';
import { DEFAULT_LIMIT, PROBLEMS } from '../schemas.ts';
import type { DeviceEvents } from './event-log.ts';
import { presentEvent } from './present.ts';
import { EventListSchema, EventQuerySchema } from './schemas.ts';

export interface DeviceEventContext {
  readonly events: DeviceEvents;
}

/** What devices told: alarms, positions, coming and going. */
export const deviceEventRoutes: FastifyPluginAsyncTypebox<DeviceEventContext> = async (app, { events }) => {
  app.get(
    '/events',
    {
      schema: {
        summary: 'What devices told, alarms and positions and the rest, the newest first',
        tags: ['gb28181'],
        querystring: EventQuerySchema,
        response: { 200: EventListSchema, ...PROBLEMS },
      },
    },
    async request => {
      const { query } = request;
      const { device_id, channel_id, kind, from, to, limit = DEFAULT_LIMIT, offset = 0 } = query;
      const filter = {
        tenant: visibleTenant(principalOf(request)),
        ...{ deviceId: device_id, channelId: channel_id, kind },
        from: from === undefined ? undefined : Date.parse(from),
        to: to === undefined ? undefined : Date.parse(to),
      };
      const list = await events.list(filter, limit, offset);
      return { events: list.events.map(presentEvent), total: list.total, limit, offset };
    },
  );
};
