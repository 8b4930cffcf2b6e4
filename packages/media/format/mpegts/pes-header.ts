import { wrapTime } from './packet-writer.ts';

/** The longest header that `writePesHeader` writes: PTS and DTS. */
export const MAX_PES_HEADER = 19;
const WITHOUT_TIMES = 9;
const TIME_SIZE = 5;
/** Of PES_packet_length, which counts what follows it. */
const LENGTH_END = 6;
const MAX_LENGTH = 0xffff;

/**
 * The header of a PES packet (ISO/IEC 13818-1 §2.4.3.6) before `payloadSize` bytes, which begin with a whole access
 * unit. Times are ticks of 90 kHz of any size. Returns its size. A payload too long for the length field leaves it
 * 0, which is allowed for video alone.
 */
export function writePesHeader(
  target: Buffer,
  streamId: number,
  payloadSize: number,
  pts: number,
  dts: number,
): number {
  const hasDts = dts !== pts;
  const size = WITHOUT_TIMES + (hasDts ? 2 : 1) * TIME_SIZE;
  const length = size - LENGTH_END + payloadSize;
  target.writeUInt32BE(0x100 + streamId, 0);
  target.writeUInt16BE(length > MAX_LENGTH ? 0 : length, 4);
  // The two fixed bits, and data_alignment_indicator.
  target[6] = 0x84;
  target[7] = hasDts ? 0xc0 : 0x80;
  target[8] = size - WITHOUT_TIMES;
  writeTime(target, WITHOUT_TIMES, hasDts ? 3 : 2, wrapTime(pts));
  if (hasDts) writeTime(target, WITHOUT_TIMES + TIME_SIZE, 1, wrapTime(dts));
  return size;
}

/** 33 bits in five bytes, with a marker bit behind each part. */
function writeTime(target: Buffer, at: number, prefix: number, time: number): void {
  target[at] = (prefix << 4) | (Math.floor(time / 2 ** 30) << 1) | 1;
  target.writeUInt16BE(((Math.floor(time / 2 ** 15) & 0x7fff) << 1) | 1, at + 1);
  target.writeUInt16BE(((time & 0x7fff) << 1) | 1, at + 3);
}

/** The time that is written so at `at`. */
export function readTime(packet: Buffer, at: number): number {
  const high = ((packet[at] as number) >> 1) & 7;
  return high * 2 ** 30 + (packet.readUInt16BE(at + 1) >> 1) * 2 ** 15 + (packet.readUInt16BE(at + 3) >> 1);
}
