import type { Socket } from 'node:net';
import { FluxError } from '../../errors/flux-error.ts';
import { Heartbeat } from '../../socket/heartbeat.ts';
import type { BusLink } from '../uplink.ts';
import { FrameReader, frameOf, HEARTBEAT } from './frame-reader.ts';

export interface FrameLinkOptions {
  /** Milliseconds between signs of life; 2000 by default. Three without one from the peer end the link. */
  readonly heartbeat?: number;
  /** Bytes that may wait to be sent; 32 MiB by default. A peer that lets more gather is cut. */
  readonly maxUnsent?: number;
}

/** Milliseconds that the last words may take to be sent. */
const LINGER = 1000;

/** Frames of text on a socket whose peer has proven itself. */
export class FrameLink implements BusLink {
  /** Resolves when the socket is closed, with what was wrong if something was. */
  readonly closed: Promise<Error | undefined>;
  readonly #socket: Socket;
  readonly #receive: (text: string) => void;
  readonly #reader = new FrameReader();
  readonly #maxUnsent: number;
  readonly #heartbeat: Heartbeat;
  #isCorked = false;
  #isClosing = false;

  /** What `receive` throws ends the link. It is not called any more after `close`. */
  constructor(socket: Socket, receive: (text: string) => void, options: FrameLinkOptions = {}) {
    const { heartbeat = 2000, maxUnsent = 32 * 1024 * 1024 } = options;
    this.#socket = socket;
    this.#receive = receive;
    this.#maxUnsent = maxUnsent;
    const cut = () => this.cut(new FluxError('TIMED_OUT', 'The peer gave no sign of life.'));
    this.#heartbeat = new Heartbeat(heartbeat, () => this.#beat(), cut);
    this.closed = new Promise(resolve => {
      let fault: Error | undefined;
      socket.on('error', error => {
        fault = error;
      });
      const close = () => {
        this.#isClosing = true;
        this.#heartbeat.stop();
        resolve(fault);
      };
      if (socket.closed) close();
      else socket.once('close', close);
    });
    socket.on('data', this.#take);
  }

  send(text: string): void {
    if (this.#isClosing) return;
    this.#cork();
    this.#write(frameOf(text));
  }

  async close(): Promise<void> {
    if (!this.#isClosing) {
      this.#isClosing = true;
      this.#socket.end();
      const timer = setTimeout(() => this.#socket.destroy(), LINGER);
      this.#socket.once('close', () => clearTimeout(timer));
    }
    await this.closed;
  }

  /** Ends it at once. */
  cut(reason?: Error): void {
    this.#isClosing = true;
    this.#socket.destroy(reason);
  }

  readonly #take = (bytes: Buffer): void => {
    // What the peer still says is not heard, but read, so that its end is seen.
    if (this.#isClosing) return;
    this.#heartbeat.heard();
    try {
      for (const text of this.#reader.read(bytes)) {
        if (this.#isClosing) return;
        this.#receive(text);
      }
    } catch (error) {
      this.cut(FluxError.from(error));
    }
  };

  #beat(): void {
    if (!this.#isClosing) this.#write(HEARTBEAT);
  }

  #write(frame: Buffer): void {
    this.#socket.write(frame);
    if (this.#socket.writableLength > this.#maxUnsent)
      this.cut(new FluxError('TIMED_OUT', 'The peer does not read what it is sent.'));
  }

  /** All that is said in one turn goes out in one write. */
  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#socket.cork();
    process.nextTick(() => {
      this.#isCorked = false;
      this.#socket.uncork();
    });
  }
}
