import type { PlatformReport, SharedChannelReport } from '@flux-iot/core/control/gb28181-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { SipPeer } from '../sip/peer.ts';
import type { ServerTransaction } from '../sip/transactions.ts';
import { type CascadeEnvironment, UpperLink } from './upper-link.ts';
import type { PlatformAccount } from './upper-platform.ts';

/** How often it is looked what to tell those who subscribed, in milliseconds. */
const LOOK_INTERVAL = 1000;

/** Us below other platforms (GB/T 28181: cascaded networking): what we share with them, and what they do with it. */
export class Cascade {
  readonly #links: readonly UpperLink[];
  readonly #environment: CascadeEnvironment;
  #timer: NodeJS.Timeout | undefined;

  constructor(platforms: readonly PlatformAccount[], environment: CascadeEnvironment) {
    this.#environment = environment;
    this.#links = platforms.map(account => new UpperLink(account, environment));
  }

  start(): void {
    if (this.#links.length === 0) return;
    for (const { platform } of this.#links) platform.start();
    this.#timer = setInterval(() => this.#look(), LOOK_INTERVAL).unref();
  }

  /** Says goodbye to all. Idempotent; never rejects. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#links.map(link => link.close()));
    this.#environment.sender.stop();
  }

  /** A request of a platform above: true where it is one, and was taken. */
  takes(transaction: ServerTransaction): boolean {
    const { request, peer } = transaction;
    const link = this.#links.find(({ platform }) => platform.isSenderOf(request, peer));
    return link?.takes(transaction) ?? false;
  }

  disconnected(peer: SipPeer): void {
    for (const { platform } of this.#links) platform.disconnected(peer);
  }

  get bytesOut(): number {
    return this.#links.reduce((sum, { bytesOut }) => sum + bytesOut, 0);
  }

  get sessions(): number {
    return this.#environment.sender.sendings;
  }

  platforms(): PlatformReport[] {
    return this.#links.map(link => link.report());
  }

  /** What a platform is shown. Throws `DEVICE_NOT_FOUND`. */
  channels(name: string): SharedChannelReport[] {
    const link = this.#links.find(({ platform }) => platform.name === name);
    if (link) return link.channelReports();
    throw new FluxError('DEVICE_NOT_FOUND', `No platform is called ${name}.`);
  }

  #look(): void {
    for (const link of this.#links) void link.look();
  }
}
