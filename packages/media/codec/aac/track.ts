import type { AacTrack, TrackIdentity } from '../../model/track.ts';
import { parseAudioSpecificConfig } from './audio-specific-config.ts';

/** A track of this AudioSpecificConfig, which is copied. */
export function aacTrack(identity: TrackIdentity, config: Buffer): AacTrack {
  const { objectType, sampleRate, channels } = parseAudioSpecificConfig(config);
  return {
    ...identity,
    kind: 'audio',
    codec: 'aac',
    config: Buffer.from(config),
    sampleRate,
    channels,
    codecString: `mp4a.40.${objectType}`,
  };
}
