import type { MediaSample } from '@flux-iot/media/model/sample';
import type { Track, TrackIdentity } from '@flux-iot/media/model/track';

/** Where a pipeline puts what it makes. */
export interface PipelineOutput {
  /** Before the first sample, and before the first that needs another version. */
  setTrack(track: Track): void;
  write(sample: MediaSample): void;
  /** Something for people to know, once. */
  note(text: string): void;
}

/** Makes the samples of one track into those of another. */
export interface Pipeline extends Disposable {
  /** Throws what FFmpeg says of what cannot go on. */
  push(sample: MediaSample): void;
}

/** Versions of a track that is made here. */
export function identities(id: number, clockRate: number, before: number): () => TrackIdentity {
  let version = before;
  return () => ({ id, version: ++version, clockRate });
}
