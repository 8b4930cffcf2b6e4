import {
  type AccessPolicy,
  DEFAULT_TENANT,
  type KeyRule,
  type TenantRule,
} from '@flux-iot/core/access/access-policy';
import { hashSecret, isSameSecret } from '@flux-iot/core/access/secret';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { IdentityProvider, type IdentityProviderOptions } from '../access/identity-provider.ts';
import type { Principal } from '../access/principal.ts';
import { AuditLog } from '../audit/audit-log.ts';
import type { Database } from '../database/open-database.ts';
import { DeviceTenants } from '../tenants/device-tenants.ts';
import { TenantStore } from '../tenants/tenants.ts';
import { UsageStore } from '../tenants/usage.ts';
import { ApiKeyStore } from './api-keys.ts';
import { LoginLimiter } from './login-limiter.ts';
import { verifyPassword } from './password.ts';
import { SessionStore, type SessionUser } from './sessions.ts';
import { StreamTokenStore } from './stream-tokens.ts';
import { UserStore } from './users.ts';

export interface AccountsOptions {
  readonly database: Database;
  /** Makes the policy known to the media nodes. */
  readonly publish: (policy: AccessPolicy) => Promise<void> | void;
  /** A key of the configuration: an administrator of the server who needs no database. */
  readonly apiKey?: string;
  readonly identityProvider?: IdentityProviderOptions;
  readonly auditDays: number;
}

const ADMINISTRATOR = 'admin';
const SWEEP_INTERVAL = 3_600_000;
/** Id of the key of the configuration. */
const CONFIGURED_KEY = 'configuration';

/** Who may come in, by what, and what is told to the media nodes of it. */
export class Accounts {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly keys: ApiKeyStore;
  readonly tokens: StreamTokenStore;
  readonly tenants: TenantStore;
  readonly usage: UsageStore;
  readonly devices: DeviceTenants;
  readonly audit: AuditLog;
  readonly #options: AccountsOptions;
  readonly #provider: IdentityProvider | undefined;
  readonly limiter = new LoginLimiter();
  readonly #timer: NodeJS.Timeout;
  #apps: Readonly<Record<string, string>> = {};

  private constructor(options: AccountsOptions, tokens: StreamTokenStore) {
    const { sql } = options.database;
    this.#options = options;
    this.users = new UserStore(sql);
    this.sessions = new SessionStore(sql);
    this.keys = new ApiKeyStore(sql);
    this.tenants = new TenantStore(sql);
    this.usage = new UsageStore(sql);
    this.devices = new DeviceTenants(sql);
    this.audit = new AuditLog(options.database);
    this.tokens = tokens;
    this.#provider = options.identityProvider && new IdentityProvider(options.identityProvider);
    this.#timer = setInterval(() => void this.#sweep().catch(() => {}), SWEEP_INTERVAL).unref();
  }

  static async open(options: AccountsOptions): Promise<Accounts> {
    const accounts = new Accounts(options, await StreamTokenStore.open(options.database.sql));
    await accounts.tenants.ensureDefault();
    await accounts.#sweep();
    await accounts.changed();
    return accounts;
  }

  /** The tenant of each app that is not the default tenant's. */
  get apps(): Readonly<Record<string, string>> {
    return this.#apps;
  }

