import { randomBytes } from 'node:crypto';
import { isIP, isIPv6 } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { plainAddress } from '@flux-iot/core/socket/plain-address';
import type { Publication } from '@flux-iot/core/stream/publication';
import { ParseError } from '@flux-iot/media/model/parse-error';
import { isRtcp, parseRtpPacket, RTP_HEADER_SIZE, RtpPacket } from '@flux-iot/media/rtp/packet';
import { ReceiverStatistics } from '@flux-iot/media/rtp/receiver-statistics';
import type { SenderInfo } from '@flux-iot/media/rtp/rtcp/packet';
import { parseRtcp } from '@flux-iot/media/rtp/rtcp/parser';
import { receiverReport } from '@flux-iot/media/rtp/rtcp/writer';
import { type ConnectionOwner, type ConnectionReading, MediaConnection } from './media-connection.ts';
import type { MediaPort } from './media-port.ts';
import { PsIngest } from './ps-ingest.ts';
import type { MediaAnswer, Reception, ReceptionCounters, ReceptionRequest } from './reception.ts';
import type { MediaSource, ReceptionTable, TableEntry } from './reception-table.ts';

/** How long is waited for what; milliseconds. */
export interface ReceptionTimes {
  /** For the first packet, from the device's answer on. */
  readonly firstMedia: number;
  /** For any packet, once there was one. */
  readonly silence: number;
}

/** What a reception works with. */
export interface ReceptionEnvironment extends ConnectionReading {
  readonly port: MediaPort;
  readonly table: ReceptionTable<DeviceReception>;
  readonly times: ReceptionTimes;
  /** It is over, by whoever. */
  onClosed(): void;
}

const TICK = 1000;
/** Milliseconds without packets after which a connection from elsewhere may take the place of one that is there. */
const REPLACEABLE = 1000;
/** How long a device has to come back by another connection. */
const RECONNECT = 3000;
const CONNECT_TIMEOUT = 5000;
const CONNECT_TRIES = 3;
const MAX_STRAY_NOTES = 5;
const REPORT_INTERVAL = 4000;
const PS_CLOCK_RATE = 90_000;

/** One device's stream on its way in. Everything that happens to it is noted in its time line. */
export class DeviceReception implements Reception, TableEntry, ConnectionOwner {
  readonly ssrc: number;
  readonly addresses: Set<string>;
  answeredSsrc: number | undefined;
  answeredPort: number | undefined;
  source: MediaSource | undefined;
  lastSsrc: number | undefined;
  readonly #request: ReceptionRequest;
  readonly #environment: ReceptionEnvironment;
  readonly #ticker: NodeJS.Timeout;
  readonly #statistics = new ReceiverStatistics(PS_CLOCK_RATE);
  readonly #packet = new RtpPacket();
  readonly #ownSsrc = randomBytes(4).readUInt32BE();
  readonly #strays = new Set<string>();
  #connection: MediaConnection | undefined;
  /** It is connected to, or was. */
  #isConnecting = false;
  #isReliable = false;
  #ingest: PsIngest | undefined;
  #publication: Promise<Publication> | undefined;
  #orderTimer: NodeJS.Timeout | undefined;
  #endTimer: NodeJS.Timeout | undefined;
  #lastPacketAt = Number.NEGATIVE_INFINITY;
  #lastReportAt = Number.NEGATIVE_INFINITY;
  /** When the wait for the first packet began. */
  #answeredAt: number | undefined;
  #isPaused = false;
  #closed = false;

  constructor(request: ReceptionRequest, environment: ReceptionEnvironment) {
    this.#request = request;
    this.#environment = environment;
    this.ssrc = request.ssrc;
    this.addresses = new Set([plainAddress(request.deviceAddress)]);
    request.history.note('media-port', `${environment.port.port}, for the SSRC ${ssrcText(request.ssrc)}`);
    this.#ticker = setInterval(() => this.#tick(), TICK).unref();
  }

  get port(): number {
    return this.#environment.port.port;
  }

