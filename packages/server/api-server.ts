import type { AddressInfo } from 'node:net';
import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { ProtocolAdapter } from '@flux-iot/core/orchestrator/protocol-adapter';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { answerErrors } from './errors.ts';
import { hostOf } from './host.ts';
import { serverRoutes } from './server-routes.ts';
import { streamRoutes } from './stream-routes.ts';

/** A file of the page, as it is sent. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

export interface ApiServerOptions {
  readonly orchestrator: StreamOrchestrator;
  readonly adapters: readonly ProtocolAdapter[];
  readonly host: string;
  readonly port: number;
  /** Where `/flv`, `/hls` and the like are served: requests for them are sent there. */
  readonly mediaPort: () => number;
  readonly version: string;
  /** The page's files by path. */
  readonly assets?: ReadonlyMap<string, Asset>;
  readonly logger?: FastifyBaseLogger;
}

export interface ApiServer {
  readonly port: number;
  readonly address: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const BODY_LIMIT = 64 * 1024;
const REQUEST_TIMEOUT = 15_000;
const MAX_CONNECTIONS = 2000;
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  // Media comes from the media port of the same host, whatever that is called.
  "connect-src 'self' http: ws: https: wss:",
  "media-src 'self' blob: http: https:",
  "img-src 'self' data:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** flux-server's HTTP side: the REST API, its documents, the page. */
export async function createApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const app = await buildApp(options);
  let isStopped = false;
  const portOf = () => (app.server.address() as AddressInfo | null)?.port ?? options.port;
  return {
    get port() {
      return portOf();
    },
    get address() {
      return `${options.host}:${portOf()}`;
    },
    async start() {
      try {
        await app.listen({ host: options.host, port: options.port });
      } catch (cause) {
        const { message } = FluxError.from(cause);
        throw new FluxError(
          'PORT_IN_USE',
          `The API cannot listen on ${options.host}:${options.port}: ${message}`,
          { cause },
        );
      }
    },
    async stop() {
      if (isStopped) return;
      isStopped = true;
      await app.close();
    },
  };
}

/** The application without a listening socket: for tests, and for the OpenAPI document. */
export async function buildApp(options: ApiServerOptions): Promise<FastifyInstance> {
  const app = fastify({
    ...(options.logger ? { loggerInstance: options.logger } : { logger: false }),
    disableRequestLogging: true,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    connectionTimeout: REQUEST_TIMEOUT,
    maxParamLength: 300,
    forceCloseConnections: true,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array', allErrors: false } },
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  answerErrors(app);
  app.addHook('onSend', async (request, reply) => {
    reply.header('X-Content-Type-Options', 'nosniff');
    reply.header('Referrer-Policy', 'no-referrer');
    reply.header('X-Request-Id', request.id);
    if (!reply.hasHeader('Content-Security-Policy'))
      reply.header('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    if (!reply.hasHeader('Cache-Control')) reply.header('Cache-Control', 'no-store');
  });
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'FLUX IoT',
        version: options.version,
        description: 'Streams in by one protocol, out by another. Errors are RFC 9457 problem documents.',
      },
    },
  });
  await app.register(fastifySwaggerUi, { routePrefix: '/api/docs', staticCSP: true });
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  const { orchestrator, adapters, version } = options;
  await app.register(streamRoutes, { prefix: '/api/v1', orchestrator, adapters });
  await app.register(serverRoutes, { prefix: '/api/v1', orchestrator, adapters, version });
  for (const path of ['/healthz', '/readyz']) {
    app.get(path, { schema: { summary: 'Whether the server is up', tags: ['server'] } }, async () => ({
      status: 'ok',
    }));
  }
  redirectMedia(app, options.mediaPort);
  serveAssets(app, options.assets ?? new Map());
  return app;
}

/** People who forget the media port are sent there. */
function redirectMedia(app: FastifyInstance, mediaPort: () => number): void {
  for (const path of ['/flv/*', '/hls/*', '/live/*']) {
    app.get(path, { schema: { hide: true } }, async (request, reply) => {
      reply.header('Access-Control-Allow-Origin', '*');
      return reply.redirect(`http://${hostOf(request)}:${mediaPort()}${request.url}`, 307);
    });
  }
}

function serveAssets(app: FastifyInstance, assets: ReadonlyMap<string, Asset>): void {
  for (const [path, { type, body }] of assets) {
    app.get(path, { schema: { hide: true } }, async (_request, reply) => {
      return reply.type(type).header('Cache-Control', 'no-cache').send(body);
    });
  }
}
