import type { SubscriptionKind, SubscriptionReport } from '@flux-iot/core/control/gb28181-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { Device } from '../device/device.ts';
import type { Questions } from '../device/questions.ts';
import type { DeviceRegistry } from '../device/registry.ts';
import { MANSCDP_TYPE, writeManscdp } from '../manscdp/message.ts';
import type { XmlNode } from '../manscdp/xml.ts';
import type { SipAgent } from '../sip/agent.ts';
import { Dialog, newRequest } from '../sip/dialog.ts';
import { reasonOf, type SipRequest } from '../sip/message.ts';

export interface SubscriptionsOptions {
  readonly agent: SipAgent;
  readonly registry: DeviceRegistry;
  readonly questions: Questions;
  /** Seconds that are asked for; it is renewed before they are over. */
  readonly expires: number;
  /** Seconds between two positions. */
  readonly positionInterval: number;
}

interface Subscription {
  readonly device: Device;
  readonly kind: SubscriptionKind;
  report: SubscriptionReport;
  dialog: Dialog | undefined;
  timer: NodeJS.Timeout | undefined;
}

const COMMANDS: Readonly<Record<SubscriptionKind, string>> = {
  catalog: 'Catalog',
  alarm: 'Alarm',
  position: 'MobilePosition',
};
const TIMEOUT = 10_000;
/** It is renewed when so much of its time is over, and tried again after this many milliseconds where that failed. */
const RENEW_AT = 0.8;
const RETRY_INTERVAL = 60_000;

/** What devices are asked to tell by themselves (GB/T 28181 §9.11, RFC 6665): asked for once, kept up until unwanted. */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #all = new Map<string, Subscription>();

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
    // A device that was restarted knows nothing of them any more.
    options.registry.on('online', device => this.#renewAll(device));
    options.registry.on('removed', device => {
      for (const subscription of this.#of(device)) this.#forget(subscription);
    });
  }

  reports(device: Device): SubscriptionReport[] {
    return this.#of(device).map(({ report }) => report);
  }

  /** Throws `DEVICE_REFUSED`, `TIMED_OUT`, …: the device may not know what is wanted. */
  async subscribe(device: Device, kind: SubscriptionKind): Promise<SubscriptionReport> {
    const key = keyOf(device, kind);
    const subscription: Subscription = this.#all.get(key) ?? {
      ...{ device, kind, dialog: undefined, timer: undefined },
      report: { kind, state: 'asked' },
    };
    this.#all.set(key, subscription);
    await this.#renew(subscription);
    return subscription.report;
  }

  async unsubscribe(device: Device, kind: SubscriptionKind): Promise<SubscriptionReport> {
    const subscription = this.#all.get(keyOf(device, kind));
    if (subscription) {
      this.#forget(subscription);
      if (subscription.dialog && device.isOnline) await this.#send(subscription, 0).catch(() => {});
    }
    return { kind, state: 'ended' };
  }

  /** A NOTIFY of one of ours; it may say that there will be no more. */
  notified(device: Device, request: SipRequest): void {
    if (!/^terminated/i.test(request.headers.get('Subscription-State') ?? '')) return;
    const callId = request.headers.get('Call-ID');
    const subscription = this.#of(device).find(({ dialog }) => dialog?.callId === callId);
    if (!subscription) return;
    subscription.dialog = undefined;
    subscription.report = { kind: subscription.kind, state: 'ended' };
    this.#later(subscription, RETRY_INTERVAL);
  }

  /** Idempotent. */
  close(): void {
    for (const subscription of [...this.#all.values()]) this.#forget(subscription);
  }

  #of(device: Device): Subscription[] {
    return [...this.#all.values()].filter(subscription => subscription.device.id === device.id);
  }

  #forget(subscription: Subscription): void {
    clearTimeout(subscription.timer);
    this.#all.delete(keyOf(subscription.device, subscription.kind));
  }

  #renewAll(device: Device): void {
    for (const subscription of this.#of(device)) {
      subscription.dialog = undefined;
      this.#renew(subscription).catch(() => {});
    }
  }

  async #renew(subscription: Subscription): Promise<void> {
    const { kind, device } = subscription;
    try {
      const seconds = await this.#send(subscription, this.#options.expires);
      subscription.report = { kind, state: 'active', expiresAt: Date.now() + seconds * 1000 };
      this.#later(subscription, seconds * 1000 * RENEW_AT);
    } catch (cause) {
      const error = FluxError.from(cause);
      subscription.dialog = undefined;
      subscription.report = { kind, state: 'refused', error: error.message };
      // An offline device is asked when it is back.
      if (device.isOnline) this.#later(subscription, RETRY_INTERVAL);
      throw error;
    }
  }

  #later(subscription: Subscription, delay: number): void {
    clearTimeout(subscription.timer);
    if (!this.#all.has(keyOf(subscription.device, subscription.kind))) return;
    subscription.timer = setTimeout(() => {
      if (subscription.device.isOnline) this.#renew(subscription).catch(() => {});
    }, delay).unref();
  }

  /** Resolves with the seconds that the device grants. */
  async #send(subscription: Subscription, expires: number): Promise<number> {
    const { agent, questions } = this.#options;
    const { device, kind } = subscription;
    const command = COMMANDS[kind];
    const sn = questions.nextSn();
    const headers = {
      // §9.11.1: what is meant, and a number that the notifications have as well.
      Event: kind === 'position' ? 'presence' : `${command};id=${sn}`,
      Expires: expires,
      'Content-Type': MANSCDP_TYPE,
    };
    const body = writeManscdp('Query', command, sn, device.id, this.#content(kind));
    const parties = await agent.parties(device.id, device.peer);
    const { dialog } = subscription;
    const request =
      dialog?.request('SUBSCRIBE', headers, body) ?? newRequest('SUBSCRIBE', parties, headers, body);
    const response = await agent.send(request, device.peer, TIMEOUT);
    if (response.status >= 300) {
      const words = `${response.status} ${response.reason || reasonOf(response.status)}`;
      throw new FluxError('DEVICE_REFUSED', `The device answered ${words} to the ${command} subscription.`);
    }
    subscription.dialog ??= Dialog.ofResponse(request, response, parties);
    const granted = Number(response.headers.get('Expires') ?? expires);
    return Number.isFinite(granted) && granted > 0 ? Math.max(30, Math.min(granted, 86_400)) : expires;
  }

  #content(kind: SubscriptionKind): XmlNode[] {
    switch (kind) {
      case 'position':
        return [['Interval', this.#options.positionInterval]];
      case 'alarm':
        // 0 is every priority, method and kind.
        return [
          ['StartAlarmPriority', 0],
          ['EndAlarmPriority', 0],
          ['AlarmMethod', 0],
        ];
      case 'catalog':
        return [];
    }
  }
}

function keyOf(device: Device, kind: SubscriptionKind): string {
  return `${device.id} ${kind}`;
}
