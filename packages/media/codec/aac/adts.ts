import { ParseError } from '../../model/parse-error.ts';
import {
  channelConfigurationOf,
  channelsOf,
  parseAudioSpecificConfig,
  sampleRateAt,
  sampleRateIndex,
} from './audio-specific-config.ts';

export const ADTS_HEADER_SIZE = 7;
const ADTS_CRC_SIZE = 2;
const MAX_FRAME_LENGTH = 0x1fff;
const MAX_CHANNEL_CONFIGURATION = 7;
const AAC_LC = 2;
/** The two bits of a header hold the object types from 1 to here. */
const MAX_OBJECT_TYPE = 4;

/**
 * Writes ADTS headers (ISO/IEC 14496-3 §1.A.2.2) for the frames of one configuration: MPEG-4, without CRC. Object
 * types beyond four do not fit into a header and are signalled as LC, which is their core.
 */
export class AdtsWriter {
  readonly #profile: number;
  readonly #rate: number;
  readonly #channels: number;

  constructor(config: Buffer) {
    const { objectType, coreSampleRate, channelConfiguration, channels } = parseAudioSpecificConfig(config);
    this.#profile = (objectType <= MAX_OBJECT_TYPE ? objectType : AAC_LC) - 1;
    this.#rate = sampleRateIndex(coreSampleRate);
    // The header tells the core's channels: parametric stereo is coded as one.
    this.#channels = channelConfiguration || channelConfigurationOf(channels);
    if (this.#rate === -1 || this.#channels < 1 || this.#channels > MAX_CHANNEL_CONFIGURATION) {
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

export interface AdtsHeader {
  readonly objectType: number;
  readonly sampleRate: number;
  /** 0 where a program_config_element within the frame tells them. */
  readonly channels: number;
  /** 7, or 9 with a CRC. */
  readonly headerLength: number;
  /** Bytes of the frame with its header. */
  readonly frameLength: number;
  /** AAC frames behind the header, nearly always one. */
  readonly rawDataBlocks: number;
}

/** Reads the header at the start of `data` (ISO/IEC 14496-3 §1.A.2.2). */
export function parseAdtsHeader(data: Buffer): AdtsHeader {
  if (data.length < ADTS_HEADER_SIZE) throw new ParseError('ADTS header cut off', data.length);
  // The sync word, and a layer of 0, which tells it from MPEG audio.
  if ((data.readUInt16BE(0) & 0xfff6) !== 0xfff0)
    throw new ParseError('ADTS header without its sync word', 0);
  const sampleRate = sampleRateAt((data[2]! >> 2) & 15);
  if (!sampleRate) throw new ParseError('ADTS header with an unknown sample rate', 2);
  const headerLength = ADTS_HEADER_SIZE + (data[1]! & 1 ? 0 : ADTS_CRC_SIZE);
  const frameLength = (data.readUInt32BE(2) >>> 5) & MAX_FRAME_LENGTH;
  if (frameLength < headerLength) throw new ParseError('ADTS frame shorter than its header', 3);
  return {
    objectType: (data[2]! >> 6) + 1,
    sampleRate,
    channels: channelsOf((data.readUInt16BE(2) >> 6) & 7),
    headerLength,
    frameLength,
    rawDataBlocks: (data[6]! & 3) + 1,
  };
}
