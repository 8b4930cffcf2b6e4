import { ParseError } from '../../model/parse-error.ts';
import type { DataValue } from '../../model/sample.ts';
import { Amf3Reader } from './amf3.ts';

/** Type markers (AMF 0 specification §2.1). */
const MARKER = {
  NUMBER: 0,
  BOOLEAN: 1,
  STRING: 2,
  OBJECT: 3,
  NULL: 5,
  UNDEFINED: 6,
  REFERENCE: 7,
  ECMA_ARRAY: 8,
  OBJECT_END: 9,
  STRICT_ARRAY: 10,
  DATE: 11,
  LONG_STRING: 12,
  UNSUPPORTED: 13,
  XML_DOCUMENT: 15,
  TYPED_OBJECT: 16,
  AVMPLUS: 17,
} as const;

/** Deeper values overflow the stack of those who follow them; no real message comes near. */
const MAX_DEPTH = 16;
/** Values and properties of one message. */
const MAX_VALUES = 4096;

/** Reads all values of a buffer. Throws `ParseError` for what is cut off, too deep, too many or unknown. */
export function readAmf0(data: Buffer): DataValue[] {
  const reader = new Amf0Reader(data);
  const values: DataValue[] = [];
  while (!reader.atEnd) values.push(reader.value(0));
  return values;
}

class Amf0Reader {
  readonly #data: Buffer;
  readonly #references: DataValue[] = [];
  #at = 0;
  #values = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  get atEnd(): boolean {
    return this.#at >= this.#data.length;
  }

  value(depth: number): DataValue {
    if (depth > MAX_DEPTH) throw new ParseError('AMF0 nested too deeply', this.#at);
    if (++this.#values > MAX_VALUES) throw new ParseError('AMF0 with too many values', this.#at);
    const marker = this.#data[this.#take(1)]!;
    switch (marker) {
      case MARKER.NUMBER:
        return this.#data.readDoubleBE(this.#take(8));
      case MARKER.BOOLEAN:
        return this.#data[this.#take(1)] !== 0;
      case MARKER.STRING:
        return this.#text(this.#u16());
      case MARKER.LONG_STRING:
      case MARKER.XML_DOCUMENT:
        return this.#text(this.#u32());
      case MARKER.NULL:
      case MARKER.UNSUPPORTED:
        return null;
      case MARKER.UNDEFINED:
        return undefined;
      case MARKER.OBJECT:
        return this.#object(depth);
      case MARKER.TYPED_OBJECT:
        this.#text(this.#u16());
        return this.#object(depth);
      case MARKER.ECMA_ARRAY:
        // The count is a hint that encoders get wrong; the end marker decides.
        this.#take(4);
        return this.#object(depth);
      case MARKER.STRICT_ARRAY:
        return this.#array(depth);
      case MARKER.DATE: {
        const time = this.#data.readDoubleBE(this.#take(8));
        this.#take(2);
        return new Date(time);
      }
      case MARKER.REFERENCE: {
        const index = this.#u16();
        if (index >= this.#references.length) throw new ParseError('AMF0 reference to nothing', this.#at);
        return this.#references[index];
      }
      case MARKER.AVMPLUS: {
        const reader = new Amf3Reader(this.#data, this.#at);
        const value = reader.value();
        this.#at = reader.position;
        return value;
      }
      default:
        throw new ParseError(`AMF0 of unknown type ${marker}`, this.#at - 1);
    }
  }

  #object(depth: number): DataValue {
    const entries: [string, DataValue][] = [];
    const index = this.#references.push(null) - 1;
    for (;;) {
      // Some encoders leave the end marker out at the very end of a message.
      if (this.atEnd) break;
      const key = this.#text(this.#u16());
      if (key === '' && this.#data[this.#at] === MARKER.OBJECT_END) {
        this.#at++;
        break;
      }
      entries.push([key, this.value(depth + 1)]);
    }
    // fromEntries defines properties, so that a key such as __proto__ is one like any other.
    const object = Object.fromEntries(entries);
    this.#references[index] = object;
    return object;
  }

  #array(depth: number): DataValue {
    const count = this.#u32();
    if (count > this.#data.length - this.#at)
      throw new ParseError('AMF0 array longer than its message', this.#at);
    const index = this.#references.push(null) - 1;
    const values: DataValue[] = [];
    for (let item = 0; item < count; item++) values.push(this.value(depth + 1));
    this.#references[index] = values;
    return values;
  }

  #text(length: number): string {
    const at = this.#take(length);
    return this.#data.toString('utf8', at, at + length);
  }

  #u16(): number {
    return this.#data.readUInt16BE(this.#take(2));
  }

  #u32(): number {
    return this.#data.readUInt32BE(this.#take(4));
  }

  #take(length: number): number {
    const at = this.#at;
    if (length > this.#data.length - at) throw new ParseError('AMF0 cut off', at);
    this.#at = at + length;
    return at;
  }
}

const MAX_SHORT_STRING = 0xffff;

/** Writes the values one after the other. Objects become anonymous objects, arrays strict arrays. */
export function writeAmf0(values: readonly DataValue[]): Buffer {
  const parts: Buffer[] = [];
  for (const value of values) write(value, parts, 0);
  return Buffer.concat(parts);
}

function write(value: DataValue, parts: Buffer[], depth: number): void {
  if (depth > MAX_DEPTH) throw new ParseError('value nested too deeply for AMF0');
  if (value === undefined) {
    parts.push(Buffer.from([MARKER.UNDEFINED]));
  } else if (value === null) {
    parts.push(Buffer.from([MARKER.NULL]));
  } else if (typeof value === 'number') {
    const bytes = Buffer.alloc(9);
    bytes.writeDoubleBE(value, 1);
    parts.push(bytes);
  } else if (typeof value === 'boolean') {
    parts.push(Buffer.from([MARKER.BOOLEAN, value ? 1 : 0]));
  } else if (typeof value === 'string') {
    const text = Buffer.from(value);
    const isShort = text.length <= MAX_SHORT_STRING;
    const head = Buffer.alloc(isShort ? 3 : 5);
    head[0] = isShort ? MARKER.STRING : MARKER.LONG_STRING;
    head.writeUIntBE(text.length, 1, isShort ? 2 : 4);
    parts.push(head, text);
  } else if (value instanceof Date) {
    const bytes = Buffer.alloc(11);
    bytes[0] = MARKER.DATE;
    bytes.writeDoubleBE(value.getTime(), 1);
    parts.push(bytes);
  } else if (isArray(value)) {
    const head = Buffer.alloc(5);
    head[0] = MARKER.STRICT_ARRAY;
    head.writeUInt32BE(value.length, 1);
    parts.push(head);
    for (const item of value) write(item, parts, depth + 1);
  } else {
    parts.push(Buffer.from([MARKER.OBJECT]));
    for (const [key, item] of Object.entries(value)) {
      // An empty key would read as the end.
      if (key === '') continue;
      const name = Buffer.from(key).subarray(0, MAX_SHORT_STRING);
      const head = Buffer.alloc(2);
      head.writeUInt16BE(name.length);
      parts.push(head, name);
      write(item, parts, depth + 1);
    }
    parts.push(Buffer.from([0, 0, MARKER.OBJECT_END]));
  }
}

function isArray(value: DataValue): value is readonly DataValue[] {
  return Array.isArray(value);
}
