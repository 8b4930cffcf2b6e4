import { randomUUID } from 'node:crypto';
import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import { type Gb28181Control, noGb28181Control } from '@flux-iot/core/control/gb28181-control';
import type { MediaControl } from '@flux-iot/core/control/media-control';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { diagnosisRoutes } from './diagnosis/routes.ts';
import { DIAGNOSIS_SCHEMAS } from './diagnosis/schemas.ts';
import { answerErrors, answerFrameworkError, answerUnreadable } from './errors.ts';
import { deviceRoutes } from './gb28181/routes.ts';
import { DEVICE_SCHEMAS } from './gb28181/schemas.ts';
import { ingestRoutes } from './ingest-routes.ts';
import { redirectMedia } from './media-redirects.ts';
import { type Asset, servePage } from './page.ts';
import { pushRoutes } from './push-routes.ts';
import { logRequests } from './request-log.ts';
import { NAMED_SCHEMAS } from './schemas.ts';
import { DOCUMENTATION_POLICY, guard } from './security.ts';
import { serverRoutes } from './server-routes.ts';
import { streamRoutes } from './stream-routes.ts';

export interface AppOptions {
  readonly control: MediaControl;
  /** The process that has the GB28181 devices; without it there are none. */
  readonly gb28181?: Gb28181Control;
  /** Where `/flv`, `/hls` and the like are served: requests for them are sent there. */
  readonly mediaPort: () => number;
  readonly version: string;
  /** The page's files by path. */
  readonly assets?: ReadonlyMap<string, Asset>;
  readonly logger?: FastifyBaseLogger;
}

const BODY_LIMIT = 64 * 1024;
const REQUEST_TIMEOUT = 15_000;
const KEEP_ALIVE_TIMEOUT = 15_000;
const MAX_CONNECTIONS = 2000;
/** Of a part of the path: a stream id is no longer than this. */
const MAX_PARAMETER_LENGTH = 300;

/** Of the API, not of the program: the document does not change with every release. */
const API_VERSION = '1';

/** The application without a listening socket. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const app = fastify({
    ...(options.logger ? { loggerInstance: options.logger } : { logger: false }),
    // Its own lines hold the whole URL, with tokens in the query.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    connectionTimeout: REQUEST_TIMEOUT,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    forceCloseConnections: 'idle',
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerUnreadable,
    ajv: { customOptions: { removeAdditional: false, allErrors: true } },
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  // JSON alone: what a form of another site can send without asking first is refused.
  app.removeContentTypeParser('text/plain');
  logRequests(app);
  guard(app, options.mediaPort);
  answerErrors(app);
  for (const schema of [...NAMED_SCHEMAS, ...DEVICE_SCHEMAS, ...DIAGNOSIS_SCHEMAS]) app.addSchema(schema);
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'FLUX IoT',
        version: API_VERSION,
        description: 'Streams in by one protocol, out by another. Errors are RFC 9457 problem documents.',
      },
    },
    refResolver: {
      buildLocalReference: (schema, _base, _fragment, index) => String(schema.$id ?? `schema-${index}`),
    },
  });
  await app.register(fastifySwaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: DOCUMENTATION_POLICY,
    theme: { title: 'FLUX IoT API' },
    uiConfig: { layout: 'BaseLayout' },
  });
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  const { control, mediaPort, version } = options;
  const context = { control };
  await app.register(streamRoutes, { prefix: '/api/v1', ...context });
  await app.register(ingestRoutes, { prefix: '/api/v1', ...context });
  await app.register(pushRoutes, { prefix: '/api/v1', ...context });
  await app.register(diagnosisRoutes, { prefix: '/api/v1', ...context });
  await app.register(deviceRoutes, {
    prefix: '/api/v1/gb28181',
    gb28181: options.gb28181 ?? noGb28181Control(),
  });
  await app.register(serverRoutes, { ...context, mediaPort, version });
  redirectMedia(app, mediaPort);
  servePage(app, options.assets ?? new Map());
  return app;
}
