import { ParseError } from '../../model/parse-error.ts';
import { BitReader } from '../bit-reader.ts';

export interface Av1SequenceHeader {
  readonly profile: number;
  /** seq_level_idx of the first operating point, which is the whole stream. */
  readonly level: number;
  readonly tier: number;
  readonly bitDepth: number;
  /** Bits 4 to 0 of the configuration record: monochrome, subsampling in x and y, sample position. */
  readonly chroma: number;
  readonly width: number;
  readonly height: number;
  /** Frames per second, where they are evenly spaced and the header says so. */
  readonly frameRate: number | undefined;
}

const MAX_PROFILE = 2;
const MONOCHROME = 0x10;
const SUBSAMPLING_X = 0x08;
const SUBSAMPLING_Y = 0x04;
/** Values of color_description (ITU-T H.273). */
const BT_709 = 1;
const UNSPECIFIED = 2;
const SRGB = 13;
const IDENTITY = 0;

/** Reads the payload of a sequence header OBU (AV1 §5.5). */
export function parseAv1SequenceHeader(payload: Buffer): Av1SequenceHeader {
  const reader = new BitReader(payload);
  const profile = reader.bits(3);
  if (profile > MAX_PROFILE) throw new ParseError('AV1 sequence header of an unknown profile', 0);
  reader.skip(1); // still_picture
  const isReduced = reader.flag();
  const operation = isReduced
    ? { level: reader.bits(5), tier: 0, frameRate: undefined }
    : readOperation(reader);
  const widthBits = reader.bits(4) + 1;
  const heightBits = reader.bits(4) + 1;
  const width = reader.bits(widthBits) + 1;
  const height = reader.bits(heightBits) + 1;
  if (!isReduced && reader.flag()) reader.skip(4 + 3); // frame ids
  reader.skip(3); // 128x128 superblocks, filter intra, intra edge filter
  if (!isReduced) skipInterTools(reader);
  reader.skip(3); // superres, cdef, restoration
  return { profile, ...operation, width, height, ...readColor(reader, profile) };
}

/** Timing and operating points. */
function readOperation(reader: BitReader): { level: number; tier: number; frameRate: number | undefined } {
  let frameRate: number | undefined;
  let bufferDelayBits = 0;
  if (reader.flag()) {
    const unitsInTick = reader.bits(32);
    const timeScale = reader.bits(32);
    if (reader.flag()) {
      const rate = timeScale / (unitsInTick * (reader.ue() + 1)); // num_ticks_per_picture_minus_1, as uvlc()
      if (rate > 0 && rate <= 1000) frameRate = rate;
    }
    if (reader.flag()) {
      bufferDelayBits = reader.bits(5) + 1;
      reader.skip(32 + 5 + 5);
    }
  }
  const hasInitialDelay = reader.flag();
  const operatingPoints = reader.bits(5) + 1;
  let level = 0;
  let tier = 0;
  for (let point = 0; point < operatingPoints; point++) {
    reader.skip(12); // operating_point_idc
    const pointLevel = reader.bits(5);
    const pointTier = pointLevel > 7 ? reader.bits(1) : 0;
    if (point === 0) {
      level = pointLevel;
      tier = pointTier;
    }
    if (bufferDelayBits > 0 && reader.flag()) reader.skip(2 * bufferDelayBits + 1);
    if (hasInitialDelay && reader.flag()) reader.skip(4);
  }
  return { level, tier, frameRate };
}

function skipInterTools(reader: BitReader): void {
  reader.skip(4); // interintra, masked compound, warped motion, dual filter
  const hasOrderHint = reader.flag();
  if (hasOrderHint) reader.skip(2);
  const isScreenContentChosen = reader.flag();
  const forcesScreenContent = isScreenContentChosen || reader.flag();
  if (forcesScreenContent && !reader.flag()) reader.skip(1); // seq_force_integer_mv
  if (hasOrderHint) reader.skip(3);
}

/** color_config() (§5.5.2) */
function readColor(reader: BitReader, profile: number): { bitDepth: number; chroma: number } {
  const isHighBitDepth = reader.flag();
  const isTwelveBit = profile === 2 && isHighBitDepth && reader.flag();
  const bitDepth = isTwelveBit ? 12 : isHighBitDepth ? 10 : 8;
  if (profile !== 1 && reader.flag()) return { bitDepth, chroma: MONOCHROME | SUBSAMPLING_X | SUBSAMPLING_Y };
  let primaries = UNSPECIFIED;
  let transfer = UNSPECIFIED;
  let matrix = UNSPECIFIED;
  if (reader.flag()) {
    primaries = reader.bits(8);
    transfer = reader.bits(8);
    matrix = reader.bits(8);
  }
  if (primaries === BT_709 && transfer === SRGB && matrix === IDENTITY) return { bitDepth, chroma: 0 };
  reader.skip(1); // color_range
  let chroma = profile === 0 ? SUBSAMPLING_X | SUBSAMPLING_Y : profile === 1 ? 0 : SUBSAMPLING_X;
  if (isTwelveBit) {
    chroma = reader.flag() ? SUBSAMPLING_X : 0;
    if (chroma !== 0 && reader.flag()) chroma |= SUBSAMPLING_Y;
  }
  const isSubsampledBothWays = chroma === (SUBSAMPLING_X | SUBSAMPLING_Y);
  return { bitDepth, chroma: isSubsampledBothWays ? chroma | reader.bits(2) : chroma };
}
