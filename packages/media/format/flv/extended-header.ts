import { ParseError } from '../../model/parse-error.ts';

/** An extended header of Enhanced RTMP, audio and video alike: the packet type, the FourCC and the body behind. */
export interface ExtendedHeader {
  readonly packetType: number;
  readonly fourCc: string;
  readonly body: Buffer;
}

const MULTITRACK_ONE = 0;
const MULTITRACK_MANY_CODECS = 2;

/**
 * Reads what follows the first byte of an extended tag: the modifiers (only skipped: the finest of them is below a
 * tick of 90 kHz) and the multitrack header, of which the first track is taken (Enhanced RTMP v2, ExVideoTagHeader
 * and ExAudioTagHeader).
 */
export function readExtendedHeader(
  data: Buffer,
  firstPacketType: number,
  types: { readonly MULTITRACK: number; readonly MOD_EX: number },
): ExtendedHeader {
  let at = 1;
  let packetType = firstPacketType;
  const need = (length: number) => {
    if (length > data.length - at) throw new ParseError('extended tag header cut off', at);
  };
  while (packetType === types.MOD_EX) {
    need(1);
    let size = data[at++]! + 1;
    if (size === 256) {
      need(2);
      size = data.readUInt16BE(at) + 1;
      at += 2;
    }
    need(size + 1);
    at += size;
    packetType = data[at++]! & 15;
  }
  if (packetType !== types.MULTITRACK) {
    need(4);
    return { packetType, fourCc: data.toString('latin1', at, at + 4), body: data.subarray(at + 4) };
  }
  need(1);
  const multitrackType = data[at]! >> 4;
  packetType = data[at++]! & 15;
  if (packetType === types.MULTITRACK) throw new ParseError('multitrack tag within a multitrack tag', at - 1);
  if (multitrackType > MULTITRACK_MANY_CODECS)
    throw new ParseError('multitrack tag of an unknown type', at - 1);
  // One FourCC stands before the tracks, or one in each of them.
  need(4 + 1);
  const fourCc = data.toString('latin1', at, at + 4);
  at += 4;
  at++; // track id
  if (multitrackType === MULTITRACK_ONE) return { packetType, fourCc, body: data.subarray(at) };
  need(3);
  const size = data.readUIntBE(at, 3);
  at += 3;
  need(size);
  return { packetType, fourCc, body: data.subarray(at, at + size) };
}
