import { ParseError } from '../../model/parse-error.ts';
import { BitReader, unescapeRbsp } from '../bit-reader.ts';
import { H264_NAL, h264NalType } from './nal-unit.ts';

export interface H264Sps {
  readonly profileIdc: number;
  readonly constraintFlags: number;
  readonly levelIdc: number;
  readonly chromaFormatIdc: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  /** Pixels after cropping. */
  readonly width: number;
  readonly height: number;
  /** Frames per second, where the VUI has timing. */
  readonly frameRate: number | undefined;
  /** How many pictures may come before another in decoding order and after it in output order, where that is said. */
  readonly reorderDepth: number | undefined;
}

/** Profiles whose SPS has the chroma format, bit depth and scaling lists (H.264 §7.3.2.1.1). */
const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
const MAX_DIMENSION = 16_384;
const EXTENDED_SAR = 255;
/** The pic_order_cnt_type of streams whose output order is their decoding order (§8.2.1.3). */
const DECODING_ORDER = 2;
const MAX_HRD_COUNT = 32;
const MAX_REORDER_DEPTH = 16;

/** Reads a sequence parameter set NAL unit (H.264 §7.3.2.1.1, E.1.1). */
export function parseH264Sps(nalUnit: Buffer): H264Sps {
  if (nalUnit.length < 4) throw new ParseError('SPS too short', 0);
  if (h264NalType(nalUnit[0]!) !== H264_NAL.SPS) throw new ParseError('not an SPS', 0);
  const reader = new BitReader(unescapeRbsp(nalUnit.subarray(1)));
  const profileIdc = reader.bits(8);
  const constraintFlags = reader.bits(8);
  const levelIdc = reader.bits(8);
  reader.ue(); // seq_parameter_set_id
  let chromaFormatIdc = 1;
  let bitDepthLuma = 8;
  let bitDepthChroma = 8;
  let separatePlanes = false;
  if (HIGH_PROFILES.has(profileIdc)) {
    chromaFormatIdc = reader.ue();
    if (chromaFormatIdc > 3) throw new ParseError('SPS with an unknown chroma format');
    if (chromaFormatIdc === 3) separatePlanes = reader.flag();
    bitDepthLuma = 8 + reader.ue();
    bitDepthChroma = 8 + reader.ue();
    if (bitDepthLuma > 14 || bitDepthChroma > 14) throw new ParseError('SPS with an unknown bit depth');
    reader.skip(1); // qpprime_y_zero_transform_bypass_flag
    if (reader.flag()) skipScalingLists(reader, chromaFormatIdc === 3 ? 12 : 8);
  }
  reader.ue(); // log2_max_frame_num_minus4
  const pictureOrderCountType = skipPictureOrderCount(reader);
  reader.ue(); // max_num_ref_frames
  reader.skip(1); // gaps_in_frame_num_value_allowed_flag
  const widthInMacroblocks = reader.ue() + 1;
  const heightInMapUnits = reader.ue() + 1;
  const isFrameOnly = reader.flag();
  if (!isFrameOnly) reader.skip(1); // mb_adaptive_frame_field_flag
  reader.skip(1); // direct_8x8_inference_flag
  const fields = isFrameOnly ? 1 : 2;
  let cropX = 0;
  let cropY = 0;
  if (reader.flag()) {
    const chromaArrayType = separatePlanes ? 0 : chromaFormatIdc;
    const unitX = chromaArrayType === 1 || chromaArrayType === 2 ? 2 : 1;
    const unitY = (chromaArrayType === 1 ? 2 : 1) * fields;
    cropX = unitX * (reader.ue() + reader.ue());
    cropY = unitY * (reader.ue() + reader.ue());
  }
  const width = widthInMacroblocks * 16 - cropX;
  const height = heightInMapUnits * 16 * fields - cropY;
  if (width <= 0 || height <= 0 || width > MAX_DIMENSION || height > MAX_DIMENSION) {
    throw new ParseError(`SPS with a picture of ${width}x${height}`);
  }
  return {
    profileIdc,
    constraintFlags,
    levelIdc,
    chromaFormatIdc,
    bitDepthLuma,
    bitDepthChroma,
    width,
    height,
    ...readVui(reader, pictureOrderCountType === DECODING_ORDER ? 0 : undefined),
  };
}

