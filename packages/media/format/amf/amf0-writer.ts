import type { ByteWriter } from '../../model/byte-writer.ts';
import type { DataValue } from '../../model/sample.ts';
import { AMF0 } from './amf0-marker.ts';

const MAX_SHORT_STRING = 0xffff;

/** Appends AMF0 values to a `ByteWriter`. */
export class Amf0Writer {
  readonly #bytes: ByteWriter;
  readonly #records: 'object' | 'ecma-array';

  constructor(bytes: ByteWriter, records: 'object' | 'ecma-array') {
    this.#bytes = bytes;
    this.#records = records;
  }

  value(value: DataValue): void {
    const bytes = this.#bytes;
    if (value === null) {
      bytes.u8(AMF0.NULL);
    } else if (value === undefined) {
      bytes.u8(AMF0.UNDEFINED);
    } else if (typeof value === 'number') {
      bytes.u8(AMF0.NUMBER);
      this.#double(value);
    } else if (typeof value === 'boolean') {
      bytes.u8(AMF0.BOOLEAN);
      bytes.u8(value ? 1 : 0);
    } else if (typeof value === 'string') {
      this.#string(value);
    } else if (value instanceof Date) {
      bytes.u8(AMF0.DATE);
      this.#double(value.getTime());
      bytes.u16(0);
    } else if (isList(value)) {
      bytes.u8(AMF0.STRICT_ARRAY);
      bytes.u32(value.length);
      for (const item of value) this.value(item);
    } else {
      this.#record(value);
    }
  }

  #record(record: { readonly [key: string]: DataValue }): void {
    const bytes = this.#bytes;
    // A property without a name would be taken for the end of the object.
    const names = Object.keys(record).filter(name => name !== '');
    if (this.#records === 'ecma-array') {
      bytes.u8(AMF0.ECMA_ARRAY);
      bytes.u32(names.length);
    } else {
      bytes.u8(AMF0.OBJECT);
    }
    for (const name of names) {
      this.#text(name, Buffer.byteLength(name), 2);
      this.value(record[name]);
    }
    bytes.u16(0);
    bytes.u8(AMF0.OBJECT_END);
  }

  #string(value: string): void {
    const length = Buffer.byteLength(value);
    const isShort = length <= MAX_SHORT_STRING;
    this.#bytes.u8(isShort ? AMF0.STRING : AMF0.LONG_STRING);
    this.#text(value, length, isShort ? 2 : 4);
  }

  #text(value: string, length: number, lengthSize: 2 | 4): void {
    if (lengthSize === 2) this.#bytes.u16(length);
    else this.#bytes.u32(length);
    const at = this.#bytes.claim(length);
    this.#bytes.buffer.write(value, at, 'utf8');
  }

  #double(value: number): void {
    const at = this.#bytes.claim(8);
    this.#bytes.buffer.writeDoubleBE(value, at);
  }
}

function isList(value: DataValue): value is readonly DataValue[] {
  return Array.isArray(value);
}
