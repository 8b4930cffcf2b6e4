import { randomBytes } from 'node:crypto';
import {
  DIGEST_ALGORITHMS,
  type DigestAlgorithm,
  digestAlgorithm,
  digestResponse,
  headerText,
} from './digest.ts';
import { type AuthenticationHeader, parseAuthentication, quoted } from './header.ts';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

interface DigestChallenge {
  readonly scheme: 'digest';
  readonly algorithm: DigestAlgorithm;
  /** Whether the server named it: it is named back then. */
  readonly isNamed: boolean;
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly hasProtection: boolean;
  /** Only the nonce of the last answer was too old. */
  readonly isStale: boolean;
}

/** A server may call every nonce stale. */
const MAX_REFUSALS = 3;

type Challenge = DigestChallenge | { readonly scheme: 'basic' };

/**
 * The client's side of Basic and Digest (RFC 7616, 7617): answers the strongest challenge that it can, and knows when
 * it makes no sense to try again. For RTSP, SIP and HTTP alike.
 */
export class Authenticator {
  readonly #credentials: Credentials;
  readonly #only: 'basic' | 'digest' | undefined;
  #challenge: Challenge | undefined;
  #realm: string | undefined;
  #count = 0;
  /** The server has let a request through since the challenge. */
  #isProven = false;
  #refusals = 0;

  /** `only`: some cameras offer what they then do not accept. */
  constructor(credentials: Credentials, only?: 'basic' | 'digest') {
    this.#credentials = credentials;
    this.#only = only;
  }

  /** What the server called itself in its last challenge: many cameras say there what they are. */
  get realm(): string | undefined {
    return this.#realm;
  }

  /**
   * Takes the WWW-Authenticate headers of a refusal. True: ask again, with `authorize`. False: nothing in them can be
   * answered, or the answer was given and is wrong; asking again would only lock the account.
   */
  challenge(values: readonly string[]): boolean {
    const headers = parseAuthentication(values);
    this.#realm = headers.find(({ parameters }) => parameters.has('realm'))?.parameters.get('realm');
    const next = strongest(headers, this.#only);
    if (!next || this.#refusals >= MAX_REFUSALS) return false;
    // Not every server that wants a new nonce says that the old one is stale.
    const isNews = !this.#challenge || this.#isProven || (next.scheme === 'digest' && next.isStale);
    if (!isNews) return false;
    this.#challenge = next;
    this.#count = 0;
    this.#isProven = false;
    this.#refusals++;
    return true;
  }

  /** The last request was let through. */
  accepted(): void {
    this.#isProven = true;
    this.#refusals = 0;
  }

  /** The Authorization header of a request; undefined while nobody has asked for one. */
  authorize(method: string, uri: string): string | undefined {
    const challenge = this.#challenge;
    if (!challenge) return undefined;
    const { user, password } = this.#credentials;
    if (challenge.scheme === 'basic') return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const { algorithm, realm, nonce, opaque, isNamed, hasProtection } = challenge;
    this.#count++;
    const protection = hasProtection
      ? { clientNonce: randomBytes(8).toString('hex'), count: this.#count.toString(16).padStart(8, '0') }
      : undefined;
    const input = { algorithm, user, password, realm, nonce, method, uri, protection };
    const parameters = [
      `username=${quoted(headerText(user))}`,
      `realm=${quoted(realm)}`,
      `nonce=${quoted(nonce)}`,
      `uri=${quoted(uri)}`,
      `response=${quoted(digestResponse(input))}`,
      isNamed && `algorithm=${algorithm}`,
      opaque !== undefined && `opaque=${quoted(opaque)}`,
      protection && `qop=auth, nc=${protection.count}, cnonce=${quoted(protection.clientNonce)}`,
    ];
    return `Digest ${parameters.filter(Boolean).join(', ')}`;
  }
}

function strongest(
  headers: readonly AuthenticationHeader[],
  only: 'basic' | 'digest' | undefined,
): Challenge | undefined {
  const digests = headers.map(digestChallenge).filter(challenge => challenge !== undefined);
  digests.sort((a, b) => DIGEST_ALGORITHMS.indexOf(a.algorithm) - DIGEST_ALGORITHMS.indexOf(b.algorithm));
  if (only !== 'basic' && digests[0]) return digests[0];
  const hasBasic = headers.some(({ scheme }) => scheme === 'basic');
  return only !== 'digest' && hasBasic ? { scheme: 'basic' } : undefined;
}

/** Undefined where it cannot be answered: another algorithm, or protection of the body, which no camera asks for. */
function digestChallenge({ scheme, parameters }: AuthenticationHeader): DigestChallenge | undefined {
  const nonce = parameters.get('nonce');
  const algorithm = digestAlgorithm(parameters.get('algorithm'));
  if (scheme !== 'digest' || nonce === undefined || !algorithm) return undefined;
  const protections =
    parameters
      .get('qop')
      ?.toLowerCase()
      .split(/[\s,]+/)
      .filter(Boolean) ?? [];
  if (protections.length > 0 && !protections.includes('auth')) return undefined;
  return {
    scheme,
    algorithm,
    isNamed: parameters.has('algorithm'),
    realm: parameters.get('realm') ?? '',
    nonce,
    opaque: parameters.get('opaque'),
    hasProtection: protections.length > 0,
    isStale: parameters.get('stale')?.toLowerCase() === 'true',
  };
}
