import { randomUUID } from 'node:crypto';
import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import { type Gb28181Control, noGb28181Control } from '@flux-iot/core/control/gb28181-control';
import type { MediaControl } from '@flux-iot/core/control/media-control';
import type { RecordedSnapshotSource } from '@flux-iot/core/snapshot/recorded-snapshots';
import type { SnapshotSource } from '@flux-iot/core/snapshot/snapshot';
import { type PlayableForm, playableForms } from '@flux-iot/core/transcode/playable';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { Registry } from 'prom-client';
import { type AccessOptions, controlAccess } from './access/access-control.ts';
import { authRoutes } from './accounts/auth-routes.ts';
import { keyRoutes } from './accounts/key-routes.ts';
import { ACCOUNT_SCHEMAS } from './accounts/schemas.ts';
import { tokenRoutes } from './accounts/token-routes.ts';
import { userRoutes } from './accounts/user-routes.ts';
import { auditRoutes } from './audit/audit-routes.ts';
import { diagnosisRoutes } from './diagnosis/routes.ts';
import { DIAGNOSIS_SCHEMAS } from './diagnosis/schemas.ts';
import { answerErrors, answerFrameworkError, answerUnreadable } from './errors.ts';
import { tagAnswers } from './etags.ts';
import { EventFeed } from './events/event-feed.ts';
import { eventRoutes } from './events/event-routes.ts';
import type { DeviceEvents } from './gb28181/event-log.ts';
import { deviceEventRoutes } from './gb28181/event-routes.ts';
import { deviceRoutes } from './gb28181/routes.ts';
import { DEVICE_SCHEMAS } from './gb28181/schemas.ts';
import { voiceRoutes } from './gb28181/voice-routes.ts';
import { hookRoutes } from './hooks/hook-routes.ts';
import { HOOK_SCHEMAS } from './hooks/hook-schemas.ts';
import { HookService } from './hooks/hook-service.ts';
import { MemoryHookStore } from './hooks/hook-store.ts';
import { answerRepeats } from './idempotency.ts';
import { ingestRoutes } from './ingest-routes.ts';
import { redirectMedia } from './media-redirects.ts';
import { metricsRoutes } from './metrics/metrics-routes.ts';
import { measureRequests } from './metrics/request-metrics.ts';
import { type Asset, servePage } from './page.ts';
import { pushRoutes } from './push-routes.ts';
import { limitRates, type RateLimit } from './rate-limit.ts';
import type { RecordingLibrary } from './recordings/library.ts';
import { recordingRoutes } from './recordings/routes.ts';
import { RECORDING_SCHEMAS } from './recordings/schemas.ts';
import { type ProgramReload, ReloadSchema, reloadRoutes } from './reload-routes.ts';
import { logRequests } from './request-log.ts';
import { NAMED_SCHEMAS } from './schemas.ts';
import { DOCUMENTATION_POLICY, guard } from './security.ts';
import { lazySerializers } from './serializers.ts';
import { serverRoutes } from './server-routes.ts';
import { snapshotRoutes } from './snapshot-routes.ts';
import { streamRoutes } from './stream-routes.ts';
import { NO_FIGURES, type TenantFigures } from './tenants/tenant-loads.ts';
import { tenantRoutes } from './tenants/tenant-routes.ts';
import { traceRequests } from './tracing/trace-requests.ts';
import type { Tracing } from './tracing/tracing.ts';

