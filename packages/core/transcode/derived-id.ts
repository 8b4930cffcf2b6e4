import { isStreamId, type StreamId } from '../stream/stream-id.ts';

/**
 * What is made of `cam1` by the profile `720p` is the stream `cam1.720p`: an id like any other, for it must pass
 * through the paths, keys and names of every protocol, where an `@` ends a user name or is not allowed. It stays in the
 * app of its source, so whoever may play the one may play the other. A stream that is published under such an id is
 * that one; the profile is not asked.
 */
const SEPARATOR = '.';

export interface Derived {
  readonly sourceId: StreamId;
  readonly profile: string;
}

export function derivedId({ sourceId, profile }: Derived): StreamId {
  return `${sourceId}${SEPARATOR}${profile}`;
}

/** Undefined where the id does not end as a derived one does. */
export function parseDerivedId(streamId: StreamId): Derived | undefined {
  const at = streamId.lastIndexOf(SEPARATOR);
  if (at === -1) return undefined;
  const sourceId = streamId.slice(0, at);
  return isStreamId(sourceId) ? { sourceId, profile: streamId.slice(at + 1) } : undefined;
}
