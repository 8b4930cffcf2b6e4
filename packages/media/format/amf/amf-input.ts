import { ParseError } from '../../model/parse-error.ts';
import type { DataValue } from '../../model/sample.ts';

export interface AmfLimits {
  /** Objects and arrays inside one another. */
  readonly maxDepth?: number;
  /** What all values may come to, every reference counted as a copy: 16 for a value, a string's bytes besides. */
  readonly maxSize?: number;
}

/** A record without a prototype: a property may be called `__proto__`. */
export type AmfRecord = Record<string, DataValue>;

const DEFAULT_MAX_DEPTH = 16;
const DEFAULT_MAX_SIZE = 1024 * 1024;
const VALUE_SIZE = 16;
/** AMF0, in which values are passed on, has 16 bits for the length of a property's name. */
const MAX_NAME_LENGTH = 0xffff;

export function amfRecord(): AmfRecord {
  return Object.create(null);
}

/**
 * The bytes that an AMF reader reads, and what it may still make of them. A message may switch from AMF0 to AMF3,
 * so both readers share one input.
 */
export class AmfInput {
  position = 0;
  /** Size of the values read so far. */
  spent = 0;
  readonly #data: Buffer;
  readonly #maxDepth: number;
  readonly #maxSize: number;

  constructor(data: Buffer, limits: AmfLimits = {}) {
    this.#data = data;
    this.#maxDepth = limits.maxDepth ?? DEFAULT_MAX_DEPTH;
    this.#maxSize = limits.maxSize ?? DEFAULT_MAX_SIZE;
  }

  get remaining(): number {
    return this.#data.length - this.position;
  }

  u8(): number {
    return this.#data[this.#skip(1)]!;
  }

  u16(): number {
    return this.#data.readUInt16BE(this.#skip(2));
  }

  u32(): number {
    return this.#data.readUInt32BE(this.#skip(4));
  }

  i32(): number {
    return this.#data.readInt32BE(this.#skip(4));
  }

  double(): number {
    return this.#data.readDoubleBE(this.#skip(8));
  }

  text(length: number): string {
    const at = this.#skip(length);
    this.spend(length);
    return this.#data.toString('utf8', at, at + length);
  }

  /** The name of a property. Bytes that are not UTF-8 make it longer than it was. */
  checkName(name: string): string {
    if (name.length * 3 > MAX_NAME_LENGTH && Buffer.byteLength(name) > MAX_NAME_LENGTH) {
      throw this.error('AMF name too long');
    }
    return name;
  }

  beginValue(depth: number): void {
    if (depth > this.#maxDepth) throw this.error('AMF values nested too deeply');
    this.spend(VALUE_SIZE);
  }

  spend(size: number): void {
    this.spent += size;
    if (this.spent > this.#maxSize) throw this.error('AMF values too large together');
  }

  error(reason: string): ParseError {
    return new ParseError(reason, this.position);
  }

  #skip(size: number): number {
    if (size > this.remaining) throw this.error('AMF value cut off');
    const at = this.position;
    this.position = at + size;
    return at;
  }
}

/** Values that later ones refer to by number. A reference costs what the value cost, or a few bytes could make gigabytes. */
export class ReferenceTable<Value> {
  readonly #entries: ({ readonly value: Value; readonly size: number } | undefined)[] = [];
  readonly #input: AmfInput;

  constructor(input: AmfInput) {
    this.#input = input;
  }

  /** Takes the next number for a value that is still being read. */
  reserve(): number {
    return this.#entries.push(undefined) - 1;
  }

  /** `sizeBefore` is what had been spent before the value was read. */
  define(index: number, value: Value, sizeBefore: number): Value {
    this.#entries[index] = { value, size: this.#input.spent - sizeBefore };
    return value;
  }

  get(index: number): Value {
    if (index >= this.#entries.length) throw this.#input.error('AMF reference to nothing');
    const entry = this.#entries[index];
    if (!entry) throw this.#input.error('AMF value that contains itself');
    this.#input.spend(entry.size);
    return entry.value;
  }
}