export interface AppOptions {
  readonly control: MediaControl;
  /** What the tenants have at present; without it, it is not known. */
  readonly tenants?: TenantFigures;
  /** Who can get pictures of streams; without it there are none. */
  readonly snapshots?: SnapshotSource;
  /** The same of recordings. */
  readonly recordedSnapshots?: RecordedSnapshotSource;
  /** Under which id a player is served that says its codecs; without it, as the stream itself or not at all. */
  readonly playable?: PlayableForm;
  /** The process that has the GB28181 devices; without it there are none. */
  readonly gb28181?: Gb28181Control;
  /** What the devices told; nothing without it. */
  readonly deviceEvents?: DeviceEvents;
  /** Where `/flv`, `/hls` and the like are served: requests for them are sent there. */
  readonly mediaPort: () => number;
  readonly recordings: RecordingLibrary;
  readonly version: string;
  readonly access: AccessOptions;
  /** The page's files by path. */
  readonly assets?: ReadonlyMap<string, Asset>;
  readonly logger?: FastifyBaseLogger;
  /** Its owner starts and closes it; without it, hooks made by the API are never called. */
  readonly hooks?: HookService;
  /** Whoever learns of events adds them. */
  readonly events?: EventFeed;
  /** None by default. */
  readonly rateLimit?: RateLimit;
  /** Has all programs read their configuration anew. */
  readonly reload?: () => Promise<ProgramReload[]>;
  /** Its owner closes it. */
  readonly tracing?: Tracing;
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
    schemaController: { compilersFactory: { buildSerializer: lazySerializers() } },
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  // JSON alone: what a form of another site can send without asking first is refused.
  app.removeContentTypeParser('text/plain');
  if (options.tracing) traceRequests(app, options.tracing);
  logRequests(app);
  guard(app);
  const registry = new Registry();
  measureRequests(app, registry);
  await limitRates(app, options.rateLimit ?? { perSecond: 0 }, options.access.proxies);
  answerErrors(app);
  controlAccess(app, options.access, new Set(options.assets?.keys()));
  answerRepeats(app);
  tagAnswers(app);
  const schemas = [
    ...NAMED_SCHEMAS,
    ...ACCOUNT_SCHEMAS,
    ...HOOK_SCHEMAS,
    ...RECORDING_SCHEMAS,
    ...DEVICE_SCHEMAS,
    ...DIAGNOSIS_SCHEMAS,
    ReloadSchema,
  ];
  for (const schema of schemas) app.addSchema(schema);
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'FLUX IoT',
        version: API_VERSION,
        description: 'Streams in by one protocol, out by another. Errors are RFC 9457 problem documents.',
      },
      components: {
        securitySchemes: {
          key: {
            type: 'http',
            scheme: 'bearer',
            description: 'An API key, or a token of the identity provider',
          },
          session: { type: 'apiKey', in: 'cookie', name: 'flux_session' },
        },
      },
      security: [{ key: [] }, { session: [] }],
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
  const { accounts } = options.access;
  const { playable = playableForms([]) } = options;
  const context = { control, accounts, playable };
  await app.register(streamRoutes, { prefix: '/api/v1', ...context });
  await app.register(ingestRoutes, { prefix: '/api/v1', ...context });
  await app.register(pushRoutes, { prefix: '/api/v1', ...context });
  await app.register(recordingRoutes, { prefix: '/api/v1', ...context, recordings: options.recordings });
  const { snapshots, recordedSnapshots } = options;
  await app.register(snapshotRoutes, { prefix: '/api/v1', snapshots, recordedSnapshots });
  await app.register(diagnosisRoutes, { prefix: '/api/v1', ...context });
  const gb28181 = options.gb28181 ?? noGb28181Control();
  await app.register(deviceRoutes, { prefix: '/api/v1/gb28181', ...context, gb28181 });
  await app.register(voiceRoutes, { prefix: '/api/v1/gb28181', ...context, gb28181 });
  await app.register(deviceEventRoutes, {
    prefix: '/api/v1/gb28181',
    ...context,
    events: options.deviceEvents ?? { list: async () => ({ events: [], total: 0 }) },
  });
  await app.register(serverRoutes, { ...context, mediaPort, version });
  await app.register(authRoutes, { accounts });
  const figures = options.tenants ?? NO_FIGURES;
  for (const routes of [tokenRoutes, userRoutes, keyRoutes])
    await app.register(routes, { prefix: '/api/v1', accounts });
  await app.register(tenantRoutes, {
    prefix: '/api/v1',
    ...context,
    recordings: options.recordings,
    figures,
  });
  await app.register(auditRoutes, { prefix: '/api/v1', accounts });
  const settings = { hooks: [], networks: [] };
  const hooks = options.hooks ?? new HookService({ store: new MemoryHookStore(), settings, version });
  const events = options.events ?? new EventFeed();
  await app.register(hookRoutes, { prefix: '/api/v1', hooks });
  await app.register(eventRoutes, { prefix: '/api/v1', events, access: options.access });
  await app.register(reloadRoutes, { prefix: '/api/v1', reload: options.reload });
  await app.register(metricsRoutes, { ...context, hooks, events, figures, version, registry });
  redirectMedia(app, mediaPort);
  servePage(app, options.assets ?? new Map(), mediaPort);
  return app;
}
