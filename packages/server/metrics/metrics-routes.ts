import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { MediaControl } from '@flux-iot/core/control/media-control';
import { Gauge, Registry } from 'prom-client';
import { Type } from 'typebox';
import type { EventFeed } from '../events/event-feed.ts';
import type { HookService } from '../hooks/hook-service.ts';
import { PROBLEMS } from '../schemas.ts';
import { hookMetrics } from './hook-metrics.ts';
import { nodeMetrics } from './node-metrics.ts';
import { processMetrics } from './process-metrics.ts';

export interface MetricsRouteOptions {
  readonly control: MediaControl;
  readonly hooks: HookService;
  readonly events: EventFeed;
  readonly version: string;
  readonly registry: Registry;
}

/** For Prometheus: the text exposition format 0.0.4. */
export const metricsRoutes: FastifyPluginAsyncTypebox<MetricsRouteOptions> = async (
  app,
  { control, hooks, events, version, registry },
) => {
  const setNodes = nodeMetrics(registry);
  hookMetrics(registry, hooks);
  const information = { name: 'flux_build_info', help: 'The version', labelNames: ['version'] };
  new Gauge({ ...information, registers: [registry] }).set({ version }, 1);
  new Gauge({
    name: 'flux_event_listeners',
    help: 'Clients that listen to server-sent events',
    registers: [registry],
    collect() {
      this.set(events.listeners);
    },
  });
  const end = processMetrics(registry);
  app.addHook('onClose', async () => end());
  let collecting: Promise<string> | undefined;
  const collect = async () => {
    setNodes(await control.nodes());
    return registry.metrics();
  };

  app.get(
    '/metrics',
    {
      schema: {
        summary: 'Figures for Prometheus',
        tags: ['server'],
        response: {
          200: {
            description: 'Text exposition format 0.0.4',
            content: { 'text/plain': { schema: Type.String() } },
          },
          ...PROBLEMS,
        },
      },
    },
    async (_request, reply) => {
      // Whoever asks meanwhile is given the same.
      collecting ??= collect().finally(() => {
        collecting = undefined;
      });
      const text = await collecting;
      return reply.type(Registry.PROMETHEUS_CONTENT_TYPE).send(text);
    },
  );
};
