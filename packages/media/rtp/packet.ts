import { ParseError } from '../model/parse-error.ts';
import type { RtpPayload } from './depacketizer.ts';

/** Bytes of the header without CSRCs and extension. */
export const RTP_HEADER_SIZE = 12;

const VERSION = 2;
const PADDING = 0x20;
const EXTENSION = 0x10;
const CSRC_COUNT = 0x0f;
const MARKER = 0x80;
const EXTENSION_HEADER_SIZE = 4;
const EMPTY = Buffer.alloc(0);
const NO_CSRCS: readonly number[] = [];
/** Packet types of RTCP, as the second byte has them: an RTP packet with these would have payload types 64 to 95. */
const FIRST_RTCP_TYPE = 192;
const LAST_RTCP_TYPE = 223;

/** The fields of the fixed header (RFC 3550 §5.1). */
export interface RtpHeader {
  readonly marker: boolean;
  readonly payloadType: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly ssrc: number;
}

/** A header extension (RFC 3550 §5.3.1): what its first 16 bits say it is, and a view of the rest. */
export interface RtpExtension {
  readonly profile: number;
  readonly data: Buffer;
}

/**
 * One RTP packet. An instance is filled again and again by `parseRtpPacket`, so that a packet on its way costs no
 * more than the view of its payload; who wants to keep one takes a `copy`.
 */
export class RtpPacket implements RtpHeader, RtpPayload {
  marker = false;
  payloadType = 0;
  sequenceNumber = 0;
  timestamp = 0;
  ssrc = 0;
  csrcs: readonly number[] = NO_CSRCS;
  extension: RtpExtension | undefined;
  /** Without padding; empty in a packet that is nothing but padding. */
  payload: Buffer = EMPTY;
  /** Of the whole packet, header and padding included. */
  byteLength = 0;

  /** The same packet with a payload of its own. The header extension is left out: nobody looks at it that late. */
  copy(): RtpPacket {
    const copy = new RtpPacket();
    copy.marker = this.marker;
    copy.payloadType = this.payloadType;
    copy.sequenceNumber = this.sequenceNumber;
    copy.timestamp = this.timestamp;
    copy.ssrc = this.ssrc;
    copy.csrcs = this.csrcs;
    copy.payload = Buffer.from(this.payload);
    copy.byteLength = this.byteLength;
    return copy;
  }
}

/**
 * Reads the packet that `data` is (RFC 3550 §5.1) into `into`, whose payload and extension are then views of `data`.
 * Throws `ParseError` for what is no RTP packet, and leaves `into` in no useful state then.
 */
export function parseRtpPacket(data: Buffer, into: RtpPacket = new RtpPacket()): RtpPacket {
  if (data.length < RTP_HEADER_SIZE) throw new ParseError('RTP packet shorter than its header', data.length);
  const first = data[0]!;
  if (first >> 6 !== VERSION) throw new ParseError(`RTP packet of version ${first >> 6}`, 0);
  const second = data[1]!;
  into.marker = (second & MARKER) !== 0;
  into.payloadType = second & 0x7f;
  into.sequenceNumber = (data[2]! << 8) | data[3]!;
  into.timestamp = uint32(data, 4);
  into.ssrc = uint32(data, 8);
  into.byteLength = data.length;
  into.csrcs = NO_CSRCS;
  into.extension = undefined;
  let start = RTP_HEADER_SIZE;
  const csrcCount = first & CSRC_COUNT;
  if (csrcCount > 0) {
    into.csrcs = readCsrcs(data, csrcCount);
    start += 4 * csrcCount;
  }
  if (first & EXTENSION) {
    const extension = readExtension(data, start);
    into.extension = extension;
    start += EXTENSION_HEADER_SIZE + extension.data.length;
  }
  const end = first & PADDING ? data.length - paddingOf(data, start) : data.length;
  into.payload = data.subarray(start, end);
  return into;
}

/** Writes the fixed header at `at`, without padding, extension and CSRCs. Returns where the payload goes. */
export function writeRtpHeader(header: RtpHeader, target: Buffer, at: number): number {
  target[at] = VERSION << 6;
  target[at + 1] = (header.marker ? MARKER : 0) | header.payloadType;
  target.writeUInt16BE(header.sequenceNumber, at + 2);
  target.writeUInt32BE(header.timestamp, at + 4);
  return target.writeUInt32BE(header.ssrc, at + 8);
}

/** Whether a packet from a port that RTP and RTCP share is one of RTCP (RFC 5761 §4). */
export function isRtcp(data: Buffer): boolean {
  const type = data[1] ?? 0;
  return type >= FIRST_RTCP_TYPE && type <= LAST_RTCP_TYPE;
}

function readCsrcs(data: Buffer, count: number): number[] {
  if (data.length < RTP_HEADER_SIZE + 4 * count) {
    throw new ParseError('RTP packet shorter than its list of CSRCs', data.length);
  }
  const csrcs: number[] = [];
  for (let index = 0; index < count; index++) csrcs.push(uint32(data, RTP_HEADER_SIZE + 4 * index));
  return csrcs;
}

function readExtension(data: Buffer, at: number): RtpExtension {
  const start = at + EXTENSION_HEADER_SIZE;
  if (start > data.length) throw new ParseError('RTP header extension cut off', at);
  const end = start + 4 * data.readUInt16BE(at + 2);
  if (end > data.length) throw new ParseError('RTP header extension longer than its packet', at + 2);
  return { profile: data.readUInt16BE(at), data: data.subarray(start, end) };
}

/** The last byte counts the bytes of padding, itself included. */
function paddingOf(data: Buffer, start: number): number {
  const padding = data[data.length - 1]!;
  if (padding === 0 || padding > data.length - start) {
    throw new ParseError(`RTP packet with ${padding} bytes of padding`, data.length - 1);
  }
  return padding;
}

/** Runs for every packet; `readUInt32BE` checks what has been checked. */
function uint32(data: Buffer, at: number): number {
  return ((data[at]! << 24) | (data[at + 1]! << 16) | (data[at + 2]! << 8) | data[at + 3]!) >>> 0;
}
