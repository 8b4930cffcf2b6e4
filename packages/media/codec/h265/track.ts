import { ParseError } from '../../model/parse-error.ts';
import type { H265Track, TrackIdentity } from '../../model/track.ts';
import { copyParameterSets } from '../parameter-sets.ts';
import { MAX_PPS, MAX_SPS, MAX_VPS } from './configuration-record.ts';
import { type H265Sps, parseH265Sps } from './sps.ts';

const PROFILES: Readonly<Record<number, string>> = {
  1: 'Main',
  2: 'Main 10',
  3: 'Main Still Picture',
  4: 'Range Extensions',
  9: 'Screen Content Coding',
};

/** A track of these parameter sets, which are copied. Throws `ParseError` where the SPS can't be read. */
export function h265Track(
  identity: TrackIdentity,
  vps: readonly Buffer[],
  sps: readonly Buffer[],
  pps: readonly Buffer[],
): H265Track {
  const ownSps = copyParameterSets(sps, MAX_SPS);
  const [first] = ownSps;
  if (!first) throw new ParseError('H.265 without an SPS');
  const parsed = parseH265Sps(first);
  return {
    ...identity,
    kind: 'video',
    codec: 'h265',
    vps: copyParameterSets(vps, MAX_VPS),
    sps: ownSps,
    pps: copyParameterSets(pps, MAX_PPS),
    width: parsed.width,
    height: parsed.height,
    frameRate: parsed.frameRate,
    profile: PROFILES[parsed.profileIdc] ?? `profile ${parsed.profileIdc}`,
    codecString: codecString(parsed),
  };
}

/** ISO/IEC 14496-15 §E.3: profile, compatibility flags in reverse, tier and level, constraint bytes without zeros. */
function codecString(sps: H265Sps): string {
  const space = ['', 'A', 'B', 'C'][sps.profileSpace] ?? '';
  let reversed = 0;
  for (let bit = 0; bit < 32; bit++) if ((sps.profileCompatibility >>> bit) & 1) reversed += 2 ** (31 - bit);
  const constraints = [...sps.constraintFlags].map(byte => byte.toString(16).toUpperCase());
  while (constraints.at(-1) === '0') constraints.pop();
  const parts = [
    `${space}${sps.profileIdc}`,
    reversed.toString(16).toUpperCase(),
    `${sps.tier ? 'H' : 'L'}${sps.levelIdc}`,
  ];
  return `hvc1.${[...parts, ...constraints].join('.')}`;
}
