import { ParseError } from '@flux-iot/media/model/parse-error';
import { type CatalogItem, catalogEventNodes } from '@flux-iot/protocols/gb28181/manscdp/catalog';
import {
  formatTime,
  MANSCDP_TYPE,
  type ManscdpMessage,
  parseManscdp,
  writeManscdp,
} from '@flux-iot/protocols/gb28181/manscdp/message';
import type { XmlNode } from '@flux-iot/protocols/gb28181/manscdp/xml';
import {
  parseSessionDescription,
  sendingTransport,
  writeAnswer,
} from '@flux-iot/protocols/gb28181/sdp/answer';
import { SipAgent } from '@flux-iot/protocols/gb28181/sip/agent';
import { Dialog } from '@flux-iot/protocols/gb28181/sip/dialog';
import type { SipRequest } from '@flux-iot/protocols/gb28181/sip/message';
import type { SipPeer } from '@flux-iot/protocols/gb28181/sip/peer';
import { Registration } from '@flux-iot/protocols/gb28181/sip/registration';
import type { ServerTransaction } from '@flux-iot/protocols/gb28181/sip/transactions';
import { answersTo, UTC_OFFSET } from './answers.ts';
import type { Clip } from './clip.ts';
import { MediaSender } from './media-sender.ts';
import type { SimulatedQuirks, SimulatedRecording } from './quirks.ts';
import { SimulatedVoice } from './simulated-voice.ts';

export interface SimulatedDeviceOptions {
  readonly id: string;
  readonly password: string;
  /** The platform. */
  readonly server: SipPeer & { readonly id: string; readonly domain: string };
  readonly channels: readonly CatalogItem[];
  readonly clip?: Clip;
  readonly recordings?: readonly SimulatedRecording[];
  /** Seconds. */
  readonly expires?: number;
  readonly keepaliveInterval?: number;
  /** Entries in one message of a catalog or a list of recordings. */
  readonly partSize?: number;
  readonly version?: string;
  /** What it does otherwise than it should. */
  readonly quirks?: SimulatedQuirks;
  /** What it was told: `PTZCmd A50F…`, `INVITE …`. */
  readonly onTold?: (text: string) => void;
}

interface Session {
  readonly dialog: Dialog;
  readonly sender: MediaSender;
  readonly channelId: string;
}

const EMPTY_CLIP: Clip = { packs: [], duration: 1 };

/** A device as a camera or recorder is: registers, answers, sends. For tests, and for load on a platform. */
export class SimulatedDevice {
  readonly id: string;
  readonly told: string[] = [];
  /** What it hears. */
  readonly voice: SimulatedVoice;
  readonly #options: SimulatedDeviceOptions;
  readonly #agent: SipAgent;
  readonly #registration: Registration;
  readonly #sessions = new Map<string, Session>();
  readonly #subscriptions = new Map<string, Dialog>();
  #keepalive: NodeJS.Timeout | undefined;
  #sn = 0;
  #stopped = false;

