import { ParseError } from '../../model/parse-error.ts';
import { BitReader, unescapeRbsp } from '../bit-reader.ts';
import { H265_NAL, h265NalType } from './nal-unit.ts';

export interface H265Sps {
  readonly profileSpace: number;
  readonly tier: number;
  readonly profileIdc: number;
  /** 32 flags. */
  readonly profileCompatibility: number;
  /** 48 bits in six bytes. */
  readonly constraintFlags: Buffer;
  readonly levelIdc: number;
  readonly maxSubLayers: number;
  readonly temporalIdNesting: boolean;
  readonly chromaFormatIdc: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  /** Pixels after cropping. */
  readonly width: number;
  readonly height: number;
  readonly frameRate: number | undefined;
  /** How many pictures may come before another in decoding order and after it in output order; undefined if cut off. */
  readonly reorderDepth: number | undefined;
}

const MAX_SUB_LAYERS = 7;
const MAX_DIMENSION = 16_384;
const EXTENDED_SAR = 255;
const MAX_DELTA_POCS = 32;
const MAX_REORDER_DEPTH = 16;

/** Reads a sequence parameter set NAL unit (H.265 §7.3.2.2.1, 7.3.3, E.2.1). */
export function parseH265Sps(nalUnit: Buffer): H265Sps {
  if (nalUnit.length < 15) throw new ParseError('SPS too short', 0);
  if (h265NalType(nalUnit[0]!) !== H265_NAL.SPS) throw new ParseError('not an SPS', 0);
  const payload = unescapeRbsp(nalUnit.subarray(2));
  if (payload.length < 13) throw new ParseError('SPS too short', 0);
  const reader = new BitReader(payload);
  reader.skip(4); // sps_video_parameter_set_id
  const maxSubLayers = reader.bits(3) + 1;
  if (maxSubLayers > MAX_SUB_LAYERS) throw new ParseError('SPS with too many sub-layers', 2);
  const temporalIdNesting = reader.flag();
  const profileSpace = reader.bits(2);
  const tier = reader.bits(1);
  const profileIdc = reader.bits(5);
  const profileCompatibility = reader.bits(32);
  const constraintFlags = Buffer.from(payload.subarray(6, 12));
  reader.skip(48);
  const levelIdc = reader.bits(8);
  skipSubLayerLevels(reader, maxSubLayers);
  reader.ue(); // sps_seq_parameter_set_id
  const chromaFormatIdc = reader.ue();
  if (chromaFormatIdc > 3) throw new ParseError('SPS with an unknown chroma format');
  if (chromaFormatIdc === 3) reader.skip(1); // separate_colour_plane_flag
  let width = reader.ue();
  let height = reader.ue();
  if (reader.flag()) {
    const unitX = chromaFormatIdc === 1 || chromaFormatIdc === 2 ? 2 : 1;
    const unitY = chromaFormatIdc === 1 ? 2 : 1;
    width -= unitX * (reader.ue() + reader.ue());
    height -= unitY * (reader.ue() + reader.ue());
  }
  if (width <= 0 || height <= 0 || width > MAX_DIMENSION || height > MAX_DIMENSION) {
    throw new ParseError(`SPS with a picture of ${width}x${height}`);
  }
  const bitDepthLuma = 8 + reader.ue();
  const bitDepthChroma = 8 + reader.ue();
  if (bitDepthLuma > 16 || bitDepthChroma > 16) throw new ParseError('SPS with an unknown bit depth');
  return {
    profileSpace,
    tier,
    profileIdc,
    profileCompatibility,
    constraintFlags,
    levelIdc,
    maxSubLayers,
    temporalIdNesting,
    chromaFormatIdc,
    bitDepthLuma,
    bitDepthChroma,
    width,
    height,
    ...readRest(reader, maxSubLayers),
  };
}

