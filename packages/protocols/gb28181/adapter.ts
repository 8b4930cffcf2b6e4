import type { DeviceEvent, Gb28181Control } from '@flux-iot/core/control/gb28181-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type {
  Ingest,
  ProtocolAdapter,
  ProtocolStats,
  StreamCallback,
} from '@flux-iot/core/orchestrator/protocol-adapter';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import type { HistoryEntry } from '@flux-iot/core/stream/history';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import { Cascade } from './cascade/cascade.ts';
import type { ChannelShare, DeviceChannel } from './cascade/shared-channel.ts';
import { SharedChannels } from './cascade/shared-channels.ts';
import type { PlatformAccount } from './cascade/upper-platform.ts';
import { DeviceControl } from './control/device-control.ts';
import type { Device } from './device/device.ts';
import { DeviceEvents } from './device/events.ts';
import { Inquiry } from './device/inquiry.ts';
import { DeviceMessages } from './device/messages.ts';
import { Questions } from './device/questions.ts';
import { type Admission, Registrar } from './device/registrar.ts';
import { DeviceRegistry } from './device/registry.ts';
import type { DeviceStore } from './device/store.ts';
import type { Invitation } from './live/invitation.ts';
import type { MediaReceiver } from './live/media.ts';
import { ChannelPuller } from './live/puller.ts';
import type { LiveEnvironment } from './live/session.ts';
import { parseChannelSource } from './live/source.ts';
import { MediaSender } from './media/media-sender.ts';
import type { MediaTransport } from './media/reception.ts';
import { RecordingPlayer } from './playback/player.ts';
import { SsrcPool } from './sdp/ssrc.ts';
import { SipAgent } from './sip/agent.ts';
import type { FloodLimits } from './sip/flood-gate.ts';
import type { ServerTransaction } from './sip/transactions.ts';
import { Subscriptions } from './subscription/subscriptions.ts';
import type { VoiceSender } from './voice/call.ts';
import { Talks, type TalksOptions } from './voice/talks.ts';

export interface CascadeOptions {
  readonly platforms: readonly PlatformAccount[];
  readonly shared: readonly ChannelShare[];
  /** Where streams are had from, of whatever protocol. */
  readonly orchestrator: StreamOrchestrator;
  /** The address that media is sent from. */
  readonly mediaHost: string;
}

export interface Gb28181AdapterOptions {
  readonly callback: StreamCallback;
  /** Where SIP listens, on UDP and TCP. */
  readonly host: string;
  readonly port: number;
  /** Our id of 20 digits, and the domain of 10 or 20. */
  readonly id: string;
  readonly domain: string;
  readonly admission: Admission;
  readonly password: string;
  readonly devicePasswords: ReadonlyMap<string, string>;
  /** What devices reach SIP and media by, where it is not the address that this host has. */
  readonly sipAddress?: string;
  readonly mediaAddress?: string;
  readonly receiver: MediaReceiver;
  /** Sends what devices are let hear. */
  readonly sender: VoiceSender;
  readonly openSound: TalksOptions['openSound'];
  readonly store: DeviceStore;
  readonly defaultTransport: MediaTransport;
  readonly maxDevices: number;
  /** Milliseconds. */
  readonly keepaliveTimeout: number;
  readonly inviteTimeout: number;
  /** Minutes east of Greenwich of the devices' clocks. */
  readonly utcOffsetMinutes: number;
  readonly flood: FloodLimits;
  /** Asked of every device that comes: to tell of changes of its catalog. */
  readonly subscribeCatalog?: boolean;
  /** The platforms above, and what is shared with them; without it, none. */
  readonly cascade?: CascadeOptions;
  readonly onEvent?: (event: DeviceEvent) => void;
  /** Told of refused devices and messages; bounded by the receiver. */
  readonly onError?: (error: FluxError, peer: string) => void;
}

const ALLOW = 'REGISTER, MESSAGE, NOTIFY, INVITE, ACK, BYE, CANCEL, INFO, OPTIONS';
const SUBSCRIPTION_SECONDS = 3600;
const POSITION_INTERVAL = 5;
const MAX_SESSIONS_CHECKED = 10_000;

/** flux-gb28181d: the cameras and platforms of GB/T 28181-2016 and -2022. */
export class Gb28181Adapter implements ProtocolAdapter {
  readonly protocolName = 'gb28181';
  readonly control: Gb28181Control;
  readonly registry: DeviceRegistry;
  readonly #options: Gb28181AdapterOptions;
  readonly #agent: SipAgent;
  readonly #registrar: Registrar;
  readonly #messages: DeviceMessages;
  readonly #questions: Questions;
  readonly #subscriptions: Subscriptions;
  readonly #environment: LiveEnvironment;
  readonly #talks: Talks;
  readonly #channels: SharedChannels | undefined;
  readonly #cascade: Cascade | undefined;
  readonly #ingests = new Map<StreamId, ChannelPuller | RecordingPlayer>();
  readonly #refused: Record<string, number> = {};
  #callback: StreamCallback;

