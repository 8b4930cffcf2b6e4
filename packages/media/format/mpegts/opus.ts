import { parseOpusHead } from '../../codec/opus/opus-head.ts';
import { ParseError } from '../../model/parse-error.ts';
import type { OpusTrack } from '../../model/track.ts';

/** control_header_prefix (11 bits) of an access unit without trimming and without extension, as two bytes. */
const CONTROL_PREFIX = 0x7fe0;

/** Bytes that `writeOpusControlHeader` writes for a packet of `size` bytes. */
export function opusControlHeaderSize(size: number): number {
  return 3 + Math.floor(size / 255);
}

/**
 * The header of one Opus packet in a transport stream: a prefix and the size of the packet as a run of bytes of 255
 * and a last one below it. Returns the offset behind it. (The Opus-in-TS mapping that ETSI TS 101 154 took over.)
 */
export function writeOpusControlHeader(target: Buffer, offset: number, size: number): number {
  let at = target.writeUInt16BE(CONTROL_PREFIX, offset);
  let left = size;
  for (; left >= 255; left -= 255) target[at++] = 255;
  target[at++] = left;
  return at;
}

/**
 * Reads a control header (ETSI TS 101 154, `opus_control_header`): where the packet begins and its size. Undefined
 * if `data` ends within it; throws `ParseError` if it is none.
 */
export function readOpusControlHeader(data: Buffer): { start: number; size: number } | undefined {
  if (data.length < 2) return undefined;
  const head = data.readUInt16BE(0);
  if (head >> 5 !== CONTROL_PREFIX >> 5) throw new ParseError('Opus packet without its control header', 0);
  let at = 2;
  let size = 0;
  let byte: number | undefined;
  do {
    byte = data[at++];
    if (byte === undefined) return undefined;
    size += byte;
  } while (byte === 255);
  // Start and end trim take two bytes each, an extension says its length.
  at += (head & 0x10 ? 2 : 0) + (head & 0x08 ? 2 : 0);
  if (head & 0x04) {
    if (at >= data.length) return undefined;
    at += 1 + (data[at] as number);
  }
  return { start: at, size };
}

const MAX_CHANNELS = 8;

/**
 * The descriptor's channel_config_code: the number of channels, where they are in the order of RFC 7845's mapping
 * families 0 and 1. Undefined for anything else, which has no short form.
 */
export function opusChannelConfiguration(track: OpusTrack): number | undefined {
  const { channels, mappingFamily } = parseOpusHead(track.config);
  return mappingFamily <= 1 && channels <= MAX_CHANNELS ? channels : undefined;
}