function skipSubLayerLevels(reader: BitReader, maxSubLayers: number): void {
  const present: { profile: boolean; level: boolean }[] = [];
  for (let layer = 0; layer < maxSubLayers - 1; layer++) {
    present.push({ profile: reader.flag(), level: reader.flag() });
  }
  if (maxSubLayers > 1) reader.skip(2 * (9 - maxSubLayers)); // reserved_zero_2bits for the layers that are not there
  for (const layer of present) {
    if (layer.profile) reader.skip(88);
    if (layer.level) reader.skip(8);
  }
}

interface Rest {
  frameRate: number | undefined;
  reorderDepth: number | undefined;
}

/** Everything between the bit depths and the VUI's timing has to be walked; a stream plays without it. */
function readRest(reader: BitReader, maxSubLayers: number): Rest {
  const rest: Rest = { frameRate: undefined, reorderDepth: undefined };
  try {
    const pictureOrderCountBits = reader.ue() + 4;
    const all = reader.flag();
    let depth = 0;
    // The last one is of the highest sub-layer, which is the whole stream.
    for (let layer = all ? 0 : maxSubLayers - 1; layer < maxSubLayers; layer++) {
      reader.ue(); // sps_max_dec_pic_buffering_minus1
      depth = reader.ue();
      reader.ue(); // sps_max_latency_increase_plus1
    }
    if (depth <= MAX_REORDER_DEPTH) rest.reorderDepth = depth;
    for (let index = 0; index < 6; index++) reader.ue();
    if (reader.flag() && reader.flag()) skipScalingLists(reader);
    reader.skip(2); // amp_enabled_flag, sample_adaptive_offset_enabled_flag
    if (reader.flag()) {
      reader.skip(8);
      reader.ue();
      reader.ue();
      reader.skip(1);
    }
    skipReferencePictureSets(reader);
    if (reader.flag()) {
      const count = reader.ue();
      if (count > 32) return rest;
      for (let index = 0; index < count; index++) reader.skip(pictureOrderCountBits + 1);
    }
    reader.skip(2); // sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
    if (reader.flag()) rest.frameRate = readTiming(reader);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
  }
  return rest;
}

function skipScalingLists(reader: BitReader): void {
  for (let size = 0; size < 4; size++) {
    for (let matrix = 0; matrix < 6; matrix += size === 3 ? 3 : 1) {
      if (!reader.flag()) {
        reader.ue();
        continue;
      }
      if (size > 1) reader.se();
      for (let index = 0; index < Math.min(64, 1 << (4 + (size << 1))); index++) reader.se();
    }
  }
}

/** st_ref_pic_set() (H.265 §7.3.7), as far as it takes to know where it ends. */
function skipReferencePictureSets(reader: BitReader): void {
  const count = reader.ue();
  if (count > 64) throw new ParseError('SPS with too many reference picture sets');
  let pictures = 0;
  for (let set = 0; set < count; set++) {
    if (set > 0 && reader.flag()) {
      reader.skip(1);
      reader.ue();
      let used = 0;
      for (let index = 0; index <= pictures; index++) {
        if (reader.flag() || reader.flag()) used++;
      }
      pictures = used;
    } else {
      const negative = reader.ue();
      const positive = reader.ue();
      pictures = negative + positive;
      if (pictures > MAX_DELTA_POCS) throw new ParseError('SPS with too many reference pictures');
      for (let index = 0; index < pictures; index++) {
        reader.ue();
        reader.skip(1);
      }
    }
  }
}

function readTiming(reader: BitReader): number | undefined {
  if (reader.flag() && reader.bits(8) === EXTENDED_SAR) reader.skip(32);
  if (reader.flag()) reader.skip(1);
  if (reader.flag()) {
    reader.skip(4);
    if (reader.flag()) reader.skip(24);
  }
  if (reader.flag()) {
    reader.ue();
    reader.ue();
  }
  reader.skip(3); // neutral_chroma_indication_flag, field_seq_flag, frame_field_info_present_flag
  if (reader.flag()) for (let side = 0; side < 4; side++) reader.ue();
  if (!reader.flag()) return undefined;
  const unitsInTick = reader.bits(32);
  const rate = reader.bits(32) / unitsInTick;
  return unitsInTick > 0 && rate > 0 && rate <= 1000 ? rate : undefined;
}
