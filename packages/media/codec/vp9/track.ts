import { ParseError } from '../../model/parse-error.ts';
import type { TrackIdentity, Vp9Track } from '../../model/track.ts';

/** A track of this VPCodecConfigurationRecord, without its FullBox header, which is copied. */
export function vp9Track(identity: TrackIdentity, config: Buffer): Vp9Track {
  if (config.length < 8) throw new ParseError('VP9 configuration record too short', config.length);
  const two = (value: number) => String(value).padStart(2, '0');
  const [profile = 0, level = 0] = config;
  return {
    ...identity,
    kind: 'video',
    codec: 'vp9',
    config: Buffer.from(config),
    // The record has no size; the frames do, and nobody needs it before them.
    width: 0,
    height: 0,
    profile: `Profile ${profile}`,
    codecString: `vp09.${two(profile)}.${two(level)}.${two(config[2]! >> 4)}`,
  };
}

/** Whether a frame's uncompressed header says key frame (VP9 §6.2). */
export function isVp9Key(frame: Buffer): boolean {
  const first = frame[0] ?? 0xff;
  if (first >> 6 !== 2) return false;
  // Profile 3 has a reserved bit before show_existing_frame and frame_type.
  const shift = ((first >> 4) & 3) === 3 ? 1 : 2;
  return ((first >> (shift + 1)) & 1) === 0 && ((first >> shift) & 1) === 0;
}
