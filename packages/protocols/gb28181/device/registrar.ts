import { FluxError } from '@flux-iot/core/errors/flux-error';
import { type AuthenticationScheme, AuthenticationServer } from '../../authentication/server.ts';
import { formatTime } from '../manscdp/message.ts';
import { parseNameAddress, parseSipUri } from '../sip/address.ts';
import { VERSION_HEADER } from '../sip/agent.ts';
import type { HeaderValues, SipRequest } from '../sip/message.ts';
import { peerName } from '../sip/peer.ts';
import type { ServerTransaction } from '../sip/transactions.ts';
import type { DeviceRegistry } from './registry.ts';

/** Who is let in: who knows a password, only those whose own password is configured, or everybody. */
export const ADMISSIONS = ['password', 'known', 'open'] as const;
export type Admission = (typeof ADMISSIONS)[number];

export interface RegistrarOptions {
  readonly registry: DeviceRegistry;
  readonly realm: string;
  readonly admission: Admission;
  /** Of every device that has none of its own; empty for none. */
  readonly password: string;
  readonly devicePasswords: ReadonlyMap<string, string>;
  readonly utcOffsetMinutes: number;
  onRefused(error: FluxError, peer: string): void;
}

/** Seconds. The standard's default is a day, and no less than an hour; devices ask for less and are let. */
const DEFAULT_EXPIRES = 86_400;
const MIN_EXPIRES = 60;
const MAX_EXPIRES = 7 * 86_400;
const DEVICE_ID = /^[A-Za-z0-9]{6,32}$/;
/** Wrong passwords from one address in a row, after which it is not answered for a while, in milliseconds. */
const MAX_FAILURES = 10;
const SILENCE = 60_000;
const MAX_ADDRESSES = 10_000;

interface Failures {
  count: number;
  at: number;
}

/** Takes registrations (RFC 3261 §10, GB/T 28181 §9.1). */
export class Registrar {
  readonly #options: RegistrarOptions;
  /** Devices of -2016 know MD5 alone, and some take fright at a second challenge. */
  readonly #servers: { readonly old: AuthenticationServer; readonly new: AuthenticationServer };
  readonly #failures = new Map<string, Failures>();

  constructor(options: RegistrarOptions) {
    this.#options = options;
    const { realm, password, devicePasswords } = options;
    const server = (schemes: readonly AuthenticationScheme[]) =>
      new AuthenticationServer({
        realm,
        schemes,
        passwordOf: user => devicePasswords.get(user) ?? (password === '' ? undefined : password),
        isSameUri,
      });
    this.#servers = { old: server(['MD5']), new: server(['SHA-256', 'MD5']) };
  }

  async register(transaction: ServerTransaction): Promise<void> {
    const { request, peer } = transaction;
    const id = deviceIdOf(request);
    if (id === undefined) {
      this.#refuse(transaction, 400, 'REGISTER of somebody without an id');
      return;
    }
    const verdict = await this.#judge(transaction, id);
    if (verdict !== 'admitted') return;
    this.#failures.delete(peer.address);
    this.#admit(transaction, id);
  }

