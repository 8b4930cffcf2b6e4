import { derivedId, parseDerivedId } from '@flux-iot/core/transcode/derived-id';
import { renditionsOf } from '@flux-iot/core/transcode/rendition';
import type { Ladder } from '@flux-iot/protocols/hls/adapter';
import type { Config } from './config/schema.ts';

/** The smaller sizes that HLS offers of a stream, if it is to. */
export function ladderOf({ protocols: { hls }, transcode }: Config): Ladder | undefined {
  if (!hls.enable_adaptive) return undefined;
  const profiles = transcode.profiles.filter(({ name }) => hls.ladder.includes(name));
  return {
    renditionsOf: tracks => renditionsOf(tracks, profiles),
    idOf: (sourceId, profile) => derivedId({ sourceId, profile }),
    sourceOf: streamId => {
      const derived = parseDerivedId(streamId);
      return derived && hls.ladder.includes(derived.profile) ? derived.sourceId : streamId;
    },
  };
}
