import { ParseError } from '../model/parse-error.ts';

/** Configuration records count the bytes of a parameter set in 16 bits (ISO/IEC 14496-15 §5.3.3.1, §8.3.3.1). */
const MAX_SIZE = 0xffff;

/** Copies parameter sets that a configuration record can hold; throws `ParseError` for others. */
export function copyParameterSets(sets: readonly Buffer[], maxCount: number): Buffer[] {
  check(sets, maxCount);
  return sets.map(set => Buffer.from(set));
}

/** Appends to `parts` each set after its 16-bit length. Throws `ParseError` where a record cannot hold them. */
export function appendParameterSets(parts: Buffer[], sets: readonly Buffer[], maxCount: number): void {
  check(sets, maxCount);
  for (const set of sets) {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(set.length);
    parts.push(length, set);
  }
}

/** A cursor over the sets of a record, as views. */
export class ParameterSetReader {
  readonly #data: Buffer;
  at: number;

  constructor(data: Buffer, at: number) {
    this.#data = data;
    this.at = at;
  }

  /** The next `count` sets, empty ones left out. */
  read(count: number): Buffer[] {
    const data = this.#data;
    const sets: Buffer[] = [];
    for (let index = 0; index < count; index++) {
      if (data.length - this.at < 2) throw new ParseError('configuration record cut off', this.at);
      const length = data.readUInt16BE(this.at);
      this.at += 2;
      if (length > data.length - this.at) {
        throw new ParseError('parameter set longer than its record', this.at);
      }
      if (length > 0) sets.push(data.subarray(this.at, this.at + length));
      this.at += length;
    }
    return sets;
  }
}

function check(sets: readonly Buffer[], maxCount: number): void {
  if (sets.length > maxCount) throw new ParseError(`${sets.length} parameter sets, at most ${maxCount} fit`);
  for (const set of sets) {
    if (set.length > MAX_SIZE) throw new ParseError(`parameter set of ${set.length} bytes`);
  }
}
