import { skipAudioSpecificConfig } from '../../../codec/aac/audio-specific-config.ts';
import { BitReader } from '../../../codec/bit-reader.ts';
import { ParseError } from '../../../model/parse-error.ts';

/** StreamMuxConfig of LATM (ISO/IEC 14496-3 §1.7.3.1), as far as one AAC stream needs it. */
export interface StreamMuxConfig {
  /** AudioSpecificConfig, zero bits to its last byte's end. */
  readonly config: Buffer;
  /** Frames in an AudioMuxElement. */
  readonly subFrames: number;
  /** Bytes of every frame; undefined where each says its own. */
  readonly frameSize: number | undefined;
}

/** Of what has to come behind the AudioSpecificConfig: frameLengthType, latmBufferFullness and two flags. */
const LEAST_REST = 13;
/** syncExtensionType of SBR (ISO/IEC 14496-3 §1.6.2.1), and its bits with those of the object type behind it. */
const SYNC_EXTENSION = 0x2b7;
const SYNC_EXTENSION_BITS = 11;
const OBJECT_TYPE_BITS = 5;
const ESCAPE_RATE = 15;
const VARIABLE_LENGTH = 0;
const FIXED_LENGTH = 1;

/** Reads a StreamMuxConfig and leaves `reader`, a reader of `data`, behind it. Throws `ParseError` for several streams. */
export function readStreamMuxConfig(data: Buffer, reader: BitReader): StreamMuxConfig {
  const version = reader.bits(1);
  if (version === 1 && reader.flag()) throw new ParseError('StreamMuxConfig of an unknown version', 0);
  if (version === 1) readLatmValue(reader); // taraBufferFullness
  reader.skip(1); // allStreamsSameTimeFraming says something of several streams alone
  const subFrames = reader.bits(6) + 1;
  if (reader.bits(4) > 0 || reader.bits(3) > 0) throw new ParseError('LATM of several programs or layers', 0);
  const config = version === 1 ? readSizedConfig(data, reader) : readConfig(data, reader);
  if (reader.bitsLeft < LEAST_REST) return { config, subFrames, frameSize: readMissingRest(reader) };
  const frameSize = readFrameLength(reader);
  skipOtherData(reader, version);
  if (reader.flag()) reader.skip(8); // crcCheckSum
  return { config, subFrames, frameSize };
}

/** Bytes that begin anywhere in `data`, at an offset in bits. */
export function copyBits(data: Buffer, bitOffset: number, target: Buffer, at: number, size: number): void {
  const start = bitOffset >> 3;
  const shift = bitOffset & 7;
  if (shift === 0) {
    data.copy(target, at, start, start + size);
    return;
  }
  for (let index = 0; index < size; index++) {
    target[at + index] = (data[start + index]! << shift) | ((data[start + index + 1] ?? 0) >> (8 - shift));
  }
}

function readConfig(data: Buffer, reader: BitReader): Buffer {
  const start = data.length * 8 - reader.bitsLeft;
  skipAudioSpecificConfig(reader);
  skipSyncExtension(data, reader);
  return configOf(data, start, data.length * 8 - reader.bitsLeft - start);
}

/**
 * An extension has no place where nothing tells how long the configuration is. GStreamer writes it all the same, for
 * encoders that have it (FFmpeg's): it can be nothing else, for frameLengthType would be one that there is not.
 */
function skipSyncExtension(data: Buffer, reader: BitReader): void {
  const ahead = new BitReader(data);
  ahead.skip(data.length * 8 - reader.bitsLeft);
  if (ahead.bitsLeft <= SYNC_EXTENSION_BITS + OBJECT_TYPE_BITS) return;
  if (ahead.bits(SYNC_EXTENSION_BITS) !== SYNC_EXTENSION) return;
  reader.skip(SYNC_EXTENSION_BITS + OBJECT_TYPE_BITS);
  const hasSpectralBandReplication = reader.flag();
  if (hasSpectralBandReplication && reader.bits(4) === ESCAPE_RATE) reader.skip(24);
}

/** GStreamer ends its description behind the AudioSpecificConfig, or with zeros. Frames then say their sizes. */
function readMissingRest(reader: BitReader): undefined {
  if (reader.bits(reader.bitsLeft) !== 0) throw new ParseError('StreamMuxConfig cut off');
}

/** Version 1 says how long the configuration is. */
function readSizedConfig(data: Buffer, reader: BitReader): Buffer {
  const bits = readLatmValue(reader);
  const start = data.length * 8 - reader.bitsLeft;
  reader.skip(bits);
  return configOf(data, start, bits);
}

function configOf(data: Buffer, start: number, bits: number): Buffer {
  const config = Buffer.alloc(Math.ceil(bits / 8));
  copyBits(data, start, config, 0, config.length);
  const spare = config.length * 8 - bits;
  if (spare > 0) config[config.length - 1]! &= 0xff << spare;
  return config;
}

function readFrameLength(reader: BitReader): number | undefined {
  const type = reader.bits(3);
  if (type === VARIABLE_LENGTH) {
    reader.skip(8); // latmBufferFullness
    return undefined;
  }
  if (type === FIXED_LENGTH) return reader.bits(9) + 20;
  throw new ParseError(`LATM of frameLengthType ${type}`);
}

function skipOtherData(reader: BitReader, version: number): void {
  if (!reader.flag()) return;
  if (version === 1) {
    readLatmValue(reader);
    return;
  }
  while (reader.flag()) reader.skip(8);
  reader.skip(8);
}

/** LatmGetValue(): one to four bytes. */
function readLatmValue(reader: BitReader): number {
  const bytes = reader.bits(2) + 1;
  return reader.bits(8 * bytes);
}
