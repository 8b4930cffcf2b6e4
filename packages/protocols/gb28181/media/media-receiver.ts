import type { Socket } from 'node:net';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { plainAddress } from '@flux-iot/core/socket/plain-address';
import { SocketIntake } from '@flux-iot/core/socket/socket-intake';
import type { TurnSpacing } from '@flux-iot/core/stream/turn-spacing';
import { isRtcp, RTP_HEADER_SIZE } from '@flux-iot/media/rtp/packet';
import { DeviceReception, type ReceptionTimes } from './device-reception.ts';
import { type ConnectionOwner, type ConnectionReading, MediaConnection } from './media-connection.ts';
import { MediaPort } from './media-port.ts';
import type { Reception, ReceptionRequest } from './reception.ts';
import { ReceptionTable } from './reception-table.ts';

export interface MediaReceiverOptions {
  /** The address and the port that all devices send to. */
  readonly host: string;
  readonly port: number;
  /** Every stream has a port of its own, out of these; first and last are included. */
  readonly range?: readonly [first: number, last: number];
  readonly times?: ReceptionTimes;
  /** Told of what is read, for turns that are spaced are not for a busy shared socket. */
  readonly turns?: Pick<TurnSpacing, 'countDatagram' | 'countRead' | 'countAccept'>;
}

/** A port and the receptions that wait at it. */
interface Place {
  readonly port: MediaPort;
  readonly table: ReceptionTable<DeviceReception>;
}

const TIMES: ReceptionTimes = { firstMedia: 10_000, silence: 10_000 };
/** Key frames of hundreds of cameras at once, until the process comes to read. */
const SHARED_BUFFER = 16 * 1024 * 1024;
const OWN_BUFFER = 2 * 1024 * 1024;
/** Connections of which it is not known yet whose they are. */
const MAX_UNKNOWN = 512;
const MAX_UNKNOWN_PER_ADDRESS = 64;
/** Milliseconds for the first packet of a connection. */
const UNKNOWN_TIMEOUT = 10_000;
const RTCP_SSRC_AT = 4;
const SSRC_AT = 8;
const RTP_VERSION = 2;

/**
 * Where devices send their media to: one port of UDP and TCP for all of them, or one each. Packets of a shared port are
 * told apart by `ReceptionTable`, connections by their first packet.
 */
