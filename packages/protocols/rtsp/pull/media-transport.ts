import { randomBytes } from 'node:crypto';
import type { RemoteInfo } from 'node:dgram';
import { isIP, isIPv6 } from 'node:net';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { plainAddress } from '@flux-iot/core/socket/plain-address';
import { writeRtpHeader } from '@flux-iot/media/rtp/packet';
import { receiverReport } from '@flux-iot/media/rtp/rtcp/writer';
import type { Pair, Transport } from '../headers/transport.ts';
import type { LowerTransport } from '../track-transports.ts';
import { type PortPair, type PortPairHandlers, PortPool } from '../udp/port-pool.ts';
import type { RtspClient } from './client.ts';
import { PullError } from './failure.ts';

/** `data` is valid during the call alone. */
export interface PacketReceiver {
  rtp(trackId: number, data: Buffer): void;
  rtcp(trackId: number, data: Buffer): void;
}

/** How the media of one session is carried, for the side that receives it. */
export interface MediaTransport {
  readonly lower: LowerTransport;
  /** What SETUP offers for a track. */
  offer(trackId: number): Promise<Transport>;
  /** Takes the camera's answer; undefined where it says nothing. Throws a `PullError` of the kind `transport`. */
  agree(trackId: number, answer: Transport | undefined): void;
  /** Sends packets that make a way for the camera's, where there is a router on it. */
  open(): void;
  sendReport(trackId: number, report: Buffer): void;
  /** Gives the ports back. Idempotent. */
  close(): void;
}

/** Media in the RTSP connection (RFC 2326 §10.12). */
export class InterleavedTransport implements MediaTransport {
  readonly lower = 'tcp';
  readonly #client: RtspClient;
  readonly #receiver: PacketReceiver;
  readonly #channels = new Map<number, Pair>();

  constructor(client: RtspClient, receiver: PacketReceiver) {
    this.#client = client;
    this.#receiver = receiver;
  }

  async offer(trackId: number): Promise<Transport> {
    const channels: Pair = [2 * this.#channels.size, 2 * this.#channels.size + 1];
    this.#use(trackId, channels);
    return { profile: 'RTP/AVP', lower: 'tcp', delivery: 'unicast', interleaved: channels };
  }

  agree(trackId: number, answer: Transport | undefined): void {
    if (answer?.lower === 'udp') throw new PullError('transport', 'The camera answers with UDP.');
    const wanted = answer?.interleaved;
    const taken = [...this.#channels].flatMap(([other, pair]) => (other === trackId ? [] : pair));
    // Some answer with the channels of the first track for all; what they send is on those that were asked for.
    if (wanted && !wanted.some(channel => taken.includes(channel))) this.#use(trackId, wanted);
  }

  /** There is a way: the connection. */
  open(): void {}

  sendReport(trackId: number, report: Buffer): void {
    const channels = this.#channels.get(trackId);
    if (channels) this.#client.sendInterleaved(channels[1], report);
  }

  /** A frame came on a channel. Some cameras have both channels of a track swapped. */
  interleaved(channel: number, payload: Buffer): void {
    const isSwapped = this.#client.quirks.interleaved === 'swapped';
    for (const [trackId, [rtp, rtcp]] of this.#channels) {
      if (channel === (isSwapped ? rtcp : rtp)) this.#receiver.rtp(trackId, payload);
      else if (channel === (isSwapped ? rtp : rtcp)) this.#receiver.rtcp(trackId, payload);
    }
  }

  close(): void {
    this.#channels.clear();
  }

  #use(trackId: number, channels: Pair): void {
    this.#channels.set(trackId, channels);
    this.#client.expectChannels([...this.#channels.values()].flat());
  }
}

/** UDP ports of the configured range, for cameras of both address families. */
export class DatagramPorts {
  readonly #ipv4: PortPool;
  readonly #ipv6: PortPool;

  /** Throws `CONFIG_INVALID` where the range has no pair. */
  constructor(range: readonly [first: number, last: number]) {
    this.#ipv4 = new PortPool({ host: '0.0.0.0', range });
    this.#ipv6 = new PortPool({ host: '::', range });
  }

