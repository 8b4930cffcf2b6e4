import { ParseError } from '../../model/parse-error.ts';

/** What follows the first byte of an enhanced audio or video body (Enhanced RTMP v2), which both build alike. */
export interface EnhancedHeader {
  readonly packetType: number;
  readonly fourCc: number;
  /** To be added to the tag's time stamp. */
  readonly timestampOffsetNanos: number;
  /** The payload of the first track, or undefined where the body holds other tracks alone. */
  readonly payload: Buffer | undefined;
}

const MOD_EX = 7;
const MOD_EX_TIMESTAMP_OFFSET_NANOS = 0;
const ONE_TRACK = 0;
const MANY_TRACKS_MANY_CODECS = 2;
const FIRST_TRACK = 0;

/**
 * Reads the prefixes (ModEx), the FourCC and, of a body with several tracks, the track 0. `packetType` is the one
 * in the first byte, `multitrack` the packet type that says "several tracks", which differs for audio and video.
 */
export function readEnhancedHeader(body: Buffer, firstType: number, multitrack: number): EnhancedHeader {
  let packetType = firstType;
  let timestampOffsetNanos = 0;
  let at = 1;
  while (packetType === MOD_EX) {
    let size = byte(body, at++) + 1;
    if (size === 256) {
      size = ((byte(body, at) << 8) | byte(body, at + 1)) + 1;
      at += 2;
    }
    const data = at;
    at += size;
    const next = byte(body, at++);
    if (next >> 4 === MOD_EX_TIMESTAMP_OFFSET_NANOS && size >= 3) {
      timestampOffsetNanos = body.readUIntBE(data, 3);
    }
    packetType = next & 0x0f;
  }
  if (packetType !== multitrack) {
    return { packetType, fourCc: fourCc(body, at), timestampOffsetNanos, payload: body.subarray(at + 4) };
  }
  const kinds = byte(body, at++);
  const track = findFirstTrack(body, at, kinds >> 4);
  return { packetType: kinds & 0x0f, timestampOffsetNanos, ...track };
}

function findFirstTrack(
  body: Buffer,
  start: number,
  multitrackType: number,
): Pick<EnhancedHeader, 'fourCc' | 'payload'> {
  if (multitrackType > MANY_TRACKS_MANY_CODECS) throw new ParseError('unknown type of multitrack', start);
  let at = start;
  let codec = 0;
  if (multitrackType !== MANY_TRACKS_MANY_CODECS) {
    codec = fourCc(body, at);
    at += 4;
  }
  while (at < body.length) {
    if (multitrackType === MANY_TRACKS_MANY_CODECS) {
      codec = fourCc(body, at);
      at += 4;
    }
    const trackId = byte(body, at++);
    let size = body.length - at;
    if (multitrackType !== ONE_TRACK) {
      if (size < 3) throw new ParseError('size of a track cut off', at);
      size = body.readUIntBE(at, 3);
      at += 3;
    }
    if (size > body.length - at) throw new ParseError('track longer than its tag', at);
    if (trackId === FIRST_TRACK) return { fourCc: codec, payload: body.subarray(at, at + size) };
    at += size;
  }
  return { fourCc: codec, payload: undefined };
}

function byte(body: Buffer, at: number): number {
  if (at >= body.length) throw new ParseError('enhanced header cut off', at);
  return body[at]!;
}

function fourCc(body: Buffer, at: number): number {
  if (body.length - at < 4) throw new ParseError('FourCC cut off', at);
  return body.readUInt32BE(at);
}
