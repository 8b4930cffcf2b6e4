import { FluxError } from '../errors/flux-error.ts';
import type { AccessRequest } from '../orchestrator/protocol-adapter.ts';
import type { Action } from '../orchestrator/stream-orchestrator.ts';
import type { EndReason } from '../stream/sink.ts';
import type { StreamId } from '../stream/stream-id.ts';
import { type AccessPolicy, isAtLeast, tenantOf } from './access-policy.ts';
import { isLoopback } from './client-address.ts';
import { hashSecret } from './secret.ts';
import { readStreamToken, type StreamTokenClaims, sealIn } from './stream-token.ts';

/**
 * Who needs no token: clients on this machine, everybody, or nobody. This machine's are trusted only as long as there is
 * one tenant: another one's operator could have the server fetch a stream from itself.
 */
export type Openness = 'loopback' | 'all' | 'none';

export interface GatekeeperOptions {
  readonly open: Readonly<Record<Action, Openness>>;
  /** Throws `TENANT_LIMIT` where the tenant of the stream may have no more of it. */
  readonly limit?: (action: Action, streamId: StreamId) => void;
  /** The stream token of an id, for protocols with user names; undefined where there is none. */
  readonly findToken?: (id: string) => Promise<string | undefined>;
  /** The stream of which this one is made by a profile; undefined where it is one of its own. */
  readonly sourceOf?: (streamId: StreamId) => StreamId | undefined;
  /** Told of everyone who was turned away, for the audit log. */
  readonly onRefused?: (refusal: Refusal) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

export interface Refusal {
  readonly action: Action;
  readonly streamId: StreamId;
  readonly address: string;
  readonly code: string;
  readonly tenantId: string;
  /** The token's id or the key's, where there was one that is known. */
  readonly by: string | undefined;
}

/** By what right a client is there. */
interface Grant {
  readonly tenantId: string;
  readonly tokenId?: string;
  readonly keyId?: string;
  readonly userId?: string;
}

interface Session {
  readonly grant: Grant;
  readonly end: (reason: EndReason) => void;
}

const REVOKED: EndReason = { code: 'revoked', message: 'The right to it was taken back.' };
/** Clients without a connection of their own (HLS), of which it is remembered that they were let in. */
const TOKEN_ID = /^[A-Za-z0-9_-]{16}$/;
const MAX_NAMED = 10_000;
const MAX_ADMITTED = 20_000;
/** Milliseconds without a request after which such a client has to be let in anew. */
const ADMITTED_TIME = 90_000;

/**
 * Decides on a media node who may publish and play, by itself, by the policy that flux-server pushed to it. A new
 * policy ends at once every session whose right is not in it any more.
 */
export class Gatekeeper {
  readonly #options: GatekeeperOptions;
  readonly #now: () => number;
  readonly #sessions = new Set<Session>();
  /** When each client of `isRepeated` requests was here last, the longest absent first. */
  readonly #admitted = new Map<string, number>();
  /** Stream tokens by their ids, of those that were asked for. */
  readonly #named = new Map<string, string>();
  #policy: AccessPolicy | undefined;
  #users: ReadonlySet<string> = new Set();
  #revoked: ReadonlySet<string> = new Set();
  #keyIds: ReadonlySet<string> = new Set();

