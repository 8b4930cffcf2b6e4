import type { Socket } from 'node:net';
import type { EndReason } from '@flux-iot/core/stream/sink';
import type { Stream } from '@flux-iot/core/stream/stream';
import type { ViewerLimits } from '@flux-iot/core/stream/viewer';
import { type OutgoingTrack, outgoingTrack } from '@flux-iot/media/rtp/outgoing-track';
import { streamAddress, trackIdOf } from '../address.ts';
import type { RtpInfo } from '../headers/rtp-info.ts';
import type { Transport } from '../headers/transport.ts';
import { RtspSession, type RtspSessionOptions } from '../session.ts';
import { StatusError } from '../status-error.ts';
import type { RtpOutputs } from './outputs.ts';
import { RtspPlayer } from './player.ts';

export interface PlaySessionOptions extends RtspSessionOptions {
  readonly stream: Stream;
  readonly outputs: RtpOutputs;
  readonly limits: ViewerLimits;
  /** The connection's. */
  readonly peer: string;
  readonly socket: Socket;
}

interface PlaySessionTrack {
  /** As the client asked for it: by this it knows the track again in RTP-Info. */
  readonly url: string;
  readonly signature: string;
}

/** A client that plays a stream. */
export class PlaySession extends RtspSession {
  readonly kind = 'player';
  readonly stream: Stream;
  readonly #options: PlaySessionOptions;
  readonly #tracks = new Map<number, PlaySessionTrack>();
  #player: RtspPlayer | undefined;

  constructor(options: PlaySessionOptions) {
    super(options);
    this.#options = options;
    this.stream = options.stream;
  }

  get isActive(): boolean {
    return this.#player?.isPlaying ?? false;
  }

  get datagramBytes(): { readonly in: number; readonly out: number } {
    const isUdp = this.transports.lower === 'udp';
    return { in: 0, out: isUdp ? (this.#player?.bytesSent ?? 0) : 0 };
  }

  async setUp(url: string, offers: readonly Transport[]): Promise<Transport> {
    if (this.#player) throw new StatusError(455, 'It plays already.');
    const { track, signature } = this.#outgoing(url);
    this.#tracks.delete(track.id);
    const onRtcp = () => this.keepAlive();
    const answer = await this.transports.setUp(track.id, offers, { onRtcp });
    this.#tracks.set(track.id, { url, signature });
    return answer;
  }

  /** Begins, or goes on after a pause; `announce` is called before the first packet is sent. */
  play(announce: (info: readonly RtpInfo[]) => void): void {
    if (this.#tracks.size === 0) throw new StatusError(455, 'No track was set up.');
    this.#player ??= this.#makePlayer();
    this.#player.play(positions => {
      const urls = [...this.#tracks.values()].map(track => track.url);
      announce(
        positions.map(({ sequence, rtpTime }, index) => ({
          ...{ url: urls[index] ?? '', sequence, rtpTime, ssrc: undefined },
        })),
      );
    });
  }

  pause(): void {
    if (!this.#player) throw new StatusError(455, 'It does not play.');
    this.#player.pause();
  }

  protected onEnd(_reason: EndReason): void {
    this.#player?.stop();
  }

  #makePlayer(): RtspPlayer {
    const { stream, outputs, limits, peer, socket } = this.#options;
    const tracks = [...this.#tracks].flatMap(([trackId, { signature }]) => {
      const transport = this.transports.get(trackId);
      return transport ? [{ trackId, signature, transport }] : [];
    });
    const { address } = this.transports;
    const onEnd = (reason: EndReason) => this.over(reason);
    return new RtspPlayer({ stream, outputs, limits, peer, address, socket, tracks, onEnd });
  }

  #outgoing(url: string): OutgoingTrack {
    if (streamAddress(url).streamId !== this.stream.id)
      throw new StatusError(455, 'A session plays one stream.');
    const trackId = trackIdOf(url);
    const all = this.stream.tracks.map(outgoingTrack).filter(track => track !== undefined);
    const [only, ...others] = all;
    if (trackId === undefined) {
      if (others.length > 0) throw new StatusError(459, 'The tracks are set up one by one.');
      if (only) return only;
    }
    const found = all.find(({ track }) => track.id === trackId);
    if (!found) throw new StatusError(404, 'There is no such track.');
    return found;
  }
}
