import type { Av1Track, TrackIdentity } from '../../model/track.ts';
import { parseAv1ConfigurationRecord } from './configuration-record.ts';
import { parseAv1SequenceHeader } from './sequence-header.ts';

const PROFILES = ['Main', 'High', 'Professional'];

/** A track of this AV1CodecConfigurationRecord, which is copied. Throws `ParseError` where it can't be read. */
export function av1Track(identity: TrackIdentity, config: Buffer): Av1Track {
  const { profile, level, tier, bitDepth, sequenceHeader } = parseAv1ConfigurationRecord(config);
  // A record may leave the sequence header to the stream; then the size stays unknown.
  const header = sequenceHeader ? parseAv1SequenceHeader(sequenceHeader) : undefined;
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  return {
    ...identity,
    kind: 'video',
    codec: 'av1',
    config: Buffer.from(config),
    width: header?.width ?? 0,
    height: header?.height ?? 0,
    frameRate: header?.frameRate,
    profile: PROFILES[profile] ?? `profile ${profile}`,
    // AV1 in ISOBMFF §5.
    codecString: `av01.${profile}.${twoDigits(level)}${tier ? 'H' : 'M'}.${twoDigits(bitDepth)}`,
  };
}
