import { FluxError } from '@flux-iot/core/errors/flux-error';

/** Four digits. */
const STREAMS = 10_000;

/**
 * Numbers for streams, as the standard has them (GB/T 28181-2016 §C.2, -2022 §C.2): ten decimal digits, the first 0 for
 * live and 1 for history, then the fourth to eighth of the domain's, then four that no other stream of ours has. They
 * stand in `y=`, and as a number in the packets' SSRC.
 */
export class SsrcPool {
  readonly #domain: string;
  readonly #taken = new Set<number>();
  #next: number;

  /** `domain`: 10 or 20 digits. */
  constructor(domain: string) {
    this.#domain = domain.slice(3, 8).padEnd(5, '0');
    // A device that still sends what was asked before a restart is not to be taken for a new stream.
    this.#next = Math.floor(Math.random() * STREAMS);
  }

  get taken(): number {
    return this.#taken.size;
  }

  /** Throws `STREAM_LIMIT`. */
  take(kind: 'live' | 'history'): string {
    for (let tries = 0; tries < STREAMS; tries++) {
      const number = this.#next;
      this.#next = (this.#next + 1) % STREAMS;
      // An SSRC of 0 is one of RTP's reserved values for some receivers.
      if (number === 0 || this.#taken.has(number)) continue;
      this.#taken.add(number);
      return `${kind === 'live' ? 0 : 1}${this.#domain}${String(number).padStart(4, '0')}`;
    }
    throw new FluxError('STREAM_LIMIT', `${STREAMS} streams of GB28181 devices are the most.`);
  }

  release(ssrc: string): void {
    this.#taken.delete(Number(ssrc.slice(6)));
  }
}

/** The number in the packets; undefined for what is none. Some devices write it in fewer digits. */
export function ssrcNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= 0xffff_ffff ? value : undefined;
}
