import type { DataValue } from '../../model/sample.ts';
import { AmfInput, type AmfLimits, type AmfRecord, amfRecord, ReferenceTable } from './amf-input.ts';

/** Type markers (Adobe AMF3 §3.1). */
const AMF3 = {
  UNDEFINED: 0x00,
  NULL: 0x01,
  FALSE: 0x02,
  TRUE: 0x03,
  INTEGER: 0x04,
  DOUBLE: 0x05,
  STRING: 0x06,
  XML_DOCUMENT: 0x07,
  DATE: 0x08,
  ARRAY: 0x09,
  OBJECT: 0x0a,
  XML: 0x0b,
  BYTE_ARRAY: 0x0c,
  VECTOR_INT: 0x0d,
  VECTOR_UINT: 0x0e,
  VECTOR_DOUBLE: 0x0f,
  VECTOR_OBJECT: 0x10,
  DICTIONARY: 0x11,
} as const;

interface Traits {
  readonly names: readonly string[];
  readonly dynamic: boolean;
}

/**
 * Reads all AMF3 values in `data` (Adobe AMF3, 2013). Arrays with named members come as records; byte arrays,
 * dictionaries and objects of classes that write themselves (externalizable) are refused. Throws `ParseError`.
 */
export function readAmf3(data: Buffer, limits?: AmfLimits): DataValue[] {
  const input = new AmfInput(data, limits);
  const reader = new Amf3Reader(input);
  const values: DataValue[] = [];
  while (input.remaining > 0) values.push(reader.value(0));
  return values;
}

/** Reads values one by one; they share the tables of strings, objects and traits. */
export class Amf3Reader {
  readonly #input: AmfInput;
  readonly #strings: ReferenceTable<string>;
  readonly #objects: ReferenceTable<DataValue>;
  readonly #traits: ReferenceTable<Traits>;

  constructor(input: AmfInput) {
    this.#input = input;
    this.#strings = new ReferenceTable(input);
    this.#objects = new ReferenceTable(input);
    this.#traits = new ReferenceTable(input);
  }

  value(depth: number): DataValue {
    const input = this.#input;
    input.beginValue(depth);
    const marker = input.u8();
    switch (marker) {
      case AMF3.UNDEFINED:
        return undefined;
      case AMF3.NULL:
        return null;
      case AMF3.FALSE:
        return false;
      case AMF3.TRUE:
        return true;
      case AMF3.INTEGER:
        return (this.#u29() << 3) >> 3;
      case AMF3.DOUBLE:
        return input.double();
      case AMF3.STRING:
        return this.#string();
      case AMF3.XML_DOCUMENT:
      case AMF3.XML:
        return this.#referable(length => input.text(length));
      case AMF3.DATE:
        return this.#referable(() => new Date(input.double()));
      case AMF3.ARRAY:
        return this.#referable(count => this.#array(count, depth));
      case AMF3.OBJECT:
        return this.#referable(flags => this.#object(flags, depth));
      case AMF3.VECTOR_INT:
        return this.#referable(count => this.#vector(count, () => input.i32()));
      case AMF3.VECTOR_UINT:
        return this.#referable(count => this.#vector(count, () => input.u32()));
      case AMF3.VECTOR_DOUBLE:
        return this.#referable(count => this.#vector(count, () => input.double()));
      case AMF3.VECTOR_OBJECT:
        return this.#referable(count => this.#objectVector(count, depth));
      case AMF3.BYTE_ARRAY:
        throw input.error('AMF3 byte array, which is not supported');
      case AMF3.DICTIONARY:
        throw input.error('AMF3 dictionary, which is not supported');
      default:
        throw input.error(`unknown AMF3 type ${marker}`);
    }
  }

  /** A value of the object table, or a reference to an earlier one. `read` gets what the number says besides. */
  #referable(read: (rest: number) => DataValue): DataValue {
    const number = this.#u29();
    if ((number & 1) === 0) return this.#objects.get(number >> 1);
    const sizeBefore = this.#input.spent;
    const index = this.#objects.reserve();
    return this.#objects.define(index, read(number >> 1), sizeBefore);
  }

  #array(count: number, depth: number): DataValue {
    const named = amfRecord();
    let hasNames = false;
    for (let name = this.#name(); name !== ''; name = this.#name()) {
      named[name] = this.value(depth + 1);
      hasNames = true;
    }
    const values = this.#values(count, depth);
    if (!hasNames) return values;
    for (const [index, value] of values.entries()) named[index] = value;
    return named;
  }

  #object(flags: number, depth: number): AmfRecord {
    const traits = this.#readTraits(flags);
    const record = amfRecord();
    for (const name of traits.names) record[name] = this.value(depth + 1);
    if (!traits.dynamic) return record;
    for (let name = this.#name(); name !== ''; name = this.#name()) record[name] = this.value(depth + 1);
    return record;
  }

  #readTraits(flags: number): Traits {
    if ((flags & 1) === 0) return this.#traits.get(flags >> 1);
    const sizeBefore = this.#input.spent;
    const index = this.#traits.reserve();
    const className = this.#string();
    if (flags & 2) throw this.#input.error(`AMF3 object of the externalizable class "${className}"`);
    const count = flags >> 3;
    const names: string[] = [];
    for (let member = 0; member < count; member++) names.push(this.#name());
    return this.#traits.define(index, { names, dynamic: (flags & 4) !== 0 }, sizeBefore);
  }

  #objectVector(count: number, depth: number): DataValue[] {
    this.#input.u8(); // whether its length is fixed
    this.#string(); // the class of its members
    return this.#values(count, depth);
  }

  #values(count: number, depth: number): DataValue[] {
    const values: DataValue[] = [];
    for (let index = 0; index < count; index++) values.push(this.value(depth + 1));
    return values;
  }

  #vector(count: number, read: () => number): number[] {
    this.#input.u8(); // whether its length is fixed
    const values: number[] = [];
    for (let index = 0; index < count; index++) {
      this.#input.beginValue(0);
      values.push(read());
    }
    return values;
  }

  #name(): string {
    return this.#input.checkName(this.#string());
  }

  #string(): string {
    const number = this.#u29();
    if ((number & 1) === 0) return this.#strings.get(number >> 1);
    const length = number >> 1;
    if (length === 0) return '';
    const sizeBefore = this.#input.spent;
    const text = this.#input.text(length);
    return this.#strings.define(this.#strings.reserve(), text, sizeBefore);
  }

  /** A number of up to 29 bits: seven in each of three bytes, eight in the fourth (§1.3.1). */
  #u29(): number {
    let value = 0;
    for (let index = 0; index < 3; index++) {
      const byte = this.#input.u8();
      value = (value << 7) | (byte & 0x7f);
      if ((byte & 0x80) === 0) return value;
    }
    return (value << 8) | this.#input.u8();
  }
}
