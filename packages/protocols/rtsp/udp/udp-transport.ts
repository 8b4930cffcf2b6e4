import type { EndReason } from '@flux-iot/core/stream/sink';
import type { ViewerTransport } from '@flux-iot/core/stream/viewer';
import { hasGoodbye } from '@flux-iot/media/rtp/rtcp/parser';
import type { Pair } from '../headers/transport.ts';
import { INTERLEAVED_HEADER_SIZE } from '../message.ts';
import type { PortPair } from './port-pool.ts';

/** Where the packets of one track come from and go to. */
export interface UdpTrack {
  /** The channels on which the output has the track's RTP and RTCP. */
  readonly channels: Pair;
  readonly pair: PortPair;
  /** The client's address: that of its RTSP connection. */
  readonly address: string;
  /** The client's ports; those that it sends from may take their place while it plays. */
  ports: Pair;
}

/**
 * Bytes sent in one go, and in each millisecond after it: about 50 Mbit/s. A key frame, or the pictures that a new
 * viewer gets at once, would else overflow what the client's system keeps for a socket, which is some 200 KB: a busy
 * client may not read for 40 ms.
 */
const BURST = 64 * 1024;
const BYTES_PER_MILLISECOND = 6 * 1024;
const TICK = 2;
/** The kernel takes no more: sending on would only move the queue. */
const MAX_KERNEL_QUEUE = 256 * 1024;
/**
 * Milliseconds between the last packets and the goodbye. It goes to another port, and a receiver that is behind reads that
 * one first (FFmpeg does): it would end without the last pictures.
 */
const GOODBYE_DELAY = 1000;
/** How long what is queued may still take to be sent after the end. */
const LINGER = 2000;

/**
 * A viewer by UDP. Its output is the one of interleaved frames (`$`, channel, length, packet): each packet goes out as
 * a datagram from the pair of its track, without being copied. What is more than a burst waits and is counted, so that
 * a viewer that cannot be served skips to a key frame like any other.
 */
export class UdpTransport implements ViewerTransport {
  readonly #routes = new Map<number, { readonly track: UdpTrack; readonly isRtcp: boolean }>();
  readonly #pairs: readonly PortPair[];
  readonly #onEnd: (reason: EndReason) => void;
  /** Pieces that wait, the first from `#sent` on. */
  #queue: Buffer[] = [];
  #sent = 0;
  #queuedBytes = 0;
  #budget = BURST;
  #budgetAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #lingerTimer: NodeJS.Timeout | undefined;
  #endReason: EndReason | undefined;
  /** When the goodbye that is the next packet may be sent. */
  #goodbyeAt: number | undefined;
  #closed = false;

  /** `onEnd` is called once, when the viewer's part is over; the pairs are its owner's to close. */
  constructor(tracks: readonly UdpTrack[], onEnd: (reason: EndReason) => void) {
    for (const track of tracks) {
      this.#routes.set(track.channels[0], { track, isRtcp: false });
      this.#routes.set(track.channels[1], { track, isRtcp: true });
    }
    this.#pairs = tracks.map(track => track.pair);
    this.#onEnd = onEnd;
  }

  get queuedBytes(): number {
    return this.#queuedBytes + this.#kernelQueue();
  }

  write(data: Buffer): void {
    if (this.#closed || this.#endReason) return;
    this.#queue.push(data);
    this.#queuedBytes += data.length;
    if (!this.#timer) this.#send();
  }

  // Packets are sent one by one: there is nothing that could be gathered.
  cork(): void {}
  uncork(): void {}

  end(reason: EndReason): void {
    if (this.#closed || this.#endReason) return;
    this.#endReason = reason;
    if (this.#queue.length === 0) this.#finish(reason);
    else this.#lingerTimer = setTimeout(() => this.#finish(reason), LINGER);
  }

  destroy(reason: EndReason): void {
    this.#finish(reason);
  }

  #send(): void {
    this.#timer = undefined;
    this.#refill();
    if (this.#kernelQueue() < MAX_KERNEL_QUEUE) {
      while (this.#queue.length > 0 && this.#budget > 0 && this.#goodbyeWait() === 0)
        this.#sendFrom(this.#queue[0]!);
    }
    if (this.#queue.length > 0)
      this.#timer = setTimeout(() => this.#send(), Math.max(TICK, this.#goodbyeWait()));
    else if (this.#endReason) this.#finish(this.#endReason);
  }

  #sendFrom(piece: Buffer): void {
    const before = this.#sent;
    let at = before;
    while (this.#budget > 0 && piece.length - at > INTERLEAVED_HEADER_SIZE) {
      const start = at + INTERLEAVED_HEADER_SIZE;
      const end = Math.min(start + piece.readUInt16BE(at + 2), piece.length);
      if (this.#isEarlyGoodbye(piece, piece[at + 1]!, start, end)) break;
      this.#sendPacket(piece, piece[at + 1]!, start, end);
      this.#budget -= end - at;
      at = end;
    }
    const isDone = piece.length - at <= INTERLEAVED_HEADER_SIZE;
    if (isDone) this.#queue.shift();
    this.#queuedBytes -= (isDone ? piece.length : at) - before;
    this.#sent = isDone ? 0 : at;
  }

  #sendPacket(piece: Buffer, channel: number, start: number, end: number): void {
    const route = this.#routes.get(channel);
    if (!route) return;
    const { pair, ports, address } = route.track;
    if (route.isRtcp) pair.sendRtcp(piece, start, end, ports[1], address);
    else pair.sendRtp(piece, start, end, ports[0], address);
  }

  /** Sets the time of the first goodbye; those of the other tracks go with it. */
  #isEarlyGoodbye(piece: Buffer, channel: number, start: number, end: number): boolean {
    if (!this.#routes.get(channel)?.isRtcp) return false;
    if (!hasGoodbye(piece.subarray(start, end))) return false;
    this.#goodbyeAt ??= performance.now() + GOODBYE_DELAY;
    return this.#goodbyeWait() > 0;
  }

  /** Milliseconds. */
  #goodbyeWait(): number {
    return this.#goodbyeAt === undefined ? 0 : Math.max(0, this.#goodbyeAt - performance.now());
  }

  #refill(): void {
    const now = performance.now();
    this.#budget = Math.min(BURST, this.#budget + (now - this.#budgetAt) * BYTES_PER_MILLISECOND);
    this.#budgetAt = now;
  }

  #kernelQueue(): number {
    let bytes = 0;
    for (const pair of this.#pairs) bytes += pair.queuedBytes;
    return bytes;
  }

  #finish(reason: EndReason): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#lingerTimer);
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#onEnd(reason);
  }
}
