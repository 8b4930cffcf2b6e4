import { ParseError } from '../../model/parse-error.ts';

export interface Mp3FrameHeader {
  /** 1, 2 or 2.5 */
  readonly version: 1 | 2 | 2.5;
  /** 1 to 3; MP3 is layer 3. */
  readonly layer: number;
  readonly sampleRate: number;
  readonly channels: number;
  readonly samplesPerFrame: number;
}

const VERSIONS = [2.5, undefined, 2, 1] as const;
const SAMPLE_RATES = [44100, 48000, 32000];

/** Reads the four-byte header of an MPEG audio frame (ISO/IEC 11172-3 §2.4.1.3, 13818-3). */
export function parseMp3FrameHeader(data: Buffer): Mp3FrameHeader {
  if (data.length < 4) throw new ParseError('MPEG audio frame cut off', data.length);
  const header = data.readUInt32BE(0);
  if (header >>> 21 !== 0x7ff) throw new ParseError('MPEG audio frame without its sync word', 0);
  const version = VERSIONS[(header >>> 19) & 3];
  const layer = 4 - ((header >>> 17) & 3);
  const rate = SAMPLE_RATES[(header >>> 10) & 3];
  if (!version || layer === 4 || !rate) throw new ParseError('MPEG audio frame with reserved values', 1);
  const divisor = version === 1 ? 1 : version === 2 ? 2 : 4;
  const samplesOfLayer3 = version === 1 ? 1152 : 576;
  return {
    version,
    layer,
    sampleRate: rate / divisor,
    channels: ((header >>> 6) & 3) === 3 ? 1 : 2,
    samplesPerFrame: layer === 1 ? 384 : layer === 2 ? 1152 : samplesOfLayer3,
  };
}
