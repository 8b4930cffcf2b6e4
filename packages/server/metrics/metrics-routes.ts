import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { MediaControl } from '@flux-iot/core/control/media-control';
import { Gauge, Registry } from 'prom-client';
import { Type } from 'typebox';
import { isServerAdministrator, principalOf } from '../access/principal.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { EventFeed } from '../events/event-feed.ts';
import type { HookService } from '../hooks/hook-service.ts';
import { PROBLEMS } from '../schemas.ts';
import { type TenantFigures, tenantLoads } from '../tenants/tenant-loads.ts';
import { hookMetrics } from './hook-metrics.ts';
import { nodeMetrics } from './node-metrics.ts';
import { processMetrics } from './process-metrics.ts';
import { TenantMetrics } from './tenant-metrics.ts';

export interface MetricsRouteOptions {
  readonly control: MediaControl;
  readonly hooks: HookService;
  readonly events: EventFeed;
  readonly accounts: Pick<Accounts, 'tenants'>;
  readonly figures: TenantFigures;
  readonly version: string;
  readonly registry: Registry;
}

/** For Prometheus: the text exposition format 0.0.4. */
export const metricsRoutes: FastifyPluginAsyncTypebox<MetricsRouteOptions> = async (
  app,
  { control, hooks, events, accounts, figures, version, registry },
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
  const tenants = new TenantMetrics();
  let collecting: Promise<string> | undefined;
  let collectingTenants: Promise<string> | undefined;
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
    async (request, reply) => {
      // Whoever asks meanwhile is given the same.
      collecting ??= collect().finally(() => {
        collecting = undefined;
      });
      let text = await collecting;
      // Which tenants there are is not for those who see one alone.
      if (isServerAdministrator(principalOf(request))) {
        collectingTenants ??= tenantLoads(accounts.tenants, figures)
          .then(loads => tenants.text(loads))
          .finally(() => {
            collectingTenants = undefined;
          });
        text += await collectingTenants;
      }
      return reply.type(Registry.PROMETHEUS_CONTENT_TYPE).send(text);
    },
  );
};
