import { isVideo, type Track, type VideoTrack } from '@flux-iot/media/model/track';
import { type TranscodeProfile, usualVideoBitrate } from './profile.ts';

/** A smaller one of the sizes in which a stream can be had, as it will be when somebody asks for it. */
export interface Rendition {
  readonly profile: string;
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  /** RFC 6381 */
  readonly codecs: readonly string[];
  /** Bits a second of picture and sound. */
  readonly bitrate: number;
}

const USUAL_FRAME_RATE = 25;
const MAX_FRAME_RATE = 120;
const AAC = 'mp4a.40.2';
const AAC_KILOBITS = 128;
/** level_idc, and the macroblocks of a frame and of a second that it allows (H.264 Table A-1). */
const LEVELS: readonly (readonly [level: number, frame: number, second: number])[] = [
  [30, 1620, 40_500],
  [31, 3600, 108_000],
  [32, 5120, 216_000],
  [40, 8192, 245_760],
  [42, 8704, 522_240],
  [51, 36_864, 983_040],
];
const HIGHEST_LEVEL = 52;
const MACROBLOCK = 16;

/** The renditions that are smaller than the stream is; those that code both tracks anew alone, for others are not known before. */
export function renditionsOf(tracks: readonly Track[], profiles: readonly TranscodeProfile[]): Rendition[] {
  const video = tracks.find(isVideo);
  if (!video || video.height === 0) return [];
  const hasSound = tracks.some(({ kind }) => kind === 'audio');
  return profiles
    .filter(profile => profile.video === 'h264' && profile.height > 0 && profile.height < video.height)
    .sort((one, other) => other.height - one.height)
    .map(profile => {
      const size = scaledSize(video, profile.height);
      const frameRate = encodedFrameRate(video, profile);
      const level = h264Level(size, frameRate).toString(16);
      const isHeard = hasSound && profile.audio === 'aac';
      const kilobits =
        (profile.video_bitrate || usualVideoBitrate(size.height)) +
        (isHeard ? profile.audio_bitrate || AAC_KILOBITS : 0);
      return {
        ...size,
        profile: profile.name,
        frameRate,
        codecs: [`avc1.6400${level}`, ...(isHeard ? [AAC] : [])],
        bitrate: kilobits * 1000,
      };
    });
}

/** Frames a second that the encoder is told of. */
export function encodedFrameRate(track: VideoTrack, { frame_rate }: TranscodeProfile): number {
  return Math.min(frame_rate || track.frameRate || USUAL_FRAME_RATE, MAX_FRAME_RATE);
}

/** level_idc that a picture of this size and rate needs, 3 at least. */
export function h264Level(
  size: { readonly width: number; readonly height: number },
  frameRate: number,
): number {
  const macroblocks = Math.ceil(size.width / MACROBLOCK) * Math.ceil(size.height / MACROBLOCK);
  const fitting = LEVELS.find(
    ([, frame, second]) => macroblocks <= frame && macroblocks * frameRate <= second,
  );
  return fitting?.[0] ?? HIGHEST_LEVEL;
}

/** As FFmpeg's scale=-2 works it out: the aspect is kept, both sides are even. */
function scaledSize(source: { readonly width: number; readonly height: number }, lines: number) {
  const height = lines & ~1;
  return { width: Math.round((source.width * height) / source.height / 2) * 2, height };
}