export class MediaReceiver implements ConnectionOwner {
  readonly #options: MediaReceiverOptions;
  readonly #reading: ConnectionReading = {
    intake: new SocketIntake(),
    onRead: () => this.#options.turns?.countRead(),
  };
  readonly #receptions = new Set<DeviceReception>();
  readonly #ports = new Set<MediaPort>();
  /** With the place at which they came, and what ends them. */
  readonly #unknown = new Map<MediaConnection, { readonly place: Place; readonly timer: NodeJS.Timeout }>();
  #shared: Place | undefined;
  #nextPort = 0;
  #bytesBefore = 0;
  #strayPackets = 0;
  #stopped = false;

  constructor(options: MediaReceiverOptions) {
    this.#options = options;
    const [first, last] = options.range ?? [0, 0];
    // Processes that share a range do not begin at the same port.
    this.#nextPort = first + Math.floor(Math.random() * (last - first + 1));
  }

  /** Binds the shared port. Rejects with `PORT_IN_USE`. */
  async start(): Promise<void> {
    if (this.#options.range) return;
    this.#shared = await this.#open(this.#options.port, false);
  }

  /** Ends all receptions without a word. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const reception of [...this.#receptions]) reception.close();
    for (const connection of [...this.#unknown.keys()]) connection.close();
    for (const port of this.#ports) port.close();
    this.#ports.clear();
  }

  get listening(): readonly string[] {
    const { host, range } = this.#options;
    const name = host.includes(':') ? `[${host}]` : host;
    if (range) return [`${name}:${range[0]}-${range[1]}`];
    return this.#shared ? [`${name}:${this.#shared.port.port}`] : [];
  }

  get bytesIn(): number {
    return [...this.#receptions].reduce((sum, { counters }) => sum + counters.bytes, this.#bytesBefore);
  }

  get receptions(): number {
    return this.#receptions.size;
  }

  /** Packets that were nobody's. */
  get strayPackets(): number {
    return this.#strayPackets;
  }

  /**
   * Waits for a device's stream from now on. Rejects with `STREAM_LIMIT` where no port of the range is free, with
   * `REQUEST_INVALID` where another stream has the same SSRC.
   */
  async open(request: ReceptionRequest): Promise<Reception> {
    const place = this.#shared ?? (await this.#openOfRange());
    if (this.#stopped) throw new FluxError('NOT_READY', 'GB28181 media is not received any more.');
    const { port, table } = place;
    if (table.hasSsrc(request.ssrc)) {
      throw new FluxError('REQUEST_INVALID', `The SSRC ${request.ssrc} is that of another stream.`);
    }
    const reception: DeviceReception = new DeviceReception(request, {
      ...this.#reading,
      ...{ port, table, times: this.#options.times ?? TIMES },
      onClosed: () => {
        this.#bytesBefore += reception.counters.bytes;
        this.#receptions.delete(reception);
        if (place !== this.#shared) this.#close(port);
      },
    });
    this.#receptions.add(reception);
    table.add(reception);
    return reception;
  }

  connectionPacket(connection: MediaConnection, data: Buffer): void {
    const unknown = this.#unknown.get(connection);
    if (!unknown || isRtcp(data) || data.length < RTP_HEADER_SIZE) return;
    const now = performance.now();
    const ssrc = data.readUInt32BE(SSRC_AT);
    const route = unknown.place.table.find(ssrc, connection.source, now);
    if (route.kind === 'found') {
      this.#forget(connection);
      if (!route.entry.adopt(connection, data, route.isKnownSsrc)) connection.close();
      return;
    }
    this.#strayPackets++;
    for (const entry of route.candidates) {
      entry.noteStray(ssrc, connection.source, entry.addresses.has(connection.source.address));
    }
  }

  connectionClosed(connection: MediaConnection): void {
    this.#forget(connection);
  }

  #datagram(place: Place, data: Buffer, address: string, port: number): void {
    if (place === this.#shared) this.#options.turns?.countDatagram();
    if (data.length < RTCP_SSRC_AT + 4 || data[0]! >> 6 !== RTP_VERSION) {
      this.#strayPackets++;
      return;
    }
    const isReport = isRtcp(data);
    if (!isReport && data.length < RTP_HEADER_SIZE) return;
    const now = performance.now();
    const source = { address, port };
    const ssrc = data.readUInt32BE(isReport ? RTCP_SSRC_AT : SSRC_AT);
    const route = place.table.find(ssrc, source, now);
    if (route.kind === 'found') {
      const { entry } = route;
      // A report says nothing of where media comes from.
      if (isReport) entry.rtcp(data, source, now);
      else entry.datagram(data, source, route.isKnownSsrc, now);
      return;
    }
    this.#strayPackets++;
    if (isReport) return;
    for (const entry of route.candidates) entry.noteStray(ssrc, source, entry.addresses.has(address));
  }

  #connection(place: Place, socket: Socket): void {
    this.#options.turns?.countAccept();
    const { remoteAddress } = socket;
    if (remoteAddress === undefined || !this.#hasRoomFor(plainAddress(remoteAddress))) {
      socket.destroy();
      return;
    }
    const connection = MediaConnection.accept(this.#reading, socket, this);
    const timer = setTimeout(() => connection.close(), UNKNOWN_TIMEOUT).unref();
    this.#unknown.set(connection, { place, timer });
    for (const entry of place.table.waitingFor(connection.source.address))
      entry.noteConnection(connection.source);
  }

  #hasRoomFor(address: string): boolean {
    if (this.#unknown.size >= MAX_UNKNOWN) return false;
    let count = 0;
    for (const { source } of this.#unknown.keys()) if (source.address === address) count++;
    return count < MAX_UNKNOWN_PER_ADDRESS;
  }

  #forget(connection: MediaConnection): void {
    clearTimeout(this.#unknown.get(connection)?.timer);
    this.#unknown.delete(connection);
  }

  async #open(port: number, isExclusive: boolean): Promise<Place> {
    const table = new ReceptionTable<DeviceReception>(isExclusive);
    let place: Place | undefined;
    const opened = await MediaPort.open({
      host: this.#options.host,
      port,
      receiveBufferSize: isExclusive ? OWN_BUFFER : SHARED_BUFFER,
      onDatagram: (data, address, from) => {
        if (place) this.#datagram(place, data, address, from);
      },
      onConnection: socket => {
        if (place) this.#connection(place, socket);
        else socket.destroy();
      },
    });
    place = { port: opened, table };
    this.#ports.add(opened);
    return place;
  }

  /** The ports of the range are taken in turn: whoever sent to one that was given back may still do so. */
  async #openOfRange(): Promise<Place> {
    const { range } = this.#options;
    if (!range) throw new FluxError('NOT_READY', 'GB28181 media is not received yet.');
    const [first, last] = range;
    const taken = new Set([...this.#ports].map(({ port }) => port));
    for (let tries = 0; tries <= last - first; tries++) {
      const port = this.#nextPort;
      this.#nextPort = port === last ? first : port + 1;
      if (taken.has(port)) continue;
      try {
        return await this.#open(port, true);
      } catch {
        // Somebody else has it, of UDP or of TCP.
      }
    }
    throw new FluxError('STREAM_LIMIT', `No port from ${first} to ${last} is free for GB28181 media.`);
  }

  #close(port: MediaPort): void {
    port.close();
    this.#ports.delete(port);
    for (const [connection, { place }] of [...this.#unknown]) if (place.port === port) connection.close();
  }
}
