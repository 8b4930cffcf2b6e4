import { Authenticator, type Credentials } from '../../authentication/client.ts';
import { parseNameAddress } from './address.ts';
import type { SipAgent } from './agent.ts';
import { newCallId, newRequest } from './dialog.ts';
import type { HeaderValues, SipResponse } from './message.ts';
import type { SipPeer } from './peer.ts';

export interface RegistrationOptions {
  readonly agent: SipAgent;
  /** Who registers: 20 digits. */
  readonly id: string;
  /** With whom. */
  readonly serverId: string;
  readonly domain: string;
  readonly credentials: Credentials;
  readonly headers?: HeaderValues;
}

/** Milliseconds. */
const TIMEOUT = 5000;

/** The registering side (RFC 3261 §10, GB/T 28181 §9.1): of a simulated device, or of us with an upper platform. */
export class Registration {
  readonly #options: RegistrationOptions;
  #authenticator: Authenticator;
  /** All registrations of one have one Call-ID and rising numbers (RFC 3261 §10.2). */
  readonly #callId = newCallId();
  #sequence = 0;

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.#authenticator = newAuthenticator(options);
  }

  /**
   * For so many seconds; 0 signs off. A challenge is answered, MD5 or SHA-256. Resolves with what the server says in the
   * end; rejects with `TIMED_OUT`, `UPSTREAM_FAILED`.
   */
  async register(peer: SipPeer, expires: number, timeout = TIMEOUT): Promise<SipResponse> {
    const first = await this.#send(peer, expires, timeout);
    if (first.status !== 401) return first;
    if (!this.#authenticator.challenge(first.headers.all('WWW-Authenticate'))) {
      this.#authenticator = newAuthenticator(this.#options);
      return first;
    }
    const second = await this.#send(peer, expires, timeout);
    // The next attempt asks for a new challenge: the password may be another one there by then.
    if (second.status !== 200) this.#authenticator = newAuthenticator(this.#options);
    return second;
  }

  async #send(peer: SipPeer, expires: number, timeout: number): Promise<SipResponse> {
    const { agent, id, serverId, domain, headers } = this.#options;
    const uri = `sip:${serverId}@${domain}`;
    const own = `sip:${id}@${domain}`;
    await agent.addressToward(peer);
    const parties = { localUri: own, remoteUri: own, target: uri, contact: agent.contact(peer, id) };
    const request = newRequest('REGISTER', parties, {
      Expires: expires,
      ...headers,
      Authorization: this.#authenticator.authorize('REGISTER', uri),
    });
    this.#sequence++;
    request.headers.replaceFirst('Call-ID', this.#callId);
    request.headers.replaceFirst('CSeq', `${this.#sequence} REGISTER`);
    const response = await agent.send(request, peer, timeout);
    if (response.status === 200) this.#authenticator.accepted();
    return response;
  }
}

function newAuthenticator({ credentials }: RegistrationOptions): Authenticator {
  return new Authenticator(credentials, 'digest');
}

/** Seconds that a 200 grants: of Contact's own parameter, or of the header; undefined where it says neither. */
export function grantedSeconds({ headers }: SipResponse): number | undefined {
  const contact = parseNameAddress(headers.list('Contact')[0] ?? '');
  const text = contact?.parameters.get('expires') ?? headers.get('Expires') ?? '';
  return /^\d{1,9}$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}
