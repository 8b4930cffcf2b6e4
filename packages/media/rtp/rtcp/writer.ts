import { CNAME, type ReportBlock, RTCP_TYPE, RTCP_VERSION, type SenderInfo } from './packet.ts';

/** The five bits of a header count no more; nor does one session have more tracks. */
const MAX_BLOCKS = 31;
/** An item's and a reason's length is one byte. */
const MAX_TEXT = 255;
const BLOCK_SIZE = 24;
const MAX_LOST = 0x7fffff;
const TURN = 2 ** 32;

const NO_BLOCKS: readonly ReportBlock[] = [];

/** Builds a compound packet of a sender report and the sender's canonical name (RFC 3550 §6.1, §6.4.1). */
export function senderReport(
  sender: SenderInfo,
  cname: string,
  blocks: readonly ReportBlock[] = NO_BLOCKS,
): Buffer {
  const body = Buffer.alloc(24);
  body.writeUInt32BE(sender.ssrc, 0);
  body.writeUInt32BE(sender.ntp.seconds, 4);
  body.writeUInt32BE(sender.ntp.fraction, 8);
  body.writeUInt32BE(sender.rtpTimestamp, 12);
  body.writeUInt32BE(sender.packetCount % TURN, 16);
  body.writeUInt32BE(sender.octetCount % TURN, 20);
  const sent = blocks.slice(0, MAX_BLOCKS);
  return Buffer.concat([
    packet(RTCP_TYPE.SENDER_REPORT, sent.length, [body, ...sent.map(blockBytes)]),
    sourceDescription(sender.ssrc, cname),
  ]);
}

/** Builds a compound packet of a receiver report and the receiver's canonical name (RFC 3550 §6.1, §6.4.2). */
export function receiverReport(ssrc: number, cname: string, blocks: readonly ReportBlock[]): Buffer {
  const sent = blocks.slice(0, MAX_BLOCKS);
  return Buffer.concat([
    packet(RTCP_TYPE.RECEIVER_REPORT, sent.length, [uint32(ssrc), ...sent.map(blockBytes)]),
    sourceDescription(ssrc, cname),
  ]);
}

/** Builds a compound packet that ends with a BYE (RFC 3550 §6.6). It has to begin with a report, which is empty. */
export function goodbye(ssrc: number, cname: string, reason?: string): Buffer {
  const body = [uint32(ssrc)];
  if (reason) body.push(text(reason));
  return Buffer.concat([receiverReport(ssrc, cname, NO_BLOCKS), packet(RTCP_TYPE.GOODBYE, 1, body)]);
}

/** One chunk: the zero byte that ends its items is the first of what fills it up (RFC 3550 §6.5). */
function sourceDescription(ssrc: number, cname: string): Buffer {
  const item = Buffer.concat([Buffer.from([CNAME]), text(cname)]);
  return packet(RTCP_TYPE.SOURCE_DESCRIPTION, 1, [uint32(ssrc), item, Buffer.alloc(4 - (item.length % 4))]);
}

/** A packet of whole 32-bit words. */
function packet(type: number, count: number, body: readonly Buffer[]): Buffer {
  const size = body.reduce((sum, part) => sum + part.length, 0);
  const words = Math.ceil(size / 4);
  const header = Buffer.from([(RTCP_VERSION << 6) | count, type, words >> 8, words & 0xff]);
  return Buffer.concat([header, ...body, Buffer.alloc(4 * words - size)]);
}

function blockBytes(block: ReportBlock): Buffer {
  const bytes = Buffer.alloc(BLOCK_SIZE);
  bytes.writeUInt32BE(block.ssrc, 0);
  bytes[4] = block.fractionLost;
  bytes.writeIntBE(Math.max(-MAX_LOST - 1, Math.min(MAX_LOST, block.cumulativeLost)), 5, 3);
  bytes.writeUInt32BE(block.highestSequence, 8);
  bytes.writeUInt32BE(block.jitter, 12);
  bytes.writeUInt32BE(block.lastSenderReport, 16);
  bytes.writeUInt32BE(block.delaySinceLastSenderReport, 20);
  return bytes;
}

/** After its length in one byte; cut off where that can't count it. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value).subarray(0, MAX_TEXT);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
