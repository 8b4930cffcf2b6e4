import { DEFAULT_TENANT, type Role } from '@flux-iot/core/access/access-policy';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { FastifyRequest } from 'fastify';

/** Who is asking. */
export interface Principal {
  readonly userId?: string;
  readonly keyId?: string;
  readonly name: string;
  readonly role: Role;
  readonly tenantId: string;
  /** What its cookie holds, where it came in by the page. */
  readonly session?: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined where the route is open to everybody and nobody has said who they are. */
    principal: Principal | undefined;
    /** Of the client; undefined where it came through a proxy that is not named. */
    clientAddress: string | undefined;
  }
}

/** Where authentication is off, everybody is the owner. */
export const OWNER: Principal = { name: 'anonymous', role: 'administrator', tenantId: DEFAULT_TENANT };

/** Throws `UNAUTHENTICATED`. */
export function principalOf({ principal }: FastifyRequest): Principal {
  if (principal) return principal;
  throw new FluxError('UNAUTHENTICATED', 'A login or an API key is needed.');
}

/** An administrator of the default tenant: sees and changes all of the server. */
export function isServerAdministrator({ role, tenantId }: Principal): boolean {
  return role === 'administrator' && tenantId === DEFAULT_TENANT;
}

/** The only tenant whose things the principal sees; undefined where it sees all. */
export function visibleTenant(principal: Principal): string | undefined {
  return isServerAdministrator(principal) ? undefined : principal.tenantId;
}
