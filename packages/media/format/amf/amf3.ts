import { ParseError } from '../../model/parse-error.ts';
import type { DataValue } from '../../model/sample.ts';

/** Type markers (AMF 3 specification §3.1). */
const MARKER = {
  UNDEFINED: 0,
  NULL: 1,
  FALSE: 2,
  TRUE: 3,
  INTEGER: 4,
  DOUBLE: 5,
  STRING: 6,
  XML_DOCUMENT: 7,
  DATE: 8,
  ARRAY: 9,
  OBJECT: 10,
  XML: 11,
  BYTE_ARRAY: 12,
} as const;

const MAX_DEPTH = 16;
const MAX_VALUES = 4096;

interface Traits {
  readonly isDynamic: boolean;
  readonly names: readonly string[];
}

/** Reads AMF3 values, as Flash clients send them inside AMF0. Vectors, dictionaries and externalizables are refused. */
export class Amf3Reader {
  readonly #data: Buffer;
  readonly #strings: string[] = [];
  readonly #objects: DataValue[] = [];
  readonly #traits: Traits[] = [];
  #at: number;
  #values = 0;

  constructor(data: Buffer, at: number) {
    this.#data = data;
    this.#at = at;
  }

  /** Where the next value begins. */
  get position(): number {
    return this.#at;
  }

  value(depth = 0): DataValue {
    if (depth > MAX_DEPTH) throw new ParseError('AMF3 nested too deeply', this.#at);
    if (++this.#values > MAX_VALUES) throw new ParseError('AMF3 with too many values', this.#at);
    const marker = this.#data[this.#take(1)]!;
    switch (marker) {
      case MARKER.UNDEFINED:
        return undefined;
      case MARKER.NULL:
        return null;
      case MARKER.FALSE:
        return false;
      case MARKER.TRUE:
        return true;
      case MARKER.INTEGER:
        return (this.#u29() << 3) >> 3;
      case MARKER.DOUBLE:
        return this.#data.readDoubleBE(this.#take(8));
      case MARKER.STRING:
        return this.#string();
      case MARKER.DATE:
        return this.#referenced(() => new Date(this.#data.readDoubleBE(this.#take(8))));
      case MARKER.XML_DOCUMENT:
      case MARKER.XML:
        return this.#referenced(length => this.#text(length));
      case MARKER.BYTE_ARRAY:
        return this.#referenced(length => {
          const at = this.#take(length);
          return this.#data.toString('base64', at, at + length);
        });
      case MARKER.ARRAY:
        return this.#referenced(length => this.#array(length, depth));
      case MARKER.OBJECT:
        return this.#referenced(header => this.#object(header, depth));
      default:
        throw new ParseError(`AMF3 of unsupported type ${marker}`, this.#at - 1);
    }
  }

  /** A value by reference, or in line; `read` is given what the header says besides. */
  #referenced(read: (header: number) => DataValue): DataValue {
    const header = this.#u29();
    if ((header & 1) === 0) {
      const index = header >> 1;
      if (index >= this.#objects.length) throw new ParseError('AMF3 reference to nothing', this.#at);
      return this.#objects[index];
    }
    const index = this.#objects.push(null) - 1;
    const value = read(header >> 1);
    this.#objects[index] = value;
    return value;
  }

  #array(length: number, depth: number): DataValue {
    const named = this.#dynamicProperties(depth);
    if (length > this.#data.length - this.#at)
      throw new ParseError('AMF3 array longer than its message', this.#at);
    const items: DataValue[] = [];
    for (let item = 0; item < length; item++) items.push(this.value(depth + 1));
    return named.length === 0 ? items : Object.fromEntries([...named, ...Object.entries(items)]);
  }

  #object(header: number, depth: number): DataValue {
    let traits: Traits | undefined;
    if ((header & 1) === 0) {
      traits = this.#traits[header >> 1];
      if (!traits) throw new ParseError('AMF3 traits reference to nothing', this.#at);
    } else {
      if (header & 2) throw new ParseError('AMF3 externalizable object', this.#at);
      this.#string(); // class name
      const count = header >> 3;
      if (count > MAX_VALUES) throw new ParseError('AMF3 object with too many properties', this.#at);
      const names: string[] = [];
      for (let index = 0; index < count; index++) names.push(this.#string());
      traits = { isDynamic: (header & 4) !== 0, names };
      this.#traits.push(traits);
    }
    const entries: [string, DataValue][] = traits.names.map(name => [name, this.value(depth + 1)]);
    if (traits.isDynamic) entries.push(...this.#dynamicProperties(depth));
    return Object.fromEntries(entries);
  }

  #dynamicProperties(depth: number): [string, DataValue][] {
    const entries: [string, DataValue][] = [];
    for (;;) {
      const name = this.#string();
      if (name === '') return entries;
      entries.push([name, this.value(depth + 1)]);
    }
  }

  #string(): string {
    const header = this.#u29();
    if ((header & 1) === 0) {
      const text = this.#strings[header >> 1];
      if (text === undefined) throw new ParseError('AMF3 string reference to nothing', this.#at);
      return text;
    }
    const text = this.#text(header >> 1);
    if (text !== '') this.#strings.push(text);
    return text;
  }

  #text(length: number): string {
    const at = this.#take(length);
    return this.#data.toString('utf8', at, at + length);
  }

  /** Seven bits a byte, eight in the fourth (§1.3.1). */
  #u29(): number {
    let value = 0;
    for (let index = 0; index < 3; index++) {
      const byte = this.#data[this.#take(1)]!;
      value = (value << 7) | (byte & 0x7f);
      if (!(byte & 0x80)) return value;
    }
    return (value << 8) | this.#data[this.#take(1)]!;
  }

  #take(length: number): number {
    const at = this.#at;
    if (length > this.#data.length - at) throw new ParseError('AMF3 cut off', at);
    this.#at = at + length;
    return at;
  }
}
