import type { G711Track, TrackIdentity } from '../../model/track.ts';

/** G.711 describes itself nowhere: rate and channels come from the protocol. */
export function g711Track(
  identity: TrackIdentity,
  codec: G711Track['codec'],
  sampleRate: number,
  channels: number,
): G711Track {
  const codecString = codec === 'g711a' ? 'alaw' : 'ulaw';
  return { ...identity, kind: 'audio', codec, sampleRate, channels, codecString };
}
