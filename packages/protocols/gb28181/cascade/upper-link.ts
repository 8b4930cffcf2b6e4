import type { PlatformReport, SharedChannelReport } from '@flux-iot/core/control/gb28181-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { ParseError } from '@flux-iot/media/model/parse-error';
import type { Questions } from '../device/questions.ts';
import type { DeviceRegistry } from '../device/registry.ts';
import type { CatalogItem } from '../manscdp/catalog.ts';
import { parseControl } from '../manscdp/device-control.ts';
import { type ManscdpMessage, parseManscdp, writeManscdp } from '../manscdp/message.ts';
import type { XmlNode } from '../manscdp/xml.ts';
import type { MediaSender } from '../media/media-sender.ts';
import { parseMansrtsp } from '../playback/mansrtsp.ts';
import { parseSessionDescription, type SessionDescription } from '../sdp/answer.ts';
import type { SsrcPool } from '../sdp/ssrc.ts';
import { parseNameAddress, parseSipUri } from '../sip/address.ts';
import type { SipAgent } from '../sip/agent.ts';
import { newCallId } from '../sip/dialog.ts';
import type { SipRequest } from '../sip/message.ts';
import type { ServerTransaction } from '../sip/transactions.ts';
import { isPassedDown, passDown } from './pass-down.ts';
import type { SharedChannel } from './shared-channel.ts';
import type { OpenedRecording, SharedChannels } from './shared-channels.ts';
import { answersTo } from './upper-answers.ts';
import { type PlatformAccount, UpperPlatform } from './upper-platform.ts';
import { UpperSession } from './upper-session.ts';
import { CatalogSubscription } from './upper-subscriptions.ts';

/** What the links to all platforms share. */
export interface CascadeEnvironment {
  readonly agent: SipAgent;
  readonly registry: DeviceRegistry;
  readonly questions: Questions;
  readonly ssrcs: SsrcPool;
  readonly sender: MediaSender;
  readonly channels: SharedChannels;
  /** Where we send from, as platforms are told; undefined for our address toward each. */
  readonly mediaAddress: string | undefined;
  readonly utcOffsetMinutes: number;
}

/** Streams that one platform has at once; more are refused as busy. */
const MAX_SESSIONS = 1000;
/** Questions of one platform that are answered at once; those of a flood are not. */
const MAX_ANSWERS = 32;
/** Entries in one message, which a datagram should hold (RFC 3261 §18.1.1); a connection takes more. */
const PART_SIZE = { udp: 3, tcp: 20 } as const;
const PTZ_DOME = 1;
const PTZ_FIXED = 3;

/** One platform above: what it asks and orders, and what it is sent. */
export class UpperLink {
  readonly platform: UpperPlatform;
  readonly channels: readonly SharedChannel[];
  readonly #environment: CascadeEnvironment;
  readonly #subscription: CatalogSubscription;
  readonly #sessions = new Map<string, UpperSession>();
  #answering = 0;
  #bytesBefore = 0;

