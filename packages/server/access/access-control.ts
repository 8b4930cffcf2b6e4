import type { BlockList } from 'node:net';
import { DEFAULT_TENANT, isAtLeast, tenantOf } from '@flux-iot/core/access/access-policy';
import { clientAddress } from '@flux-iot/core/access/client-address';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Accounts } from '../accounts/accounts.ts';
import { auditRequests } from '../audit/audit-requests.ts';
import { hasCsrfToken, sessionOf } from './cookies.ts';
import { OWNER, type Principal, visibleTenant } from './principal.ts';
import { type Requirement, requirementOf } from './route-roles.ts';

export interface AccessOptions {
  readonly accounts: Accounts;
  /** Authentication is off: everybody is the owner. */
  readonly isOpen: boolean;
  /** Proxies whose word on the client's address is taken. */
  readonly proxies: BlockList;
}

const BEARER = /^Bearer ([\x21-\x7e]{1,8192})$/i;

/** The one door of the API: who is asking, whether they may, and that it is written down. Before all routes. */
export function controlAccess(
  app: FastifyInstance,
  { accounts, isOpen, proxies }: AccessOptions,
  files: ReadonlySet<string>,
): void {
  const requirements = new Map<string, Requirement>();
  app.decorateRequest('principal', undefined);
  app.decorateRequest('clientAddress', undefined);
  app.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) {
      const requirement = requirementOf(each, url, files.has(url));
      if (requirement === undefined)
        throw new Error(`The route ${each} ${url} has no entry in access/route-roles.ts.`);
      requirements.set(`${each} ${url}`, requirement);
    }
  });
  app.addHook('onRequest', async request => {
    request.clientAddress = clientAddress(request.socket.remoteAddress ?? '', request.headers, proxies);
    request.principal = isOpen ? OWNER : undefined;
    const { method, routeOptions } = request;
    const requirement = requirements.get(`${method} ${routeOptions.url}`);
    // There is no such route, which is nobody's secret.
    if (requirement === undefined || requirement === 'public') return;
    if (!isOpen) request.principal = await identify(request, accounts);
    admit(request, requirement);
  });
  app.addHook('preHandler', async request => {
    if (request.principal) hideOthers(request, request.principal, accounts);
  });
  auditRequests(app, accounts.audit);
}

/** Throws `UNAUTHENTICATED`, `CSRF_TOKEN_INVALID`. */
export async function identify(request: FastifyRequest, accounts: Accounts): Promise<Principal> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const secret = BEARER.exec(authorization)?.[1];
    if (secret === undefined) throw new FluxError('UNAUTHENTICATED', 'Authorization has to be "Bearer KEY".');
    return accounts.byBearer(secret);
  }
  const session = sessionOf(request);
  const principal = session === undefined ? undefined : await accounts.bySession(session);
  if (session === undefined || !principal)
    throw new FluxError('UNAUTHENTICATED', 'A login or an API key is needed.');
  request.principal = principal;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (isRead || hasCsrfToken(request, session)) return principal;
  throw new FluxError('CSRF_TOKEN_INVALID', 'X-CSRF-Token is missing or not the one of the session.');
}

/** Throws `NOT_ALLOWED`. */
function admit(request: FastifyRequest, requirement: Exclude<Requirement, 'public'>): void {
  const { principal } = request;
  const role = typeof requirement === 'string' ? requirement : requirement.server;
  const isServers = typeof requirement !== 'string';
  const isAdmitted = principal && isAtLeast(principal.role, role);
  if (isAdmitted && (!isServers || principal.tenantId === DEFAULT_TENANT)) return;
  throw new FluxError(
    'NOT_ALLOWED',
    isServers ? `This takes the role ${role} of the server itself.` : `This takes the role ${role}.`,
  );
}

/** Throws `STREAM_NOT_FOUND` where a stream of another tenant is named: for this principal there is none. */
function hideOthers(request: FastifyRequest, principal: Principal, accounts: Accounts): void {
  for (const part of [request.params, request.query, request.body]) {
    if (typeof part !== 'object' || part === null || !('stream_id' in part)) continue;
    if (typeof part.stream_id === 'string') requireVisible(principal, accounts, part.stream_id);
  }
}

/** Throws `STREAM_NOT_FOUND`. */
export function requireVisible(
  principal: Principal,
  accounts: Pick<Accounts, 'apps'>,
  streamId: string,
): void {
  if (isVisible(principal, accounts, streamId)) return;
  throw new FluxError('STREAM_NOT_FOUND', `There is no stream ${streamId.slice(0, 257)}.`);
}

export function isVisible(principal: Principal, accounts: Pick<Accounts, 'apps'>, streamId: string): boolean {
  const tenant = visibleTenant(principal);
  return tenant === undefined || tenantOf(accounts, streamId) === tenant;
}