  /** Idempotent. The database is the caller's. */
  close(): void {
    clearInterval(this.#timer);
  }

  /**
   * The token of a link that logs the first administrator in, made with the administrator where there is none; until
   * one of the administrators has a password, every start makes one. Undefined from then on.
   */
  async firstLoginLink(): Promise<string | undefined> {
    const administrators = (await this.users.list(DEFAULT_TENANT)).filter(
      ({ role }) => role === 'administrator',
    );
    if (administrators.some(({ hasPassword }) => hasPassword)) return undefined;
    const administrator =
      administrators[0] ??
      (await this.users.create({ tenantId: DEFAULT_TENANT, name: ADMINISTRATOR, role: 'administrator' }));
    await this.changed();
    return this.sessions.createLink(administrator.id);
  }

  /** Tells the media nodes what has become of users, keys, tokens and tenants. */
  async changed(): Promise<void> {
    const policy = await this.#policy();
    this.#apps = policy.apps;
    await this.devices.load();
    await this.#options.publish(policy);
  }

  // --- who is asking --------------------------------------------------------------------------------------------

  /** Throws `UNAUTHENTICATED`, `TOO_MANY_ATTEMPTS`. */
  async login(
    name: string,
    password: string,
    address: string,
  ): Promise<{ user: SessionUser; session: string }> {
    const known = name.toLowerCase();
    this.limiter.check(known, address);
    const found = await this.users.findByName(known);
    const isRight = await verifyPassword(password, found?.hash);
    if (!found || !isRight || !found.user.isActive) {
      this.limiter.failed(known, address);
      throw new FluxError('UNAUTHENTICATED', 'The name or the password is wrong.');
    }
    this.limiter.succeeded(known, address);
    return this.#begin(found.user.id, address);
  }

  /** By a link that was printed or sent; it is good once. Throws as `login` does. */
  async loginByLink(token: string, address: string): Promise<{ user: SessionUser; session: string }> {
    this.limiter.check('link', address);
    const userId = await this.sessions.redeemLink(token);
    if (userId !== undefined) return this.#begin(userId, address);
    this.limiter.failed('link', address);
    throw new FluxError('UNAUTHENTICATED', 'The link has been used, or is too old.');
  }

  /** Who a key or a token of an identity provider stands for. Throws `UNAUTHENTICATED`. */
  async byBearer(secret: string): Promise<Principal> {
    const { apiKey } = this.#options;
    if (apiKey !== undefined && isSameSecret(secret, apiKey)) {
      return { keyId: CONFIGURED_KEY, name: 'auth.api_key', role: 'administrator', tenantId: DEFAULT_TENANT };
    }
    const key = await this.keys.findBySecret(secret);
    if (key)
      return { keyId: key.id, userId: key.userId, name: key.name, role: key.role, tenantId: key.tenantId };
    if (!this.#provider || !IdentityProvider.isToken(secret))
      throw new FluxError('UNAUTHENTICATED', 'The key is not one of this server, or no longer.');
    const principal = await this.#provider.identify(secret);
    const tenant = await this.tenants.find(principal.tenantId);
    if (tenant?.isActive) return principal;
    throw new FluxError('UNAUTHENTICATED', 'The token is of a tenant that is not active here.');
  }

  async bySession(session: string): Promise<Principal | undefined> {
    const user = await this.sessions.find(session);
    return user && { ...user, session };
  }

  async #begin(userId: string, address: string): Promise<{ user: SessionUser; session: string }> {
    const session = await this.sessions.begin(userId, address);
    const user = await this.sessions.find(session);
    if (user) return { user, session };
    throw new FluxError('UNAUTHENTICATED', 'This user may not come in any more.');
  }

  async #policy(): Promise<AccessPolicy> {
    const { sql } = this.#options.database;
    const tenants: Record<string, TenantRule> = {};
    const apps: Record<string, string> = {};
    for (const tenant of await this.tenants.list()) {
      const { id, name: _name, apps: own, createdAt: _createdAt, ...rule } = tenant;
      tenants[id] = rule;
      for (const app of own) apps[app] = id;
    }
    const keys: Record<string, KeyRule> = {};
    for (const row of await sql.selectFrom('api_keys').selectAll().execute()) {
      keys[row.key_hash] = {
        id: row.id,
        tenantId: row.tenant_id,
        role: row.role as KeyRule['role'],
        userId: row.user_id ?? undefined,
        expiresAt: row.expires_at ?? undefined,
      };
    }
    const { apiKey } = this.#options;
    // Made into a key of the nodes as well: whoever has it may do everything.
    if (apiKey !== undefined)
      keys[hashSecret(apiKey)] = { id: CONFIGURED_KEY, tenantId: DEFAULT_TENANT, role: 'administrator' };
    const users = (await this.users.list()).filter(({ isActive }) => isActive).map(({ id }) => id);
    return {
      signingKey: this.tokens.signingKey,
      tenants,
      apps,
      keys,
      users,
      revokedTokens: await this.tokens.revoked(),
    };
  }

  async #sweep(): Promise<void> {
    await this.sessions.sweep();
    await this.tokens.sweep();
    await this.audit.retain(this.#options.auditDays);
  }
}
