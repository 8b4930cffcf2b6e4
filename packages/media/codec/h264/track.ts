import { ParseError } from '../../model/parse-error.ts';
import type { H264Track, TrackIdentity } from '../../model/track.ts';
import { copyParameterSets } from '../parameter-sets.ts';
import { MAX_PPS, MAX_SPS } from './configuration-record.ts';
import { parseH264Sps } from './sps.ts';

const BASELINE = 66;
const CONSTRAINT_SET1 = 0x40;
const PROFILES: Readonly<Record<number, string>> = {
  [BASELINE]: 'Baseline',
  77: 'Main',
  88: 'Extended',
  100: 'High',
  110: 'High 10',
  122: 'High 4:2:2',
  244: 'High 4:4:4 Predictive',
};

/** A track of these parameter sets, which are copied. Throws `ParseError` where the SPS can't be read. */
export function h264Track(
  identity: TrackIdentity,
  sps: readonly Buffer[],
  pps: readonly Buffer[],
): H264Track {
  const ownSps = copyParameterSets(sps, MAX_SPS);
  const [first] = ownSps;
  if (!first) throw new ParseError('H.264 without an SPS');
  const { profileIdc, constraintFlags, levelIdc, width, height, frameRate } = parseH264Sps(first);
  const hex = [profileIdc, constraintFlags, levelIdc]
    .map(byte => byte.toString(16).padStart(2, '0'))
    .join('');
  return {
    ...identity,
    kind: 'video',
    codec: 'h264',
    sps: ownSps,
    pps: copyParameterSets(pps, MAX_PPS),
    width,
    height,
    frameRate,
    profile: profileName(profileIdc, constraintFlags),
    codecString: `avc1.${hex}`,
  };
}

function profileName(profileIdc: number, constraintFlags: number): string {
  // What every encoder calls Baseline; only this subset is also decoded by Main decoders, and by browsers.
  if (profileIdc === BASELINE && constraintFlags & CONSTRAINT_SET1) return 'Constrained Baseline';
  return PROFILES[profileIdc] ?? `profile ${profileIdc}`;
}