  constructor(options: Gb28181AdapterOptions) {
    this.#options = options;
    this.#callback = options.callback;
    const { store, maxDevices, keepaliveTimeout, utcOffsetMinutes } = options;
    const onRefused = (error: FluxError, peer: string) => this.#count(error, peer);
    const events = new DeviceEvents(event => options.onEvent?.(event));
    const registry = new DeviceRegistry({
      ...{ store, maxDevices, keepaliveTimeout },
      onStoreFailed: error => onRefused(error, 'the device store'),
    });
    this.registry = registry;
    const agent = new SipAgent({
      identity: { id: options.id, domain: options.domain },
      host: options.host,
      port: options.port,
      advertised: options.sipAddress,
      flood: options.flood,
      maxConnections: maxDevices,
      onRequest: transaction => this.#receive(transaction),
      onDisconnected: peer => {
        registry.disconnected(peer);
        this.#cascade?.disconnected(peer);
      },
      onRefused,
    });
    this.#agent = agent;
    const questions = new Questions(agent);
    this.#questions = questions;
    const inquiry = new Inquiry(registry, questions);
    this.#subscriptions = new Subscriptions({
      ...{ agent, registry, questions, expires: SUBSCRIPTION_SECONDS, positionInterval: POSITION_INTERVAL },
    });
    this.#registrar = new Registrar({
      ...{ registry, utcOffsetMinutes, onRefused },
      realm: options.domain,
      admission: options.admission,
      password: options.password,
      devicePasswords: options.devicePasswords,
    });
    this.#messages = new DeviceMessages({
      ...{ agent, registry, questions, inquiry, events, utcOffsetMinutes },
      // Of a device from before a restart, the subscription is not known any more.
      onKeepalive: device => this.#subscribeCatalog(device),
      onPlaybackEnded: (callId, deviceId, channelId) => this.#playbackEnded(callId, deviceId, channelId),
    });
    this.#environment = {
      ...{ agent, registry, receiver: options.receiver, ssrcs: new SsrcPool(options.domain) },
      mediaAddress: options.mediaAddress,
      inviteTimeout: options.inviteTimeout,
      invitations: new Set<Invitation>(),
      callback: () => this.#callback,
    };
    const { sender, openSound, defaultTransport } = options;
    this.#talks = new Talks({ ...this.#environment, questions, sender, openSound, defaultTransport });
    const { cascade, mediaAddress } = options;
    this.#channels =
      cascade &&
      new SharedChannels(cascade.shared, options.domain, {
        ...{ orchestrator: cascade.orchestrator, registry },
        ingest: (streamId, source) => this.ingest(streamId, source),
        deviceChannelOf: streamId => this.#deviceChannelOf(streamId),
      });
    this.#cascade =
      cascade &&
      this.#channels &&
      new Cascade(cascade.platforms, {
        ...{ agent, registry, questions, mediaAddress, utcOffsetMinutes, channels: this.#channels },
        sender: new MediaSender({ host: cascade.mediaHost }),
        ssrcs: this.#environment.ssrcs,
      });
    this.control = new DeviceControl({
      ...{ registry, questions, inquiry, talks: this.#talks, utcOffsetMinutes },
      subscriptions: this.#subscriptions,
      cascade: this.#cascade,
      playerOf: streamId => {
        const ingest = this.#ingests.get(streamId);
        return ingest instanceof RecordingPlayer ? ingest : undefined;
      },
    });
    registry.on('online', ({ id, peer }) =>
      events.add('device-online', id, undefined, { transport: peer.transport }),
    );
    registry.on('offline', ({ id }, reason) => events.add('device-offline', id, undefined, { reason }));
    registry.on('registered', (device, isNew) => {
      const { state } = device.catalog;
      if (isNew || (state !== 'complete' && state !== 'asked')) void inquiry.refresh(device);
      if (isNew) this.#subscribeCatalog(device);
    });
  }

  /** The port that SIP listens on, once it does. */
  get port(): number {
    return this.#agent.endpoint.port;
  }

  async start(): Promise<void> {
    await this.registry.start();
    await this.#options.receiver.start();
    try {
      await this.#agent.start();
    } catch (cause) {
      await this.#options.receiver.stop();
      throw cause;
    }
    this.#cascade?.start();
  }

  async stop(): Promise<void> {
    await this.#cascade?.stop();
    for (const ingest of this.#ingests.values())
      ingest.close({ code: 'shutdown', message: 'The server is shutting down.' });
    this.#ingests.clear();
    this.#talks.close();
    this.#subscriptions.close();
    this.#questions.close();
    // The goodbyes of the sessions leave before the sockets close.
    await new Promise(resolve => setImmediate(resolve));
    this.#agent.stop();
    await this.#options.receiver.stop();
    await this.registry.stop();
  }

  onStreamReady(callback: StreamCallback): void {
    this.#callback = callback;
  }

  stats(): ProtocolStats {
    const { endpoint } = this.#agent;
    const { receiver } = this.#options;
    const ingests = [...this.#ingests.values()];
    return {
      listening: [...endpoint.listening, ...receiver.listening],
      connections: this.registry.all.filter(({ isOnline }) => isOnline).length,
      publishers: ingests.filter(({ status }) => status.state === 'connected').length,
      viewers: this.#cascade?.sessions ?? 0,
      bytesIn: endpoint.bytes.in + receiver.bytesIn,
      bytesOut: endpoint.bytes.out + (this.#cascade?.bytesOut ?? 0),
      refused: { ...this.#refused },
    };
  }

  ingest(streamId: StreamId, given: Readonly<Record<string, unknown>>): Ingest {
    const source = parseChannelSource(given, this.#options.defaultTransport);
    for (const [id, { status }] of this.#ingests) if (status.state === 'closed') this.#ingests.delete(id);
    if (this.#ingests.size >= MAX_SESSIONS_CHECKED)
      throw new FluxError('STREAM_LIMIT', `${MAX_SESSIONS_CHECKED} streams are the most.`);
    const { recording } = source;
    const ingest = recording
      ? new RecordingPlayer(streamId, { ...source, recording }, this.#environment)
      : new ChannelPuller(streamId, source, this.#environment);
    this.#ingests.set(streamId, ingest);
    return ingest;
  }

  historyOf(streamId: StreamId): readonly HistoryEntry[] {
    return this.#channels?.historyOf(streamId) ?? [];
  }

  #deviceChannelOf(streamId: StreamId): DeviceChannel | undefined {
    const ingest = this.#ingests.get(streamId);
    return ingest instanceof ChannelPuller && ingest.status.state !== 'closed' ? ingest.source : undefined;
  }

  #receive(transaction: ServerTransaction): void {
    const { request, respond } = transaction;
    const answer = (status: number) => respond({ status });
    for (const invitation of this.#environment.invitations)
      if (request.method !== 'ACK' && invitation.takes(request, answer)) return;
    // RFC 3261 §8.2.2.3. What devices have to say is heard whatever they require for it.
    const required = ['INVITE', 'OPTIONS'].includes(request.method) ? request.headers.list('Require') : [];
    if (required.length > 0) {
      respond({ status: 420, headers: { Unsupported: required.join(', ') } });
      return;
    }
    if (this.#talks.takes(transaction, () => this.#messages.senderOf(transaction))) return;
    if (this.#cascade?.takes(transaction)) return;
    switch (request.method) {
      case 'ACK':
        return;
      case 'REGISTER':
        this.#registrar.register(transaction).catch((cause: unknown) => {
          respond({ status: 500 });
          this.#count(FluxError.from(cause), transaction.peer.address);
        });
        return;
      case 'MESSAGE':
        this.#messages.receive(transaction);
        return;
      case 'NOTIFY': {
        const device = this.#messages.receive(transaction);
        if (device) this.#subscriptions.notified(device, request);
        return;
      }
      case 'OPTIONS':
        respond({ status: 200, headers: { Allow: ALLOW } });
        return;
      // Of a session that is no more, or that never was: devices go on sending BYE until they hear something.
      case 'BYE':
      case 'INFO':
      case 'CANCEL':
        answer(481);
        return;
      case 'INVITE':
        answer(488);
        return;
      default:
        respond({ status: 405, headers: { Allow: ALLOW } });
    }
  }

  #subscribeCatalog(device: Device): void {
    const isSubscribed = this.#subscriptions.reports(device).some(({ kind }) => kind === 'catalog');
    // A device that does not know it is asked again after a while, by the subscriptions themselves.
    if (this.#options.subscribeCatalog && !isSubscribed)
      this.#subscriptions.subscribe(device, 'catalog').catch(() => {});
  }

  #playbackEnded(callId: string | undefined, deviceId: string, channelId: string): void {
    const players = [...this.#ingests.values()].filter(ingest => ingest instanceof RecordingPlayer);
    if (players.some(player => player.finished(callId))) return;
    // Some devices say it outside the session: where one recording of the channel is played, it is meant.
    const candidates = players.filter(player => player.isOf(deviceId, channelId));
    if (candidates.length === 1) candidates[0]?.finish();
  }

  #count(error: FluxError, peer: string): void {
    this.#refused[error.code] = (this.#refused[error.code] ?? 0) + 1;
    this.#options.onError?.(error, peer);
  }
}
