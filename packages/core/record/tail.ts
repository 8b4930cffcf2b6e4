import { splitLengthPrefixed } from '@flux-iot/media/model/sample';
import type { FragmentEntry } from './manifest.ts';
import { type MovieHead, type ReadBytes, type ScannedFragment, scanFragment } from './movie-scan.ts';

/** Names of sample entries whose samples are NAL units after four-byte lengths. */
const NAL_FORMATS = new Set(['avc1', 'hvc1', 'hev1']);
/** Seconds that a fragment may lie after the one before it. */
const MAX_JUMP = 3600;

/**
 * How many of the fragments are what they say. What was written last before a power cut may have its place on the disk
 * and not its bytes: then it has zeros, or what was there before. Those that were forced to the disk need no look, so
 * this begins at the end and goes back to the first that is sound.
 */
export async function soundFragments(
  read: ReadBytes,
  head: MovieHead,
  fragments: readonly FragmentEntry[],
): Promise<number> {
  for (let count = fragments.length; count > 0; count--) {
    if (await isSound(read, head, fragments[count - 1]!, fragments[count - 2])) return count;
  }
  return 0;
}

async function isSound(
  read: ReadBytes,
  head: MovieHead,
  { offset, size, start, end }: FragmentEntry,
  before: FragmentEntry | undefined,
): Promise<boolean> {
  if (before && (start < before.start || end > before.end + MAX_JUMP)) return false;
  if (!before && end - start > MAX_JUMP) return false;
  const bytes = await read(offset, offset + size);
  const fragment = await scanFragment(
    async (from, to) => bytes.subarray(from - offset, to - offset),
    head.tracks,
    offset,
    offset + size,
  );
  return fragment !== undefined && hasItsSamples(fragment, head, bytes);
}

function hasItsSamples({ tracks }: ScannedFragment, head: MovieHead, bytes: Buffer): boolean {
  return tracks.every(({ trackId, samples }) => {
    const hasNalUnits = NAL_FORMATS.has(head.tracks.find(({ id }) => id === trackId)?.format ?? '');
    return samples.every(({ offset, size }) => {
      if (offset < 0 || offset + size > bytes.length) return false;
      return !hasNalUnits || isNalUnits(bytes.subarray(offset, offset + size));
    });
  });
}

/** Lengths that add up, and no empty unit: zeros would be nothing but empty ones. */
function isNalUnits(sample: Buffer): boolean {
  try {
    const units = splitLengthPrefixed(sample);
    return units.reduce((sum, unit) => sum + 4 + unit.length, 0) === sample.length;
  } catch {
    return false;
  }
}
