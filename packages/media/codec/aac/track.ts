import type { AacTrack, TrackIdentity } from '../../model/track.ts';
import { parseAudioSpecificConfig } from './audio-specific-config.ts';

/** Object types that name HE-AAC and HE-AAC v2 in codec strings (RFC 6381 §3.3). */
const HE_AAC = 5;
const HE_AAC_V2 = 29;

/** A track of this AudioSpecificConfig, which is copied. */
export function aacTrack(identity: TrackIdentity, config: Buffer): AacTrack {
  const { objectType, sampleRate, channels, sbr, ps } = parseAudioSpecificConfig(config);
  return {
    ...identity,
    kind: 'audio',
    codec: 'aac',
    config: Buffer.from(config),
    sampleRate,
    channels,
    codecString: `mp4a.40.${ps ? HE_AAC_V2 : sbr ? HE_AAC : objectType}`,
  };
}
