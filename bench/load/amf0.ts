/** AMF0 (Adobe, Action Message Format 0, 2007) as far as RTMP commands need it. */
export type AmfValue = number | string | boolean | null | undefined | AmfObject | readonly AmfValue[];
export interface AmfObject {
  readonly [key: string]: AmfValue;
}

const NUMBER = 0x00;
const BOOLEAN = 0x01;
const STRING = 0x02;
const OBJECT = 0x03;
const NULL = 0x05;
const UNDEFINED = 0x06;
const ECMA_ARRAY = 0x08;
const OBJECT_END = 0x09;
const STRICT_ARRAY = 0x0a;
const LONG_STRING = 0x0c;
const MAX_DEPTH = 8;

export function encodeAmf0(...values: readonly AmfValue[]): Buffer {
  return Buffer.concat(values.map(encodeValue));
}

/** Every value in `bytes`. Throws on an unknown type, on nesting past 8 levels and where the bytes end too early. */
export function decodeAmf0(bytes: Buffer): AmfValue[] {
  const reader = new AmfReader(bytes);
  const values: AmfValue[] = [];
  while (!reader.ended) values.push(reader.value(0));
  return values;
}

function encodeValue(value: AmfValue): Buffer {
  if (value === null) return Buffer.of(NULL);
  if (value === undefined) return Buffer.of(UNDEFINED);
  if (typeof value === 'boolean') return Buffer.of(BOOLEAN, value ? 1 : 0);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(9);
    bytes[0] = NUMBER;
    bytes.writeDoubleBE(value, 1);
    return bytes;
  }
  if (typeof value === 'string') return Buffer.concat([Buffer.of(STRING), shortString(value)]);
  if (isArray(value)) {
    const count = Buffer.alloc(5);
    count[0] = STRICT_ARRAY;
    count.writeUInt32BE(value.length, 1);
    return Buffer.concat([count, ...value.map(encodeValue)]);
  }
  const properties = Object.entries(value).flatMap(([key, inner]) => [shortString(key), encodeValue(inner)]);
  return Buffer.concat([Buffer.of(OBJECT), ...properties, Buffer.of(0, 0, OBJECT_END)]);
}

function isArray(value: AmfObject | readonly AmfValue[]): value is readonly AmfValue[] {
  return Array.isArray(value);
}

function shortString(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
}

class AmfReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get ended(): boolean {
    return this.#at >= this.#bytes.length;
  }

  value(depth: number): AmfValue {
    if (depth > MAX_DEPTH) throw new RangeError('AMF0 is nested too deeply');
    const type = this.#take(1)[0]!;
    switch (type) {
      case NUMBER:
        return this.#take(8).readDoubleBE(0);
      case BOOLEAN:
        return this.#take(1)[0] !== 0;
      case STRING:
        return this.#string(2);
      case LONG_STRING:
        return this.#string(4);
      case NULL:
        return null;
      case UNDEFINED:
        return undefined;
      case OBJECT:
        return this.#object(depth);
      case ECMA_ARRAY:
        this.#take(4);
        return this.#object(depth);
      case STRICT_ARRAY: {
        const values: AmfValue[] = [];
        for (let left = this.#take(4).readUInt32BE(0); left > 0; left--) values.push(this.value(depth + 1));
        return values;
      }
      default:
        throw new RangeError(`AMF0 type ${type} is not known`);
    }
  }

  #object(depth: number): AmfObject {
    const entries: [string, AmfValue][] = [];
    for (;;) {
      const key = this.#string(2);
      if (key === '' && this.#bytes[this.#at] === OBJECT_END) {
        this.#at++;
        return Object.fromEntries(entries);
      }
      entries.push([key, this.value(depth + 1)]);
    }
  }

  #string(lengthBytes: 2 | 4): string {
    const length = this.#take(lengthBytes).readUIntBE(0, lengthBytes);
    return this.#take(length).toString('utf8');
  }

  #take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new RangeError('AMF0 ends too early');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}
