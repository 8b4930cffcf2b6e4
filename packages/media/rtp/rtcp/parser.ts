import { ParseError } from '../../model/parse-error.ts';
import {
  CNAME,
  type Feedback,
  type Goodbye,
  type ReportBlock,
  RTCP_TYPE,
  RTCP_VERSION,
  type RtcpPacket,
  type SourceDescription,
} from './packet.ts';

const HEADER_SIZE = 4;
const SSRC_SIZE = 4;
const SENDER_INFO_SIZE = 20;
const BLOCK_SIZE = 24;
const PADDING = 0x20;

/**
 * Reads a compound packet (RFC 3550 §6.1). Cameras send single packets too, in any order, and cut off the last one:
 * what can be read of it is; application-defined and unknown packets are left out. Throws `ParseError` where `data` is
 * no RTCP at all.
 */
export function parseRtcp(data: Buffer): RtcpPacket[] {
  const packets: RtcpPacket[] = [];
  let at = 0;
  while (data.length - at >= HEADER_SIZE && data[at]! >> 6 === RTCP_VERSION) {
    const end = Math.min(at + HEADER_SIZE + 4 * data.readUInt16BE(at + 2), data.length);
    const packet = parsePacket(data.subarray(at, end));
    if (packet) packets.push(packet);
    at = end;
  }
  if (at === 0) throw new ParseError('not an RTCP packet', 0);
  return packets;
}

/** Whether a compound packet tells that a source ends. False for what is no RTCP. */
export function hasGoodbye(data: Buffer): boolean {
  for (let at = 0; data.length - at >= HEADER_SIZE && data[at]! >> 6 === RTCP_VERSION; ) {
    if (data[at + 1] === RTCP_TYPE.GOODBYE) return true;
    at += HEADER_SIZE + 4 * data.readUInt16BE(at + 2);
  }
  return false;
}

/** Undefined for a packet that is not told apart, or of which too little is there. */
function parsePacket(whole: Buffer): RtcpPacket | undefined {
  const count = whole[0]! & 0x1f;
  const body = whole.subarray(HEADER_SIZE, whole.length - paddingOf(whole));
  const type = whole[1]!;
  switch (type) {
    case RTCP_TYPE.SENDER_REPORT:
      if (body.length < SSRC_SIZE + SENDER_INFO_SIZE) return undefined;
      return {
        type: 'sender-report',
        ssrc: body.readUInt32BE(0),
        ntp: { seconds: body.readUInt32BE(4), fraction: body.readUInt32BE(8) },
        rtpTimestamp: body.readUInt32BE(12),
        packetCount: body.readUInt32BE(16),
        octetCount: body.readUInt32BE(20),
        blocks: readBlocks(body, SSRC_SIZE + SENDER_INFO_SIZE, count),
      };
    case RTCP_TYPE.RECEIVER_REPORT:
      if (body.length < SSRC_SIZE) return undefined;
      return {
        type: 'receiver-report',
        ssrc: body.readUInt32BE(0),
        blocks: readBlocks(body, SSRC_SIZE, count),
      };
    case RTCP_TYPE.SOURCE_DESCRIPTION:
      return readSourceDescription(body, count);
    case RTCP_TYPE.GOODBYE:
      return readGoodbye(body, count);
    case RTCP_TYPE.TRANSPORT_FEEDBACK:
    case RTCP_TYPE.PAYLOAD_FEEDBACK:
      return readFeedback(body, type, count);
    default:
      return undefined;
  }
}

/** 0 where the last byte can't be a count of padding. */
function paddingOf(whole: Buffer): number {
  if (!(whole[0]! & PADDING)) return 0;
  const padding = whole[whole.length - 1]!;
  return padding <= whole.length - HEADER_SIZE ? padding : 0;
}

function readBlocks(body: Buffer, start: number, count: number): ReportBlock[] {
  const blocks: ReportBlock[] = [];
  const end = Math.min(body.length, start + count * BLOCK_SIZE);
  for (let at = start; end - at >= BLOCK_SIZE; at += BLOCK_SIZE) {
    blocks.push({
      ssrc: body.readUInt32BE(at),
      fractionLost: body[at + 4]!,
      cumulativeLost: body.readIntBE(at + 5, 3),
      highestSequence: body.readUInt32BE(at + 8),
      jitter: body.readUInt32BE(at + 12),
      lastSenderReport: body.readUInt32BE(at + 16),
      delaySinceLastSenderReport: body.readUInt32BE(at + 20),
    });
  }
  return blocks;
}

/** Chunks of an SSRC and items; a zero byte ends the items, and more fill up to the next 32 bits (RFC 3550 §6.5). */
function readSourceDescription(body: Buffer, count: number): SourceDescription {
  const sources: { ssrc: number; cname: string | undefined }[] = [];
  let at = 0;
  while (sources.length < count && body.length - at >= SSRC_SIZE) {
    const ssrc = body.readUInt32BE(at);
    let cname: string | undefined;
    at += SSRC_SIZE;
    while (at < body.length && body[at] !== 0) {
      const type = body[at];
      const length = body[at + 1] ?? 0;
      if (type === CNAME) cname = body.toString('utf8', at + 2, at + 2 + length);
      at += 2 + length;
    }
    at = (at & ~3) + 4;
    sources.push({ ssrc, cname });
  }
  return { type: 'source-description', sources };
}

function readGoodbye(body: Buffer, count: number): Goodbye {
  const ssrcs: number[] = [];
  let at = 0;
  for (; ssrcs.length < count && body.length - at >= SSRC_SIZE; at += SSRC_SIZE) {
    ssrcs.push(body.readUInt32BE(at));
  }
  const length = body[at] ?? 0;
  const reason = length > 0 ? body.toString('utf8', at + 1, at + 1 + length) : undefined;
  return { type: 'goodbye', ssrcs, reason };
}

function readFeedback(body: Buffer, packetType: number, format: number): Feedback | undefined {
  if (body.length < 2 * SSRC_SIZE) return undefined;
  return {
    type: 'feedback',
    packetType,
    format,
    senderSsrc: body.readUInt32BE(0),
    mediaSsrc: body.readUInt32BE(4),
    information: body.subarray(8),
  };
}
