import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { EventLoopDelay } from '@flux-iot/core/control/event-loop-delay';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { ProtocolStats } from '@flux-iot/core/orchestrator/protocol-adapter';
import type { RouteContext } from './context.ts';
import { presentNode, presentProtocol, sumStats } from './present.ts';
import { HealthSchema, NodeListSchema, PROBLEMS, ProtocolListSchema, ServerSchema, the } from './schemas.ts';

export interface ServerRouteOptions extends RouteContext {
  readonly mediaPort: () => number;
  readonly version: string;
}

const tags = ['server'];

/** What the server says of itself. */
export const serverRoutes: FastifyPluginAsyncTypebox<ServerRouteOptions> = async (app, options) => {
  const { control, mediaPort, version } = options;
  const startedAt = Date.now();
  const delay = new EventLoopDelay();
  app.addHook('onClose', async () => delay.close());
  /** By protocol, the counters that each node has of it. */
  const protocols = async (): Promise<[protocol: string, stats: ProtocolStats[]][]> => {
    const byProtocol = new Map<string, ProtocolStats[]>();
    for (const node of await control.nodes())
      for (const [protocol, stats] of Object.entries(node.protocols))
        byProtocol.set(protocol, [...(byProtocol.get(protocol) ?? []), stats]);
    return [...byProtocol];
  };

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
      protocols: (await protocols()).map(([protocol, stats]) => presentProtocol(protocol, sumStats(stats))),
    }),
  );

  app.get(
    '/api/v1/nodes',
    {
      schema: {
        summary: 'Every media node, and how it batches its work',
        tags,
        response: { 200: NodeListSchema, ...PROBLEMS },
      },
    },
    async () => ({ nodes: (await control.nodes()).map(presentNode) }),
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
      const nodes = await control.nodes();
      return {
        version,
        started_at: new Date(startedAt).toISOString(),
        uptime_seconds: (Date.now() - startedAt) / 1000,
        memory_bytes: memory.rss,
        heap_bytes: memory.heapUsed,
        buffer_bytes: memory.external,
        event_loop_delay_ms: delay.milliseconds,
        streams: nodes.reduce((sum, node) => sum + node.streams, 0),
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
      const found = await protocols();
      if (found.length === 0) throw new FluxError('NOT_READY', 'No media node is running.');
      const idle = found.filter(([, stats]) => stats.some(({ listening }) => listening.length === 0));
      if (idle.length === 0) return { status: 'ok' as const };
      throw new FluxError('NOT_READY', `Not listening: ${idle.map(([protocol]) => protocol).join(', ')}.`);
    },
  );
};
