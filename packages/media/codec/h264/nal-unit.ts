/** Types of NAL units (H.264 table 7-1), those that the product tells apart. */
export const H264_NAL = {
  SLICE: 1,
  IDR: 5,
  SEI: 6,
  SPS: 7,
  PPS: 8,
  ACCESS_UNIT_DELIMITER: 9,
} as const;

/** The type in the first byte of a NAL unit. */
export function h264NalType(firstByte: number): number {
  return firstByte & 0x1f;
}
