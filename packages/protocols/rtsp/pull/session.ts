import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { SocketIntake } from '@flux-iot/core/socket/socket-intake';
import type { StreamHistory } from '@flux-iot/core/stream/history';
import type { Publication } from '@flux-iot/core/stream/publication';
import type { ProfileLibrary } from '../../camera/library.ts';
import { controlUrls, presentationUrl } from '../control-url.ts';
import { parseMethods } from '../headers/methods.ts';
import { parseRtpInfo, type RtpInfo } from '../headers/rtp-info.ts';
import { formatTransport, parseTransports } from '../headers/transport.ts';
import { keepAliveInterval, keepAliveMethod } from '../keep-alive.ts';
import { RtpIngest, type TrackReception } from '../rtp-ingest.ts';
import type { LowerTransport } from '../track-transports.ts';
import type { RtspUrl } from '../url.ts';
import { RtspClient } from './client.ts';
import { type DescribedMedia, type Description, parseDescription } from './description.ts';
import { isOfKind, PullError } from './failure.ts';
import {
  type DatagramPorts,
  DatagramTransport,
  InterleavedTransport,
  type MediaTransport,
  type PacketReceiver,
} from './media-transport.ts';
import { PacketMending } from './packet-mending.ts';
import type { PullSource } from './source.ts';

/** How long is waited for what; milliseconds. */
export interface PullTimes {
  /** For the first packet by UDP, where TCP may be tried instead. */
  readonly firstDatagram: number;
  /** For any packet, before the session is given up. */
  readonly silence: number;
}

/** What all pulls of a process have in common. */
export interface PullEnvironment {
  readonly profiles: ProfileLibrary;
  /** Needed where the source may come by UDP. */
  readonly ports: DatagramPorts | undefined;
  /** Whether the certificate of an `rtsps` server has to be a valid one. */
  readonly verifyTls: boolean;
  /** Reads all connections. */
  readonly intake: SocketIntake;
  /** Something was read from a connection. */
  readonly onRead: () => void;
  readonly times: PullTimes;
}

export interface PullSessionOptions extends PullEnvironment {
  readonly source: PullSource;
  /** The source's, or where it has moved to. */
  readonly url: RtspUrl;
  readonly lower: LowerTransport;
  /** What may be tried instead, if there is something. */
  readonly alternative: LowerTransport | undefined;
  readonly history: StreamHistory;
  /** Asks for the right to publish, once all is ready for playing. */
  readonly publish: () => Promise<Publication>;
  /** The first packet of media came, by this transport. */
  readonly onMedia: (lower: LowerTransport) => void;
}

interface SetUpMedia extends DescribedMedia {
  /** By which it was set up. */
  readonly url: string;
  readonly mending: PacketMending | undefined;
}

const TICK = 1000;
/** How often the way through a router is opened while nothing comes. */
const MAX_OPENINGS = 5;
/** Junk is noted once it was so much. */
const NOTED_JUNK = 64 * 1024;

/** One session with a camera, from the connection to its end. */
export class PullSession implements PacketReceiver {
  readonly #options: PullSessionOptions;
  readonly #client: RtspClient;
  readonly #over = Promise.withResolvers<never>();
  readonly #media = new Map<number, SetUpMedia>();
  #lower: LowerTransport;
  #alternative: LowerTransport | undefined;
  #transport: MediaTransport | undefined;
  #ingest: RtpIngest | undefined;
  #publication: Publication | undefined;
  #starts: ReadonlyMap<number, number> = new Map();
  #url: string;
  #publicMethods: ReadonlySet<string> = new Set();
  #playedAt = 0;
  #hasMedia = false;
  /** Whether a packet came since the last tick, and for how many ticks there was none. */
  #isFlowing = false;
  #silentTicks = 0;
  #ticker: NodeJS.Timeout | undefined;
  #keepAliveTimer: NodeJS.Timeout | undefined;
  #keepsAliveByOptions = false;
  #junkBytes = 0;
  #closed = false;

  constructor(options: PullSessionOptions) {
    this.#options = options;
    const { source, url, profiles, verifyTls, intake, onRead, history } = options;
    this.#lower = options.lower;
    this.#alternative = options.alternative;
    this.#url = url.request;
    const isMoved = url.host !== source.url.host;
    this.#client = new RtspClient({
      ...{ url, profiles, verifyTls, intake, onRead },
      // Another host may be anybody's.
      credentials: isMoved ? undefined : source.credentials,
      profile: source.profile,
      onInterleaved: (channel, payload) => {
        if (this.#transport instanceof InterleavedTransport) this.#transport.interleaved(channel, payload);
      },
      onSkipped: bytes => {
        this.#junkBytes += bytes;
        if (this.#junkBytes === bytes || this.#junkBytes % NOTED_JUNK < bytes)
          history.note('junk-skipped', `${this.#junkBytes} bytes between frames so far`);
      },
      onClose: error => this.#over.reject(error),
    });
  }

