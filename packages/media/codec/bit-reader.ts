import { ParseError } from '../model/parse-error.ts';

/** Reads bits, most significant first, and Exp-Golomb codes (H.264 §9.1). Throws `ParseError` at the end. */
export class BitReader {
  readonly #data: Uint8Array;
  /** In bits. */
  #position = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  get bitsLeft(): number {
    return this.#data.length * 8 - this.#position;
  }

  /** An unsigned number of `count` ≤ 32 bits. */
  bits(count: number): number {
    if (count > this.bitsLeft) throw new ParseError('bitstream cut off', this.#position >> 3);
    let value = 0;
    let left = count;
    while (left > 0) {
      const offset = this.#position & 7;
      const take = Math.min(left, 8 - offset);
      const byte = this.#data[this.#position >> 3] as number;
      value = value * 2 ** take + ((byte >> (8 - offset - take)) & ((1 << take) - 1));
      this.#position += take;
      left -= take;
    }
    return value;
  }

  flag(): boolean {
    return this.bits(1) === 1;
  }

  skip(count: number): void {
    if (count > this.bitsLeft) throw new ParseError('bitstream cut off', this.#position >> 3);
    this.#position += count;
  }

  /** ue(v) */
  ue(): number {
    let zeros = 0;
    while (!this.flag()) {
      if (++zeros > 32) throw new ParseError('Exp-Golomb code too long', this.#position >> 3);
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** se(v) */
  se(): number {
    const code = this.ue();
    return code % 2 === 0 ? 0 - code / 2 : (code + 1) / 2;
  }
}

/** The payload of a NAL unit without its emulation prevention bytes (H.264 §7.4.1, H.265 §7.4.2). */
export function unescapeRbsp(nalUnit: Buffer): Buffer {
  const payload = Buffer.allocUnsafe(nalUnit.length);
  let length = 0;
  let zeros = 0;
  for (let at = 0; at < nalUnit.length; at++) {
    const byte = nalUnit[at]!;
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    payload[length++] = byte;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return payload.subarray(0, length);
}