  get counters(): ReceptionCounters {
    return this.#ingest?.counters ?? { packets: 0, bytes: 0, lost: 0, reordered: 0, droppedFrames: 0 };
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  silence(now: number): number {
    return this.#isReliable && !this.#connection ? Number.POSITIVE_INFINITY : now - this.#lastPacketAt;
  }

  answered({ ssrc, address, port }: MediaAnswer): void {
    if (this.#closed) return;
    this.#answeredAt ??= performance.now();
    if (address !== undefined && isIP(address) !== 0) this.addresses.add(plainAddress(address));
    this.answeredPort = port;
    if (ssrc !== undefined && ssrc !== this.ssrc) {
      this.answeredSsrc = ssrc;
      this.#environment.table.addAnswered(this);
    }
    if (this.#request.transport !== 'tcp-active' || this.#isConnecting) return;
    if (address === undefined || port === undefined || isIP(address) === 0) {
      this.#request.history.note('media-connect-failed', 'the answer does not say where to connect to');
      return;
    }
    this.#isConnecting = true;
    void this.#connect({ address: plainAddress(address), port });
  }

  expectSilence(isExpected: boolean): void {
    this.#isPaused = isExpected;
    // Time begins to run anew.
    if (!isExpected && this.source) this.#lastPacketAt = performance.now();
  }

  /** A datagram came for it. `isKnownSsrc`: it has the SSRC that was agreed on. */
  datagram(data: Buffer, source: MediaSource, isKnownSsrc: boolean, now: number): void {
    if (this.#closed) return;
    if (this.source?.port !== source.port || this.source.address !== source.address) {
      this.#bind(data, source, isKnownSsrc, false);
    }
    this.#take(data, now);
    try {
      this.#statistics.packet(parseRtpPacket(data, this.#packet), now);
    } catch (error) {
      // The ingest has noted it.
      if (!(error instanceof ParseError)) throw error;
    }
  }

  /** A connection turned out to be its device's; `first` is its first packet. False where it has one that is alive. */
  adopt(connection: MediaConnection, first: Buffer, isKnownSsrc: boolean): boolean {
    const before = this.#connection;
    const isOther = before && before.source.address !== connection.source.address;
    if (this.#closed || (isOther && this.silence(performance.now()) < REPLACEABLE)) return false;
    this.#connection = connection;
    connection.owner = this;
    before?.close();
    clearTimeout(this.#endTimer);
    if (this.source) this.#ingest?.reconnect();
    this.#bind(first, connection.source, isKnownSsrc, true);
    this.connectionPacket(connection, first);
    return true;
  }

  connectionPacket(connection: MediaConnection, data: Buffer): void {
    if (this.#closed || connection !== this.#connection) return;
    if (isRtcp(data) || data.length < RTP_HEADER_SIZE) return;
    if (!this.source) this.#bind(data, connection.source, data.readUInt32BE(8) === this.ssrc, true);
    this.#take(data, performance.now());
  }

  connectionClosed(connection: MediaConnection, reason: string | undefined): void {
    if (this.#closed || connection !== this.#connection) return;
    this.#connection = undefined;
    this.#request.history.note('media-disconnected', reason);
    this.#endTimer = setTimeout(() => this.#end(reason ?? 'The connection was closed.'), RECONNECT).unref();
  }

  /** An RTCP packet came from its source. Reports are answered; devices that send none do not expect any. */
  rtcp(data: Buffer, source: MediaSource, now: number): void {
    try {
      for (const packet of parseRtcp(data)) {
        if (packet.type === 'goodbye') this.#request.history.note('goodbye', packet.reason);
        if (packet.type === 'sender-report') this.#answerReport(packet, source, now);
      }
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.#request.history.note('bad-media', error.message);
    }
  }

  /** Its device has connected, as far as can be told before the first packet. */
  noteConnection(source: MediaSource): void {
    this.#request.history.note('media-connected', `from ${nameOf(source)}`);
  }

  /** Media came that nobody is known to wait for; it may be its device's. */
  noteStray(ssrc: number, source: MediaSource, isAmbiguous: boolean): void {
    const key = `${source.address} ${ssrc}`;
    if (this.#strays.has(key) || this.#strays.size >= MAX_STRAY_NOTES) return;
    this.#strays.add(key);
    const reason = isAmbiguous ? 'it may be for any of several streams' : 'it is from another address';
    this.#request.history.note('stray-media', `SSRC ${ssrcText(ssrc)} from ${nameOf(source)}: ${reason}`);
  }

  close(): void {
    if (this.#closed) return;
    this.#ingest?.close();
    this.#closed = true;
    clearInterval(this.#ticker);
    clearTimeout(this.#orderTimer);
    clearTimeout(this.#endTimer);
    this.#connection?.close();
    const { table, onClosed } = this.#environment;
    table.remove(this, performance.now());
    onClosed();
  }

  #end(reason: string): void {
    if (this.#closed) return;
    this.close();
    this.#request.onEnded(reason);
  }

  /** Its packets come from `source` from now on. */
  #bind(data: Buffer, source: MediaSource, isKnownSsrc: boolean, isReliable: boolean): void {
    const { history, transport } = this.#request;
    const before = this.source;
    this.source = source;
    this.#environment.table.bind(this, source, before);
    const ssrc = data.readUInt32BE(8);
    if (before) {
      if (this.#isReliable === isReliable && !isReliable) {
        history.note('media-moved', `from ${nameOf(before)} to ${nameOf(source)}`);
      }
    } else {
      const way = isReliable ? 'TCP' : 'UDP';
      const payloadType = data[1]! & 0x7f;
      history.note(
        'first-rtp',
        `from ${nameOf(source)} by ${way}, SSRC ${ssrcText(ssrc)}, payload type ${payloadType}`,
      );
      if (isReliable !== (transport !== 'udp'))
        history.note('transport-differs', `${transport} was asked for`);
      if (!isKnownSsrc) {
        history.note(
          'ssrc-differs',
          `${ssrcText(ssrc)} instead of ${ssrcText(this.answeredSsrc ?? this.ssrc)}`,
        );
      }
    }
    if (!before || this.#isReliable !== isReliable) this.#begin(isReliable);
    if (!before) this.#request.onMedia();
  }

  #begin(isReliable: boolean): void {
    const { history, audioHint } = this.#request;
    this.#isReliable = isReliable;
    this.#ingest?.close();
    if (!this.#publication) {
      this.#publication = this.#request.publish(nameOf(this.source!));
      this.#publication.catch(error => this.#end(FluxError.from(error).message));
    }
    this.#ingest = new PsIngest({ publication: this.#publication, history, audioHint, isReliable });
  }

  #take(data: Buffer, now: number): void {
    this.lastSsrc = data.readUInt32BE(8);
    this.#lastPacketAt = now;
    this.#ingest?.rtp(data, now);
    const deadline = this.#ingest?.deadline;
    if (deadline !== undefined) this.#awaitDeadline(deadline);
  }

  /** Packets wait for earlier ones: whether these still come or not, time runs out for them. */
  #awaitDeadline(deadline: number): void {
    this.#orderTimer ??= setTimeout(
      () => {
        this.#orderTimer = undefined;
        this.#ingest?.advance(performance.now());
        const next = this.#ingest?.deadline;
        if (next !== undefined) this.#awaitDeadline(next);
      },
      Math.max(1, deadline - performance.now()),
    );
  }

  async #connect(target: MediaSource): Promise<void> {
    const { history } = this.#request;
    for (let tries = 1; !this.#closed; tries++) {
      try {
        const connection = await MediaConnection.connect(this.#environment, target, this, CONNECT_TIMEOUT);
        this.#useConnection(connection);
        return;
      } catch (error) {
        if (this.#closed) return;
        history.note('media-connect-failed', `${nameOf(target)}: ${FluxError.from(error).message}`);
        if (tries === CONNECT_TRIES) {
          this.#end(`The device cannot be connected to at ${nameOf(target)}.`);
          return;
        }
        await sleep(TICK, undefined, { ref: false });
      }
    }
  }

  #useConnection(connection: MediaConnection): void {
    if (this.#closed) {
      connection.close();
      return;
    }
    this.#connection = connection;
    this.#request.history.note('media-connected', `to ${nameOf(connection.source)}`);
    connection.start();
  }

  #answerReport(report: SenderInfo, source: MediaSource, now: number): void {
    this.#statistics.senderReport(report, now);
    const block = this.#statistics.reportBlock(now);
    if (!block || now - this.#lastReportAt < REPORT_INTERVAL) return;
    this.#lastReportAt = now;
    this.#environment.port.send(receiverReport(this.#ownSsrc, '', [block]), source.port, source.address);
  }

  #tick(): void {
    this.#ingest?.noteLoss();
    if (this.#isPaused) return;
    const { times } = this.#environment;
    const now = performance.now();
    if (this.source) {
      if (now - this.#lastPacketAt < times.silence) return;
      this.#request.history.note('media-silent', `nothing came for ${times.silence / 1000} s`);
      this.#end('The device sends no media any more.');
    } else if (this.#answeredAt !== undefined && now - this.#answeredAt >= times.firstMedia) {
      const detail = `nothing came at port ${this.port} in ${times.firstMedia / 1000} s`;
      this.#request.history.note('no-media', detail);
      this.#end('The device sends no media.');
    }
  }
}

/** Ten digits, as the signalling writes it. */
function ssrcText(ssrc: number): string {
  return String(ssrc).padStart(10, '0');
}

function nameOf({ address, port }: MediaSource): string {
  return `${isIPv6(address) ? `[${address}]` : address}:${port}`;
}
