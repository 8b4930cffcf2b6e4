import { BitReader } from '../../codec/bit-reader.ts';
import { ParseError } from '../../model/parse-error.ts';

const ESCAPE_TYPE = 31;
const ESCAPE_RATE = 15;
const SBR = 5;
const PS = 29;
/** AAC Main, LC, SSR and LTP: their GASpecificConfig has these three bits and no more. */
const LAST_PLAIN_TYPE = 4;
const GENERAL_AUDIO_BITS = 3;
const CORE_CODER_DELAY_BITS = 14;

/**
 * The AudioSpecificConfig in a StreamMuxConfig (ISO/IEC 14496-3 §1.7.3.1), which is the `config` of MP4A-LATM (RFC 6416
 * §6.1). It stands there at any bit. Throws `ParseError` for one of several programs or layers.
 */
export function streamMuxAudioConfig(config: Buffer): Buffer {
  const reader = new BitReader(config);
  const version = reader.bits(1);
  if (version === 1) {
    if (reader.flag()) throw new ParseError('StreamMuxConfig of an unknown version', 0);
    readValue(reader); // taraBufferFullness
  }
  reader.skip(1 + 6); // allStreamsSameTimeFraming, numSubFrames
  const programs = reader.bits(4) + 1;
  const layers = reader.bits(3) + 1;
  if (programs > 1 || layers > 1) throw new ParseError('StreamMuxConfig of several programs or layers', 0);
  const length = version === 1 ? readValue(reader) : reader.bitsLeft;
  const audioConfig = takeBits(reader, length);
  return version === 1 ? audioConfig : withoutRest(audioConfig, length);
}

/** LatmGetValue(): two bits say how many bytes follow. */
function readValue(reader: BitReader): number {
  return reader.bits(8 * (reader.bits(2) + 1));
}

/** The next bits as bytes, the last one filled up with zeros. */
function takeBits(reader: BitReader, count: number): Buffer {
  if (count > reader.bitsLeft) throw new ParseError('StreamMuxConfig cut off');
  const bytes = Buffer.alloc(Math.ceil(count / 8));
  for (let index = 0; index < bytes.length; index++) {
    const bits = Math.min(8, count - 8 * index);
    bytes[index] = reader.bits(bits) << (8 - bits);
  }
  return bytes;
}

/** Version 0 does not say where the AudioSpecificConfig ends; of the plain types of AAC the bits are known. */
function withoutRest(audioConfig: Buffer, bits: number): Buffer {
  const reader = new BitReader(audioConfig);
  let type = readObjectType(reader);
  skipSampleRate(reader);
  const channels = reader.bits(4);
  if (type === SBR || type === PS) {
    skipSampleRate(reader);
    type = readObjectType(reader);
  }
  if (type > LAST_PLAIN_TYPE || channels === 0) return audioConfig;
  const left = reader.bitsLeft;
  if (left < GENERAL_AUDIO_BITS) return audioConfig;
  reader.skip(1); // frameLengthFlag
  const delayBits = reader.flag() ? CORE_CODER_DELAY_BITS : 0;
  const used = 8 * audioConfig.length - left + GENERAL_AUDIO_BITS + delayBits;
  return takeBits(new BitReader(audioConfig), Math.min(used, bits));
}

function readObjectType(reader: BitReader): number {
  const type = reader.bits(5);
  return type === ESCAPE_TYPE ? 32 + reader.bits(6) : type;
}

function skipSampleRate(reader: BitReader): void {
  if (reader.bits(4) === ESCAPE_RATE) reader.skip(24);
}
