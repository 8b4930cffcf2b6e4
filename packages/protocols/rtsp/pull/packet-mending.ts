import { RTP_HEADER_SIZE } from '@flux-iot/media/rtp/packet';
import type { Quirks } from '../../camera/quirks.ts';

const TURN = 2 ** 32;

/**
 * Mends the headers of one track's RTP packets, in place, for cameras that cannot be followed otherwise: those that
 * change the SSRC at will, and those whose time stamps are worth less than the time of arrival.
 */
export class PacketMending {
  readonly #hasOneSource: boolean;
  readonly #hasTimes: boolean;
  readonly #clockRate: number;
  /** Frames that had packets lately: the time stamp, and the one in its place. */
  #frames: { readonly timestamp: number; readonly mended: number }[] = [];
  #last: number | undefined;

  /** Undefined where nothing is to be mended. */
  static for(quirks: Pick<Quirks, 'ssrc' | 'time'>, clockRate: number): PacketMending | undefined {
    const isNeeded = quirks.ssrc === 'any' || quirks.time === 'arrival';
    return isNeeded ? new PacketMending(quirks, clockRate) : undefined;
  }

  private constructor({ ssrc, time }: Pick<Quirks, 'ssrc' | 'time'>, clockRate: number) {
    this.#hasOneSource = ssrc === 'one';
    this.#hasTimes = time === 'rtp';
    this.#clockRate = clockRate;
  }

  /** Whether sender reports mean something for the packets. */
  get takesReports(): boolean {
    return this.#hasTimes;
  }

  /** The packet came at `now`, in milliseconds of a steady clock. */
  mend(packet: Buffer, now: number): void {
    if (packet.length < RTP_HEADER_SIZE) return;
    if (!this.#hasTimes) packet.writeUInt32BE(this.#timeOf(packet.readUInt32BE(4), now) % TURN, 4);
    if (!this.#hasOneSource) packet.writeUInt32BE(1, 8);
  }

  /** All packets of a frame have one time; a packet may come after the first of the next frame. */
  #timeOf(timestamp: number, now: number): number {
    const known = this.#frames.find(frame => frame.timestamp === timestamp);
    if (known) return known.mended;
    const arrival = Math.round((now * this.#clockRate) / 1000);
    // Frames that were read together are a millisecond apart.
    const least = this.#last === undefined ? arrival : this.#last + Math.ceil(this.#clockRate / 1000);
    const mended = Math.max(arrival, least);
    this.#last = mended;
    this.#frames = [...this.#frames.slice(-1), { timestamp, mended }];
    return mended;
  }
}
