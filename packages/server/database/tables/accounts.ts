import type { Generated } from 'kysely';

/** Times are milliseconds since 1970; flags are 0 or 1, which both databases have. */
export interface AccountTables {
  readonly tenants: TenantRow;
  readonly apps: AppRow;
  readonly users: UserRow;
  readonly sessions: SessionRow;
  readonly login_links: LoginLinkRow;
  readonly api_keys: ApiKeyRow;
  readonly stream_tokens: StreamTokenRow;
  readonly secrets: { readonly name: string; readonly value: string };
  readonly usage: UsageRow;
  readonly device_tenants: DeviceTenantRow;
}

export interface TenantRow {
  readonly id: string;
  readonly name: string;
  readonly is_active: number;
  /** Null for no limit. */
  readonly max_streams: number | null;
  readonly max_viewers: number | null;
  readonly max_bitrate: number | null;
  readonly max_storage_bytes: number | null;
  readonly max_transcodes: number | null;
  readonly created_at: number;
}

/** Which tenant an app, and so every stream of it, belongs to. */
export interface AppRow {
  readonly name: string;
  readonly tenant_id: string;
}

export interface UserRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly name: string;
  readonly role: string;
  /** Null for one who can only come in by a login link. */
  readonly password_hash: string | null;
  readonly is_active: number;
  readonly created_at: number;
}

export interface SessionRow {
  readonly token_hash: string;
  readonly user_id: string;
  readonly address: string;
  readonly created_at: number;
  readonly seen_at: number;
  readonly expires_at: number;
}

export interface LoginLinkRow {
  readonly token_hash: string;
  readonly user_id: string;
  readonly expires_at: number;
}

export interface ApiKeyRow {
  readonly id: string;
  readonly tenant_id: string;
  /** Who made it; it goes with its user. */
  readonly user_id: string | null;
  readonly name: string;
  readonly role: string;
  readonly key_hash: string;
  /** Its first characters, for people to tell keys apart. */
  readonly hint: string;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly used_at: number | null;
}

export interface StreamTokenRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly stream_id: string;
  readonly action: string;
  readonly address: string | null;
  readonly user_id: string | null;
  readonly key_id: string | null;
  readonly created_at: number;
  readonly expires_at: number;
  readonly revoked_at: number | null;
}

export interface UsageRow {
  readonly tenant_id: string;
  /** `2026-11-24`, of UTC. */
  readonly day: string;
  readonly bytes_in: number;
  readonly bytes_out: number;
  readonly publish_seconds: number;
  readonly play_seconds: number;
  /** Most at one time of that day. */
  readonly stored_bytes: Generated<number>;
}

export interface DeviceTenantRow {
  readonly device_id: string;
  readonly tenant_id: string;
  readonly since: number;
}
