import { ParseError } from '../../model/parse-error.ts';
import type { Av1Track, TrackIdentity } from '../../model/track.ts';
import { OBU, obus } from './obu.ts';
import { parseAv1SequenceHeader } from './sequence-header.ts';

const PROFILES = ['Main', 'High', 'Professional'];
const FIXED_SIZE = 4;

/** A track of this AV1CodecConfigurationRecord (AV1 in ISOBMFF §2.3.3), which is copied. */
export function av1Track(identity: TrackIdentity, config: Buffer): Av1Track {
  if (config.length < FIXED_SIZE) throw new ParseError('AV1 configuration record too short', config.length);
  if (config[0] !== 0x81) throw new ParseError('AV1 configuration record of an unknown version', 0);
  for (const { type, payload } of obus(config.subarray(FIXED_SIZE))) {
    if (type !== OBU.SEQUENCE_HEADER) continue;
    const { profile, level, tier, bitDepth, width, height, frameRate } = parseAv1SequenceHeader(payload);
    const levelName = `${String(level).padStart(2, '0')}${tier ? 'H' : 'M'}`;
    return {
      ...identity,
      kind: 'video',
      codec: 'av1',
      config: Buffer.from(config),
      width,
      height,
      frameRate,
      profile: PROFILES[profile] ?? `profile ${profile}`,
      codecString: `av01.${profile}.${levelName}.${String(bitDepth).padStart(2, '0')}`,
    };
  }
  throw new ParseError('AV1 configuration record without a sequence header');
}
