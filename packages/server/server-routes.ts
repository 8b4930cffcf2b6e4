import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { RouteContext } from './context.ts';
import { presentProtocol } from './present.ts';
import { HealthSchema, PROBLEMS, ProtocolListSchema, ServerSchema, the } from './schemas.ts';

export interface ServerRouteOptions extends RouteContext {
  readonly mediaPort: () => number;
  readonly version: string;
}

const tags = ['server'];
/** Milliseconds between the samples of the event loop's delay; the measured value holds them too. */
const DELAY_RESOLUTION = 20;
const DELAY_WINDOW = 60_000;

/** What the server says of itself. */
export const serverRoutes: FastifyPluginAsyncTypebox<ServerRouteOptions> = async (app, options) => {
  const { orchestrator, adapters, mediaPort, version } = options;
  const startedAt = Date.now();
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION });
  delay.enable();
  const window = setInterval(() => delay.reset(), DELAY_WINDOW).unref();
  app.addHook('onClose', async () => {
    clearInterval(window);
    delay.disable();
  });

  app.get(
    '/api/v1/protocols',
    {
      schema: {
        summary: 'Every enabled protocol and its counters',
        tags,
        response: { 200: ProtocolListSchema, ...PROBLEMS },
      },
    },
    async () => ({
      protocols: adapters.map(adapter => presentProtocol(adapter.protocolName, adapter.stats())),
    }),
  );

  app.get(
    '/api/v1/server',
    {
      schema: {
        summary: 'Version, uptime, memory, delay',
        tags,
        response: { 200: the(ServerSchema), ...PROBLEMS },
      },
    },
    async () => {
      const memory = process.memoryUsage();
      const late = Math.max(0, delay.percentile(99) / 1e6 - DELAY_RESOLUTION);
      return {
        version,
        started_at: new Date(startedAt).toISOString(),
        uptime_seconds: (Date.now() - startedAt) / 1000,
        memory_bytes: memory.rss,
        heap_bytes: memory.heapUsed,
        buffer_bytes: memory.external,
        event_loop_delay_ms: Math.round(late * 10) / 10,
        streams: orchestrator.listStreams().length,
        media_port: mediaPort(),
      };
    },
  );

  app.get(
    '/healthz',
    { schema: { summary: 'Whether the process answers', tags, response: { 200: HealthSchema } } },
    async () => ({ status: 'ok' as const }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        summary: 'Whether every enabled protocol listens',
        tags,
        response: { 200: HealthSchema, ...PROBLEMS },
      },
    },
    async () => {
      const idle = adapters.filter(adapter => adapter.stats().listening.length === 0);
      if (idle.length === 0) return { status: 'ok' as const };
      const names = idle.map(({ protocolName }) => protocolName).join(', ');
      throw new FluxError('NOT_READY', `Not listening: ${names}.`);
    },
  );
};
