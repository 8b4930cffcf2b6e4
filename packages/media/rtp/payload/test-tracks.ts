import { audioSpecificConfig } from '../../codec/aac/audio-specific-config.ts';
import { aacTrack } from '../../codec/aac/track.ts';
import { BitReader } from '../../codec/bit-reader.ts';
import { g711Track } from '../../codec/g711/track.ts';
import { H264_NAL, h264NalType } from '../../codec/h264/nal-unit.ts';
import { h264Track } from '../../codec/h264/track.ts';
import { H265_NAL, h265NalType } from '../../codec/h265/nal-unit.ts';
import { h265Track } from '../../codec/h265/track.ts';
import { opusHead } from '../../codec/opus/opus-head.ts';
import { opusTrack } from '../../codec/opus/track.ts';
import { ParseError } from '../../model/parse-error.ts';
import type { AacTrack, Track, TrackIdentity } from '../../model/track.ts';
import { parseFormatParameters } from '../format/format-parameters.ts';
import { readStreamMuxConfig } from './aac/stream-mux-config.ts';
import { splitAtStartCodes } from './nal/start-codes.ts';
import { hexParameter, type RtpFormat } from './rtp-format.ts';

type Parameters = ReadonlyMap<string, string>;

const AAC_LC = 2;
const OPUS_RATE = 48_000;

/**
 * The track that a session description describes. Undefined where it leaves that to the stream, wholly (MP3, AV1, LATM
 * with its configuration in-band) or for want of a parameter, or says it in a way that can't be read.
 */
export function trackOfFormat(identity: TrackIdentity, format: RtpFormat): Track | undefined {
  const parameters = parseFormatParameters(format.formatParameters);
  try {
    return describe(identity, format, parameters);
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}

function describe(identity: TrackIdentity, format: RtpFormat, parameters: Parameters): Track | undefined {
  switch (format.encoding.toLowerCase()) {
    case 'h264': {
      const sets = parameterSets(parameters, 'sprop-parameter-sets');
      const ofType = (type: number) => sets.filter(set => h264NalType(set[0]!) === type);
      const sps = ofType(H264_NAL.SPS);
      const pps = ofType(H264_NAL.PPS);
      return sps.length > 0 && pps.length > 0 ? h264Track(identity, sps, pps) : undefined;
    }
    case 'h265': {
      const ofType = (name: string, type: number) =>
        parameterSets(parameters, name).filter(set => h265NalType(set[0]!) === type);
      const vps = ofType('sprop-vps', H265_NAL.VPS);
      const sps = ofType('sprop-sps', H265_NAL.SPS);
      const pps = ofType('sprop-pps', H265_NAL.PPS);
      const isComplete = vps.length > 0 && sps.length > 0 && pps.length > 0;
      return isComplete ? h265Track(identity, vps, sps, pps) : undefined;
    }
    case 'mpeg4-generic':
      return describeAac(identity, format, parameters);
    case 'mp4a-latm': {
      const mux = hexParameter(parameters, 'config');
      return mux ? aacTrack(identity, readStreamMuxConfig(mux, new BitReader(mux)).config) : undefined;
    }
    case 'opus': {
      // What sends mono says so; decoders make two channels of either.
      const channels = parameters.get('sprop-stereo') === '0' ? 1 : 2;
      return opusTrack(identity, opusHead({ channels, preSkip: 0, inputSampleRate: OPUS_RATE }));
    }
    case 'pcma':
      return g711Track(identity, 'g711a', format.clockRate, format.channels);
    case 'pcmu':
      return g711Track(identity, 'g711u', format.clockRate, format.channels);
    default:
      return undefined;
  }
}

/** Some cameras leave the configuration out: they send AAC-LC as the rtpmap says. */
function describeAac(identity: TrackIdentity, format: RtpFormat, parameters: Parameters): AacTrack {
  const { clockRate: sampleRate, channels } = format;
  const described = hexParameter(parameters, 'config');
  return aacTrack(identity, described ?? audioSpecificConfig({ objectType: AAC_LC, sampleRate, channels }));
}

/** Parameter sets in base 64 with commas between them (RFC 6184 §8.1, RFC 7798 §7.1). Some have start codes. */
function parameterSets(parameters: Parameters, name: string): Buffer[] {
  const text = parameters.get(name) ?? '';
  return text.split(',').flatMap(set => splitAtStartCodes(Buffer.from(set.trim(), 'base64')));
}
