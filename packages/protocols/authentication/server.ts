import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type DigestAlgorithm, digestAlgorithm, digestResponse, textOfHeader } from './digest.ts';
import { type AuthenticationHeader, parseAuthentication, quoted } from './header.ts';

export type AuthenticationScheme = 'basic' | DigestAlgorithm;

export interface AuthenticationServerOptions {
  readonly realm: string;
  /** In the order in which they are offered. Clients that know one Digest only take the last: put MD5 there. */
  readonly schemes: readonly AuthenticationScheme[];
  /** The password of a user; undefined where there is no such user. */
  readonly passwordOf: (user: string) => string | undefined | Promise<string | undefined>;
  /**
   * Whether an answer for `authorized` is good for a request of `requested`. By default they have to be the same;
   * some clients sign something shorter than what they ask for.
   */
  readonly isSameUri?: (authorized: string, requested: string) => boolean;
  /** Monotonic, in milliseconds. */
  readonly now?: () => number;
}

export type Verdict =
  | { readonly isAllowed: true; readonly user: string }
  /** `isStale`: the answer was right but for the age of its nonce. */
  | { readonly isAllowed: false; readonly isStale: boolean };

export const NONCE_LIFETIME = 5 * 60_000;
/** Nonces of which the count of uses is remembered. */
const MAX_COUNTED = 10_000;
const REFUSED: Verdict = { isAllowed: false, isStale: false };

/**
 * The server's side of Basic and Digest (RFC 7616, 7617). A nonce carries its time and a seal, so that handing them out
 * takes no memory; only those that a right answer has counted uses of are kept, to refuse what was overheard.
 */
export class AuthenticationServer {
  readonly #options: AuthenticationServerOptions;
  readonly #isSameUri: (authorized: string, requested: string) => boolean;
  readonly #now: () => number;
  readonly #key = randomBytes(32);
  /** The last count of each nonce, the oldest nonce first. */
  readonly #counts = new Map<string, number>();
  /** Nonces that are as old or older are forgotten, and so are not good any more. */
  #forgotten = Number.NEGATIVE_INFINITY;

  constructor(options: AuthenticationServerOptions) {
    this.#options = options;
    this.#isSameUri = options.isSameUri ?? ((authorized, requested) => authorized === requested);
    this.#now = options.now ?? (() => performance.now());
  }

  /** The values of WWW-Authenticate, a header each. live555 wants realm and nonce first, in this order. */
  challenges(isStale = false): string[] {
    const realm = `realm=${quoted(this.#options.realm)}`;
    return this.#options.schemes.map(scheme => {
      if (scheme === 'basic') return `Basic ${realm}`;
      const parameters = [
        realm,
        `nonce=${quoted(this.#issueNonce())}`,
        // Without a name it is MD5: there are clients that know no names.
        scheme !== 'MD5' && `algorithm=${scheme}`,
        'qop="auth"',
        isStale && 'stale=true',
      ];
      return `Digest ${parameters.filter(Boolean).join(', ')}`;
    });
  }

  /** `authorization` is the value of the header, undefined where the request has none. */
  async verify(authorization: string | undefined, method: string, uri: string): Promise<Verdict> {
    const [credentials] = parseAuthentication(authorization === undefined ? [] : [authorization]);
    if (credentials?.scheme === 'basic') return this.#verifyBasic(credentials);
    if (credentials?.scheme === 'digest') return this.#verifyDigest(credentials, method, uri);
    return REFUSED;
  }

  async #verifyBasic({ token }: AuthenticationHeader): Promise<Verdict> {
    if (token === undefined || !this.#options.schemes.includes('basic')) return REFUSED;
    const text = Buffer.from(token, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon === -1) return REFUSED;
    const user = text.slice(0, colon);
    const password = await this.#options.passwordOf(user);
    const isRight = isSame(password ?? randomBytes(16).toString('hex'), text.slice(colon + 1));
    return isRight && password !== undefined ? { isAllowed: true, user } : REFUSED;
  }

  async #verifyDigest({ parameters }: AuthenticationHeader, method: string, uri: string): Promise<Verdict> {
    const algorithm = digestAlgorithm(parameters.get('algorithm'));
    const answer = {
      user: textOfHeader(parameters.get('username') ?? ''),
      realm: parameters.get('realm'),
      nonce: parameters.get('nonce') ?? '',
      uri: parameters.get('uri') ?? '',
      response: parameters.get('response') ?? '',
    };
    const { realm, schemes, passwordOf } = this.#options;
    if (!algorithm || !schemes.includes(algorithm) || answer.realm !== realm) return REFUSED;
    // A nonce from before a restart is an old one.
    const issued = this.#issuedAt(answer.nonce) ?? Number.NEGATIVE_INFINITY;
    if (!this.#isSameUri(answer.uri, uri)) return REFUSED;
    const count = parameters.get('nc');
    const clientNonce = parameters.get('cnonce');
    const hasProtection = parameters.has('qop');
    if (
      hasProtection &&
      (parameters.get('qop') !== 'auth' || !clientNonce || !/^[0-9a-f]{8}$/i.test(count ?? ''))
    )
      return REFUSED;

    const known = await passwordOf(answer.user);
    // A user who is not there takes as long as a wrong password.
    const password = known ?? randomBytes(16).toString('hex');
    const protection = hasProtection ? { clientNonce: clientNonce!, count: count! } : undefined;
    const { user, nonce } = answer;
    const expected = digestResponse({
      algorithm,
      user,
      password,
      realm,
      nonce,
      method,
      uri: answer.uri,
      protection,
    });
    if (!isSame(expected, answer.response.toLowerCase()) || known === undefined) return REFUSED;
    if (issued <= this.#forgotten || this.#now() - issued > NONCE_LIFETIME)
      return { isAllowed: false, isStale: true };
    if (protection && !this.#countUse(nonce, issued, Number.parseInt(protection.count, 16)))
      return { isAllowed: false, isStale: true };
    return { isAllowed: true, user };
  }

  /** False where this use, or a later one, has been seen (RFC 7616 §3.4, `nc`). */
  #countUse(nonce: string, issued: number, count: number): boolean {
    if (count <= (this.#counts.get(nonce) ?? 0)) return false;
    const isNew = !this.#counts.has(nonce);
    this.#counts.set(nonce, count);
    if (!isNew || this.#counts.size <= MAX_COUNTED) return true;
    const [oldest = nonce] = this.#counts.keys();
    this.#counts.delete(oldest);
    this.#forgotten = Math.max(this.#forgotten, this.#issuedAt(oldest) ?? issued);
    return true;
  }

  #issueNonce(): string {
    const content = Buffer.alloc(16);
    content.writeDoubleBE(this.#now());
    randomBytes(8).copy(content, 8);
    return Buffer.concat([content, this.#seal(content)]).toString('hex');
  }

  /** When the nonce was issued; undefined where it was not by this server. */
  #issuedAt(nonce: string): number | undefined {
    if (!/^[0-9a-f]{64}$/.test(nonce)) return undefined;
    const bytes = Buffer.from(nonce, 'hex');
    const content = bytes.subarray(0, 16);
    return timingSafeEqual(bytes.subarray(16), this.#seal(content)) ? content.readDoubleBE() : undefined;
  }

  #seal(content: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(content).digest().subarray(0, 16);
  }
}

/** In a time that says nothing of where they differ. */
function isSame(a: string, b: string): boolean {
  const [first, second] = [a, b].map(text => createHash('sha256').update(text).digest());
  return timingSafeEqual(first!, second!);
}
