import type { Mp3Track, TrackIdentity } from '../../model/track.ts';
import { parseMp3FrameHeader } from './frame-header.ts';

/** A track as its first frame describes it. */
export function mp3Track(identity: TrackIdentity, frame: Buffer): Mp3Track {
  const { version, sampleRate, channels } = parseMp3FrameHeader(frame);
  // Object types of MPEG-1 and of MPEG-2 audio (MP4 registration authority). Browsers know them in capitals alone.
  const codecString = version === 1 ? 'mp4a.6B' : 'mp4a.69';
  return { ...identity, kind: 'audio', codec: 'mp3', sampleRate, channels, codecString };
}
