import type { Codec } from '@flux-iot/media/model/track';
import { FluxError } from '../errors/flux-error.ts';
import type { StreamId } from '../stream/stream-id.ts';
import { derivedId, parseDerivedId } from './derived-id.ts';
import type { TranscodeProfile } from './profile.ts';

/** Of a track, what says whether a player can play it. */
export interface PlayedTrack {
  readonly kind: 'video' | 'audio';
  readonly codec: Codec;
}

/** Characters of what a player says of itself. */
export const MAX_CODECS_LENGTH = 512;

/**
 * What a player calls the codecs: the names of RFC 6381 as browsers take them (`avc1.64001f`: what is after the dot is not
 * looked at), and those of this product.
 */
const NAMES: readonly (readonly [name: RegExp, codec: Codec])[] = [
  [/^(avc[1-4]|h\.?264)$/, 'h264'],
  [/^(hvc1|hev1|hevc|h\.?265)$/, 'h265'],
  [/^(av01|av1)$/, 'av1'],
  [/^(vp09|vp9)$/, 'vp9'],
  [/^(mp4a\.(69|6b|40\.34)|mp3)$/, 'mp3'],
  [/^(mp4a(\.40(\.\d+)?)?|aac)$/, 'aac'],
  [/^(mjpeg|jpeg)$/, 'mjpeg'],
  [/^opus$/, 'opus'],
  [/^(alaw|pcma|g711a)$/, 'g711a'],
  [/^(ulaw|pcmu|g711u)$/, 'g711u'],
];

/** `avc1.64001f, mp4a.40.2` or `h264,aac`; what is not known is left out. Throws `REQUEST_INVALID` where nothing is left. */
export function parseCodecs(text: string): ReadonlySet<Codec> {
  const codecs = new Set<Codec>();
  for (const part of text.slice(0, MAX_CODECS_LENGTH).toLowerCase().split(',')) {
    const name = part.trim();
    const short = name.startsWith('mp4a') ? name : (name.split('.', 1)[0] ?? '');
    const found = NAMES.find(([pattern]) => pattern.test(name) || pattern.test(short));
    if (found) codecs.add(found[1]);
  }
  if (codecs.size === 0 || text.length > MAX_CODECS_LENGTH)
    throw new FluxError(
      'REQUEST_INVALID',
      'codecs names none that is known, such as "avc1.64001f,mp4a.40.2".',
    );
  return codecs;
}

/** Says under which id a stream can be played by a player that knows these codecs. Throws `NOT_PLAYABLE`. */
export type PlayableForm = (
  streamId: StreamId,
  tracks: readonly PlayedTrack[],
  codecs: ReadonlySet<Codec>,
) => StreamId;

/** By these profiles: the stream itself where all its tracks can be played, else what costs the least to be made. */
export function playableForms(profiles: readonly TranscodeProfile[]): PlayableForm {
  const names = new Set(profiles.map(({ name }) => name));
  return (streamId, tracks, codecs) => {
    if (tracks.every(({ codec }) => codecs.has(codec))) return streamId;
    const [best] = profiles
      .map(profile => ({ profile, cost: costOf(profile, tracks, codecs) }))
      .filter(({ cost }) => Number.isFinite(cost))
      .sort((one, other) => one.cost - other.cost);
    // What was made of another is no source of a third.
    const isMade = names.has(parseDerivedId(streamId)?.profile ?? '');
    if (best && !isMade) return derivedId({ sourceId: streamId, profile: best.profile.name });
    const lacking = tracks.filter(({ codec }) => !codecs.has(codec)).map(({ codec }) => codec);
    throw new FluxError(
      'NOT_PLAYABLE',
      `The player does not know ${lacking.join(', ')}, and no profile makes of ${streamId} what it knows.`,
    );
  };
}

const LOST_TRACK = 1000;
const SMALLER = 100;
const CODED_PICTURE = 10;
const CODED_SOUND = 1;
const NAMED_PICTURE = 0.1;

/** In the order of what is minded: losing a track, a smaller picture, work. Infinite where it would not be playable. */
function costOf(
  profile: TranscodeProfile,
  tracks: readonly PlayedTrack[],
  codecs: ReadonlySet<Codec>,
): number {
  const { video, height, frame_rate } = profile;
  const isSmaller = height > 0 || frame_rate > 0;
  // Of those that would do the same here, the one that is made for less.
  let cost = (video === 'copy' ? 0 : NAMED_PICTURE) + (isSmaller ? NAMED_PICTURE : 0);
  let kept = 0;
  for (const { kind, codec } of tracks) {
    const target = kind === 'video' ? profile.video : profile.audio;
    if (target === 'none') {
      cost += LOST_TRACK;
      continue;
    }
    const made = target === 'copy' ? codec : target;
    if (!codecs.has(made)) return Number.POSITIVE_INFINITY;
    kept++;
    if (kind === 'video' && target !== 'copy' && isSmaller) cost += SMALLER;
    if (made !== codec) cost += kind === 'video' ? CODED_PICTURE : CODED_SOUND;
  }
  return kept > 0 ? cost : Number.POSITIVE_INFINITY;
}
