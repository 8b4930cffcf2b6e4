import type { StreamId } from '../stream/stream-id.ts';
import { appAndName } from '../stream/stream-id.ts';

/** The rights of a user or an API key, from little to much: each may what the ones before it may. */
export const ROLES = ['viewer', 'operator', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

/** Whether `role` is as much as `required`. */
export function isAtLeast(role: Role, required: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(required);
}

/** The tenant of all apps that belong to no other; its administrators are the server's. */
export const DEFAULT_TENANT = 'default';

export interface TenantRule {
  readonly isActive: boolean;
  /** Streams and viewers at once. */
  readonly maxStreams?: number;
  readonly maxViewers?: number;
  /** Bits a second that come in. */
  readonly maxBitrate?: number;
  /** Bytes of all recordings. */
  readonly maxStorageBytes?: number;
  /** Streams made of others at once. */
  readonly maxTranscodes?: number;
}

export interface KeyRule {
  readonly id: string;
  readonly tenantId: string;
  readonly role: Role;
  /** Who made it. */
  readonly userId?: string;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
}

/** What media nodes need to decide by themselves who may publish and play. Plain data, pushed by flux-server. */
export interface AccessPolicy {
  /** By which flux-server signs stream tokens; base64url. */
  readonly signingKey: string;
  readonly tenants: Readonly<Record<string, TenantRule>>;
  /** The tenant of each app that is not the default tenant's. */
  readonly apps: Readonly<Record<string, string>>;
  /** By the hash of the key, as `hashSecret` makes it. */
  readonly keys: Readonly<Record<string, KeyRule>>;
  /** Ids of the users who may come in; what others began is ended. */
  readonly users: readonly string[];
  /** Ids of tokens that were taken back. */
  readonly revokedTokens: readonly string[];
}

/** A stream belongs to the tenant of its app. */
export function tenantOf({ apps }: Pick<AccessPolicy, 'apps'>, streamId: StreamId): string {
  const { app } = appAndName(streamId);
  return Object.hasOwn(apps, app) ? apps[app]! : DEFAULT_TENANT;
}
