import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Principal, principalOf, visibleTenant } from '../access/principal.ts';
import type { AccountRouteOptions } from '../accounts/auth-routes.ts';
import { presentEntry } from '../accounts/present.ts';
import { AuditExportQuerySchema, AuditListSchema, AuditQuerySchema } from '../accounts/schemas.ts';
import { PROBLEMS } from '../schemas.ts';
import type { AuditFilter } from './audit-log.ts';
import { csvLine } from './csv.ts';
import type { AuditEntry } from './entry.ts';

const tags = ['audit'];
const DEFAULT_LIMIT = 100;
const COLUMNS = [
  'sequence',
  'at',
  'actor',
  'actor_id',
  'tenant',
  'action',
  'target',
  'address',
  'result',
  'code',
  'request_id',
  'details',
  'hash',
] as const;

interface Query {
  readonly actor?: string;
  readonly action?: string;
  readonly target?: string;
  readonly result?: string;
  readonly request_id?: string;
  readonly tenant?: string;
  readonly since?: string;
  readonly until?: string;
}

/** Who did what. Administrators of a tenant see what its own people did. */
export const auditRoutes: FastifyPluginAsyncTypebox<AccountRouteOptions> = async (app, { accounts }) => {
  const { audit } = accounts;

  app.get(
    '/audit',
    {
      schema: {
        summary: 'Changes and refused attempts, the newest first',
        tags,
        querystring: AuditQuerySchema,
        response: { 200: AuditListSchema, ...PROBLEMS },
      },
    },
    async request => {
      const { limit = DEFAULT_LIMIT, offset = 0 } = request.query;
      const filter = filterOf(request.query, principalOf(request));
      const [entries, total] = await Promise.all([audit.search(filter, limit, offset), audit.count(filter)]);
      return { items: entries.map(presentEntry), total, limit, offset };
    },
  );

  app.get(
    '/audit/export',
    {
      schema: {
        summary: 'All that match, as CSV or as one JSON document a line',
        tags,
        querystring: AuditExportQuerySchema,
      },
    },
    async (request, reply) => {
      const isCsv = request.query.format === 'csv';
      const entries = audit.all(filterOf(request.query, principalOf(request)));
      reply.type(isCsv ? 'text/csv; charset=utf-8' : 'application/x-ndjson');
      return reply.send(Readable.from(isCsv ? csvLines(entries) : jsonLines(entries)));
    },
  );
};

function filterOf(query: Query, principal: Principal): AuditFilter {
  const { actor, action, target, result, request_id: requestId, tenant, since, until } = query;
  return {
    actor,
    action,
    target,
    result,
    requestId,
    tenantId: visibleTenant(principal) ?? tenant,
    since: since === undefined ? undefined : Date.parse(since),
    until: until === undefined ? undefined : Date.parse(until),
  };
}

async function* csvLines(entries: AsyncIterable<AuditEntry>): AsyncGenerator<string> {
  yield csvLine(COLUMNS);
  for await (const entry of entries) {
    const row = presentEntry(entry);
    yield csvLine(COLUMNS.map(name => (name === 'details' ? JSON.stringify(row.details ?? {}) : row[name])));
  }
}

async function* jsonLines(entries: AsyncIterable<AuditEntry>): AsyncGenerator<string> {
  for await (const entry of entries) yield `${JSON.stringify(presentEntry(entry))}\n`;
}
