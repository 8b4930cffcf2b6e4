import type { Sample } from '../model/sample.ts';
import type { SourceClock } from '../model/timeline.ts';
import type { Track, TrackIdentity } from '../model/track.ts';
import type { Metadata } from './muxer.ts';

/** Takes what a demuxer finds; the core's publication is one. Tracks come before their first sample. */
export interface DemuxerReceiver {
  /** The clock on which the demuxer makes its tracks' timelines. */
  readonly clock: SourceClock;
  /** What identifies the next version of the track `id`. */
  identity(id: number, clockRate: number): TrackIdentity;
  /** Which kinds of track are to come, where the source says so. */
  expect(expected: { video: boolean; audio: boolean }): void;
  setMetadata(metadata: Metadata): void;
  setTrack(track: Track): void;
  write(sample: Sample): void;
}
