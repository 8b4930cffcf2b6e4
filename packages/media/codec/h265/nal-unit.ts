/** Types of NAL units (H.265 table 7-1), those that the product tells apart. */
export const H265_NAL = {
  /** The first and last of the intra random access point pictures, the reserved ones left out. */
  BLA_W_LP: 16,
  CRA: 21,
  VPS: 32,
  SPS: 33,
  PPS: 34,
  ACCESS_UNIT_DELIMITER: 35,
  PREFIX_SEI: 39,
} as const;

/** The type in the first byte of a NAL unit's two-byte header. */
export function h265NalType(firstByte: number): number {
  return (firstByte >> 1) & 0x3f;
}

export function isH265RandomAccess(nalType: number): boolean {
  return nalType >= H265_NAL.BLA_W_LP && nalType <= H265_NAL.CRA;
}
