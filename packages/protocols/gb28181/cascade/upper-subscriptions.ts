import { type CatalogItem, catalogEventNodes } from '../manscdp/catalog.ts';
import { MANSCDP_TYPE, type ManscdpMessage, writeManscdp } from '../manscdp/message.ts';
import type { SipAgent } from '../sip/agent.ts';
import { Dialog } from '../sip/dialog.ts';
import type { SipPeer } from '../sip/peer.ts';
import type { ServerTransaction } from '../sip/transactions.ts';
import type { UpperPlatform } from './upper-platform.ts';

interface Subscription {
  readonly dialog: Dialog;
  readonly peer: SipPeer;
  readonly event: string;
  readonly expiresAt: number;
}

const DEFAULT_SECONDS = 3600;
const MAX_SECONDS = 86_400;
const NOTIFY_TIMEOUT = 5000;
/** In one NOTIFY, which a datagram should hold. */
const PART_SIZE = 4;

/** One platform's subscription to our catalog (GB/T 28181 §9.11, RFC 6665): it is told of what goes and comes. */
export class CatalogSubscription {
  readonly #agent: SipAgent;
  readonly #platform: UpperPlatform;
  /** What it was told last of each channel. */
  readonly #known = new Map<string, boolean>();
  #subscription: Subscription | undefined;

  constructor(agent: SipAgent, platform: UpperPlatform) {
    this.#agent = agent;
    this.#platform = platform;
  }

  get isActive(): boolean {
    return this.#subscription !== undefined;
  }

  /** Answers a SUBSCRIBE: of the catalog, or refused (489). */
  take(
    { request, respond, tag, peer }: ServerTransaction,
    message: ManscdpMessage | undefined,
    items: readonly CatalogItem[],
  ): void {
    const event = (request.headers.get('Event') ?? '').slice(0, 64);
    const isOurs = this.#subscription?.dialog.callId === request.headers.get('Call-ID');
    if (message ? message.command !== 'Catalog' : !isOurs) {
      respond({ status: 489, headers: { 'Allow-Events': 'Catalog' } });
      return;
    }
    const seconds = secondsOf(request.headers.get('Expires'));
    const contact = this.#agent.contact(peer, this.#platform.account.ownId);
    respond({ status: 200, headers: { Expires: seconds, Event: event, Contact: contact } });
    if (seconds === 0) {
      this.end();
      return;
    }
    const old = this.#subscription;
    const dialog = old && isOurs ? old.dialog : Dialog.ofRequest(request, tag, contact);
    this.#subscription = { dialog, peer, event, expiresAt: Date.now() + seconds * 1000 };
    if (isOurs) return;
    // It has asked for the catalog, or is going to: from now on it is told what changes.
    this.#known.clear();
    for (const { id, isOnline } of items) this.#known.set(id, isOnline);
  }

  /** Tells what has changed since it was looked last. */
  async tell(items: readonly CatalogItem[]): Promise<void> {
    const { expiresAt = 0 } = this.#subscription ?? {};
    if (expiresAt <= Date.now()) this.end();
    if (!this.#subscription) return;
    for (const [event, isOnline] of [
      ['ON', true],
      ['OFF', false],
    ] as const) {
      const changed = items.filter(
        item => item.isOnline === isOnline && this.#known.get(item.id) !== isOnline,
      );
      for (const { id } of changed) this.#known.set(id, isOnline);
      for (let at = 0; at < changed.length; at += PART_SIZE)
        await this.#notify(event, changed.slice(at, at + PART_SIZE));
    }
  }

  /** It is over, or the platform is gone. */
  end(): void {
    this.#subscription = undefined;
    this.#known.clear();
  }

  async #notify(change: string, items: readonly CatalogItem[]): Promise<void> {
    const subscription = this.#subscription;
    if (!subscription) return;
    const { dialog, peer, event, expiresAt } = subscription;
    const left = Math.max(1, Math.round((expiresAt - Date.now()) / 1000));
    const { account } = this.#platform;
    const body = writeManscdp(
      'Notify',
      'Catalog',
      this.#platform.nextSn(),
      account.ownId,
      catalogEventNodes(change, items),
    );
    const headers = {
      Event: event,
      'Subscription-State': `active;expires=${left};retry-after=0`,
      'Content-Type': MANSCDP_TYPE,
    };
    try {
      const { status } = await this.#agent.send(
        dialog.request('NOTIFY', headers, body),
        peer,
        NOTIFY_TIMEOUT,
      );
      // RFC 6665 §4.1.3: who knows nothing of it is not told any more.
      if (status === 481 && this.#subscription === subscription) this.end();
    } catch {
      // Whether the platform is there is the keep-alives' affair.
    }
  }
}

function secondsOf(text: string | undefined): number {
  return /^\d{1,9}$/.test(text ?? '') ? Math.min(Number(text), MAX_SECONDS) : DEFAULT_SECONDS;
}
