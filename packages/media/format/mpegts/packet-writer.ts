import type { ByteWriter } from '../../model/byte-writer.ts';
import { PACKET_ROOM, PACKET_SIZE, PID_COUNT, SYNC_BYTE, TIME_MODULUS } from './packet.ts';

/** Sizes of an adaptation field (ISO/IEC 13818-1 §2.4.3.4): with flags alone, and with a PCR. */
const FLAGS_SIZE = 2;
const PCR_SIZE = 8;
const FLAG_RANDOM_ACCESS = 0x40;
const FLAG_PCR = 0x10;
const STUFFING = 0xff;

/**
 * Cuts sections and PES packets into transport packets and counts them (continuity_counter), over everything that
 * is ever written with it. Bytes go straight to their place in the writer.
 */
export class PacketWriter {
  readonly #next = new Uint8Array(PID_COUNT);

  /** One section that fits a packet: with the pointer field at most 184 bytes. */
  writeSection(writer: ByteWriter, pid: number, section: Buffer): void {
    const at = writer.claim(PACKET_SIZE);
    const out = writer.buffer;
    this.#header(out, at, pid, true, false);
    out[at + 4] = 0;
    out.set(section, at + 5);
    out.fill(STUFFING, at + 5 + section.length, at + PACKET_SIZE);
  }

  /** A packet with nothing but a PCR, in ticks of 90 kHz. It has no payload and so is not counted. */
  writePcr(writer: ByteWriter, pid: number, pcr: number): void {
    const at = writer.claim(PACKET_SIZE);
    const out = writer.buffer;
    out[at] = SYNC_BYTE;
    out[at + 1] = pid >> 8;
    out[at + 2] = pid & 0xff;
    out[at + 3] = 0x20 | (((this.#next[pid] as number) - 1) & 0x0f);
    writeAdaptation(out, at + 4, PACKET_ROOM, false, pcr);
  }

  /**
   * One PES packet: `chunks` one after the other, `size` bytes in all. `pcr` in ticks of 90 kHz goes into its first
   * transport packet, as does the mark that decoding can start here.
   */
  writePes(
    writer: ByteWriter,
    pid: number,
    chunks: readonly Buffer[],
    size: number,
    randomAccess: boolean,
    pcr: number | undefined,
  ): void {
    let adaptation = pcr !== undefined ? PCR_SIZE : randomAccess ? FLAGS_SIZE : 0;
    let at = writer.claim(PACKET_SIZE * Math.ceil((size + adaptation) / PACKET_ROOM));
    const out = writer.buffer;
    let left = size;
    let chunkIndex = 0;
    let chunkOffset = 0;
    for (let isFirst = true; left > 0; isFirst = false) {
      let room = PACKET_ROOM - adaptation;
      if (left < room) {
        adaptation = PACKET_ROOM - left;
        room = left;
      }
      this.#header(out, at, pid, isFirst, adaptation > 0);
      writeAdaptation(out, at + 4, adaptation, isFirst && randomAccess, isFirst ? pcr : undefined);
      at += 4 + adaptation;
      left -= room;
      while (room > 0) {
        const chunk = chunks[chunkIndex] as Buffer;
        const copied = chunk.copy(out, at, chunkOffset, Math.min(chunk.length, chunkOffset + room));
        at += copied;
        room -= copied;
        chunkOffset += copied;
        if (chunkOffset === chunk.length) {
          chunkIndex++;
          chunkOffset = 0;
        }
      }
      adaptation = 0;
    }
  }

  #header(out: Buffer, at: number, pid: number, isStart: boolean, hasAdaptation: boolean): void {
    const counter = this.#next[pid] as number;
    this.#next[pid] = (counter + 1) & 0x0f;
    out[at] = SYNC_BYTE;
    out[at + 1] = (isStart ? 0x40 : 0) | (pid >> 8);
    out[at + 2] = pid & 0xff;
    out[at + 3] = (hasAdaptation ? 0x30 : 0x10) | counter;
  }
}

/** An adaptation field of `size` bytes in all, stuffed; one byte alone is its length of 0. */
function writeAdaptation(
  out: Buffer,
  at: number,
  size: number,
  randomAccess: boolean,
  pcr: number | undefined,
): void {
  if (size === 0) return;
  out[at] = size - 1;
  if (size === 1) return;
  out[at + 1] = (randomAccess ? FLAG_RANDOM_ACCESS : 0) | (pcr === undefined ? 0 : FLAG_PCR);
  let end = at + FLAGS_SIZE;
  if (pcr !== undefined) {
    const base = wrapTime(pcr);
    out.writeUInt32BE(Math.floor(base / 2), end);
    // The lowest bit of the base, six reserved bits, and an extension of 0.
    out[end + 4] = ((base % 2) << 7) | 0x7e;
    out[end + 5] = 0;
    end = at + PCR_SIZE;
  }
  out.fill(STUFFING, end, at + size);
}

/** A time on the 33-bit clock. */
export function wrapTime(ticks: number): number {
  const rest = ticks % TIME_MODULUS;
  return rest < 0 ? rest + TIME_MODULUS : rest;
}
