import { DOLLAR, INTERLEAVED_HEADER_SIZE, METHODS } from './message.ts';
import { MAX_START_LINE, parseStartLine } from './message-head.ts';

/** There is no beginning of a message or frame at that place. */
export const NO = 0;
/** There is one. */
export const YES = -1;

/** The shortest packet is an RTCP packet of a header and an SSRC (RFC 3550 §6.4). */
const MIN_PACKET_SIZE = 8;
const RTP_VERSION = 2;
/** As much of a packet has to be there for its SSRC to be read. */
const SOURCE_SIZE = 12;
/** As much of what follows a frame is looked at. */
const LOOKAHEAD = 2;
const CR = 0x0d;
const LF = 0x0a;

const BEGINNINGS = ['RTSP/1.', 'RTSP/2.', ...METHODS.map(method => `${method} `)].map(text =>
  Buffer.from(text, 'latin1'),
);

/** What is known of the media of a connection: its channels, and the source of each. */
export class KnownChannels {
  readonly #isKnown = new Uint8Array(256);
  /** The SSRC of the last packet; 0 before there was one. */
  readonly #sources = new Uint32Array(256);
  #isEmpty = true;

  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  set(channels: Iterable<number>): void {
    this.#isKnown.fill(0);
    this.#isEmpty = true;
    for (const channel of channels) {
      this.#isKnown[channel & 0xff] = 1;
      this.#isEmpty = false;
    }
  }

  has(channel: number): boolean {
    return this.#isKnown[channel] === 1;
  }

  /** Remembers the source of a packet. */
  learn(channel: number, packet: Buffer): void {
    this.#sources[channel] = sourceOf(packet, 0);
  }

  /** Whether the packet at `at`, of which `SOURCE_SIZE` bytes are there, is of the source of the channel's last. */
  isSameSource(channel: number, data: Buffer, at: number): boolean {
    const source = this.#sources[channel];
    return source !== 0 && source === sourceOf(data, at);
  }
}

/** The SSRC stands in an RTP header at 8, in an RTCP header at 4; RTCP is told by its packet type (RFC 5761 §4). */
function sourceOf(data: Buffer, at: number): number {
  if (data.length - at < SOURCE_SIZE) return 0;
  const isRtcp = (data[at + 1]! & 0x60) === 0x40;
  return data.readUInt32BE(at + (isRtcp ? 4 : 8));
}

/**
 * Whether a frame or a message begins at `at`: `YES`, `NO`, or the number of bytes from `at` on that are needed to
 * tell. A frame has to be on a known channel and to hold what can be RTP or RTCP, of the source that the channel's
 * last packet was of; or else to be followed by another beginning. Of random bytes one in 2^30 passes at most.
 * Where `isBoundary` says that something is known to have ended at `at`, any channel will do.
 */
export function judge(data: Buffer, at: number, channels: KnownChannels, isBoundary: boolean): number {
  return data[at] === DOLLAR ? judgeFrame(data, at, channels, isBoundary) : judgeText(data, at);
}

function judgeFrame(data: Buffer, at: number, channels: KnownChannels, isBoundary: boolean): number {
  const available = data.length - at;
  if (available < 2) return 2;
  const channel = data[at + 1]!;
  const isKnown = channels.has(channel);
  if (!isKnown && !isBoundary) return NO;
  const payload = at + INTERLEAVED_HEADER_SIZE;
  if (available < INTERLEAVED_HEADER_SIZE + 1) return INTERLEAVED_HEADER_SIZE + 1;
  const size = data.readUInt16BE(at + 2);
  if (isKnown && (size < MIN_PACKET_SIZE || data[payload]! >> 6 !== RTP_VERSION)) return NO;
  if (isKnown && size >= SOURCE_SIZE) {
    if (available < INTERLEAVED_HEADER_SIZE + SOURCE_SIZE) return INTERLEAVED_HEADER_SIZE + SOURCE_SIZE;
    if (channels.isSameSource(channel, data, payload)) return YES;
  }
  const next = INTERLEAVED_HEADER_SIZE + size;
  if (available < next + LOOKAHEAD) return next + LOOKAHEAD;
  return beginsSomething(data, at + next, channels, channel) ? YES : NO;
}

/** A first look: two bytes. */
function beginsSomething(data: Buffer, at: number, channels: KnownChannels, channel: number): boolean {
  const first = data[at]!;
  const second = data[at + 1]!;
  if (first === DOLLAR) return channels.has(second) || second === channel;
  if (first === CR || first === LF) return true;
  return BEGINNINGS.some(beginning => beginning[0] === first && beginning[1] === second);
}

/** Of a message the whole first line has to be right. */
function judgeText(data: Buffer, at: number): number {
  const available = data.length - at;
  const mayBe = BEGINNINGS.some(beginning => {
    const size = Math.min(beginning.length, available);
    return beginning[0] === data[at] && data.compare(beginning, 0, size, at, at + size) === 0;
  });
  if (!mayBe) return NO;
  const end = data.subarray(at, at + MAX_START_LINE).indexOf(LF);
  if (end === -1) return available < MAX_START_LINE ? available + 1 : NO;
  return parseStartLine(data.toString('latin1', at, at + end)) ? YES : NO;
}
