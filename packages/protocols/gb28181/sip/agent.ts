import type { FluxError } from '@flux-iot/core/errors/flux-error';
import { hostPort } from './address.ts';
import { newRequest, type Parties } from './dialog.ts';
import { SipEndpoint } from './endpoint.ts';
import type { FloodLimits } from './flood-gate.ts';
import { LocalAddresses } from './local-addresses.ts';
import type { HeaderValues, SipRequest, SipResponse } from './message.ts';
import type { SipPeer } from './peer.ts';
import {
  type InviteHandlers,
  type InviteTransaction,
  type ServerTransaction,
  SipTransactions,
} from './transactions.ts';

/** Who we are to the other side. */
export interface SipIdentity {
  /** 20 digits. */
  readonly id: string;
  readonly domain: string;
}

export interface SipAgentOptions {
  readonly identity: SipIdentity;
  readonly host: string;
  readonly port: number;
  /** What we call ourselves where an address translation is before us; else the address toward each peer. */
  readonly advertised: string | undefined;
  readonly flood: FloodLimits;
  readonly maxConnections: number;
  onRequest(transaction: ServerTransaction): void;
  onDisconnected(peer: SipPeer): void;
  onRefused(error: FluxError, peer: string): void;
}

/** -2022 §G: the version of the standard that a side follows; 3.0 is -2022. */
export const VERSION_HEADER = { 'X-GB-Ver': '3.0', 'User-Agent': 'FLUX IoT' };

/** Our side of SIP: sends in our name, and hands on what comes. */
export class SipAgent {
  readonly identity: SipIdentity;
  readonly endpoint: SipEndpoint;
  readonly #options: SipAgentOptions;
  readonly #transactions: SipTransactions;
  readonly #addresses = new LocalAddresses();

  constructor(options: SipAgentOptions) {
    this.#options = options;
    this.identity = options.identity;
    this.#transactions = new SipTransactions({
      send: (data, peer) => this.endpoint.send(data, peer),
      sentBy: peer => this.#sentBy(peer),
      onRequest: transaction => options.onRequest(transaction),
    });
    this.endpoint = new SipEndpoint({
      host: options.host,
      port: options.port,
      flood: options.flood,
      maxConnections: options.maxConnections,
      onMessage: (message, peer) => this.#transactions.receive(message, peer),
      onDisconnected: options.onDisconnected,
      onRefused: options.onRefused,
    });
  }

  /** Throws `PORT_IN_USE`. */
  start(): Promise<void> {
    return this.endpoint.start();
  }

  /** Idempotent. What is under way is given up. */
  stop(): void {
    this.#transactions.close();
    this.endpoint.stop();
  }

  /** Which address of ours the peer reaches. */
  async addressToward(peer: SipPeer): Promise<string> {
    const { advertised, host } = this.#options;
    return advertised ?? (await this.#addresses.find(peer.address)) ?? host;
  }

  /** The two sides of a request to `id` at that peer. */
  async parties(id: string, peer: SipPeer): Promise<Parties> {
    const { identity } = this;
    await this.addressToward(peer);
    return {
      localUri: `sip:${identity.id}@${identity.domain}`,
      remoteUri: `sip:${id}@${identity.domain}`,
      target: `sip:${id}@${hostPort(peer.address, peer.port)}`,
      contact: this.contact(peer),
    };
  }

  /** `id`: what we are called there, where that is another than our own. */
  contact(peer: SipPeer, id = this.identity.id): string {
    const transport = peer.transport === 'tcp' ? ';transport=tcp' : '';
    return `<sip:${id}@${this.#sentBy(peer)}${transport}>`;
  }

  /** A request outside a dialog. Resolves with the final response; rejects with `TIMED_OUT` or `UPSTREAM_FAILED`. */
  async request(
    method: string,
    id: string,
    peer: SipPeer,
    headers: HeaderValues = {},
    body?: Buffer,
    timeout?: number,
  ): Promise<SipResponse> {
    const request = newRequest(method, await this.parties(id, peer), { ...VERSION_HEADER, ...headers }, body);
    return this.send(request, peer, timeout);
  }

  /** A request that is made already: of a dialog. */
  send(request: SipRequest, peer: SipPeer, timeout?: number): Promise<SipResponse> {
    return this.#transactions.request(request, peer, timeout);
  }

  invite(request: SipRequest, peer: SipPeer, timeout: number, handlers: InviteHandlers): InviteTransaction {
    return this.#transactions.invite(request, peer, timeout, handlers);
  }

  acknowledge(request: SipRequest, peer: SipPeer): void {
    this.#transactions.acknowledge(request, peer);
  }

  #sentBy(peer: SipPeer): string {
    const { advertised, host } = this.#options;
    return hostPort(advertised ?? this.#addresses.get(peer.address) ?? host, this.endpoint.port);
  }
}
