import { parseAudioSpecificConfig } from '../../../codec/aac/audio-specific-config.ts';

/** How long a frame of this configuration plays, in ticks of `clockRate`; not always a whole number. */
export function frameDuration(config: Buffer, clockRate: number): number {
  const { samplesPerFrame, coreSampleRate } = parseAudioSpecificConfig(config);
  return (samplesPerFrame * clockRate) / coreSampleRate;
}
