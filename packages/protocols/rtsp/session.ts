import { randomBytes } from 'node:crypto';
import type { EndReason } from '@flux-iot/core/stream/sink';
import { DEFAULT_SESSION_TIMEOUT } from './headers/session.ts';
import type { Transport } from './headers/transport.ts';
import type { TrackTransports } from './track-transports.ts';

export interface RtspSessionOptions {
  readonly transports: TrackTransports;
  /** Milliseconds without a sign of life after which a session ends; a minute if left out. */
  readonly timeout?: number;
  /** Called once, however it ended. */
  readonly onEnded: (session: RtspSession) => void;
}

const DEFAULT_TIMEOUT = DEFAULT_SESSION_TIMEOUT * 1000;

/**
 * What a client has set up, and plays or records (RFC 2326 §A). A session whose media is in its RTSP connection lives as
 * long as that; any other has to be kept alive by requests, reports or media.
 */
export abstract class RtspSession {
  readonly id = randomBytes(8).toString('hex');
  readonly transports: TrackTransports;
  readonly timeout: number;
  readonly #timer: NodeJS.Timeout;
  readonly #onEnded: (session: RtspSession) => void;
  #onOver: ((reason: EndReason) => void) | undefined;
  #closed = false;

  constructor({ transports, timeout = DEFAULT_TIMEOUT, onEnded }: RtspSessionOptions) {
    this.transports = transports;
    this.timeout = timeout;
    this.#onEnded = onEnded;
    this.#timer = setTimeout(() => this.#expire(), timeout).unref();
  }

  abstract readonly kind: 'player' | 'publisher';

  /** It plays or records. */
  abstract get isActive(): boolean;

  /** Bytes of media by UDP; what goes through the connection is counted there. */
  abstract get datagramBytes(): { readonly in: number; readonly out: number };

  get closed(): boolean {
    return this.#closed;
  }

  /** Sets up the track that `url` names. Rejects with a `StatusError`. */
  abstract setUp(url: string, offers: readonly Transport[]): Promise<Transport>;

  /** Who is told, from now on, when it ends by itself: its connection, or whoever keeps it without one. */
  belongTo(onOver: (reason: EndReason) => void): void {
    this.#onOver = onOver;
  }

  /** A sign of life came. */
  keepAlive(): void {
    if (!this.#closed) this.#timer.refresh();
  }

  /** Ends it and gives its ports back. Idempotent. */
  end(reason: EndReason): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.onEnd(reason);
    this.#onEnded(this);
    this.transports.close();
  }

  /** Ends it because the client may not have it any more, and tells whoever it belongs to. */
  expel(reason: EndReason): void {
    this.over(reason);
  }

  protected abstract onEnd(reason: EndReason): void;

  /** Ends it and tells whoever it belongs to. */
  protected over(reason: EndReason): void {
    if (this.#closed) return;
    this.end(reason);
    this.#onOver?.(reason);
  }

  #expire(): void {
    const isInConnection = this.isActive && this.transports.lower === 'tcp';
    if (isInConnection) this.#timer.refresh();
    else this.over({ code: 'timed-out', message: 'The client gave no sign of life.' });
  }
}
