import type { Socket } from 'node:net';
import type { EndReason } from '@flux-iot/core/stream/sink';
import { SocketTransport } from '@flux-iot/core/stream/socket-transport';
import type { RtpLayout, RtpMuxer } from '@flux-iot/media/rtp/muxer';
import type { Pair } from '../headers/transport.ts';
import { INTERLEAVED_HEADER_SIZE } from '../message.ts';
import { type UdpTrack, UdpTransport } from '../udp/udp-transport.ts';

/** What a player was told of a track, and has to find as it was told. */
export interface PromisedTrack {
  readonly trackId: number;
  readonly signature: string;
}

/** A track that goes to a player in its RTSP connection. */
export interface InterleavedTrack extends PromisedTrack {
  /** Those that the player wants it on. */
  readonly channels: Pair;
}

const NOT_WANTED = -1;

/** Told once that the tracks are not any more what the player knows. */
export type OnBroken = () => void;

/** Whether what is sent of the tracks is still what their description says; one that is not sent at all does no harm. */
export function keepsPromise(layout: RtpLayout, tracks: readonly PromisedTrack[]): boolean {
  return tracks.every(({ trackId, signature }) => {
    const lane = layout.get(trackId);
    return lane === undefined || lane.outgoing.signature === signature;
  });
}

/**
 * A player whose media comes in its RTSP connection. Where it has all tracks on the output's own channels, it is sent
 * the pieces that all share; else a copy of them, with its channels and without what it did not ask for.
 */
export class InterleavedTransport extends SocketTransport {
  readonly #muxer: RtpMuxer;
  readonly #tracks: readonly InterleavedTrack[];
  readonly #onBroken: OnBroken;
  readonly #onEnd: (reason: EndReason) => void;
  /** The player's channel for each of the output's. */
  readonly #channels = new Int16Array(256);
  #layout: RtpLayout | undefined;
  #isShared = false;
  #isBroken = false;

  constructor(
    socket: Socket,
    muxer: RtpMuxer,
    tracks: readonly InterleavedTrack[],
    handlers: { readonly onBroken: OnBroken; readonly onEnd: (reason: EndReason) => void },
  ) {
    super(socket);
    this.#muxer = muxer;
    this.#tracks = tracks;
    this.#onBroken = handlers.onBroken;
    this.#onEnd = handlers.onEnd;
  }

  override write(data: Buffer): void {
    if (this.#muxer.layout !== this.#layout) this.#adopt(this.#muxer.layout);
    if (this.#isBroken) return;
    const own = this.#isShared ? data : this.#ownPart(data);
    if (own.length > 0) super.write(own);
  }

  override end(reason: EndReason): void {
    this.#onEnd(reason);
  }

  override destroy(reason: EndReason): void {
    super.destroy(reason);
    this.#onEnd(reason);
  }

  #adopt(layout: RtpLayout): void {
    this.#layout = layout;
    if (this.#isBroken) return;
    if (!keepsPromise(layout, this.#tracks)) {
      this.#isBroken = true;
      this.#onBroken();
      return;
    }
    this.#channels.fill(NOT_WANTED);
    this.#isShared = true;
    for (const [trackId, { channel }] of layout) {
      const own = this.#tracks.find(track => track.trackId === trackId)?.channels;
      if (own) this.#channels.set(own, channel);
      if (own?.[0] !== channel || own[1] !== channel + 1) this.#isShared = false;
    }
  }

  #ownPart(data: Buffer): Buffer {
    const part = Buffer.allocUnsafe(data.length);
    let size = 0;
    for (let at = 0; at < data.length; ) {
      const end = at + INTERLEAVED_HEADER_SIZE + data.readUInt16BE(at + 2);
      const channel = this.#channels[data[at + 1]!]!;
      if (channel !== NOT_WANTED) {
        data.copy(part, size, at, end);
        part[size + 1] = channel;
        size += end - at;
      }
      at = end;
    }
    return part.subarray(0, size);
  }
}

/** A player by UDP. The pieces are those of all; the channels of what it did not ask for lead nowhere. */
export class DatagramTransport extends UdpTransport {
  readonly #muxer: RtpMuxer;
  readonly #promised: readonly PromisedTrack[];
  readonly #onBroken: OnBroken;
  #layout: RtpLayout | undefined;
  #isBroken = false;

  constructor(
    muxer: RtpMuxer,
    tracks: readonly (UdpTrack & PromisedTrack)[],
    handlers: { readonly onBroken: OnBroken; readonly onEnd: (reason: EndReason) => void },
  ) {
    super(tracks, handlers.onEnd);
    this.#muxer = muxer;
    this.#promised = tracks;
    this.#onBroken = handlers.onBroken;
  }

  override write(data: Buffer): void {
    if (this.#muxer.layout !== this.#layout) this.#adopt(this.#muxer.layout);
    if (!this.#isBroken) super.write(data);
  }

  #adopt(layout: RtpLayout): void {
    this.#layout = layout;
    if (this.#isBroken || keepsPromise(layout, this.#promised)) return;
    this.#isBroken = true;
    this.#onBroken();
  }
}