function skipScalingLists(reader: BitReader, count: number): void {
  for (let list = 0; list < count; list++) {
    if (!reader.flag()) continue;
    const size = list < 6 ? 16 : 64;
    let last = 8;
    let next = 8;
    for (let index = 0; index < size; index++) {
      if (next !== 0) next = (last + reader.se() + 256) & 255;
      if (next !== 0) last = next;
    }
  }
}

/** Returns pic_order_cnt_type. */
function skipPictureOrderCount(reader: BitReader): number {
  const type = reader.ue();
  if (type === 0) {
    reader.ue();
  } else if (type === 1) {
    reader.skip(1);
    reader.se();
    reader.se();
    const frames = reader.ue();
    if (frames > 255) throw new ParseError('SPS with too many reference frames in its cycle');
    for (let frame = 0; frame < frames; frame++) reader.se();
  }
  return type;
}

interface Vui {
  frameRate: number | undefined;
  reorderDepth: number | undefined;
}

/** Reads the VUI as far as it goes. Cameras cut it off; a stream plays without it. */
function readVui(reader: BitReader, reorderDepth: number | undefined): Vui {
  const vui: Vui = { frameRate: undefined, reorderDepth };
  try {
    if (!reader.flag()) return vui;
    if (reader.flag() && reader.bits(8) === EXTENDED_SAR) reader.skip(32);
    if (reader.flag()) reader.skip(1); // overscan
    if (reader.flag()) {
      reader.skip(4); // video_format, video_full_range_flag
      if (reader.flag()) reader.skip(24);
    }
    if (reader.flag()) {
      reader.ue();
      reader.ue();
    }
    if (reader.flag()) vui.frameRate = readTiming(reader);
    const hasNalHrd = reader.flag();
    if (hasNalHrd) skipHrd(reader);
    const hasVclHrd = reader.flag();
    if (hasVclHrd) skipHrd(reader);
    if (hasNalHrd || hasVclHrd) reader.skip(1); // low_delay_hrd_flag
    reader.skip(1); // pic_struct_present_flag
    if (reader.flag()) vui.reorderDepth ??= readReorderDepth(reader);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
  }
  return vui;
}

function readTiming(reader: BitReader): number | undefined {
  const unitsInTick = reader.bits(32);
  const timeScale = reader.bits(32);
  reader.skip(1); // fixed_frame_rate_flag
  // A frame lasts two ticks, for a tick is a field's (H.264 §E.2.1).
  const rate = timeScale / (2 * unitsInTick);
  return unitsInTick > 0 && rate > 0 && rate <= 1000 ? rate : undefined;
}

/** hrd_parameters() (§E.1.2) */
function skipHrd(reader: BitReader): void {
  const count = reader.ue() + 1;
  if (count > MAX_HRD_COUNT) throw new ParseError('SPS with too many buffers');
  reader.skip(4 + 4); // bit_rate_scale, cpb_size_scale
  for (let index = 0; index < count; index++) {
    reader.ue();
    reader.ue();
    reader.skip(1);
  }
  reader.skip(4 * 5); // lengths of delays and offsets
}

/** bitstream_restriction (§E.2.1); no decoder holds more than 16 frames back (§A.3.1). */
function readReorderDepth(reader: BitReader): number | undefined {
  reader.skip(1); // motion_vectors_over_pic_boundaries_flag
  for (let index = 0; index < 4; index++) reader.ue();
  const depth = reader.ue();
  return depth <= MAX_REORDER_DEPTH ? depth : undefined;
}
