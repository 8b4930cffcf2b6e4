import { wrapTime } from '../mpegts/packet-writer.ts';
import { isVideoStream, STREAM_ID } from './program-stream.ts';

/** Bytes of a pack header without stuffing, and of a PES header without times. */
export const PACK_HEADER_SIZE = 14;
export const PES_HEADER_SIZE = 9;
/** PES_packet_length counts what follows it. */
const PES_LENGTH_END = 6;
/** In units of 50 bytes a second: 40 Mbit/s, more than any camera sends. */
const MUX_RATE = 100_000;
/** P-STD_buffer_bound: in units of 1024 bytes for video, of 128 for sound. */
const VIDEO_BUFFER = 2048;
const AUDIO_BUFFER = 512;

/** The header of a pack (ISO/IEC 13818-1 §2.5.3.3); `time` in ticks of 90 kHz, of any size. */
export function writePackHeader(target: Buffer, at: number, time: number): void {
  const base = wrapTime(time);
  const high = Math.floor(base / 2 ** 30);
  const middle = Math.floor(base / 2 ** 15) & 0x7fff;
  const low = base & 0x7fff;
  target.writeUInt32BE(0x100 + STREAM_ID.PACK, at);
  target[at + 4] = 0x44 | (high << 3) | (middle >> 13);
  target[at + 5] = (middle >> 5) & 0xff;
  target[at + 6] = ((middle & 0x1f) << 3) | 4 | (low >> 13);
  target[at + 7] = (low >> 5) & 0xff;
  // The extension of the clock reference is 0; marker bits divide.
  target[at + 8] = ((low & 0x1f) << 3) | 4;
  target[at + 9] = 1;
  target.writeUIntBE((MUX_RATE << 2) | 3, at + 10, 3);
  target[at + 13] = 0xf8;
}

/** The system header (§2.5.3.5) of a stream of these. */
export function systemHeader(streamIds: readonly number[]): Buffer {
  const header = Buffer.alloc(12 + 3 * streamIds.length);
  header.writeUInt32BE(0x100 + STREAM_ID.SYSTEM_HEADER, 0);
  header.writeUInt16BE(header.length - PES_LENGTH_END, 4);
  header.writeUIntBE(0x80_0001 | (MUX_RATE << 1), 6, 3);
  const videos = streamIds.filter(isVideoStream).length;
  header[9] = (streamIds.length - videos) << 2;
  header[10] = 0x20 | videos;
  header[11] = 0x7f;
  let at = 12;
  for (const streamId of streamIds) {
    header[at] = streamId;
    const bound = isVideoStream(streamId) ? 0x2000 | VIDEO_BUFFER : AUDIO_BUFFER;
    header.writeUInt16BE(0xc000 | bound, at + 1);
    at += 3;
  }
  return header;
}

/** The header of a PES packet that goes on with what the one before it began. */
export function writeContinuationHeader(
  target: Buffer,
  at: number,
  streamId: number,
  payloadSize: number,
): void {
  target.writeUInt32BE(0x100 + streamId, at);
  target.writeUInt16BE(PES_HEADER_SIZE - PES_LENGTH_END + payloadSize, at + 4);
  target[at + 6] = 0x80;
  target[at + 7] = 0;
  target[at + 8] = 0;
}
