import { ParseError } from '../../model/parse-error.ts';

export interface OpusHead {
  readonly channels: number;
  /** Samples at 48 kHz to be left out at the start. */
  readonly preSkip: number;
  /** Of the original sound, for information; Opus decodes at 48 kHz. */
  readonly inputSampleRate: number;
  /** 0: mono or stereo; 1: surround; 255: unrelated channels. */
  readonly mappingFamily: number;
}

const MAGIC = 'OpusHead';

/** Reads an identification header (RFC 7845 §5.1). */
export function parseOpusHead(data: Buffer): OpusHead {
  if (data.length < 19 || data.toString('latin1', 0, 8) !== MAGIC)
    throw new ParseError('not an Opus header', 0);
  if (data[8]! >> 4 !== 0) throw new ParseError('Opus header of an unknown version', 8);
  const channels = data[9]!;
  const mappingFamily = data[18]!;
  if (channels === 0 || (mappingFamily === 0 && channels > 2)) {
    throw new ParseError('Opus header with an impossible number of channels', 9);
  }
  if (mappingFamily !== 0 && data.length < 21 + channels)
    throw new ParseError('Opus header cut off', data.length);
  return {
    channels,
    preSkip: data.readUInt16LE(10),
    inputSampleRate: data.readUInt32LE(12),
    mappingFamily,
  };
}

/** Builds the header of a mono or stereo stream. */
export function opusHead(options: { channels: 1 | 2; preSkip: number; inputSampleRate: number }): Buffer {
  const data = Buffer.alloc(19);
  data.write(MAGIC, 'latin1');
  data[8] = 1;
  data[9] = options.channels;
  data.writeUInt16LE(options.preSkip, 10);
  data.writeUInt32LE(options.inputSampleRate, 12);
  return data;
}
