import { ParseError } from '../../model/parse-error.ts';
import { BitReader } from '../bit-reader.ts';

export interface AudioSpecificConfig {
  /** 1 Main, 2 LC, 4 LTP, 23 LD, … (ISO/IEC 14496-3 table 1.17); with SBR or PS that of the core. */
  readonly objectType: number;
  /** Of the decoded sound: with SBR the extended rate. */
  readonly sampleRate: number;
  /** Of the core coder, which counts the samples of a frame. */
  readonly coreSampleRate: number;
  /** Of the decoded sound: two with PS. */
  readonly channels: number;
  /** As it stands in the configuration (table 1.19); 0 where a program_config_element tells the channels. */
  readonly channelConfiguration: number;
  /** At the core's rate. */
  readonly samplesPerFrame: number;
  /** Spectral band replication and parametric stereo, signalled in either way (HE-AAC and HE-AAC v2). */
  readonly sbr: boolean;
  readonly ps: boolean;
}

const SAMPLE_RATES = [
  96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
];
const ESCAPE_RATE = 15;
/** Channels by configuration; 0 is reserved, or stands for a program_config_element. */
const CHANNELS = [0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8, 0];

const ESCAPE_TYPE = 31;
const SBR = 5;
const PS = 29;
const SCALABLE = 6;
/** Object types from here on, up to `LOW_DELAY`, are the error resilient ones. */
const FIRST_ERROR_RESILIENT = 17;
const ER_SCALABLE = 20;
const ER_TWIN_VQ = 21;
const ER_BSAC = 22;
const LOW_DELAY = 23;
const ENHANCED_LOW_DELAY = 39;
/** Object types whose configuration goes on with a GASpecificConfig. */
const GENERAL_AUDIO = new Set([1, 2, 3, 4, 6, 7, 17, 19, 20, 21, 22, LOW_DELAY]);
const SBR_SYNC = 0x2b7;
const PS_SYNC = 0x548;

/** Reads an AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1), with SBR and PS signalled in either way. */
export function parseAudioSpecificConfig(data: Buffer): AudioSpecificConfig {
  const reader = new BitReader(data);
  let objectType = readObjectType(reader);
  const coreSampleRate = readSampleRate(reader);
  const channelConfiguration = reader.bits(4);
  let extension: Extension | undefined;
  if (objectType === SBR || objectType === PS) {
    extension = { ps: objectType === PS, sampleRate: readSampleRate(reader) };
    objectType = readObjectType(reader);
  }
  if (objectType === 0) throw new ParseError('AudioSpecificConfig without an object type', 0);
  // Cut-off configurations of two bytes and less stand in real streams.
  const isShortFrame = reader.bitsLeft > 0 && reader.flag();
  let channels = CHANNELS[channelConfiguration]!;
  if (GENERAL_AUDIO.has(objectType)) {
    if (channelConfiguration === 0) channels = readProgramConfig(reader);
    else extension ??= readSyncExtension(reader);
  }
  if (channels === 0) throw new ParseError('AudioSpecificConfig with an unknown number of channels');
  const ps = extension?.ps ?? false;
  return {
    objectType,
    sampleRate: extension?.sampleRate ?? coreSampleRate,
    coreSampleRate,
    channels: ps && channels === 1 ? 2 : channels,
    channelConfiguration,
    samplesPerFrame: frameSize(objectType, isShortFrame),
    sbr: extension !== undefined,
    ps,
  };
}

/**
 * Moves `reader` past a configuration whose length nothing says, as LATM has it: it ends with its GASpecificConfig
 * (§4.4.1), and nothing that old decoders don't know follows. Throws `ParseError` where its length can't be told.
 */
export function skipAudioSpecificConfig(reader: BitReader): void {
  let objectType = readObjectType(reader);
  readSampleRate(reader);
  const channelConfiguration = reader.bits(4);
  if (objectType === SBR || objectType === PS) {
    readSampleRate(reader);
    objectType = readObjectType(reader);
  }
  if (!GENERAL_AUDIO.has(objectType))
    throw new ParseError(`audio object type ${objectType} of unknown length`);
  if (channelConfiguration === 0) throw new ParseError('program_config_element of unknown length');
  reader.skip(1); // frameLengthFlag
  if (reader.flag()) reader.skip(14); // dependsOnCoreCoder, coreCoderDelay
  const hasExtension = reader.flag();
  if (objectType === SCALABLE || objectType === ER_SCALABLE) reader.skip(3); // layerNr
  if (hasExtension) {
    if (objectType === ER_BSAC)
      reader.skip(5 + 11); // numOfSubFrame, layer_length
    else if (objectType >= FIRST_ERROR_RESILIENT && objectType !== ER_TWIN_VQ) reader.skip(3);
    reader.skip(1); // extensionFlag3
  }
  // A protected configuration, which nobody uses, goes on.
  if (objectType >= FIRST_ERROR_RESILIENT && reader.bits(2) > 1) {
    throw new ParseError('ErrorProtectionSpecificConfig of unknown length');
  }
}

