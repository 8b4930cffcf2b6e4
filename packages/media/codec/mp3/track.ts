import type { Mp3Track, TrackIdentity } from '../../model/track.ts';
import { parseMp3FrameHeader } from './frame-header.ts';

/** A track as its first frame describes it. */
export function mp3Track(identity: TrackIdentity, frame: Buffer): Mp3Track {
  const { sampleRate, channels } = parseMp3FrameHeader(frame);
  // RFC 6381 and the MP4 registration authority: object type 0x6b, MPEG-1 audio.
  return { ...identity, kind: 'audio', codec: 'mp3', sampleRate, channels, codecString: 'mp4a.6b' };
}
