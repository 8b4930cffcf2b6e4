import { audioSpecificConfig, parseAudioSpecificConfig } from '../../codec/aac/audio-specific-config.ts';
import type { ParameterSets } from '../../codec/nal-unit-track.ts';
import { ParseError } from '../../model/parse-error.ts';
import type { MediaDescription } from '../sdp/session-description.ts';
import { parseFormatParameters } from './format-parameters.ts';
import { type PayloadFormat, payloadFormats } from './payload-format.ts';
import { parameterSetsOf } from './sprop.ts';

/** A format of NAL units; sets that the session description leaves out come in the stream. */
export interface NalUnitFormat extends PayloadFormat {
  readonly codec: 'h264' | 'h265';
  readonly parameterSets: ParameterSets;
}

export interface AacFormat extends PayloadFormat {
  readonly codec: 'aac';
  /** AudioSpecificConfig; undefined where the depacketiser knows it (LATM). */
  readonly config: Buffer | undefined;
}

/** A format whose sequence header comes in the stream. */
export interface Av1Format extends PayloadFormat {
  readonly codec: 'av1';
}

/** A format that its frames, or its clock rate and channels, describe. */
export interface PlainAudioFormat extends PayloadFormat {
  readonly codec: 'opus' | 'mp3' | 'g711a' | 'g711u';
}

export type VideoFormat = NalUnitFormat | Av1Format;
export type AudioFormat = AacFormat | PlainAudioFormat;
/** All that it takes to receive a track. */
export type ReceivableFormat = VideoFormat | AudioFormat;

/** A format that can't be received, by name and with the reason in words. */
export interface UnsupportedFormat {
  readonly codec: undefined;
  /** As the session description has it; empty where it has none. */
  readonly encoding: string;
  readonly reason: string;
}

export type MediaFormat = ReceivableFormat | UnsupportedFormat;

const AAC_LC = 2;

export function isVideoFormat(format: ReceivableFormat): format is VideoFormat {
  return format.codec === 'h264' || format.codec === 'h265' || format.codec === 'av1';
}

/**
 * What a media description says of its stream: the first of its payload types that can be received, or why none of
 * them can.
 */
export function mediaFormat(media: MediaDescription): MediaFormat {
  if (/\bSAVPF?\b/i.test(media.protocol)) {
    return unsupported(payloadFormats(media)[0]?.encoding ?? '', `${media.protocol} is encrypted`);
  }
  let first: UnsupportedFormat | undefined;
  for (const payload of payloadFormats(media)) {
    const format = receive(payload);
    if (format.codec !== undefined) return format;
    first ??= format;
  }
  return first ?? unsupported('', 'no payload type');
}

function receive(payload: PayloadFormat): MediaFormat {
  const { encoding, payloadType } = payload;
  if (encoding === '') return unsupported('', `payload type ${payloadType} has no rtpmap`);
  try {
    const format = describe(payload);
    if (!format) return unsupported(encoding, `${encoding} is not supported`);
    if (format.clockRate === 0) return unsupported(encoding, `${encoding} without a clock rate`);
    return format;
  } catch (error) {
    if (error instanceof ParseError) return unsupported(encoding, `${encoding}: ${error.message}`);
    throw error;
  }
}

/** Undefined for an encoding that is not supported. Throws `ParseError`. */
function describe(payload: PayloadFormat): ReceivableFormat | undefined {
  switch (payload.encoding.toUpperCase()) {
    case 'H264':
      return nalUnitFormat(payload, 'h264');
    case 'H265':
      return nalUnitFormat(payload, 'h265');
    case 'AV1':
      return { ...payload, codec: 'av1' };
    case 'MPEG4-GENERIC':
      return genericAacFormat(payload);
    case 'MP4A-LATM':
      return { ...payload, codec: 'aac', config: undefined };
    case 'OPUS':
      return { ...payload, codec: 'opus', channels: opusChannels(payload) };
    case 'MPA':
      return { ...payload, codec: 'mp3' };
    case 'PCMA':
      return { ...payload, codec: 'g711a' };
    case 'PCMU':
      return { ...payload, codec: 'g711u' };
    default:
      return undefined;
  }
}

function nalUnitFormat(payload: PayloadFormat, codec: 'h264' | 'h265'): NalUnitFormat {
  const parameterSets = parameterSetsOf(codec, parseFormatParameters(payload.formatParameters));
  return { ...payload, codec, parameterSets };
}

/** RFC 3640 carries other codecs, too, which the mode tells. */
function genericAacFormat(payload: PayloadFormat): AacFormat {
  const parameters = parseFormatParameters(payload.formatParameters);
  const mode = parameters.get('mode');
  if (mode && !/^AAC-/i.test(mode)) throw new ParseError(`mode ${mode.slice(0, 20)} is not AAC`);
  const config = hex(parameters.get('config'));
  const clockRate = payload.clockRate || parseAudioSpecificConfig(config).coreSampleRate;
  return { ...payload, clockRate, codec: 'aac', config: checkedConfig(config, clockRate, payload.channels) };
}

/** Cameras leave the configuration out, or cut it off: what they send is LC then. */
function checkedConfig(config: Buffer, sampleRate: number, channels: number): Buffer {
  try {
    parseAudioSpecificConfig(config);
    return config;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return audioSpecificConfig({ objectType: AAC_LC, sampleRate, channels });
  }
}

/** The rtpmap always says two (RFC 7587 §7); a decoder makes two of one without harm. */
function opusChannels({ channels, formatParameters }: PayloadFormat): number {
  return parseFormatParameters(formatParameters).get('sprop-stereo') === '0' ? 1 : Math.min(channels, 2);
}

function hex(text: string | undefined): Buffer {
  return Buffer.from(text?.replaceAll(/[^0-9a-f]/gi, '') ?? '', 'hex');
}

function unsupported(encoding: string, reason: string): UnsupportedFormat {
  return { codec: undefined, encoding, reason };
}
