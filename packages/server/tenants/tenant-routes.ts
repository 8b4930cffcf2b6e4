import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { MediaControl } from '@flux-iot/core/control/media-control';
import { appAndName } from '@flux-iot/core/stream/stream-id';
import { Type } from 'typebox';
import { principalOf, visibleTenant } from '../access/principal.ts';
import type { AccountRouteOptions } from '../accounts/auth-routes.ts';
import { notFound, page, presentLoad, presentTenant, presentUsage } from '../accounts/present.ts';
import {
  TenantChangeSchema,
  TenantListSchema,
  TenantParamsSchema,
  TenantRequestSchema,
  TenantSchema,
  UsageListSchema,
  UsageQuerySchema,
} from '../accounts/schemas.ts';
import { csvLine } from '../audit/csv.ts';
import type { RecordingLibrary } from '../recordings/library.ts';
import { PageQuerySchema, PROBLEMS, the } from '../schemas.ts';
import { takeBack } from '../tasks/take-back.ts';
import { type TenantFigures, tenantLoads } from './tenant-loads.ts';
import type { Tenant, TenantChange } from './tenants.ts';

const tags = ['tenants'];
const DAY = 24 * 3_600_000;
const DEFAULT_DAYS = 31;

export interface TenantRouteOptions extends AccountRouteOptions {
  readonly control: MediaControl;
  readonly recordings: RecordingLibrary;
  readonly figures: TenantFigures;
}

/** Who shares the server, and what each used. */
export const tenantRoutes: FastifyPluginAsyncTypebox<TenantRouteOptions> = async (
  app,
  { accounts, control, recordings, figures },
) => {
  const { tenants } = accounts;
  const known = async (id: string): Promise<Tenant> => {
    const tenant = await tenants.find(id);
    if (tenant) return tenant;
    throw notFound('tenant');
  };

  app.get(
    '/tenants',
    {
      schema: {
        summary: 'Tenants, by id',
        tags,
        querystring: PageQuerySchema,
        response: { 200: TenantListSchema, ...PROBLEMS },
      },
    },
    async ({ query: { limit, offset } }) => page((await tenants.list()).map(presentTenant), limit, offset),
  );

  app.post(
    '/tenants',
    {
      schema: {
        summary: 'Add a tenant',
        tags,
        body: the(TenantRequestSchema),
        response: { 201: the(TenantSchema), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { id } = request.body;
      await tenants.create(id, changeOf(request.body));
      request.auditTarget = id;
      await accounts.changed();
      return reply.code(201).send(presentTenant(await known(id)));
    },
  );

  app.get(
    '/tenants/:tenant_id',
    {
      schema: {
        summary: 'One tenant',
        tags,
        params: TenantParamsSchema,
        response: { 200: the(TenantSchema), ...PROBLEMS },
      },
    },
    async ({ params }) => presentTenant(await known(params.tenant_id)),
  );

  app.patch(
    '/tenants/:tenant_id',
    {
      schema: {
        summary:
          'Change name, limits or apps, or whether it is active; one that is not loses all its sessions',
        tags,
        params: TenantParamsSchema,
        body: the(TenantChangeSchema),
        response: { 200: the(TenantSchema), ...PROBLEMS },
      },
    },
    async ({ params, body }) => {
      const { id } = await known(params.tenant_id);
      await tenants.change(id, changeOf(body));
      await accounts.changed();
      return presentTenant(await known(id));
    },
  );

  app.delete(
    '/tenants/:tenant_id',
    {
      schema: {
        summary: 'Remove a tenant with its users, keys and tokens; ends what they began',
        tags,
        params: TenantParamsSchema,
        response: { 204: Type.Null(), ...PROBLEMS },
      },
    },
    async ({ params }, reply) => {
      const { id, apps } = await known(params.tenant_id);
      await tenants.remove(id);
      await accounts.changed();
      // Its apps are the default tenant's from now on: what it had brought, sent on and recorded is not.
      await takeBack(control, recordings, streamId => apps.includes(appAndName(streamId).app));
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/usage',
    {
      schema: {
        summary:
          'What each tenant used on each day; a month of days where none are named; as JSON or CSV. And, in JSON, what it has at present',
        tags,
        querystring: UsageQuerySchema,
        response: { 200: UsageListSchema, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const now = Date.now();
      const { from = dayOf(now - (DEFAULT_DAYS - 1) * DAY), to = dayOf(now), tenant, format } = request.query;
      const only = visibleTenant(principalOf(request));
      // Of another tenant there is nothing, as of one that is not there.
      const isOthers = only !== undefined && tenant !== undefined && tenant !== only;
      const items = isOthers ? [] : (await accounts.usage.list(from, to, only ?? tenant)).map(presentUsage);
      if (format !== 'csv') {
        const wanted = isOthers ? [] : [only ?? tenant];
        const loads = (await tenantLoads(tenants, figures)).filter(
          load => wanted.includes(undefined) || wanted.includes(load.tenant.id),
        );
        return { items, current: loads.map(presentLoad) };
      }
      const names = [
        'tenant',
        'day',
        'gigabytes_in',
        'gigabytes_out',
        'publish_minutes',
        'play_minutes',
        'gigabytes_stored',
      ] as const;
      const lines = items.map(item => csvLine(names.map(name => item[name])));
      const text = [csvLine(names), ...lines].join('');
      return reply
        .type('text/csv; charset=utf-8')
        .serializer(String)
        .send(text as never);
    },
  );
};

function changeOf(body: {
  readonly name?: string;
  readonly active?: boolean;
  readonly max_streams?: number | null;
  readonly max_viewers?: number | null;
  readonly max_bitrate?: number | null;
  readonly max_storage_bytes?: number | null;
  readonly max_transcodes?: number | null;
  readonly apps?: readonly string[];
}): TenantChange {
  return {
    name: body.name,
    isActive: body.active,
    maxStreams: body.max_streams,
    maxViewers: body.max_viewers,
    maxBitrate: body.max_bitrate,
    maxStorageBytes: body.max_storage_bytes,
    maxTranscodes: body.max_transcodes,
    apps: body.apps,
  };
}

function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