  async #judge({ request, peer, respond }: ServerTransaction, id: string): Promise<'admitted' | 'refused'> {
    const { admission, password, devicePasswords } = this.#options;
    const own = devicePasswords.get(id);
    if (admission === 'open' && own === undefined) return 'admitted';
    const transaction = { request, peer, respond };
    if (own === undefined && (admission === 'known' || password === '')) {
      const why =
        admission === 'known'
          ? 'it is not among protocols.gb28181.device_passwords'
          : 'no password is configured (protocols.gb28181.password)';
      return this.#refuse(transaction, 403, `${id} may not register: ${why}`);
    }
    if (this.#isSilenced(peer.address)) return 'refused';
    const authorization = request.headers.get('Authorization');
    const isNew = Number(request.headers.get('X-GB-Ver') ?? 0) >= 3;
    const server = isNew ? this.#servers.new : this.#servers.old;
    const verdict = await server.verify(authorization, 'REGISTER', request.uri);
    // Who knows one device's password is not let in as another.
    if (
      verdict.isAllowed &&
      (verdict.user === id || (own === undefined && !devicePasswords.has(verdict.user)))
    )
      return 'admitted';
    const isStale = !verdict.isAllowed && verdict.isStale;
    if (authorization !== undefined && !isStale && isOurs(authorization, this.#options.realm)) {
      this.#countFailure(peer.address);
      return this.#refuse(transaction, 403, `${id} gave a wrong password`);
    }
    respond({ status: 401, headers: { 'WWW-Authenticate': server.challenges(isStale), ...VERSION_HEADER } });
    return 'refused';
  }

  #admit(transaction: ServerTransaction, id: string): void {
    const { registry, utcOffsetMinutes } = this.#options;
    const { request, peer, respond } = transaction;
    const expires = expiresOf(request);
    const headers: HeaderValues = {
      Contact: request.headers.get('Contact'),
      // The device sets its clock by it (§9.10).
      Date: `${formatTime(Date.now(), utcOffsetMinutes)}.000`,
      ...VERSION_HEADER,
    };
    if (expires === 0) {
      const device = registry.find(id);
      if (device) registry.signOff(device);
      respond({ status: 200, headers: { Expires: 0, ...headers } });
      return;
    }
    try {
      registry.register({
        id,
        peer,
        userAgent: request.headers.get('User-Agent')?.slice(0, 128),
        version: request.headers.get('X-GB-Ver')?.slice(0, 16),
        lifetime: expires * 1000,
      });
    } catch (cause) {
      this.#refuse(transaction, 503, FluxError.from(cause).message);
      return;
    }
    respond({ status: 200, headers: { Expires: expires, ...headers } });
  }

  #refuse(
    { peer, respond }: Pick<ServerTransaction, 'peer' | 'respond'>,
    status: number,
    message: string,
  ): 'refused' {
    respond({ status, headers: VERSION_HEADER });
    this.#options.onRefused(new FluxError('NOT_ALLOWED', `REGISTER refused: ${message}.`), peerName(peer));
    return 'refused';
  }

  #isSilenced(address: string): boolean {
    const failures = this.#failures.get(address);
    if (!failures) return false;
    if (performance.now() - failures.at > SILENCE) {
      this.#failures.delete(address);
      return false;
    }
    return failures.count >= MAX_FAILURES;
  }

  #countFailure(address: string): void {
    const [oldest] = this.#failures.keys();
    if (this.#failures.size >= MAX_ADDRESSES && oldest !== undefined) this.#failures.delete(oldest);
    const count = (this.#failures.get(address)?.count ?? 0) + 1;
    this.#failures.set(address, { count, at: performance.now() });
  }
}

/** The id in From, or in To: a registration has the same in both, but for some devices that leave one wrong. */
export function deviceIdOf({ headers }: SipRequest): string | undefined {
  for (const name of ['From', 'To']) {
    const address = parseNameAddress(headers.get(name) ?? '');
    const user = parseSipUri(address?.uri ?? '')?.user;
    if (user !== undefined && DEVICE_ID.test(user)) return user;
  }
  return undefined;
}

/** Seconds; 0 signs off. Of Contact's own parameter, or of the header (RFC 3261 §10.2.1.1). */
function expiresOf({ headers }: SipRequest): number {
  const contact = parseNameAddress(headers.list('Contact')[0] ?? '');
  const text = contact?.parameters.get('expires') ?? headers.get('Expires') ?? '';
  const seconds = /^\d{1,10}$/.test(text) ? Number(text) : DEFAULT_EXPIRES;
  return seconds === 0 ? 0 : Math.min(MAX_EXPIRES, Math.max(MIN_EXPIRES, seconds));
}

/**
 * Devices sign `sip:id@domain` and ask for `sip:id@address:port`, or the other way round, or sign the address alone. An
 * answer is good for REGISTER and nothing else whatever address is in it, so any is taken.
 */
function isSameUri(authorized: string): boolean {
  return parseSipUri(authorized) !== undefined;
}

/** What was given for another server is no wrong password: the device has just been pointed here. */
function isOurs(authorization: string, realm: string): boolean {
  return authorization.includes(`realm="${realm}"`) || authorization.includes(`realm=${realm}`);
}