  constructor(options: SimulatedDeviceOptions) {
    this.#options = options;
    this.id = options.id;
    const { id, password, server, version } = options;
    this.#agent = new SipAgent({
      identity: { id, domain: server.domain },
      host: '127.0.0.1',
      port: 0,
      advertised: undefined,
      flood: { rate: 10_000, burst: 100_000 },
      maxConnections: 10,
      onRequest: transaction => this.#receive(transaction),
      onDisconnected: () => {},
      onRefused: () => {},
    });
    this.voice = new SimulatedVoice({
      ...{ id, agent: this.#agent, server, quirks: options.quirks },
      note: text => this.#note(text),
    });
    this.#registration = new Registration({
      ...{ agent: this.#agent, id, serverId: server.id, domain: server.domain },
      credentials: { user: id, password },
      headers: { 'X-GB-Ver': version, 'User-Agent': 'Simulated device' },
    });
  }

  /** Streams that it sends. */
  get sessions(): number {
    return this.#sessions.size;
  }

  get packets(): number {
    return [...this.#sessions.values()].reduce((sum, { sender }) => sum + sender.packets, 0);
  }

  async start(): Promise<void> {
    await this.#agent.start();
    await this.#agent.endpoint.connect(this.#options.server);
  }

  /** Registers, and goes on saying that it is alive. Resolves with the status of the answer. */
  async register(expires = this.#options.expires ?? 3600): Promise<number> {
    const { keepaliveInterval = 60, quirks, server } = this.#options;
    const { status } = await this.#registration.register(server, expires);
    clearInterval(this.#keepalive);
    if (status === 200 && expires > 0 && !quirks?.isSilent)
      this.#keepalive = setInterval(
        () => void this.keepalive().catch(() => {}),
        keepaliveInterval * 1000,
      ).unref();
    return status;
  }

  async keepalive(): Promise<number> {
    return this.#message('Notify', 'Keepalive', [['Status', 'OK']]);
  }

  /** Tells of an alarm: in the subscription where there is one, or by itself. */
  async alarm(channelId: string, type = 2): Promise<number> {
    const content: XmlNode[] = [
      ['AlarmPriority', 1],
      ['AlarmMethod', 5],
      ['AlarmTime', formatTime(Date.now(), UTC_OFFSET)],
      ['AlarmDescription', '移动侦测'],
      ['Info', [['AlarmType', type]]],
    ];
    return this.#notify('Alarm', channelId, content);
  }

  async position(longitude: number, latitude: number): Promise<number> {
    const time: XmlNode = ['Time', formatTime(Date.now(), UTC_OFFSET)];
    return this.#notify('MobilePosition', this.id, [time, ['Longitude', longitude], ['Latitude', latitude]]);
  }

  async catalogChanged(item: CatalogItem, event: string): Promise<number> {
    return this.#notify('Catalog', this.id, catalogEventNodes(event, [item]));
  }

  /** Ends all streams as a device does whose power fails: without a word. */
  cutPower(): void {
    clearInterval(this.#keepalive);
    for (const { sender } of this.#sessions.values()) sender.close();
    this.#sessions.clear();
    this.voice.close();
  }

  /** Says goodbye to its streams. */
  async hangUp(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(
      sessions.map(async ({ dialog, sender }) => {
        sender.close();
        await this.#agent.send(dialog.request('BYE'), this.#options.server, 2000).catch(() => {});
      }),
    );
  }

  /** Idempotent. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.cutPower();
    this.#agent.stop();
  }

  // --- what it says -----------------------------------------------------------------------------------------------

  async #message(kind: 'Notify' | 'Response', command: string, content: readonly XmlNode[], sn?: string) {
    this.#sn++;
    const { server } = this.#options;
    const body = writeManscdp(kind, command, sn ?? this.#sn, this.id, content);
    const response = await this.#agent.request(
      'MESSAGE',
      server.id,
      server,
      { 'Content-Type': MANSCDP_TYPE },
      body,
      5000,
    );
    return response.status;
  }

  async #notify(command: string, channelId: string, content: readonly XmlNode[]): Promise<number> {
    this.#sn++;
    const { server } = this.#options;
    const body = writeManscdp('Notify', command, this.#sn, channelId, content);
    const subscription = this.#subscriptions.get(command);
    const headers = { 'Content-Type': MANSCDP_TYPE };
    if (!subscription)
      return (await this.#agent.request('MESSAGE', server.id, server, headers, body, 5000)).status;
    const request = subscription.request(
      'NOTIFY',
      { ...headers, Event: 'presence', 'Subscription-State': 'active' },
      body,
    );
    return (await this.#agent.send(request, server, 5000)).status;
  }

  // --- what it is told --------------------------------------------------------------------------------------------

  #receive(transaction: ServerTransaction): void {
    const { request, respond } = transaction;
    if (this.voice.takes(transaction)) return;
    const session = this.#sessions.get(request.headers.get('Call-ID') ?? '');
    switch (request.method) {
      case 'MESSAGE':
        respond({ status: 200 });
        this.#answer(request);
        return;
      case 'SUBSCRIBE':
        this.#subscribed(transaction);
        return;
      case 'INVITE':
        this.#note(`INVITE ${request.body.toString('latin1').replaceAll('\r\n', ' ')}`);
        if (!this.#options.quirks?.isDeafToInvite) void this.#invited(transaction);
        return;
      case 'ACK':
        if (!this.#options.quirks?.isMute) session?.sender.start();
        return;
      case 'CANCEL':
        this.#note('CANCEL');
        respond({ status: 200 });
        return;
      case 'BYE':
        this.#note('BYE');
        respond({ status: session ? 200 : 481 });
        session?.sender.close();
        this.#sessions.delete(request.headers.get('Call-ID') ?? '');
        return;
      case 'INFO':
        respond({ status: session ? 200 : 481 });
        if (session) this.#playbackControlled(session, request.body.toString('latin1'));
        return;
      default:
        respond({ status: 405 });
    }
  }

  #note(text: string): void {
    this.told.push(text);
    this.#options.onTold?.(text);
  }

  #subscribed({ request, respond, tag, peer }: ServerTransaction): void {
    const expires = Number(request.headers.get('Expires') ?? 0);
    respond({ status: 200, headers: { Expires: expires, Contact: this.#agent.contact(peer) } });
    const message = messageOf(request);
    if (!message) return;
    this.#note(`SUBSCRIBE ${message.command} ${expires}`);
    if (expires === 0) this.#subscriptions.delete(message.command);
    else this.#subscriptions.set(message.command, Dialog.ofRequest(request, tag, this.#agent.contact(peer)));
  }

  #answer(request: SipRequest): void {
    const message = messageOf(request);
    if (!message) return;
    if (message.kind === 'Notify' && message.command === 'Broadcast') {
      this.voice.broadcast(message).catch(() => {});
      return;
    }
    const { channels, recordings = [], partSize = 4, quirks } = this.#options;
    const { answers, orders } = answersTo(message, { id: this.id, channels, recordings, partSize, quirks });
    for (const order of orders) this.#note(order);
    void this.#sendAll(message, answers);
  }

  /** One after the other, as devices do. */
  async #sendAll({ command, sn }: ManscdpMessage, answers: readonly (readonly XmlNode[])[]): Promise<void> {
    for (const content of answers) await this.#message('Response', command, content, sn).catch(() => 0);
  }

  async #invited({ request, respond, tag, peer }: ServerTransaction): Promise<void> {
    const { quirks, clip = EMPTY_CLIP } = this.#options;
    respond({ status: 100 });
    if (quirks?.inviteStatus !== undefined) {
      respond({ status: quirks.inviteStatus });
      return;
    }
    const offer = parseSessionDescription(request.body);
    const ssrc = quirks?.ownSsrc ?? Number(offer.ssrc);
    const isRecording = offer.name !== 'Play';
    const transport = quirks?.alwaysUdp ? 'udp' : sendingTransport(offer);
    const callId = request.headers.get('Call-ID') ?? '';
    const sender = new MediaSender({
      ...{ clip, transport, ssrc: quirks?.lyingSsrc ?? ssrc },
      address: offer.address ?? '127.0.0.1',
      port: offer.port,
      isOnce: isRecording,
      onEnded: () => void this.#mediaEnded(callId, isRecording),
    });
    const port = await sender.open();
    if (quirks?.closesMediaPort) sender.close();
    if (this.#stopped) {
      sender.close();
      return;
    }
    const channelId = offer.uri?.split(':')[0] ?? this.id;
    this.#sessions.set(callId, {
      dialog: Dialog.ofRequest(request, tag, this.#agent.contact(peer)),
      sender,
      channelId,
    });
    const { name, from, to } = offer;
    const body = writeAnswer({
      ...{ ownerId: this.id, name, from, to, address: '127.0.0.1', port },
      // What it agrees to, whatever it does.
      transport: sendingTransport(offer),
      ssrc: String(ssrc).padStart(10, '0'),
    });
    const headers = { Contact: this.#agent.contact(peer), 'Content-Type': 'APPLICATION/SDP' };
    respond({ status: 200, headers, body });
  }

  async #mediaEnded(callId: string, isRecording: boolean): Promise<void> {
    const session = this.#sessions.get(callId);
    if (!session || !isRecording) return;
    const { server } = this.#options;
    // §9.8.2: in the session, so that it is known of which.
    const body = writeManscdp('Notify', 'MediaStatus', ++this.#sn, this.id, [['NotifyType', 121]]);
    const request = session.dialog.request('MESSAGE', { 'Content-Type': MANSCDP_TYPE }, body);
    await this.#agent.send(request, server, 2000).catch(() => {});
  }

  #playbackControlled({ sender }: Session, text: string): void {
    this.#note(`INFO ${text.split('\r\n').join(' ').trim()}`);
    const scale = /Scale:\s*(-?[\d.]+)/i.exec(text)?.[1];
    const seconds = /npt=([\d.]+)-/i.exec(text)?.[1];
    if (/^PAUSE/i.test(text)) sender.pause();
    else if (scale !== undefined) sender.scale = Number(scale);
    else if (seconds !== undefined) sender.seek(Number(seconds));
    else sender.resume();
  }
}

function messageOf(request: SipRequest): ManscdpMessage | undefined {
  try {
    return parseManscdp(request.body);
  } catch (cause) {
    if (cause instanceof ParseError) return undefined;
    throw cause;
  }
}