  /** The transport that media is to come by: the one that was asked for, or what took its place. */
  get lower(): LowerTransport {
    return this.#lower;
  }

  get reception(): readonly TrackReception[] {
    return this.#ingest?.reception ?? [];
  }

  /** Runs the session to its end, which is always a failure. Rejects with a `PullError` or another `FluxError`. */
  async run(): Promise<never> {
    try {
      await Promise.race([this.#begin(), this.#over.promise]);
      return await this.#over.promise;
    } finally {
      await this.close();
    }
  }

  /** Says goodbye to the camera. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#ticker);
    clearInterval(this.#keepAliveTimer);
    this.#ingest?.close();
    this.#transport?.close();
    this.#over.promise.catch(() => {});
    await this.#client.close(this.#url);
    this.#over.reject(new FluxError('STREAM_ENDED', 'The session was closed.'));
  }

  rtp(trackId: number, data: Buffer): void {
    const media = this.#media.get(trackId);
    if (!media || this.#closed) return;
    if (!this.#hasMedia) this.#begun();
    this.#isFlowing = true;
    media.mending?.mend(data, performance.now());
    this.#receiver?.rtp(trackId, data);
  }

  rtcp(trackId: number, data: Buffer): void {
    const media = this.#media.get(trackId);
    if (!media || this.#closed || media.mending?.takesReports === false) return;
    this.#receiver?.rtcp(trackId, data);
  }

  /** Made for the first packet, so that one by TCP begins with nothing known where none came by UDP. */
  get #receiver(): RtpIngest | undefined {
    if (this.#ingest || !this.#publication || this.#closed) return this.#ingest;
    this.#ingest = new RtpIngest({
      publication: this.#publication,
      media: [...this.#media.values()].map(({ trackId, format }) => ({
        ...{ trackId, format },
        isReliable: this.#lower === 'tcp',
      })),
      sendReport: (trackId, report) => this.#transport?.sendReport(trackId, report),
    });
    for (const [trackId, rtpTime] of this.#starts) this.#ingest.startsAt(trackId, rtpTime);
    return this.#ingest;
  }

  async #begin(): Promise<void> {
    const { history } = this.#options;
    const offered = await this.#client.request('OPTIONS', this.#url);
    this.#publicMethods = parseMethods(offered.headers.all('Public'));
    const description = await this.#describe();
    await this.#setUpAll(description.media);
    history.note('set-up', `${this.#media.size} tracks by ${this.#lower.toUpperCase()}`);
    this.#publication = await this.#options.publish();
    await this.#play();
  }

  async #describe(): Promise<Description> {
    const { history, url } = this.#options;
    const client = this.#client;
    const response = await client.request('DESCRIBE', this.#url, { Accept: 'application/sdp' });
    const location = response.headers.get('Location');
    if (response.status >= 300 && response.status < 400 && location !== undefined)
      throw new PullError('moved', `${url.shown} has moved.`, location);
    if (response.status < 200 || response.status >= 300) throw client.refusal('DESCRIBE', response);
    const description = parseDescription(response.body);
    client.learnTool(description.tool);
    this.#url = presentationUrl(
      {
        request: url.request,
        contentBase: response.headers.get('Content-Base'),
        contentLocation: response.headers.get('Content-Location'),
        sessionControl: description.sessionControl,
      },
      client.quirks,
    );
    const media = description.media.map(({ format }) => format.codec).join(', ');
    history.note('described', `${media}; profile ${client.profile.name}`);
    for (const reason of description.leftOut) history.note('left-out', reason);
    return description;
  }

  /** Instead of a transport that is refused another can be set up; one that brings nothing takes another session. */
  async #setUpAll(media: readonly DescribedMedia[]): Promise<void> {
    try {
      this.#requireTransport();
      this.#transport = this.#makeTransport();
      for (const one of media) await this.#setUp(one);
    } catch (error) {
      const next = this.#alternative;
      if (next === undefined || this.#client.hasSession || !isOfKind(error, 'transport')) throw error;
      this.#options.history.note('fell-back', `to ${next.toUpperCase()}: ${error.message}`);
      this.#transport?.close();
      this.#lower = next;
      this.#alternative = undefined;
      await this.#setUpAll(media);
    }
  }

  /** Of some cameras it is known that media comes by one transport alone. */
  #requireTransport(): void {
    const { transport } = this.#client.quirks;
    if (transport === 'any' || transport !== this.#alternative) return;
    throw new PullError('transport', `Cameras like this one send by ${transport.toUpperCase()} alone.`);
  }

  #makeTransport(): MediaTransport {
    const { ports } = this.#options;
    if (this.#lower === 'tcp') return new InterleavedTransport(this.#client, this);
    if (!ports) throw new FluxError('INTERNAL', 'There are no UDP ports.');
    return new DatagramTransport(ports, this.#client.address, this);
  }

  async #setUp(media: DescribedMedia): Promise<void> {
    const client = this.#client;
    const transport = this.#transport!;
    const Transport = formatTransport(await transport.offer(media.trackId));
    const urls = controlUrls(this.#url, media.control, client.quirks.control);
    for (const [index, url] of urls.entries()) {
      const response = await client.request('SETUP', url, { Transport });
      const isLast = index === urls.length - 1;
      // Not every camera says of what it does not find that it is not there.
      if (!isLast && (response.status === 404 || response.status === 400)) continue;
      if (response.status < 200 || response.status >= 300) throw this.#refusalOfSetup(response);
      transport.agree(media.trackId, parseTransports(response.headers.all('Transport'))[0]);
      const mending = PacketMending.for(client.quirks, media.format.clockRate);
      this.#media.set(media.trackId, { ...media, url, mending });
      return;
    }
  }

  /** A transport that is not there is 461; cameras have other words for it, too. */
  #refusalOfSetup(response: Parameters<RtspClient['refusal']>[1]): FluxError {
    const refusal = this.#client.refusal('SETUP', response);
    const isOfAccess = [403, 404, 453, 454].includes(response.status);
    const isForGood = this.#media.size > 0 || isOfAccess || this.#alternative === undefined;
    return isForGood ? refusal : new PullError('transport', refusal.message);
  }

  async #play(): Promise<void> {
    const { history } = this.#options;
    const client = this.#client;
    this.#transport?.open();
    this.#playedAt = performance.now();
    let response = await client.request('PLAY', this.#url, { Range: 'npt=0.000-' });
    // What is live has no beginning; most do not mind.
    if (response.status === 400 || response.status === 457)
      response = await client.request('PLAY', this.#url);
    if (response.status < 200 || response.status >= 300) throw client.refusal('PLAY', response);
    if (this.#closed) return;
    history.note('playing', `session time-out ${client.sessionTimeout ?? 'not said'}`);
    this.#startAt(parseRtpInfo(response.headers.all('RTP-Info')));
    this.#ticker = setInterval(() => this.#tick(), TICK);
    const interval = keepAliveInterval(client.quirks, client.sessionTimeout);
    this.#keepAliveTimer = setInterval(() => void this.#keepAlive(), interval);
  }

  /** Where the session begins in the time of each track, if it is said of all of them (RFC 2326 §12.33). */
  #startAt(entries: readonly RtpInfo[]): void {
    const starts = new Map<number, number>();
    for (const [index, { trackId, url }] of [...this.#media.values()].entries()) {
      const named = entries.find(entry => entry.url !== '' && url.endsWith(entry.url));
      const entry = named ?? (entries.length === this.#media.size ? entries[index] : undefined);
      if (entry?.rtpTime === undefined) return;
      starts.set(trackId, entry.rtpTime);
    }
    this.#starts = starts;
    for (const [trackId, rtpTime] of starts) this.#ingest?.startsAt(trackId, rtpTime);
  }

  #begun(): void {
    this.#hasMedia = true;
    const elapsed = Math.round(performance.now() - this.#playedAt);
    this.#options.history.note('first-packet', `after ${elapsed} ms`);
    this.#options.onMedia(this.#lower);
  }

  #tick(): void {
    const { times, history } = this.#options;
    this.#silentTicks = this.#isFlowing ? 0 : this.#silentTicks + 1;
    this.#isFlowing = false;
    const silence = this.#silentTicks * TICK;
    if (!this.#hasMedia) {
      if (this.#silentTicks <= MAX_OPENINGS) this.#transport?.open();
      if (this.#lower === 'udp' && this.#alternative && silence >= times.firstDatagram) {
        this.#fail(new PullError('transport', `no packet by UDP in ${seconds(silence)} s`));
        return;
      }
    }
    if (silence < times.silence) return;
    history.note('no-media', `for ${seconds(silence)} s`);
    this.#fail(new FluxError('TIMED_OUT', `No media for ${seconds(silence)} s.`));
  }

  /** What becomes of it is no reason to end a session whose media flows: not every camera answers. */
  async #keepAlive(): Promise<void> {
    const { history } = this.#options;
    const chosen = keepAliveMethod(this.#client.quirks, this.#publicMethods);
    if (chosen === undefined) return;
    const method = this.#keepsAliveByOptions ? 'OPTIONS' : chosen;
    try {
      const { status } = await this.#client.request(method, this.#url);
      if (status < 300) return;
      history.note('keep-alive-lost', `${method} is answered with ${status}`);
    } catch (cause) {
      if (this.#closed) return;
      history.note('keep-alive-lost', `${method}: ${FluxError.from(cause).message}`);
    }
    this.#keepsAliveByOptions = true;
  }

  #fail(error: FluxError): void {
    this.#over.reject(error);
  }
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 1000);
}
