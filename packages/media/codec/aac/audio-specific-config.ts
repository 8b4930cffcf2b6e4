import { ParseError } from '../../model/parse-error.ts';
import { BitReader } from '../bit-reader.ts';

export interface AudioSpecificConfig {
  /** 2 AAC LC, 5 SBR, 29 PS, … (ISO/IEC 14496-3 table 1.17). With SBR or PS: that of the core. */
  readonly objectType: number;
  /** Of the decoded sound: with SBR the extended rate. */
  readonly sampleRate: number;
  /** Of the core coder, which counts the samples of a frame. */
  readonly coreSampleRate: number;
  readonly channels: number;
  /** At the core's rate. */
  readonly samplesPerFrame: number;
}

const SAMPLE_RATES = [
  96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
];
const CHANNELS = [0, 1, 2, 3, 4, 5, 6, 8];
const ESCAPE_RATE = 15;
const SBR = 5;
const PS = 29;
const SYNC_EXTENSION = 0x2b7;

/** Reads an AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1), with SBR and PS signalled either way. */
export function parseAudioSpecificConfig(data: Buffer): AudioSpecificConfig {
  const reader = new BitReader(data);
  let objectType = readObjectType(reader);
  const coreSampleRate = readSampleRate(reader);
  let sampleRate = coreSampleRate;
  const channelConfiguration = reader.bits(4);
  let hasParametricStereo = false;
  if (objectType === SBR || objectType === PS) {
    hasParametricStereo = objectType === PS;
    sampleRate = readSampleRate(reader);
    objectType = readObjectType(reader);
  }
  const is960 = reader.bitsLeft > 0 && reader.flag();
  let channels = CHANNELS[channelConfiguration] ?? 0;
  if (channelConfiguration === 0) channels = readProgramConfig(reader);
  if (channels === 0) throw new ParseError('AudioSpecificConfig with an unknown number of channels');
  if (sampleRate === coreSampleRate && channelConfiguration !== 0) {
    const extension = readSyncExtension(reader);
    if (extension) {
      sampleRate = extension.sampleRate;
      hasParametricStereo = extension.hasParametricStereo;
    }
  }
  return {
    objectType,
    sampleRate,
    coreSampleRate,
    channels: hasParametricStereo && channels === 1 ? 2 : channels,
    samplesPerFrame: is960 ? 960 : 1024,
  };
}

/** Builds the short form, without extensions. */
export function audioSpecificConfig(config: {
  objectType: number;
  sampleRate: number;
  channels: number;
}): Buffer {
  const rate = SAMPLE_RATES.indexOf(config.sampleRate);
  const channels = CHANNELS.indexOf(config.channels);
  if (rate === -1 || channels < 1 || config.objectType > 30) {
    throw new ParseError(`AAC of ${config.sampleRate} Hz and ${config.channels} channels has no short form`);
  }
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE((config.objectType << 11) | (rate << 7) | (channels << 3));
  return bytes;
}

function readObjectType(reader: BitReader): number {
  const type = reader.bits(5);
  return type === 31 ? 32 + reader.bits(6) : type;
}

function readSampleRate(reader: BitReader): number {
  const index = reader.bits(4);
  const rate = index === ESCAPE_RATE ? reader.bits(24) : SAMPLE_RATES[index];
  if (!rate) throw new ParseError('AudioSpecificConfig with an unknown sample rate');
  return rate;
}

/** GASpecificConfig's end and program_config_element() (§4.4.1.1), for its number of channels. */
function readProgramConfig(reader: BitReader): number {
  if (reader.flag()) reader.skip(14); // dependsOnCoreCoder
  reader.skip(1); // extensionFlag
  reader.skip(4 + 2 + 4); // element_instance_tag, object_type, sampling_frequency_index
  const counts = [reader.bits(4), reader.bits(4), reader.bits(4)];
  const lowFrequency = reader.bits(2);
  reader.skip(3 + 4); // num_assoc_data_elements, num_valid_cc_elements
  for (const bits of [4, 4, 3]) if (reader.flag()) reader.skip(bits);
  let channels = lowFrequency;
  for (const count of counts) {
    for (let element = 0; element < count; element++) {
      channels += reader.flag() ? 2 : 1;
      reader.skip(4);
    }
  }
  return channels;
}

/** SBR signalled behind the configuration, where old decoders do not look (§1.6.5). */
function readSyncExtension(
  reader: BitReader,
): { sampleRate: number; hasParametricStereo: boolean } | undefined {
  // GASpecificConfig's dependsOnCoreCoder and extensionFlag stand in between.
  if (reader.bitsLeft < 2 + 11 + 5 + 1 + 4) return undefined;
  if (reader.flag()) return undefined;
  reader.skip(1);
  if (reader.bits(11) !== SYNC_EXTENSION || readObjectType(reader) !== SBR || !reader.flag())
    return undefined;
  const sampleRate = readSampleRate(reader);
  const hasParametricStereo = reader.bitsLeft >= 12 && reader.bits(11) === 0x548 && reader.flag();
  return { sampleRate, hasParametricStereo };
}

/** The index of a rate in ADTS headers and configurations; -1 if it has none. */
export function sampleRateIndex(sampleRate: number): number {
  return SAMPLE_RATES.indexOf(sampleRate);
}

export function channelConfigurationOf(channels: number): number {
  return CHANNELS.indexOf(channels);
}
