import type { FluxError } from '@flux-iot/core/errors/flux-error';
import { ParseError } from '@flux-iot/media/model/parse-error';
import { parseAlarm, parseMobilePosition } from '../manscdp/alarm.ts';
import { parseCatalogEvents } from '../manscdp/catalog.ts';
import { MANSCDP_TYPE, type ManscdpMessage, parseManscdp, writeManscdp } from '../manscdp/message.ts';
import { childText } from '../manscdp/xml.ts';
import type { SipAgent } from '../sip/agent.ts';
import type { SipRequest } from '../sip/message.ts';
import type { ServerTransaction } from '../sip/transactions.ts';
import type { Device } from './device.ts';
import type { DeviceEvents } from './events.ts';
import type { Inquiry } from './inquiry.ts';
import type { Questions } from './questions.ts';
import { deviceIdOf } from './registrar.ts';
import type { DeviceRegistry } from './registry.ts';

export interface DeviceMessagesOptions {
  readonly agent: SipAgent;
  readonly registry: DeviceRegistry;
  readonly questions: Questions;
  readonly inquiry: Inquiry;
  readonly events: DeviceEvents;
  readonly utcOffsetMinutes: number;
  onKeepalive(device: Device): void;
  /** A device says that a recording is over. */
  onPlaybackEnded(callId: string | undefined, deviceId: string, channelId: string): void;
}

/** MediaStatus: what was played back or downloaded is over (A.2.5.5). */
const FILE_ENDED = '121';

/** What devices say by themselves, and their answers (MESSAGE and NOTIFY with a body of Annex A). */
export class DeviceMessages {
  readonly #options: DeviceMessagesOptions;

  constructor(options: DeviceMessagesOptions) {
    this.#options = options;
  }

  /**
   * Takes the message and answers the request. Who has not registered is answered 403, which makes devices register
   * anew: so does a device that we forgot, or that has another address now.
   */
  receive({ request, peer, respond }: ServerTransaction): Device | undefined {
    const device = this.senderOf({ request, peer });
    if (!device) {
      respond({ status: 403 });
      return undefined;
    }
    let message: ManscdpMessage;
    try {
      message = parseManscdp(request.body);
    } catch (cause) {
      if (!(cause instanceof ParseError)) throw cause;
      // A notification without a body says how the subscription fares.
      respond({ status: request.body.length === 0 ? 200 : 400 });
      return device;
    }
    respond({ status: 200 });
    this.#take(device, message, request);
    return device;
  }

  /** The registered device that said it; undefined for all others. */
  senderOf({ request, peer }: Pick<ServerTransaction, 'request' | 'peer'>): Device | undefined {
    const { registry } = this.#options;
    // In a session, and of some recorders always, the channel speaks: it is who is reached there.
    const device = registry.find(deviceIdOf(request) ?? '') ?? registry.findAt(peer);
    return device && registry.heard(device, peer) ? device : undefined;
  }

  #take(device: Device, message: ManscdpMessage, request: SipRequest): void {
    if (message.kind === 'Response') this.#options.questions.answered(device, message);
    else if (message.kind === 'Notify') this.#notified(device, message, request);
  }

  #notified(device: Device, message: ManscdpMessage, { method, headers }: SipRequest): void {
    const { events, inquiry, utcOffsetMinutes, onPlaybackEnded } = this.#options;
    switch (message.command) {
      case 'Keepalive':
        if (device.catalog.state === 'none') void inquiry.refresh(device);
        this.#options.onKeepalive(device);
        break;
      case 'Catalog':
        this.#catalogChanged(device, message);
        break;
      case 'Alarm': {
        const { channelId, ...detail } = parseAlarm(message, utcOffsetMinutes);
        events.add('alarm', device.id, channelId || undefined, detail);
        if (method === 'MESSAGE') this.#answerAlarm(device, message);
        break;
      }
      case 'MobilePosition': {
        const position = parseMobilePosition(message, utcOffsetMinutes);
        if (position) {
          const { channelId, ...detail } = position;
          events.add('position', device.id, channelId || undefined, detail);
        }
        break;
      }
      case 'MediaStatus':
        if (childText(message.content, 'NotifyType') === FILE_ENDED)
          onPlaybackEnded(headers.get('Call-ID'), device.id, message.deviceId);
        break;
      default:
        // UploadSnapShotFinished and the like: told on for whoever waits for it.
        events.add('notification', device.id, message.deviceId || undefined, { command: message.command });
    }
  }

  #catalogChanged(device: Device, message: ManscdpMessage): void {
    const { registry, events } = this.#options;
    for (const event of parseCatalogEvents(message)) {
      if (!device.apply(event)) continue;
      registry.changed(device);
      const { name, isOnline } = event.item;
      events.add('catalog-changed', device.id, event.item.id, { change: event.change, name, isOnline });
    }
  }

  /** §9.4.2: an alarm wants an answer of its own besides the 200. */
  #answerAlarm(device: Device, { sn, deviceId }: ManscdpMessage): void {
    const body = writeManscdp('Response', 'Alarm', sn, deviceId || device.id, [['Result', 'OK']]);
    this.#options.agent
      .request('MESSAGE', device.id, device.peer, { 'Content-Type': MANSCDP_TYPE }, body)
      .catch((_error: FluxError) => {
        // The device says it again, or does without.
      });
  }
}
