import { BitReader } from '../bit-reader.ts';

export interface Av1SequenceHeader {
  readonly profile: number;
  readonly level: number;
  readonly tier: number;
  readonly bitDepth: number;
  readonly width: number;
  readonly height: number;
  readonly frameRate: number | undefined;
}

/** Reads the payload of a sequence header OBU (AV1 §5.5), as far as the product needs it. */
export function parseAv1SequenceHeader(payload: Buffer): Av1SequenceHeader {
  const reader = new BitReader(payload);
  const profile = reader.bits(3);
  reader.skip(1); // still_picture
  const isReduced = reader.flag();
  let level = 0;
  let tier = 0;
  let frameRate: number | undefined;
  if (isReduced) {
    level = reader.bits(5);
  } else {
    let bufferDelayBits = 0;
    let hasDecoderModel = false;
    if (reader.flag()) {
      const unitsInTick = reader.bits(32);
      const rate = reader.bits(32) / unitsInTick;
      frameRate = unitsInTick > 0 && rate > 0 && rate <= 1000 ? rate : undefined;
      if (reader.flag()) reader.ue(); // num_ticks_per_picture_minus_1, uvlc
      hasDecoderModel = reader.flag();
      if (hasDecoderModel) {
        bufferDelayBits = reader.bits(5) + 1;
        reader.skip(32 + 5 + 5);
      }
    }
    const hasInitialDelay = reader.flag();
    const operatingPoints = reader.bits(5) + 1;
    for (let point = 0; point < operatingPoints; point++) {
      reader.skip(12); // operating_point_idc
      const pointLevel = reader.bits(5);
      const pointTier = pointLevel > 7 ? reader.bits(1) : 0;
      if (point === 0) {
        level = pointLevel;
        tier = pointTier;
      }
      if (hasDecoderModel && reader.flag()) reader.skip(2 * bufferDelayBits + 1);
      if (hasInitialDelay && reader.flag()) reader.skip(4);
    }
  }
  const widthBits = reader.bits(4) + 1;
  const heightBits = reader.bits(4) + 1;
  const width = reader.bits(widthBits) + 1;
  const height = reader.bits(heightBits) + 1;
  if (!isReduced && reader.flag()) reader.skip(4 + 3); // frame ids
  reader.skip(3); // 128x128 superblocks, filter intra, intra edge filter
  if (!isReduced) skipInterTools(reader);
  reader.skip(3); // superres, cdef, restoration
  const isHighBitDepth = reader.flag();
  const bitDepth = profile === 2 && isHighBitDepth && reader.flag() ? 12 : isHighBitDepth ? 10 : 8;
  return { profile, level, tier, bitDepth, width, height, frameRate };
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
