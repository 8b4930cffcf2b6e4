import type { Output } from '@flux-iot/core/stream/output';
import type { EndReason } from '@flux-iot/core/stream/sink';
import { SocketTransport } from '@flux-iot/core/stream/socket-transport';
import type { Stream, StreamState } from '@flux-iot/core/stream/stream';
import { Viewer, type ViewerLimits } from '@flux-iot/core/stream/viewer';
import type { RtmpConn } from './conn.ts';
import { USER_CONTROL } from './message.ts';
import { RtmpMuxer } from './muxer.ts';

export interface RtmpPlayerOptions {
  readonly stream: Stream;
  readonly conn: RtmpConn;
  readonly messageStreamId: number;
  readonly chunkSize: number;
  readonly limits: ViewerLimits;
}

/** One stream on its way to one player, which may pause it. */
export class RtmpPlayer {
  readonly #options: RtmpPlayerOptions;
  #attached: { readonly output: Output; readonly viewer: Viewer } | undefined;
  /** An output tells its viewers of the end; a player that pauses is not among them. */
  readonly #onState = (state: StreamState): void => {
    if (state === 'ended') this.#end();
  };

  /** Throws `CODEC_UNSUPPORTED` where the player would get nothing. */
  constructor(options: RtmpPlayerOptions) {
    this.#options = options;
    this.#output().requireTracks();
  }

  /** Sends from the cached pictures on. What was written to the connection before precedes them. */
  start(): void {
    this.#attach(true);
  }

  pause(): void {
    if (!this.#attached) return;
    this.#detach();
    this.#options.stream.on('state', this.#onState);
  }

  /** Goes on at the next key frame: what was sent before the pause is not sent again. */
  resume(): void {
    if (this.#attached) return;
    this.#options.stream.off('state', this.#onState);
    this.#attach(false);
  }

  stop(): void {
    this.#options.stream.off('state', this.#onState);
    this.#detach();
  }

  /** The output may have been closed for want of viewers since it was last asked for. */
  #output(): Output {
    const { stream, messageStreamId, chunkSize } = this.#options;
    return stream.output(`rtmp:${messageStreamId}`, () => ({
      name: 'RTMP',
      muxer: new RtmpMuxer(chunkSize, messageStreamId),
    }));
  }

  #attach(gop: boolean): void {
    const { conn, limits } = this.#options;
    const transport = new PlayerTransport(conn.socket, () => this.#sayEnd());
    const viewer = new Viewer({ protocol: 'rtmp', peer: conn.peer, transport, limits });
    const output = this.#output();
    this.#attached = { output, viewer };
    output.attach(viewer, { gop, framed: false });
  }

  #detach(): void {
    this.#attached?.output.detach(this.#attached.viewer);
    this.#attached = undefined;
  }

  #end(): void {
    this.#sayEnd();
    this.#options.conn.end();
  }

  #sayEnd(): void {
    const { conn, messageStreamId } = this.#options;
    conn.status(messageStreamId, 'status', 'NetStream.Play.UnpublishNotify', 'The stream is over.');
    conn.status(messageStreamId, 'status', 'NetStream.Play.Stop', 'The stream is over.');
    conn.userControl(USER_CONTROL.STREAM_EOF, messageStreamId);
  }
}

/** A player's socket: before the end, the player is told that it is one. */
class PlayerTransport extends SocketTransport {
  readonly #onEnd: () => void;

  constructor(socket: RtmpConn['socket'], onEnd: () => void) {
    super(socket);
    this.#onEnd = onEnd;
  }

  override end(reason: EndReason): void {
    this.#onEnd();
    super.end(reason);
  }
}
