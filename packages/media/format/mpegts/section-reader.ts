import { crc32Mpeg } from './crc32.ts';

/** Of PAT and PMT (ISO/IEC 13818-1 §2.4.4.4, §2.4.4.9): the header of three bytes and what its length may be. */
const MAX_SECTION = 3 + 1021;
const STUFFING = 0xff;

/** Puts the sections of one PID together; those whose checksum is wrong are dropped. */
export class SectionReader {
  readonly #onSection: (section: Buffer) => void;
  #data: Buffer = Buffer.alloc(0);
  #isOpen = false;

  constructor(onSection: (section: Buffer) => void) {
    this.#onSection = onSection;
  }

  packet(payload: Buffer, isStart: boolean, isContinuous: boolean): void {
    if (!isContinuous) this.#isOpen = false;
    if (!isStart) {
      if (this.#isOpen) this.#append(payload);
      return;
    }
    const begin = 1 + (payload[0] ?? 0);
    if (begin > payload.length) return;
    // What is before the pointer ends the section of the packets before.
    if (this.#isOpen) this.#append(payload.subarray(1, begin));
    this.#data = Buffer.alloc(0);
    this.#isOpen = true;
    this.#append(payload.subarray(begin));
  }

  #append(bytes: Buffer): void {
    this.#data = Buffer.concat([this.#data, bytes]);
    while (this.#isOpen && this.#data.length >= 3) {
      if (this.#data[0] === STUFFING) {
        this.#isOpen = false;
        return;
      }
      const size = 3 + (this.#data.readUInt16BE(1) & 0x0fff);
      if (size > MAX_SECTION) {
        this.#isOpen = false;
        return;
      }
      if (this.#data.length < size) return;
      const section = this.#data.subarray(0, size);
      this.#data = this.#data.subarray(size);
      if (crc32Mpeg(section) === 0) this.#onSection(section);
    }
  }
}
