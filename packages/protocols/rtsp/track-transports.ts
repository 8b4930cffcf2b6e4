import type { RemoteInfo } from 'node:dgram';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { plainAddress } from '@flux-iot/core/socket/plain-address';
import type { Pair, Transport } from './headers/transport.ts';
import { StatusError } from './status-error.ts';
import type { PortPair, PortPool } from './udp/port-pool.ts';

/** How media is carried: in the RTSP connection, or as datagrams. */
export type LowerTransport = 'tcp' | 'udp';

/** How one track of a session is carried. */
export type TrackTransport =
  | { readonly lower: 'tcp'; readonly channels: Pair }
  | {
      readonly lower: 'udp';
      readonly pair: PortPair;
      /** The client's; those that it sends from may take their place. */
      ports: Pair;
    };

export interface TrackTransportsOptions {
  /** What may be agreed on. */
  readonly allowed: readonly LowerTransport[];
  readonly ports: PortPool | undefined;
  /** The client's, without port: nothing is sent to any other, and nothing is taken from any other. */
  readonly address: string;
}

export interface TrackHandlers {
  /** `data` is valid during the call alone. */
  onRtp?(data: Buffer): void;
  onRtcp(data: Buffer): void;
}

interface SetUpTrack {
  readonly transport: TrackTransport;
  readonly handlers: TrackHandlers;
}

const MAX_CHANNEL = 255;

/** The transports that a session's client has agreed on, track by track: all by TCP, or all by UDP. */
export class TrackTransports {
  readonly #options: TrackTransportsOptions;
  readonly #tracks = new Map<number, SetUpTrack>();
  #closed = false;

  constructor(options: TrackTransportsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#tracks.size;
  }

  /** Undefined before the first track. */
  get lower(): LowerTransport | undefined {
    const [first] = this.#tracks.values();
    return first?.transport.lower;
  }

  get address(): string {
    return this.#options.address;
  }

  /** The channels of the connection that are used. */
  get channels(): number[] {
    return [...this.#tracks.values()].flatMap(({ transport }) =>
      transport.lower === 'tcp' ? transport.channels : [],
    );
  }

  get(trackId: number): TrackTransport | undefined {
    return this.#tracks.get(trackId)?.transport;
  }

  /**
   * Sets a track up by the first of `offers` that is allowed, and returns what to answer. Rejects with a `StatusError`
   * of 461 where there is none.
   */
  async setUp(trackId: number, offers: readonly Transport[], handlers: TrackHandlers): Promise<Transport> {
    this.remove(trackId);
    const offer = offers.find(other => this.#isAcceptable(other));
    if (!offer) throw unsupported('None of the transports is offered here.');
    const { mode } = offer;
    const common = {
      profile: offer.profile,
      delivery: 'unicast',
      mode: mode === 'record' ? mode : undefined,
    } as const;
    if (offer.lower === 'tcp') {
      const channels = this.#freeChannels(offer.interleaved);
      this.#tracks.set(trackId, { transport: { lower: 'tcp', channels }, handlers });
      return { ...common, lower: 'tcp', interleaved: channels };
    }
    const clientPort = offer.clientPort!;
    const pair = await this.#openPair(trackId, handlers);
    this.#tracks.set(trackId, { transport: { lower: 'udp', pair, ports: clientPort }, handlers });
    return { ...common, lower: 'udp', clientPort, serverPort: [pair.port, pair.port + 1] };
  }

  /** A frame came on a channel of the connection. */
  interleaved(channel: number, payload: Buffer): void {
    for (const { transport, handlers } of this.#tracks.values()) {
      if (transport.lower !== 'tcp') continue;
      const [rtp, rtcp] = transport.channels;
      if (channel === rtp) handlers.onRtp?.(payload);
      else if (channel === rtcp) handlers.onRtcp(payload);
    }
  }

  remove(trackId: number): void {
    const transport = this.get(trackId);
    this.#tracks.delete(trackId);
    if (transport?.lower === 'udp') transport.pair.close();
  }

  /** Gives the ports back. Idempotent. */
  close(): void {
    this.#closed = true;
    for (const trackId of [...this.#tracks.keys()]) this.remove(trackId);
  }

  #isAcceptable({ profile, lower, delivery, clientPort }: Transport): boolean {
    const { allowed, ports } = this.#options;
    if (profile !== 'RTP/AVP' || delivery === 'multicast' || !allowed.includes(lower)) return false;
    // The packets of a session go one way: a player's output writes to one transport.
    if (this.lower !== undefined && this.lower !== lower) return false;
    return lower === 'tcp' || (ports !== undefined && clientPort !== undefined);
  }

  /** What the client asks for, if it is not another track's: some ask for 0-1 each time. */
  #freeChannels(wanted: Pair | undefined): Pair {
    const taken = this.channels;
    const isFree = ([rtp, rtcp]: Pair) => rtp !== rtcp && !taken.includes(rtp) && !taken.includes(rtcp);
    if (wanted && isFree(wanted)) return wanted;
    for (let channel = 0; channel < MAX_CHANNEL; channel += 2) {
      if (isFree([channel, channel + 1])) return [channel, channel + 1];
    }
    throw unsupported('All channels are taken.');
  }

  async #openPair(trackId: number, handlers: TrackHandlers): Promise<PortPair> {
    try {
      const pair = await this.#options.ports!.open({
        onRtp: (data, from) => {
          if (this.#isFromClient(trackId, from, 0)) handlers.onRtp?.(data);
        },
        onRtcp: (data, from) => {
          if (this.#isFromClient(trackId, from, 1)) handlers.onRtcp(data);
        },
      });
      if (!this.#closed) return pair;
      pair.close();
      throw new FluxError('TIMED_OUT', 'The session was ended meanwhile.');
    } catch (error) {
      // Clients go on to TCP then.
      if (error instanceof FluxError && error.code === 'STREAM_LIMIT') throw unsupported(error.message);
      throw error;
    }
  }

  /** A client behind a router that translates addresses sends from other ports than it said. */
  #isFromClient(trackId: number, from: RemoteInfo, side: 0 | 1): boolean {
    const transport = this.get(trackId);
    if (transport?.lower !== 'udp' || plainAddress(from.address) !== this.#options.address) return false;
    const { ports } = transport;
    if (ports[side] !== from.port)
      transport.ports = side === 0 ? [from.port, ports[1]] : [ports[0], from.port];
    return true;
  }
}

function unsupported(message: string): StatusError {
  return new StatusError(461, message);
}
