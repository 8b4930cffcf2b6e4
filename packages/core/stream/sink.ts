import type { Sample } from '@flux-iot/media/model/sample';
import type { Track } from '@flux-iot/media/model/track';

/** Code of the end of a publisher whose tenant brings more than it may. */
export const TENANT_LIMIT_END = 'tenant-limit';

/** Why a stream, a publisher or a viewer was ended. */
export interface EndReason {
  /** Stable: `unpublished`, `publisher-lost`, `stopped`, `replaced`, `shutdown`, `idle`, `tenant-limit`. */
  readonly code: string;
  readonly message: string;
}

/**
 * Takes the samples of one stream: an output, a segmenter, a recorder. Called synchronously on the sample path, so
 * it does no work that could wait, and never throws. A sample's bytes are valid during `onSample` alone.
 */
export interface StreamSink {
  /** It takes what there is, and is no reason to fetch the stream from a camera or from another node. */
  readonly isPassive?: boolean;
  /** All tracks, before the first sample and again whenever one is added or changed. */
  onTracks(tracks: readonly Track[]): void;
  onSample(sample: Sample, track: Track | undefined): void;
  /** Another publisher (or the same again) goes on with the stream; time goes on, coded content does not. */
  onDiscontinuity(): void;
  onEnd(reason: EndReason): void;
}
