import { ParseError } from '../../model/parse-error.ts';

/** Samples at 48 kHz of one frame, by configuration number (RFC 6716 table 2): SILK, hybrid, CELT. */
const SILK = [480, 960, 1920, 2880];
const HYBRID = [480, 960];
const CELT = [120, 240, 480, 960];
const FIRST_HYBRID = 12;
const FIRST_CELT = 16;
/** 120 ms, the longest that a packet may last (RFC 6716 §3.2.5, R5). */
const MAX_DURATION = 5760;

/** How long a packet plays, in samples at 48 kHz, by its first bytes (RFC 6716 §3.1, §3.2). */
export function opusPacketDuration(packet: Buffer): number {
  const [first] = packet;
  if (first === undefined) throw new ParseError('Opus packet without its first byte', 0);
  const configuration = first >> 3;
  const sizes = configuration < FIRST_HYBRID ? SILK : configuration < FIRST_CELT ? HYBRID : CELT;
  const duration = sizes[configuration % sizes.length]! * frameCount(packet, first & 3);
  if (duration > MAX_DURATION) throw new ParseError('Opus packet longer than 120 ms', 1);
  return duration;
}

/** `code`: 0 one frame, 1 two of one size, 2 two of different sizes, 3 a number in the next byte. */
function frameCount(packet: Buffer, code: number): number {
  if (code === 0) return 1;
  if (code < 3) return 2;
  const count = (packet[1] ?? 0) & 0x3f;
  if (count === 0) throw new ParseError('Opus packet without a frame', 1);
  return count;
}
