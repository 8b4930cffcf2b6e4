import type { Socket } from 'node:net';
import type { Output } from '@flux-iot/core/stream/output';
import type { EndReason } from '@flux-iot/core/stream/sink';
import type { Stream, StreamState } from '@flux-iot/core/stream/stream';
import { Viewer, type ViewerLimits, type ViewerTransport } from '@flux-iot/core/stream/viewer';
import type { RtpMuxer, RtpPosition } from '@flux-iot/media/rtp/muxer';
import { StatusError } from '../status-error.ts';
import type { TrackTransport } from '../track-transports.ts';
import type { RtpOutput, RtpOutputs } from './outputs.ts';
import {
  DatagramTransport,
  InterleavedTransport,
  keepsPromise,
  type PromisedTrack,
} from './player-transport.ts';

/** A track that was set up for a player. */
export interface PlayerTrack extends PromisedTrack {
  readonly transport: TrackTransport;
}

export interface RtspPlayerOptions {
  readonly stream: Stream;
  readonly outputs: RtpOutputs;
  readonly limits: ViewerLimits;
  /** Address and port of the RTSP connection. */
  readonly peer: string;
  /** Address without port, to which datagrams are sent. */
  readonly address: string;
  /** The connection's, on which interleaved media goes. */
  readonly socket: Socket;
  readonly tracks: readonly PlayerTrack[];
  /** Once: nothing more will come, but where the player was stopped. */
  readonly onEnd: (reason: EndReason) => void;
}

/** Where a track begins, as RTP-Info says it. A player that waits for a key frame cannot be told the number of a packet. */
export type StartPosition = { readonly [Key in keyof RtpPosition]: RtpPosition[Key] | undefined };

const BROKEN: EndReason = {
  code: 'tracks-changed',
  message: 'The tracks are not those of the session description any more.',
};

const PAUSED: EndReason = { code: 'paused', message: 'The player paused.' };

/** One stream on its way to one player, which may pause it. */
export class RtspPlayer {
  readonly #options: RtspPlayerOptions;
  #attached: { readonly output: Output; readonly viewer: Viewer } | undefined;
  #sentBefore = 0;
  #hasPlayed = false;
  #isOver = false;
  /** An output tells its viewers of the end; a player that pauses is not among them. */
  readonly #onState = (state: StreamState): void => {
    if (state === 'ended') this.#end({ code: 'unpublished', message: 'The stream ended.' });
  };

  constructor(options: RtspPlayerOptions) {
    this.#options = options;
  }

  get isPlaying(): boolean {
    return this.#attached !== undefined;
  }

  get bytesSent(): number {
    return this.#sentBefore + (this.#attached?.viewer.bytesSent ?? 0);
  }

  /**
   * Begins with the cached pictures, or after a pause with the next key frame: what was sent before it is not sent
   * again. `announce` is told where each track begins, before the first packet is sent. Throws where the stream is over
   * or has other tracks than were described.
   */
  play(announce: (positions: readonly StartPosition[]) => void): void {
    const { stream, outputs, tracks, limits, peer, socket } = this.#options;
    if (stream.state === 'ended' || this.#isOver) throw new StatusError(404, 'The stream ended.');
    if (this.#attached) {
      announce(tracks.map(() => ({ sequence: undefined, rtpTime: undefined })));
      return;
    }
    const rtp = outputs.of(stream);
    rtp.output.requireTracks();
    if (!keepsPromise(rtp.muxer.layout, tracks)) throw new StatusError(404, BROKEN.message);
    const gop = !this.#hasPlayed;
    const positions = this.#startPositions(rtp, gop);
    const viewer = new Viewer({ protocol: 'rtsp', peer, transport: this.#transport(rtp.muxer), limits });
    this.#hasPlayed = true;
    this.#attached = { output: rtp.output, viewer };
    stream.off('state', this.#onState);
    socket.cork();
    announce(positions);
    rtp.output.attach(viewer, { gop, framed: false });
    socket.uncork();
  }

  pause(): void {
    if (!this.#attached) return;
    this.#detach();
    this.#options.stream.on('state', this.#onState);
  }

  /** Idempotent. */
  stop(): void {
    this.#isOver = true;
    this.#options.stream.off('state', this.#onState);
    this.#detach();
  }

  #startPositions({ output, muxer }: RtpOutput, gop: boolean): StartPosition[] {
    const isCached = output.hasCachedPictures() && gop;
    const waitsForKey =
      !isCached && [...muxer.layout.values()].some(lane => lane.outgoing.track.kind === 'video');
    return this.#options.tracks.map(({ trackId }) => {
      const position = isCached ? muxer.keyPosition(trackId) : muxer.position(trackId);
      return { sequence: waitsForKey ? undefined : position?.sequence, rtpTime: position?.rtpTime };
    });
  }

  #transport(muxer: RtpMuxer): ViewerTransport {
    const { tracks, socket, address } = this.#options;
    const handlers = {
      onBroken: () => this.#end(BROKEN),
      onEnd: (reason: EndReason) => {
        if (reason !== PAUSED) this.#end(reason);
      },
    };
    const interleaved = [];
    const datagrams = [];
    for (const { trackId, signature, transport } of tracks) {
      if (transport.lower === 'tcp') {
        interleaved.push({ trackId, signature, channels: transport.channels });
      } else {
        const channel = muxer.layout.get(trackId)?.channel;
        if (channel === undefined) continue;
        const channels: readonly [number, number] = [channel, channel + 1];
        const { pair } = transport;
        datagrams.push({
          ...{ trackId, signature, channels, pair, address },
          get ports() {
            return transport.ports;
          },
        });
      }
    }
    if (datagrams.length > 0) return new DatagramTransport(muxer, datagrams, handlers);
    return new InterleavedTransport(socket, muxer, interleaved, handlers);
  }

  #detach(): void {
    const attached = this.#attached;
    if (!attached) return;
    const { output, viewer } = attached;
    this.#attached = undefined;
    this.#sentBefore += viewer.bytesSent;
    output.detach(viewer);
    // Datagrams that wait would still be sent; the connection is not this player's to close.
    if (viewer.transport instanceof DatagramTransport) viewer.transport.destroy(PAUSED);
  }

  #end(reason: EndReason): void {
    if (this.#isOver) return;
    this.stop();
    this.#options.onEnd(reason);
  }
}
