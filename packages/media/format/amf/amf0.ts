import { ByteWriter } from '../../model/byte-writer.ts';
import type { DataValue } from '../../model/sample.ts';
import { AmfInput, type AmfLimits, type AmfRecord, amfRecord, ReferenceTable } from './amf-input.ts';
import { AMF0 } from './amf0-marker.ts';
import { Amf0Writer } from './amf0-writer.ts';
import { Amf3Reader } from './amf3.ts';

/**
 * Reads all AMF0 values in `data` (Adobe AMF0, 2007). ECMA arrays and typed objects come as records, XML documents as
 * strings, "unsupported" as undefined. Throws `ParseError`, also where values exceed the limits or contain
 * themselves.
 */
export function readAmf0(data: Buffer, limits?: AmfLimits): DataValue[] {
  const input = new AmfInput(data, limits);
  const reader = new Amf0Reader(input);
  const values: DataValue[] = [];
  while (input.remaining > 0) values.push(reader.value(0));
  return values;
}

/** Records become objects, or ECMA arrays where `records` says so: what players expect in `onMetaData`. */
export function writeAmf0(values: readonly DataValue[], records: 'object' | 'ecma-array' = 'object'): Buffer {
  const bytes = new ByteWriter(1024);
  const writer = new Amf0Writer(bytes, records);
  for (const value of values) writer.value(value);
  const { slab, start, end } = bytes.take();
  return slab.subarray(start, end);
}

class Amf0Reader {
  readonly #input: AmfInput;
  readonly #references: ReferenceTable<DataValue>;
  /** One for all AMF3 values of the message: they share their tables. */
  #amf3: Amf3Reader | undefined;

  constructor(input: AmfInput) {
    this.#input = input;
    this.#references = new ReferenceTable(input);
  }

  value(depth: number): DataValue {
    const input = this.#input;
    input.beginValue(depth);
    const marker = input.u8();
    switch (marker) {
      case AMF0.NUMBER:
        return input.double();
      case AMF0.BOOLEAN:
        return input.u8() !== 0;
      case AMF0.STRING:
        return input.text(input.u16());
      case AMF0.NULL:
        return null;
      case AMF0.UNDEFINED:
      case AMF0.UNSUPPORTED:
        return undefined;
      case AMF0.LONG_STRING:
      case AMF0.XML_DOCUMENT:
        return input.text(input.u32());
      case AMF0.DATE: {
        const date = new Date(input.double());
        input.u16(); // time zone: reserved, to be ignored
        return date;
      }
      case AMF0.OBJECT:
        return this.#referable(() => this.#properties(depth, false));
      case AMF0.TYPED_OBJECT:
        input.text(input.u16());
        return this.#referable(() => this.#properties(depth, false));
      case AMF0.ECMA_ARRAY:
        input.u32(); // the number of properties, which encoders get wrong
        return this.#referable(() => this.#properties(depth, true));
      case AMF0.STRICT_ARRAY:
        return this.#referable(() => this.#strictArray(depth));
      case AMF0.REFERENCE:
        return this.#references.get(input.u16());
      case AMF0.AVMPLUS_OBJECT:
        this.#amf3 ??= new Amf3Reader(input);
        return this.#amf3.value(depth);
      default:
        throw input.error(`unknown AMF0 type ${marker}`);
    }
  }

  #referable(read: () => DataValue): DataValue {
    const sizeBefore = this.#input.spent;
    const index = this.#references.reserve();
    return this.#references.define(index, read(), sizeBefore);
  }

  /** Encoders leave the end marker out after the ECMA array that ends their `onMetaData`: `mayLackEnd`. */
  #properties(depth: number, mayLackEnd: boolean): AmfRecord {
    const input = this.#input;
    const record = amfRecord();
    while (!(mayLackEnd && input.remaining === 0)) {
      const name = input.checkName(input.text(input.u16()));
      if (name === '' && this.#skipEnd()) break;
      record[name] = this.value(depth + 1);
    }
    return record;
  }

  #skipEnd(): boolean {
    const { position } = this.#input;
    if (this.#input.u8() === AMF0.OBJECT_END) return true;
    this.#input.position = position;
    return false;
  }

  #strictArray(depth: number): DataValue[] {
    const count = this.#input.u32();
    const values: DataValue[] = [];
    for (let index = 0; index < count; index++) values.push(this.value(depth + 1));
    return values;
  }
}
