import { opusPacketDuration } from '../../codec/opus/packet.ts';
import { ParseError } from '../../model/parse-error.ts';
import type { Codec } from '../../model/track.ts';
import type { Depacketizer, RtpFrameReceiver } from '../depacketizer.ts';
import { parseFormatParameters } from '../format/format-parameters.ts';
import { AacDepacketizer } from './aac/depacketizer.ts';
import { LatmDepacketizer } from './aac/latm-depacketizer.ts';
import { Av1Depacketizer } from './av1/depacketizer.ts';
import { H264Depacketizer } from './h264/depacketizer.ts';
import { H265Depacketizer } from './h265/depacketizer.ts';
import { Mp3Depacketizer } from './mp3/depacketizer.ts';
import { numberParameter, type RtpFormat } from './rtp-format.ts';
import { WholePacketDepacketizer } from './whole-packet-depacketizer.ts';

/** A depacketiser that says what its frames are. */
export interface CodecDepacketizer extends Depacketizer {
  readonly codec: Codec;
  /**
   * AAC: the AudioSpecificConfig of the newest frame, from the description or from the stream; undefined as long as
   * neither said it. It may change: to be read at each frame.
   */
  readonly config?: Buffer | undefined;
}

const MAX_DON_DIFF = 32_767;

/**
 * The depacketiser of a format; undefined for an encoding that the product does not carry. Throws `ParseError`, which
 * names it, for a form of one that it does carry: interleaved H.264, loss-robust MP3, a configuration that is broken.
 */
export function depacketizerFor(
  format: RtpFormat,
  receiver: RtpFrameReceiver,
): CodecDepacketizer | undefined {
  const parameters = parseFormatParameters(format.formatParameters);
  switch (format.encoding.toLowerCase()) {
    case 'h264':
      if (parameters.get('packetization-mode') === '2') throw new ParseError('H.264 in the interleaved mode');
      return new H264Depacketizer(receiver);
    case 'h265':
      return new H265Depacketizer(receiver, {
        hasDecodingOrder: numberParameter(parameters, 'sprop-max-don-diff', MAX_DON_DIFF) > 0,
      });
    case 'av1':
      return new Av1Depacketizer(receiver);
    case 'mpeg4-generic':
      return new AacDepacketizer(format, receiver);
    case 'mp4a-latm':
      return new LatmDepacketizer(format, receiver);
    case 'opus':
      return new WholePacketDepacketizer('opus', receiver, opusPacketDuration);
    case 'pcma':
      return new WholePacketDepacketizer('g711a', receiver);
    case 'pcmu':
      return new WholePacketDepacketizer('g711u', receiver);
    case 'mpa':
      return new Mp3Depacketizer(format.clockRate, receiver);
    case 'mpa-robust':
      throw new ParseError('loss-robust MP3 (RFC 5219)');
    default:
      return undefined;
  }
}