  constructor(options: GatekeeperOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  get policy(): AccessPolicy | undefined {
    return this.#policy;
  }

  /** Sessions that are under way. */
  get sessionCount(): number {
    return this.#sessions.size;
  }

  setPolicy(policy: AccessPolicy): void {
    this.#policy = policy;
    this.#users = new Set(policy.users);
    this.#revoked = new Set(policy.revokedTokens);
    this.#keyIds = new Set(Object.values(policy.keys).map(({ id }) => id));
    for (const session of [...this.#sessions]) {
      if (this.#stands(session.grant)) continue;
      this.#sessions.delete(session);
      session.end(REVOKED);
    }
  }

  /**
   * The `Authorizer` of the orchestrator. Throws `UNAUTHENTICATED` where a token is needed and there is none,
   * `NOT_ALLOWED` where the one there is is not good for this, `TENANT_LIMIT`, `NOT_READY`.
   */
  readonly authorize = (action: Action, streamId: StreamId, request: AccessRequest): void => {
    const tenantId = this.#policy ? tenantOf(this.#policy, streamId) : '';
    try {
      const grant = this.#grant(action, streamId, tenantId, request);
      if (!this.#wasAdmitted(action, streamId, request)) this.#options.limit?.(action, streamId);
      this.#admit(action, streamId, request);
      this.#keep(grant, request);
    } catch (error) {
      const { code } = FluxError.from(error);
      const address = request.address ?? 'unknown';
      const by = this.#policy && this.#claimsOf(this.#policy, request)?.id;
      this.#options.onRefused?.({ action, streamId, address, code, tenantId, by });
      throw error;
    }
  };

  /** The password that belongs to a user name of a protocol with Digest: a token's seal to its id. */
  async passwordOf(user: string): Promise<string | undefined> {
    if (!TOKEN_ID.test(user)) return undefined;
    const token = this.#named.get(user) ?? (await this.#options.findToken?.(user));
    if (token === undefined) return undefined;
    this.#named.set(user, token);
    const [oldest] = this.#named.keys();
    if (this.#named.size > MAX_NAMED && oldest !== undefined) this.#named.delete(oldest);
    return sealIn(token);
  }

  #grant(action: Action, streamId: StreamId, tenantId: string, request: AccessRequest): Grant {
    const policy = this.#policy;
    if (policy && !policy.tenants[tenantId]?.isActive)
      throw refused(`The tenant of ${streamId} is not active.`);
    const hasCredentials = request.token !== undefined || request.user !== undefined;
    if (!hasCredentials) {
      if (this.#isOpen(action, request, policy)) return { tenantId };
      throw new FluxError('UNAUTHENTICATED', `To ${action} ${streamId}, a token is needed.`);
    }
    if (!policy) throw new FluxError('NOT_READY', 'It is not known yet who may publish and play.');
    const claims = this.#claimsOf(policy, request);
    const grant = claims
      ? this.#tokenGrant(claims, action, streamId, request)
      : this.#keyGrant(policy, action, request.token ?? '');
    if (grant.tenantId !== tenantId) throw refused('The token is for other streams.');
    if (!this.#stands(grant)) throw refused('The right to it was taken back.');
    return grant;
  }

  /** Who may play a stream may play what the server makes of it. */
  #isMadeOf(streamId: StreamId, sourceId: StreamId): boolean {
    return this.#options.sourceOf?.(streamId) === sourceId;
  }

  #tokenGrant(claims: StreamTokenClaims, action: Action, streamId: StreamId, request: AccessRequest): Grant {
    if (claims.action !== action) throw refused(`The token is to ${claims.action}, not to ${action}.`);
    if (claims.streamId !== streamId && !(action === 'play' && this.#isMadeOf(streamId, claims.streamId)))
      throw refused('The token is for another stream.');
    if (claims.address !== undefined && claims.address !== request.address)
      throw refused('The token is for another address.');
    if (claims.expiresAt <= this.#now() && !this.#wasAdmitted(action, streamId, request))
      throw refused('The token has expired.');
    const { id: tokenId, tenantId, userId, keyId } = claims;
    return { tokenId, tenantId, userId, keyId };
  }

  #keyGrant(policy: AccessPolicy, action: Action, key: string): Grant {
    const hash = hashSecret(key);
    const rule = Object.hasOwn(policy.keys, hash) ? policy.keys[hash] : undefined;
    if (!rule) throw refused('The token is not one of this server.');
    if (rule.expiresAt !== undefined && rule.expiresAt <= this.#now()) throw refused('The key has expired.');
    if (!isAtLeast(rule.role, action === 'publish' ? 'operator' : 'viewer'))
      throw refused(`The key is not to ${action}.`);
    return { keyId: rule.id, tenantId: rule.tenantId, userId: rule.userId };
  }

  /** A user of a protocol with Digest has proved to know the seal of the token of that id. */
  #claimsOf(policy: AccessPolicy, { token, user }: AccessRequest): StreamTokenClaims | undefined {
    const shown = token ?? this.#named.get(user ?? '') ?? '';
    return readStreamToken(shown, policy.signingKey);
  }

  #isOpen(action: Action, { address }: AccessRequest, policy: AccessPolicy | undefined): boolean {
    const openness = this.#options.open[action];
    if (openness !== 'loopback') return openness === 'all';
    const hasOneTenant = Object.keys(policy?.tenants ?? {}).length <= 1;
    return hasOneTenant && address !== undefined && isLoopback(address);
  }

  /** Whether the grant is still good. */
  #stands({ tenantId, tokenId, keyId, userId }: Grant): boolean {
    const policy = this.#policy;
    if (!policy) return true;
    if (!policy.tenants[tenantId]?.isActive) return false;
    if (tokenId !== undefined && this.#revoked.has(tokenId)) return false;
    if (userId !== undefined && !this.#users.has(userId)) return false;
    return keyId === undefined || this.#keyIds.has(keyId);
  }

  #keep(grant: Grant, { signal, end }: AccessRequest): void {
    if (!signal || !end || signal.aborted) return;
    const session = { grant, end };
    this.#sessions.add(session);
    signal.addEventListener('abort', () => this.#sessions.delete(session), { once: true });
  }

  /** A client that asks again and again was let in a moment ago, and goes on though its token has expired since. */
  #wasAdmitted(action: Action, streamId: StreamId, request: AccessRequest): boolean {
    if (!request.isRepeated) return false;
    const before = this.#admitted.get(admissionKey(action, streamId, request));
    return before !== undefined && this.#now() - before < ADMITTED_TIME;
  }

  #admit(action: Action, streamId: StreamId, request: AccessRequest): void {
    if (!request.isRepeated) return;
    const key = admissionKey(action, streamId, request);
    this.#admitted.delete(key);
    this.#admitted.set(key, this.#now());
    const [longest] = this.#admitted.keys();
    if (this.#admitted.size > MAX_ADMITTED && longest !== undefined) this.#admitted.delete(longest);
  }
}

function admissionKey(action: Action, streamId: StreamId, { address, token = '' }: AccessRequest): string {
  return `${action} ${streamId} ${address} ${token}`;
}

function refused(message: string): FluxError {
  return new FluxError('NOT_ALLOWED', message);
}
