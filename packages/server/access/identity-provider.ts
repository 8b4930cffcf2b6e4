import { DEFAULT_TENANT, ROLES, type Role } from '@flux-iot/core/access/access-policy';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { createRemoteJWKSet, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import type { Principal } from './principal.ts';

/** How tokens of others (RFC 7519) are recognised. */
export interface IdentityProviderOptions {
  /** Shared with the issuer, for HS256; at least 32 bytes. Or: */
  readonly secret?: string;
  /** Where the issuer's public keys are (RFC 7517), as OpenID Connect providers say in `jwks_uri`. */
  readonly jwksUrl?: string;
  /** `iss` and `aud` that tokens must have, where they are set. */
  readonly issuer?: string;
  readonly audience?: string;
  /** The claims that name role and tenant. */
  readonly roleClaim: string;
  readonly tenantClaim: string;
}

const CLOCK_TOLERANCE = 5;
const JWKS_TIMEOUT = 5000;
const FORM = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
/** Public keys verify these alone, so that a public key cannot be taken for a shared secret. */
const PUBLIC_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
];

/** Recognises people by the tokens of an identity provider. */
export class IdentityProvider {
  readonly #options: IdentityProviderOptions;
  readonly #verify: (token: string) => Promise<JWTPayload>;

  /** Throws `CONFIG_INVALID` for a URL that is none. */
  constructor(options: IdentityProviderOptions) {
    this.#options = options;
    const { secret, jwksUrl, issuer, audience } = options;
    const common: JWTVerifyOptions = {
      issuer,
      audience,
      clockTolerance: CLOCK_TOLERANCE,
      requiredClaims: ['exp', 'sub'],
    };
    if (jwksUrl !== undefined) {
      if (!URL.canParse(jwksUrl)) throw new FluxError('CONFIG_INVALID', 'auth.jwt_jwks_url is not a URL.');
      const keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: JWKS_TIMEOUT });
      this.#verify = async token =>
        (await jwtVerify(token, keys, { ...common, algorithms: PUBLIC_ALGORITHMS })).payload;
    } else {
      const key = Buffer.from(secret ?? '', 'utf8');
      this.#verify = async token =>
        (await jwtVerify(token, key, { ...common, algorithms: ['HS256'] })).payload;
    }
  }

  static isToken(text: string): boolean {
    return FORM.test(text);
  }

  /** Who the token is about; without a role in it, a viewer. Throws `UNAUTHENTICATED`. */
  async identify(token: string): Promise<Principal> {
    let payload: JWTPayload;
    try {
      payload = await this.#verify(token);
    } catch (cause) {
      throw new FluxError('UNAUTHENTICATED', 'The token is not one that is accepted here.', { cause });
    }
    const { roleClaim, tenantClaim } = this.#options;
    const roles = [claimAt(payload, roleClaim)].flat();
    const role = ROLES.toReversed().find(candidate => roles.includes(candidate)) ?? ('viewer' as Role);
    const tenant = claimAt(payload, tenantClaim);
    const { sub = '', preferred_username: name } = payload;
    return {
      name: typeof name === 'string' ? name : sub,
      role,
      tenantId: typeof tenant === 'string' ? tenant : DEFAULT_TENANT,
    };
  }
}

/** `realm_access.roles` is a claim within a claim. */
function claimAt(payload: JWTPayload, path: string): unknown {
  let value: unknown = payload;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
