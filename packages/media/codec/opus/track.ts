import type { OpusTrack, TrackIdentity } from '../../model/track.ts';
import { parseOpusHead } from './opus-head.ts';

/** Opus always decodes at this rate (RFC 7845 §4). */
const SAMPLE_RATE = 48_000;

/** A track of this identification header, which is copied. */
export function opusTrack(identity: TrackIdentity, head: Buffer): OpusTrack {
  return {
    ...identity,
    kind: 'audio',
    codec: 'opus',
    config: Buffer.from(head),
    sampleRate: SAMPLE_RATE,
    channels: parseOpusHead(head).channels,
    codecString: 'opus',
  };
}
