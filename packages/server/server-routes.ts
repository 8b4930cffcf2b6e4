import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { presentProtocol } from './present.ts';
import { PROBLEMS, ProtocolList, ServerInfo } from './schemas.ts';
import type { RouteOptions } from './stream-routes.ts';

/** What the server says of itself. */
export const serverRoutes: FastifyPluginAsyncTypebox<RouteOptions & { version: string }> = async (
  app,
  options,
) => {
  const { orchestrator, adapters, version } = options;
  const startedAt = Date.now();
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  app.addHook('onClose', async () => delay.disable());

  app.get(
    '/protocols',
    {
      schema: {
        summary: 'Every protocol and its counters',
        tags: ['server'],
        response: { 200: ProtocolList, ...PROBLEMS },
      },
    },
    async () => ({
      protocols: adapters.map(adapter => presentProtocol(adapter.protocolName, adapter.stats())),
    }),
  );

  app.get(
    '/server',
    {
      schema: {
        summary: 'Version, uptime, memory, delay',
        tags: ['server'],
        response: { 200: ServerInfo, ...PROBLEMS },
      },
    },
    async () => {
      const eventLoopDelay = delay.percentile(99) / 1e6;
      delay.reset();
      return {
        version,
        started_at: new Date(startedAt).toISOString(),
        uptime_seconds: (Date.now() - startedAt) / 1000,
        memory_bytes: process.memoryUsage.rss(),
        event_loop_delay_ms: Math.round(eventLoopDelay * 10) / 10,
        streams: orchestrator.listStreams().length,
      };
    },
  );
};
