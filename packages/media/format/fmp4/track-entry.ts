import { av1Track } from '../../codec/av1/track.ts';
import { parseAvcConfigurationRecord } from '../../codec/h264/configuration-record.ts';
import { h264Track } from '../../codec/h264/track.ts';
import { parseHevcConfigurationRecord } from '../../codec/h265/configuration-record.ts';
import { h265Track } from '../../codec/h265/track.ts';
import { vp9Track } from '../../codec/vp9/track.ts';
import { ParseError } from '../../model/parse-error.ts';
import type { VideoTrack } from '../../model/track.ts';
import { BOX_HEADER_SIZE, findBox } from './box.ts';
import type { ReadTrack } from './reader.ts';

/** Bytes of a visual sample entry before the boxes in it (ISO/IEC 14496-12 §12.1.3.2), with its own header. */
const VISUAL_FIELDS = BOX_HEADER_SIZE + 78;
const FULL_BOX_FIELDS = 4;

/**
 * The picture track that a movie's sample entry describes: the other way round of `sampleEntry`. Undefined for a codec
 * that the model does not know, and for lengths of NAL units that are not of four bytes. Throws `ParseError`.
 */
export function videoTrackOf({
  id,
  timescale,
  format,
  entry,
  width,
  height,
}: ReadTrack): VideoTrack | undefined {
  const identity = { id, version: 1, clockRate: timescale };
  const inner = entry.subarray(VISUAL_FIELDS);
  const config = (type: string): Buffer => {
    const body = findBox(inner, type);
    if (!body) throw new ParseError(`sample entry without ${type}`);
    return body;
  };
  switch (format) {
    case 'avc1': {
      const { lengthSize, sps, pps } = parseAvcConfigurationRecord(config('avcC'));
      return lengthSize === 4 ? h264Track(identity, sps, pps) : undefined;
    }
    case 'hvc1':
    case 'hev1': {
      const { lengthSize, vps, sps, pps } = parseHevcConfigurationRecord(config('hvcC'));
      return lengthSize === 4 ? h265Track(identity, vps, sps, pps) : undefined;
    }
    case 'av01':
      return av1Track(identity, config('av1C'));
    case 'vp09':
      return { ...vp9Track(identity, config('vpcC').subarray(FULL_BOX_FIELDS)), width, height };
    default:
      return undefined;
  }
}
