import { ParseError } from '../../model/parse-error.ts';

export interface Mp3FrameHeader {
  /** MPEG-1, MPEG-2 or the unofficial MPEG-2.5 of the lowest rates. */
  readonly version: 1 | 2 | 2.5;
  /** 1 to 3; MP3 is layer 3. */
  readonly layer: 1 | 2 | 3;
  /** Bits per second; 0 in the free format, which leaves it open. */
  readonly bitrate: number;
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  /** Bytes with this header; 0 in the free format. */
  readonly frameLength: number;
  readonly samplesPerFrame: number;
}

const VERSIONS = [2.5, undefined, 2, 1] as const;
const LAYERS = [undefined, 3, 2, 1] as const;
const SAMPLE_RATES = [44100, 48000, 32000];
const RESERVED_BITRATE = 15;
/** In kbit/s, by layer; MPEG-2 has one table for its layers 2 and 3. */
const BITRATES_1 = [
  [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
];
const LOW_BITRATES_2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const BITRATES_2 = [
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  LOW_BITRATES_2,
  LOW_BITRATES_2,
];

/** Reads the four-byte header of an MPEG audio frame (ISO/IEC 11172-3 §2.4.1.3, 13818-3 §2.4.2.3). */
export function parseMp3FrameHeader(data: Buffer): Mp3FrameHeader {
  if (data.length < 4) throw new ParseError('MPEG audio frame cut off', data.length);
  const header = data.readUInt32BE(0);
  if (header >>> 21 !== 0x7ff) throw new ParseError('MPEG audio frame without its sync word', 0);
  const version = VERSIONS[(header >>> 19) & 3];
  const layer = LAYERS[(header >>> 17) & 3];
  const bitrateIndex = (header >>> 12) & 15;
  const fullRate = SAMPLE_RATES[(header >>> 10) & 3];
  if (!version || !layer || !fullRate || bitrateIndex === RESERVED_BITRATE) {
    throw new ParseError('MPEG audio frame with reserved values', 1);
  }
  const sampleRate = fullRate / (version === 1 ? 1 : version === 2 ? 2 : 4);
  const bitrate = (version === 1 ? BITRATES_1 : BITRATES_2)[layer - 1]![bitrateIndex]! * 1000;
  const samplesPerFrame = layer === 1 ? 384 : layer === 3 && version !== 1 ? 576 : 1152;
  // Layer 1 counts in slots of four bytes, the others in bytes; the padding is one slot.
  const slotSize = layer === 1 ? 4 : 1;
  const padding = (header >>> 9) & 1;
  const slots = Math.floor((samplesPerFrame * bitrate) / (8 * slotSize * sampleRate)) + padding;
  return {
    version,
    layer,
    bitrate,
    sampleRate,
    channels: ((header >>> 6) & 3) === 3 ? 1 : 2,
    frameLength: bitrate === 0 ? 0 : slots * slotSize,
    samplesPerFrame,
  };
}