  constructor(account: PlatformAccount, environment: CascadeEnvironment) {
    const { agent, channels } = environment;
    this.#environment = environment;
    this.platform = new UpperPlatform({ account, agent, onLost: reason => this.#lost(reason) });
    this.channels = channels.all.filter(channel => channel.isFor(account.name));
    this.#subscription = new CatalogSubscription(agent, this.platform);
  }

  get bytesOut(): number {
    let bytes = this.#bytesBefore;
    for (const { report } of this.#sessions.values()) bytes += report.bytes;
    return bytes;
  }

  report(): PlatformReport {
    const { platform } = this;
    const { name, id, domain, ownId, transport } = platform.account;
    const items = this.#items();
    return {
      ...{ name, id, domain, ownId, transport, address: platform.address },
      ...platform.status,
      registeredAt: platform.registeredAt,
      expiresAt: platform.expiresAt,
      lastKeepaliveAt: platform.lastKeepaliveAt,
      channels: items.length,
      channelsOnline: items.filter(({ isOnline }) => isOnline).length,
      isSubscribed: this.#subscription.isActive,
      sessions: [...this.#sessions.values()].map(({ report }) => report),
    };
  }

  channelReports(): SharedChannelReport[] {
    const { channels } = this.#environment;
    return this.channels.map(channel => {
      const device = channels.deviceChannelOf(channel);
      return {
        ...{ id: channel.id, name: channel.name, streamId: channel.streamId },
        isOnline: channels.isOnline(channel),
        deviceId: device?.deviceId,
        deviceChannelId: device?.channelId,
      };
    });
  }

  /** Tells the platform what has changed, where it wants to know. */
  async look(): Promise<void> {
    if (this.#subscription.isActive) await this.#subscription.tell(this.#items());
  }

  /** Ends all streams, and signs off. Idempotent; never rejects. */
  async close(): Promise<void> {
    this.#lost('The server is shutting down.');
    await this.platform.stop();
  }

  /** A request of this platform: false where it is none that one has. */
  takes(transaction: ServerTransaction): boolean {
    const { request, respond } = transaction;
    const session = this.#sessions.get(request.headers.get('Call-ID') ?? '');
    if (session?.takes(transaction)) return true;
    switch (request.method) {
      case 'INVITE':
        this.#invited(transaction);
        return true;
      case 'MESSAGE':
        this.#told(transaction);
        return true;
      case 'SUBSCRIBE':
        this.#subscription.take(transaction, messageOf(request), this.#items());
        return true;
      case 'NOTIFY':
        respond({ status: 481 });
        return true;
      default:
        return false;
    }
  }

  // --- streams ------------------------------------------------------------------------------------------------------

  #invited(transaction: ServerTransaction): void {
    const { request, respond } = transaction;
    const channel = this.#channelOf(request);
    if (!channel) {
      respond({ status: 404 });
      return;
    }
    let offer: SessionDescription;
    try {
      offer = parseSessionDescription(request.body);
    } catch (cause) {
      if (!(cause instanceof ParseError)) throw cause;
      channel.history.note('upper-refused', `400: ${this.platform.name} asks for nothing: ${cause.message}`);
      respond({ status: 400 });
      return;
    }
    const isLive = /^play$/i.test(offer.name);
    const status = this.#sessions.size >= MAX_SESSIONS ? 486 : offer.port === 0 ? 488 : undefined;
    if (status !== undefined || !(isLive || /^(?:playback|download)$/i.test(offer.name))) {
      channel.history.note('upper-refused', `${status ?? 488}: ${this.platform.name} asks for ${offer.name}`);
      respond({ status: status ?? 488 });
      return;
    }
    this.#begin(transaction, channel, offer, isLive);
  }

  #begin(
    transaction: ServerTransaction,
    channel: SharedChannel,
    offer: SessionDescription,
    isLive: boolean,
  ): void {
    const { agent, sender, channels, mediaAddress, ssrcs } = this.#environment;
    const { name, account } = this.platform;
    const { history, id: channelId, streamId } = channel;
    let recording: OpenedRecording | undefined;
    const spare = offer.ssrc === undefined ? ssrcs.take(isLive ? 'live' : 'history') : undefined;
    const session: UpperSession = new UpperSession({
      ...{ transaction, agent, sender, channelId, streamId, history, mediaAddress },
      ...{ platform: name, ownId: account.ownId, offer, ssrc: offer.ssrc ?? spare ?? '' },
      open: async signal => {
        if (isLive) return channels.open(channel, signal);
        recording = await channels.openRecording(channel, offer, newCallId(), signal);
        return recording.stream;
      },
      control: isLive
        ? undefined
        : async body => {
            for (const action of parseMansrtsp(body)) await recording?.player.control(action);
          },
      lastWords: isLive
        ? undefined
        : writeManscdp('Notify', 'MediaStatus', this.platform.nextSn(), channelId, [['NotifyType', 121]]),
      onClosed: () => {
        this.#sessions.delete(session.callId);
        this.#bytesBefore += session.report.bytes;
        if (recording) channels.closeRecording(recording.player);
        if (spare !== undefined) ssrcs.release(spare);
      },
    });
    this.#sessions.set(session.callId, session);
    void session.run();
  }

  /** §9.2.2: the channel is who is invited; some platforms write it in To or in the Subject alone. */
  #channelOf({ uri, headers }: SipRequest): SharedChannel | undefined {
    const to = parseNameAddress(headers.get('To') ?? '')?.uri;
    const subject = /^\s*([A-Za-z0-9]{1,32}):/.exec(headers.get('Subject') ?? '')?.[1];
    const ids = [parseSipUri(uri)?.user, parseSipUri(to ?? '')?.user, subject];
    return this.channels.find(({ id }) => ids.includes(id));
  }

  #lost(reason: string): void {
    this.#subscription.end();
    for (const session of [...this.#sessions.values()]) session.end(reason);
  }

  // --- questions and orders -----------------------------------------------------------------------------------------

  #told({ request, respond }: ServerTransaction): void {
    const message = messageOf(request);
    if (!message) {
      respond({ status: 400 });
      return;
    }
    const channel = this.channels.find(({ id }) => id === message.deviceId);
    // A group or a district of ours is asked for as we are: there is but one list.
    if (!channel && message.deviceId !== this.platform.account.ownId && message.command !== 'Catalog') {
      respond({ status: 404 });
      return;
    }
    if (this.#answering >= MAX_ANSWERS) {
      respond({ status: 503 });
      return;
    }
    respond({ status: 200 });
    if (message.kind !== 'Query' && message.kind !== 'Control') return;
    this.#answering++;
    this.#answer(message, channel)
      // That the platform does not hear the answer, its next question shows.
      .catch(() => {})
      .finally(() => {
        this.#answering--;
      });
  }

  async #answer(message: ManscdpMessage, channel: SharedChannel | undefined): Promise<void> {
    const isOrder = message.kind === 'Control';
    const orders = isOrder ? parseControl(message) : undefined;
    if (channel && isPassedDown(message) && (await this.#handDown(message, channel, orders?.orders))) return;
    if (orders && !orders.hasAnswer) return;
    const { utcOffsetMinutes } = this.#environment;
    const items = this.#items();
    const answers = isOrder
      ? [REFUSED]
      : answersTo({
          ...{ message, items, item: items.find(({ id }) => id === channel?.id), utcOffsetMinutes },
          ...{ partSize: PART_SIZE[this.platform.account.transport], now: Date.now() },
        });
    // One after the other: a platform that takes no part would not take the next either.
    for (const content of answers) await this.#respond(message, content);
  }

  /** False where no device of ours has the channel. */
  async #handDown(
    message: ManscdpMessage,
    channel: SharedChannel,
    orders: readonly string[] = [],
  ): Promise<boolean> {
    const { channels, registry, questions } = this.#environment;
    const own = channels.deviceChannelOf(channel);
    const note = (what: string) => {
      for (const order of orders)
        channel.history.note('upper-order', `${this.platform.name}: ${order}${what}`);
    };
    if (!own) {
      note(', which was ignored: the stream is of no GB28181 device');
      return false;
    }
    try {
      await passDown({
        ...{ questions, message, channelId: own.channelId, sharedId: channel.id },
        device: registry.requireOnline(own.deviceId),
        answer: content => void this.#respond(message, content).catch(() => {}),
      });
      note('');
      return true;
    } catch (cause) {
      note(`, which failed: ${FluxError.from(cause).message}`);
      if (!(message.kind === 'Control' && !parseControl(message).hasAnswer))
        await this.#respond(message, REFUSED);
      return true;
    }
  }

  async #respond({ command, sn, deviceId }: ManscdpMessage, content: readonly XmlNode[]): Promise<void> {
    await this.platform.tell('Response', command, content, { sn, deviceId });
  }

  #items(): CatalogItem[] {
    const { channels } = this.#environment;
    const { ownId } = this.platform.account;
    return this.channels.map(channel => ({
      ...{ id: channel.id, name: channel.name, manufacturer: 'FLUX IoT', model: 'Camera', owner: 'Owner' },
      ...{ civilCode: ownId.slice(0, 6), address: 'Address', isParent: false, parentId: ownId },
      isOnline: channels.isOnline(channel),
      ptzType: channels.deviceChannelOf(channel) ? PTZ_DOME : PTZ_FIXED,
    }));
  }
}

const REFUSED: readonly XmlNode[] = [['Result', 'ERROR']];

function messageOf(request: SipRequest): ManscdpMessage | undefined {
  try {
    return parseManscdp(request.body);
  } catch (cause) {
    if (cause instanceof ParseError) return undefined;
    throw cause;
  }
}