  /** Pairs that are in use. */
  get taken(): number {
    return this.#ipv4.taken + this.#ipv6.taken;
  }

  /** A pair by which `address` can be reached. Rejects as `PortPool` does. */
  open(address: string, handlers: PortPairHandlers): Promise<PortPair> {
    return (isIPv6(address) ? this.#ipv6 : this.#ipv4).open(handlers);
  }
}

interface DatagramTrack {
  readonly pair: PortPair;
  /** The camera's; undefined where it did not say. */
  ports: Pair | undefined;
  /** Where reports go: from where its packets come. */
  address: string;
}

/** Media as datagrams, each track on a pair of ports. */
export class DatagramTransport implements MediaTransport {
  readonly lower = 'udp';
  readonly #ports: DatagramPorts;
  readonly #address: string;
  readonly #receiver: PacketReceiver;
  readonly #tracks = new Map<number, DatagramTrack>();
  /** What packets are taken from: the camera, and what it says that it sends from. */
  readonly #sources: Set<string>;
  #closed = false;

  /** `address`: the camera's. */
  constructor(ports: DatagramPorts, address: string, receiver: PacketReceiver) {
    this.#ports = ports;
    this.#address = address;
    this.#receiver = receiver;
    this.#sources = new Set([address]);
  }

  async offer(trackId: number): Promise<Transport> {
    const pair = await this.#openPair({
      onRtp: (data, from) => {
        if (this.#isKnown(from)) this.#receiver.rtp(trackId, data);
      },
      onRtcp: (data, from) => {
        if (!this.#isKnown(from)) return;
        const track = this.#tracks.get(trackId);
        if (track) {
          track.address = plainAddress(from.address);
          track.ports = [track.ports?.[0] ?? from.port - 1, from.port];
        }
        this.#receiver.rtcp(trackId, data);
      },
    });
    this.#tracks.set(trackId, { pair, ports: undefined, address: this.#address });
    if (this.#closed) pair.close();
    return {
      profile: 'RTP/AVP',
      lower: 'udp',
      delivery: 'unicast',
      clientPort: [pair.port, pair.port + 1],
    };
  }

  agree(trackId: number, answer: Transport | undefined): void {
    const track = this.#tracks.get(trackId);
    if (answer?.lower === 'tcp') throw new PullError('transport', 'The camera answers with TCP.');
    if (answer?.delivery === 'multicast')
      throw new PullError('transport', 'The camera answers with multicast.');
    if (track) track.ports = answer?.serverPort;
    const source = answer?.source;
    if (source !== undefined && isIP(source) !== 0) this.#sources.add(plainAddress(source));
  }

  /** An RTP packet without payload and an empty receiver report, as others do: they are taken for nothing. */
  open(): void {
    const header = { marker: false, payloadType: 0, sequenceNumber: 0, timestamp: 0, ssrc: 0 };
    const packet = Buffer.alloc(12);
    writeRtpHeader(header, packet, 0);
    const report = receiverReport(randomBytes(4).readUInt32BE(), '', []);
    for (const { pair, ports, address } of this.#tracks.values()) {
      if (!ports) continue;
      pair.sendRtp(packet, 0, packet.length, ports[0], address);
      pair.sendRtcp(report, 0, report.length, ports[1], address);
    }
  }

  sendReport(trackId: number, report: Buffer): void {
    const track = this.#tracks.get(trackId);
    if (!track?.ports) return;
    track.pair.sendRtcp(report, 0, report.length, track.ports[1], track.address);
  }

  close(): void {
    this.#closed = true;
    for (const { pair } of this.#tracks.values()) pair.close();
  }

  async #openPair(handlers: PortPairHandlers): Promise<PortPair> {
    try {
      return await this.#ports.open(this.#address, handlers);
    } catch (error) {
      if (!(error instanceof FluxError) || error.code !== 'STREAM_LIMIT') throw error;
      throw new PullError('transport', error.message);
    }
  }

  /** Anybody can send to a port; what others than the camera send is none of its. */
  #isKnown({ address }: RemoteInfo): boolean {
    return this.#sources.has(plainAddress(address));
  }
}
