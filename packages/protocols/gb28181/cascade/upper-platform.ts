import { lookup } from 'node:dns/promises';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { IngestStatus } from '@flux-iot/core/orchestrator/protocol-adapter';
import { Retry } from '../../retry/retry.ts';
import { MANSCDP_TYPE, type MessageKind, writeManscdp } from '../manscdp/message.ts';
import type { XmlNode } from '../manscdp/xml.ts';
import { hostPort, parseNameAddress, parseSipUri } from '../sip/address.ts';
import { type SipAgent, VERSION_HEADER } from '../sip/agent.ts';
import { newRequest } from '../sip/dialog.ts';
import { type HeaderValues, reasonOf, type SipRequest, type SipResponse } from '../sip/message.ts';
import { isSamePeer, type SipPeer, type SipTransport } from '../sip/peer.ts';
import { grantedSeconds, Registration } from '../sip/registration.ts';

/** A platform above, as it is configured. */
export interface PlatformAccount {
  /** For people, and for what is shared with it. */
  readonly name: string;
  /** 20 digits, and the domain of 10 or 20. */
  readonly id: string;
  readonly domain: string;
  readonly host: string;
  readonly port: number;
  readonly transport: SipTransport;
  /** What it calls us: 20 digits. */
  readonly ownId: string;
  readonly user: string;
  readonly password: string;
  /** Seconds. */
  readonly expires: number;
  readonly keepaliveInterval: number;
}

export interface UpperPlatformOptions {
  readonly account: PlatformAccount;
  readonly agent: SipAgent;
  /** It does not hear us any more, or we are going: what is sent to it ends. */
  onLost(reason: string): void;
}

/** Milliseconds for the answer to a message, and for the goodbye of one that may be gone. */
const MESSAGE_TIMEOUT = 5000;
const GOODBYE_TIMEOUT = 1500;
/** A registration is renewed when so much of its time is over. */
const RENEW_AT = 0.8;
/** Keep-alives in a row without an answer: the standard's number of times (§9.6.1). */
const MAX_MISSED = 3;
const MAX_TIMER = 2 ** 31 - 1;

/** Us as a device of a platform above: registered as long as it lasts, and anew after every loss (GB/T 28181 §9.1, §9.6). */
export class UpperPlatform {
  readonly account: PlatformAccount;
  readonly #agent: SipAgent;
  readonly #onLost: (reason: string) => void;
  readonly #registration: Registration;
  readonly #retry = new Retry(() => void this.#attempt());
  #peer: SipPeer | undefined;
  #renewal: NodeJS.Timeout | undefined;
  #keepalive: NodeJS.Timeout | undefined;
  #missed = 0;
  #sn = 0;
  registeredAt: number | undefined;
  expiresAt: number | undefined;
  lastKeepaliveAt: number | undefined;

