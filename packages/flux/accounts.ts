import type { AccessPolicy } from '@flux-iot/core/access/access-policy';
import { proxyList } from '@flux-iot/core/access/client-address';
import type { Refusal } from '@flux-iot/core/access/gatekeeper';
import type { AccessOptions } from '@flux-iot/server/access/access-control';
import type { IdentityProviderOptions } from '@flux-iot/server/access/identity-provider';
import { Accounts } from '@flux-iot/server/accounts/accounts';
import type { AuditLog } from '@flux-iot/server/audit/audit-log';
import { RefusalBudget } from '@flux-iot/server/audit/refusal-budget';
import type { Database } from '@flux-iot/server/database/open-database';
import type { Logger } from 'pino';
import type { Config } from './config/schema.ts';

/** Users, keys and tenants as the configuration has them; `publish` tells the media nodes of them. */
export function openAccounts(
  { auth, audit }: Config,
  database: Database,
  publish: (policy: AccessPolicy) => Promise<void> | void,
): Promise<Accounts> {
  return Accounts.open({
    database,
    publish,
    apiKey: auth.api_key || undefined,
    identityProvider: identityProviderOf(auth),
    auditDays: audit.retention_days,
  });
}

/** How the API is to know who is asking. */
export function accessOf({ auth }: Config, accounts: Accounts): AccessOptions {
  return { accounts, isOpen: !auth.enabled, proxies: proxyList(auth.trusted_proxies) };
}

/** Writes down whom the media nodes turned away, in bounds. */
export function recordRefusals(audit: AuditLog, logger: Logger): (refusal: Refusal) => void {
  const budget = new RefusalBudget();
  return ({ action, streamId, address, code, tenantId, by }) => {
    const omitted = budget.take(address);
    if (omitted === undefined) return;
    audit
      .append({
        actor: by ?? 'anonymous',
        tenantId: tenantId || undefined,
        action,
        target: streamId,
        address,
        result: 'refused',
        code,
        details: omitted === 0 ? {} : { refusals_left_out: omitted },
      })
      .catch((error: unknown) => logger.error({ err: error }, 'a refusal could not be written down'));
  };
}

function identityProviderOf(auth: Config['auth']): IdentityProviderOptions | undefined {
  const { jwt_secret: secret, jwt_jwks_url: jwksUrl } = auth;
  if (secret === '' && jwksUrl === '') return undefined;
  return {
    secret: secret || undefined,
    jwksUrl: jwksUrl || undefined,
    issuer: auth.jwt_issuer || undefined,
    audience: auth.jwt_audience || undefined,
    roleClaim: auth.jwt_role_claim,
    tenantClaim: auth.jwt_tenant_claim,
  };
}
