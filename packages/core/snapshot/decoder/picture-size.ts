import type { PictureShape } from '../snapshot.ts';
import { MAX_SIDE } from '../snapshot.ts';

/**
 * Pixels of the picture that is made of a source of this size. One side alone keeps the aspect; both are taken as they
 * are. Colour is stored for two pixels together, so a side that is worked out is even.
 */
export function pictureSize(
  source: { readonly width: number; readonly height: number },
  { width, height }: PictureShape,
): { width: number; height: number } {
  if (width !== undefined && height !== undefined) return { width, height };
  if (width !== undefined) return { width, height: side((width * source.height) / source.width) };
  if (height !== undefined) return { width: side((height * source.width) / source.height), height };
  return { width: source.width, height: source.height };
}

function side(value: number): number {
  return Math.min(Math.max(Math.round(value / 2) * 2 || 0, 2), MAX_SIDE);
}
