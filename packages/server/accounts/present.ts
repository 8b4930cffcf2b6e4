import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { FastifyRequest } from 'fastify';
import { csrfTokenOf } from '../access/cookies.ts';
import { isServerAdministrator, type Principal, visibleTenant } from '../access/principal.ts';
import type { AuditEntry } from '../audit/entry.ts';
import type { TenantLoad } from '../tenants/tenant-loads.ts';
import type { Tenant, TenantLimits } from '../tenants/tenants.ts';
import type { DailyUsage } from '../tenants/usage.ts';
import type { ApiKey } from './api-keys.ts';
import type { IssuedToken } from './stream-tokens.ts';
import type { User } from './users.ts';

/** Entries of a list, where the request does not say how many. */
export const ACCOUNTS_LIMIT = 100;

export function time(milliseconds: number): string;
export function time(milliseconds: number | undefined): string | undefined;
export function time(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();
}

export function presentSession({ name, role, tenantId, session }: Principal) {
  return {
    user: { name, role, tenant: tenantId },
    csrf_token: session === undefined ? undefined : csrfTokenOf(session),
  };
}

export function presentUser({ id, name, role, tenantId, isActive, hasPassword, createdAt }: User) {
  return {
    id,
    name,
    role,
    tenant: tenantId,
    active: isActive,
    has_password: hasPassword,
    created_at: time(createdAt),
  };
}

export function presentKey({ id, name, role, tenantId, hint, createdAt, expiresAt, usedAt }: ApiKey) {
  return {
    id,
    name,
    role,
    tenant: tenantId,
    hint,
    created_at: time(createdAt),
    expires_at: time(expiresAt),
    used_at: time(usedAt),
  };
}

export function presentToken({ id, action, address, createdAt, expiresAt, revokedAt }: IssuedToken) {
  return {
    id,
    action,
    address,
    created_at: time(createdAt),
    expires_at: time(expiresAt),
    revoked_at: time(revokedAt),
  };
}

export function presentTenant({ id, name, isActive, apps, createdAt, ...limits }: Tenant) {
  return {
    id,
    name,
    active: isActive,
    ...presentLimits(limits),
    apps: [...apps],
    created_at: time(createdAt),
  };
}

export function presentLimits(limits: TenantLimits) {
  return {
    max_streams: limits.maxStreams,
    max_viewers: limits.maxViewers,
    max_bitrate: limits.maxBitrate,
    max_storage_bytes: limits.maxStorageBytes,
    max_transcodes: limits.maxTranscodes,
  };
}

export function presentLoad({ tenant, count, storageBytes }: TenantLoad) {
  const { streams, viewers, transcodes, bitrate } = count;
  return {
    tenant: tenant.id,
    ...{ streams, viewers, transcodes, bitrate, storage_bytes: storageBytes },
    ...presentLimits(tenant),
  };
}

export function presentUsage({ tenantId, day, ...used }: DailyUsage) {
  return {
    tenant: tenantId,
    day,
    gigabytes_in: round(used.bytesIn / 1e9),
    gigabytes_out: round(used.bytesOut / 1e9),
    publish_minutes: round(used.publishSeconds / 60),
    play_minutes: round(used.playSeconds / 60),
    gigabytes_stored: round(used.storedBytes / 1e9),
  };
}

export function presentEntry(entry: AuditEntry) {
  const { sequence, at, actor, actorId, tenantId, action, target, address, result, code, requestId } = entry;
  return {
    sequence,
    at: time(at),
    actor,
    actor_id: actorId,
    tenant: tenantId,
    action,
    target,
    address,
    result,
    code,
    request_id: requestId,
    details: entry.details === undefined ? undefined : { ...entry.details },
    hash: entry.hash,
  };
}

/** A part of a list, and where it is in the whole. */
export function page<Item>(all: readonly Item[], limit = ACCOUNTS_LIMIT, offset = 0) {
  return { items: all.slice(offset, offset + limit), total: all.length, limit, offset };
}

/** What is there and of a tenant that the principal sees. Throws `ACCOUNT_NOT_FOUND`. */
export function visible<Thing extends { readonly tenantId: string }>(
  thing: Thing | undefined,
  principal: Principal,
  what: string,
): Thing {
  const tenant = visibleTenant(principal);
  if (thing && (tenant === undefined || thing.tenantId === tenant)) return thing;
  throw notFound(what);
}

export function notFound(what: string): FluxError {
  return new FluxError('ACCOUNT_NOT_FOUND', `There is no such ${what}.`);
}

/** The tenant that a new thing is to belong to: of others, only the server's administrators may name one. */
export function chosenTenant(principal: Principal, asked: string | undefined): string {
  if (asked === undefined || asked === principal.tenantId) return principal.tenantId;
  if (isServerAdministrator(principal)) return asked;
  throw notFound('tenant');
}

export function addressOf({ clientAddress, socket }: FastifyRequest): string {
  return clientAddress ?? `${socket.remoteAddress} (a proxy)`;
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
