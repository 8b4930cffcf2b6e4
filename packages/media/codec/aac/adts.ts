import { ParseError } from '../../model/parse-error.ts';
import {
  channelConfigurationOf,
  parseAudioSpecificConfig,
  sampleRateIndex,
} from './audio-specific-config.ts';

export const ADTS_HEADER_SIZE = 7;
const MAX_FRAME_LENGTH = 0x1fff;

/**
 * Writes ADTS headers (ISO/IEC 14496-3 §1.A.2.2) for the frames of one configuration: MPEG-4, without CRC. Object
 * types beyond four do not fit into a header and are signalled as LC, which is their core.
 */
export class AdtsWriter {
  readonly #profile: number;
  readonly #rate: number;
  readonly #channels: number;

  constructor(config: Buffer) {
    const parsed = parseAudioSpecificConfig(config);
    this.#profile = Math.min(parsed.objectType, 4) === 4 ? 1 : parsed.objectType - 1;
    this.#rate = sampleRateIndex(parsed.coreSampleRate);
    // The header tells the core's channels: parametric stereo is coded as one.
    const channelConfiguration = (config[1]! >> 3) & 15;
    this.#channels = channelConfiguration || channelConfigurationOf(parsed.channels);
    if (this.#rate === -1 || this.#channels < 1 || this.#channels > 7) {
      throw new ParseError('AAC configuration that ADTS cannot express');
    }
  }

  /** Writes seven bytes at `at`, for a frame of `payloadLength` bytes. */
  write(target: Buffer, at: number, payloadLength: number): void {
    const length = payloadLength + ADTS_HEADER_SIZE;
    if (length > MAX_FRAME_LENGTH) throw new ParseError('AAC frame too long for ADTS');
    target[at] = 0xff;
    target[at + 1] = 0xf1;
    target[at + 2] = (this.#profile << 6) | (this.#rate << 2) | (this.#channels >> 2);
    target[at + 3] = ((this.#channels & 3) << 6) | (length >> 11);
    target[at + 4] = (length >> 3) & 0xff;
    target[at + 5] = ((length & 7) << 5) | 0x1f;
    target[at + 6] = 0xfc;
  }
}
