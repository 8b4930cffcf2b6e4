import { crc32Mpeg } from '../mpegts/crc32.ts';
import { STREAM_ID } from './program-stream.ts';

/** An elementary stream as the program stream map describes it. */
export interface MappedStream {
  readonly streamId: number;
  readonly streamType: number;
}

/** Start code, stream id and length; and with version and marker. */
const PREFIX = 6;
const FIXED = 8;
const CRC_SIZE = 4;

/**
 * The streams of a program stream map (ISO/IEC 13818-1 §2.5.4), which `packet` is as a whole. Cameras leave the
 * checksum 0 and get lengths wrong: what can be read is, and what is cut off ends the list.
 */
export function readProgramMap(packet: Buffer): MappedStream[] {
  const streams: MappedStream[] = [];
  if (packet.length < FIXED + 2) return streams;
  const map = FIXED + 2 + packet.readUInt16BE(FIXED);
  if (map + 2 > packet.length) return streams;
  let at = map + 2;
  const end = Math.min(at + packet.readUInt16BE(map), packet.length);
  while (at + 4 <= end) {
    streams.push({ streamType: packet[at]!, streamId: packet[at + 1]! });
    at += 4 + packet.readUInt16BE(at + 2);
  }
  return streams;
}

/** A program stream map without descriptors; `version` of 0 to 31 changes with its contents. */
export function programMap(version: number, streams: readonly MappedStream[]): Buffer {
  const packet = Buffer.alloc(FIXED + 4 + 4 * streams.length + CRC_SIZE);
  packet.writeUInt32BE(0x100 + STREAM_ID.PROGRAM_STREAM_MAP, 0);
  packet.writeUInt16BE(packet.length - PREFIX, 4);
  // It applies now; reserved bits and marker are ones.
  packet[6] = 0xe0 | version;
  packet[7] = 0xff;
  packet.writeUInt16BE(4 * streams.length, FIXED + 2);
  let at = FIXED + 4;
  for (const { streamType, streamId } of streams) {
    packet[at] = streamType;
    packet[at + 1] = streamId;
    at += 4;
  }
  packet.writeUInt32BE(crc32Mpeg(packet.subarray(0, at)), at);
  return packet;
}