/** Builds the form of two bytes, without extensions. Throws `ParseError` for what has no such form. */
export function audioSpecificConfig(config: {
  objectType: number;
  sampleRate: number;
  channels: number;
}): Buffer {
  const { objectType, sampleRate, channels } = config;
  const rateIndex = sampleRateIndex(sampleRate);
  const channelConfiguration = channelConfigurationOf(channels);
  if (rateIndex === -1 || channelConfiguration < 1 || !(objectType > 0 && objectType < ESCAPE_TYPE)) {
    throw new ParseError(`no short AudioSpecificConfig for ${sampleRate} Hz and ${channels} channels`);
  }
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE((objectType << 11) | (rateIndex << 7) | (channelConfiguration << 3));
  return bytes;
}

/** The index of a rate in ADTS headers and configurations; -1 if it has none. */
export function sampleRateIndex(sampleRate: number): number {
  return SAMPLE_RATES.indexOf(sampleRate);
}

/** The rate of an index; undefined for a reserved one. */
export function sampleRateAt(index: number): number | undefined {
  return SAMPLE_RATES[index];
}

/** The lowest channel configuration of this many channels; -1 if there is none. */
export function channelConfigurationOf(channels: number): number {
  return CHANNELS.indexOf(channels);
}

/** The channels of a configuration from 0 to 15. */
export function channelsOf(channelConfiguration: number): number {
  return CHANNELS[channelConfiguration]!;
}

function frameSize(objectType: number, isShort: boolean): number {
  if (objectType === LOW_DELAY || objectType === ENHANCED_LOW_DELAY) return isShort ? 480 : 512;
  return isShort && GENERAL_AUDIO.has(objectType) ? 960 : 1024;
}

function readObjectType(reader: BitReader): number {
  const type = reader.bits(5);
  return type === ESCAPE_TYPE ? 32 + reader.bits(6) : type;
}

function readSampleRate(reader: BitReader): number {
  const index = reader.bits(4);
  const rate = index === ESCAPE_RATE ? reader.bits(24) : sampleRateAt(index);
  if (!rate) throw new ParseError('AudioSpecificConfig with an unknown sample rate');
  return rate;
}

/** The rest of GASpecificConfig and its program_config_element() (§4.4.1.1), for the number of channels. */
function readProgramConfig(reader: BitReader): number {
  if (reader.flag()) reader.skip(14); // dependsOnCoreCoder, coreCoderDelay
  reader.skip(1); // extensionFlag
  reader.skip(4 + 2 + 4); // element_instance_tag, object_type, sampling_frequency_index
  const elements = reader.bits(4) + reader.bits(4) + reader.bits(4); // front, side, back
  let channels = reader.bits(2); // low frequency
  reader.skip(3 + 4); // num_assoc_data_elements, num_valid_cc_elements
  for (const bits of [4, 4, 3]) if (reader.flag()) reader.skip(bits); // mono, stereo, matrix mixdown
  for (let element = 0; element < elements; element++) {
    channels += reader.flag() ? 2 : 1;
    reader.skip(4);
  }
  return channels;
}

interface Extension {
  readonly sampleRate: number;
  readonly ps: boolean;
}

/** SBR and PS signalled behind the configuration, where older decoders do not look (§1.6.6). */
function readSyncExtension(reader: BitReader): Extension | undefined {
  // The rest of GASpecificConfig: dependsOnCoreCoder, extensionFlag; then the extension as far as its sample rate.
  if (reader.bitsLeft < 2 + 11 + 5 + 1 + 4) return undefined;
  if (reader.flag()) return undefined;
  reader.skip(1);
  if (reader.bits(11) !== SBR_SYNC || readObjectType(reader) !== SBR || !reader.flag()) return undefined;
  const sampleRate = readSampleRate(reader);
  const ps = reader.bitsLeft >= 12 && reader.bits(11) === PS_SYNC && reader.flag();
  return { sampleRate, ps };
}
