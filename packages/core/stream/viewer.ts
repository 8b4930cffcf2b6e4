import { randomUUID } from 'node:crypto';
import type { EndReason } from './sink.ts';

/** The way to one viewer's socket. `write` never blocks: what the kernel does not take is queued and counted. */
export interface ViewerTransport {
  /** Bytes that were written but not yet taken by the kernel. */
  readonly queuedBytes: number;
  write(data: Buffer): void;
  /** Between these two, writes are gathered into one. */
  cork(): void;
  uncork(): void;
  /** Ends politely: what is queued is still sent, within bounds. */
  end(reason: EndReason): void;
  /** Ends at once. */
  destroy(reason: EndReason): void;
}

export interface ViewerLimits {
  /** A viewer with more than this unsent skips to the next key frame at which it has caught up. */
  readonly maxQueuedBytes: number;
  /** A viewer that takes nothing for this long is disconnected. */
  readonly stallTimeout: number;
}

export interface ViewerOptions {
  readonly protocol: string;
  /** Address and port, for people to read. */
  readonly peer: string;
  readonly transport: ViewerTransport;
  readonly limits: ViewerLimits;
}

export interface ViewerStatus {
  readonly id: string;
  readonly protocol: string;
  readonly peer: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly bytesSent: number;
  readonly queuedBytes: number;
  /** How often it fell behind and skipped to a key frame. */
  readonly skips: number;
}

/**
 * `key`: decoding can start at its first byte. `frames`: needs what was before it. `control`: no frames, but what those
 * that follow are read by (new parameters, a discontinuity, the end).
 */
export type PieceKind = 'key' | 'frames' | 'control';

/** A piece of an output as a viewer sees it. */
export interface ViewerPiece {
  readonly bytes: Buffer;
  readonly kind: PieceKind;
}

/** A viewer that has so many times its limit unsent cannot be told of changes any more and is disconnected. */
const CONTROL_ALLOWANCE = 2;

/**
 * One client of an output and its bounded queue. Pieces are whole frames, so skipping some of them never breaks the
 * format; whoever falls behind goes on at a key frame, with all that changed meanwhile, and whoever stops reading is
 * disconnected.
 */
export class Viewer {
  readonly id = randomUUID();
  readonly protocol: string;
  readonly peer: string;
  readonly since = Date.now();
  readonly transport: ViewerTransport;
  readonly #limits: ViewerLimits;
  #skipping = false;
  #skips = 0;
  #bytesSent = 0;
  #stalledSince: number | undefined;
  #lastQueued = 0;
  /** It was not told of a change: it cannot go on. */
  #isLost = false;

  constructor(options: ViewerOptions) {
    this.protocol = options.protocol;
    this.peer = options.peer;
    this.transport = options.transport;
    this.#limits = options.limits;
  }

  get bytesSent(): number {
    return this.#bytesSent;
  }

  get skips(): number {
    return this.#skips;
  }

  /** Nothing more is sent until the next key frame: for viewers that do not want the cached pictures. */
  waitForKey(): void {
    this.#skipping = true;
  }

  /** Sends without regard to key frames: headers, and the cached group of pictures. */
  sendNow(bytes: Buffer): void {
    this.#bytesSent += bytes.length;
    this.transport.write(bytes);
  }

  send(piece: ViewerPiece): void {
    if (this.#isLost) return;
    const { queuedBytes } = this.transport;
    const { maxQueuedBytes } = this.#limits;
    if (piece.kind === 'control') {
      this.#isLost = queuedBytes > maxQueuedBytes * CONTROL_ALLOWANCE;
      if (this.#isLost) return;
    } else if (this.#skipping) {
      if (piece.kind !== 'key' || queuedBytes > maxQueuedBytes / 2) return;
      this.#skipping = false;
    } else if (queuedBytes > maxQueuedBytes) {
      this.#skipping = true;
      this.#skips++;
      return;
    }
    this.#bytesSent += piece.bytes.length;
    this.transport.write(piece.bytes);
  }

  /** Called once a second with a monotonic time in milliseconds; true says that the viewer has stopped reading. */
  isStalled(now: number): boolean {
    if (this.#isLost) return true;
    const queued = this.transport.queuedBytes;
    if (queued === 0 || queued < this.#lastQueued) {
      this.#stalledSince = undefined;
    } else {
      this.#stalledSince ??= now;
    }
    this.#lastQueued = queued;
    return this.#stalledSince !== undefined && now - this.#stalledSince > this.#limits.stallTimeout;
  }

  get status(): ViewerStatus {
    return {
      id: this.id,
      protocol: this.protocol,
      peer: this.peer,
      since: this.since,
      bytesSent: this.#bytesSent,
      queuedBytes: this.transport.queuedBytes,
      skips: this.#skips,
    };
  }
}
