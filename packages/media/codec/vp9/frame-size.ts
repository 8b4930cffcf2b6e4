import { BitReader } from '../bit-reader.ts';

const SYNC_CODE = 0x498342;
const RGB = 7;

/**
 * The size of a key frame's pictures, by its uncompressed header (VP9 bitstream §6.2); undefined for any other frame
 * and for what is cut off.
 */
export function vp9FrameSize(frame: Buffer): { width: number; height: number } | undefined {
  if (frame.length < 12) return undefined;
  const reader = new BitReader(frame.subarray(0, 16));
  if (reader.bits(2) !== 2) return undefined;
  const profile = reader.bits(1) + reader.bits(1) * 2;
  if (profile === 3) reader.bits(1);
  const isShownAgain = reader.flag();
  const isInter = reader.flag();
  if (isShownAgain || isInter) return undefined;
  reader.bits(2); // show_frame, error_resilient_mode
  if (reader.bits(24) !== SYNC_CODE) return undefined;
  if (profile >= 2) reader.bits(1); // ten_or_twelve_bit
  const colorSpace = reader.bits(3);
  if (colorSpace !== RGB) {
    reader.bits(1); // color_range
    if (profile === 1 || profile === 3) reader.bits(3);
  } else if (profile === 1 || profile === 3) {
    reader.bits(1);
  }
  return { width: reader.bits(16) + 1, height: reader.bits(16) + 1 };
}