  constructor({ account, agent, onLost }: UpperPlatformOptions) {
    this.account = account;
    this.#agent = agent;
    this.#onLost = onLost;
    const { ownId: id, id: serverId, domain, user, password } = account;
    this.#registration = new Registration({
      ...{ agent, id, serverId, domain, credentials: { user, password }, headers: VERSION_HEADER },
    });
  }

  get name(): string {
    return this.account.name;
  }

  get status(): IngestStatus {
    return this.#retry.status;
  }

  get isRegistered(): boolean {
    return this.status.state === 'connected';
  }

  get address(): string {
    return hostPort(this.account.host, this.account.port);
  }

  start(): void {
    this.#retry.start();
  }

  /** Signs off. Idempotent; never rejects. */
  async stop(): Promise<void> {
    const wasRegistered = this.isRegistered;
    this.#retry.close();
    this.#rest();
    if (!wasRegistered || !this.#peer) return;
    await this.#registration.register(this.#peer, 0, GOODBYE_TIMEOUT).catch(() => {});
  }

  /** Whether a request came from it: from where it is reached, or from its address and in its name. */
  isSenderOf(request: SipRequest, peer: SipPeer): boolean {
    if (!this.#peer || peer.address !== this.#peer.address) return false;
    if (isSamePeer(peer, this.#peer)) return true;
    const from = parseNameAddress(request.headers.get('From') ?? '');
    return parseSipUri(from?.uri ?? '')?.user === this.account.id;
  }

  /** A connection is gone. */
  disconnected(peer: SipPeer): void {
    if (this.#peer && isSamePeer(peer, this.#peer) && this.isRegistered)
      this.#lost('Its TCP connection was closed.');
  }

  /** Sends a message of Annex A, of us or of a channel. Rejects with `TIMED_OUT`, `UPSTREAM_FAILED`, `NOT_READY`. */
  tell(
    kind: MessageKind,
    command: string,
    content: readonly XmlNode[],
    about: { readonly deviceId?: string; readonly sn?: string } = {},
  ): Promise<SipResponse> {
    const { deviceId = this.account.ownId, sn = this.nextSn() } = about;
    return this.#send(
      'MESSAGE',
      { 'Content-Type': MANSCDP_TYPE },
      writeManscdp(kind, command, sn, deviceId, content),
    );
  }

  nextSn(): string {
    this.#sn = (this.#sn % 999_999) + 1;
    return String(this.#sn);
  }

  async #send(method: string, headers: HeaderValues, body: Buffer): Promise<SipResponse> {
    const peer = this.#peer;
    if (!peer) throw new FluxError('NOT_READY', `We are not registered with ${this.name}.`);
    const { id, domain, ownId } = this.account;
    const parties = {
      localUri: `sip:${ownId}@${domain}`,
      remoteUri: `sip:${id}@${domain}`,
      target: `sip:${id}@${hostPort(peer.address, peer.port)}`,
      contact: this.#agent.contact(peer, ownId),
    };
    const request = newRequest(method, parties, { ...VERSION_HEADER, ...headers }, body);
    return this.#agent.send(request, peer, MESSAGE_TIMEOUT);
  }

  async #attempt(): Promise<void> {
    try {
      const peer = await this.#reach();
      if (this.#retry.closed) return;
      this.#peer = peer;
      await this.#register(peer);
      if (this.#retry.closed) return;
      this.#retry.connected();
      this.#missed = 0;
      this.registeredAt = Date.now();
      this.#keepaliveLater();
    } catch (cause) {
      this.#retry.failed(FluxError.from(cause).message);
    }
  }

  async #reach(): Promise<SipPeer> {
    const { host, port, transport } = this.account;
    const { address } = await lookup(host.replace(/^\[|\]$/g, ''));
    const peer: SipPeer = { transport, address, port };
    await this.#agent.endpoint.connect(peer);
    return peer;
  }

  async #register(peer: SipPeer): Promise<void> {
    const { expires } = this.account;
    const response = await this.#registration.register(peer, expires);
    const { status, reason } = response;
    if (status !== 200) {
      const hint = status === 401 || status === 403 ? ': user, password or our id are others there' : '';
      const words = `${status} ${reason || reasonOf(status)}${hint}`;
      throw new FluxError('DEVICE_REFUSED', `The platform ${this.name} answered REGISTER with ${words}.`);
    }
    const granted = Math.min(grantedSeconds(response) ?? expires, MAX_TIMER / 1000);
    this.expiresAt = Date.now() + granted * 1000;
    clearTimeout(this.#renewal);
    if (this.#retry.closed) return;
    this.#renewal = setTimeout(() => void this.#renew(peer), granted * 1000 * RENEW_AT).unref();
  }

  async #renew(peer: SipPeer): Promise<void> {
    try {
      await this.#register(peer);
    } catch (cause) {
      this.#lost(FluxError.from(cause).message);
    }
  }

  #keepaliveLater(): void {
    clearTimeout(this.#keepalive);
    if (!this.isRegistered) return;
    const { keepaliveInterval } = this.account;
    this.#keepalive = setTimeout(() => void this.#sendKeepalive(), keepaliveInterval * 1000).unref();
  }

  async #sendKeepalive(): Promise<void> {
    let failure = '';
    try {
      const { status, reason } = await this.tell('Notify', 'Keepalive', [['Status', 'OK']]);
      if (status < 300) {
        this.#missed = 0;
        this.lastKeepaliveAt = Date.now();
      } else {
        // It was restarted, and knows nothing of us: to register anew is what it waits for.
        this.#lost(`It answered a keep-alive with ${status} ${reason || reasonOf(status)}.`);
      }
    } catch (cause) {
      this.#missed++;
      failure = FluxError.from(cause).message;
    }
    if (this.#missed >= MAX_MISSED) this.#lost(failure);
    else this.#keepaliveLater();
  }

  #lost(reason: string): void {
    if (!this.isRegistered) return;
    this.#rest();
    this.#retry.failed(reason);
    this.#onLost(reason);
  }

  #rest(): void {
    clearTimeout(this.#renewal);
    clearTimeout(this.#keepalive);
    this.registeredAt = undefined;
    this.expiresAt = undefined;
  }
}
