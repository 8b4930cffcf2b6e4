import type { Sample } from '@flux-iot/media/model/sample';
import {
  hasNalUnits,
  isVideo,
  type Track,
  type VideoCodec,
  type VideoTrack,
} from '@flux-iot/media/model/track';

/** A frame as it was coded, with all that its decoder needs: from a key frame on. */
export interface CodedPicture {
  readonly codec: VideoCodec;
  /**
   * Access units in decoding order, the first a key frame with its parameter sets before it. H.264 and H.265 with start
   * codes, AV1 temporal units in the low-overhead format, VP9 frames.
   */
  readonly units: readonly Buffer[];
  /** Pixels by the parameter sets; 0 where that is not known. */
  readonly width: number;
  readonly height: number;
  /** When its last unit reached the server: milliseconds since 1970. */
  readonly takenAt: number;
  /** The frame of the last unit is meant, though others may be shown after it; else the newest by presentation. */
  readonly isLastWanted?: boolean;
}

const START_CODE = Buffer.from([0, 0, 0, 1]);
/** Bytes of an AV1CodecConfigurationRecord before its OBUs (AV1 in ISOBMFF §2.3.3). */
const AV1_RECORD_HEADER = 4;

/** What a decoder must know before the first access unit. */
export function decoderPrefix(track: VideoTrack): Buffer {
  if (track.codec === 'av1') return Buffer.from(track.config.subarray(AV1_RECORD_HEADER));
  if (!hasNalUnits(track)) return Buffer.alloc(0);
  const sets = [...(track.codec === 'h265' ? track.vps : []), ...track.sps, ...track.pps];
  return Buffer.concat(sets.flatMap(set => [START_CODE, set]));
}

/** The sample's bytes as a decoder takes them, in memory of their own. */
export function codedUnit(track: VideoTrack, sample: Sample & { kind: 'video' }, prefix?: Buffer): Buffer {
  const data = hasNalUnits(track) ? sample.annexB : sample.data;
  return prefix ? Buffer.concat([prefix, data]) : Buffer.from(data);
}

export function firstVideo(tracks: readonly Track[]): VideoTrack | undefined {
  return tracks.find(isVideo);
}

export function byteLengthOf(picture: CodedPicture): number {
  return picture.units.reduce((sum, unit) => sum + unit.length, 0);
}
