import type { TrackList } from '@flux-iot/media/format/relay/track-list';
import { DataSample, type MediaSample, type Sample } from '@flux-iot/media/model/sample';
import { isVideo, type Track } from '@flux-iot/media/model/track';
import type { TranscodeProfile } from '../profile.ts';
import { AudioPipeline, madeSampleRate } from './audio-pipeline.ts';
import { identities, type Pipeline, type PipelineOutput } from './pipeline.ts';
import { VideoPipeline } from './video-pipeline.ts';

/** What a session makes. */
export interface SessionOutput {
  setTracks(tracks: readonly Track[], metadata: TrackList['metadata']): void;
  write(sample: Sample, track: Track | undefined): void;
}

/** By which a worker tells its parent what people should know: a data sample of this name with a text. */
export const NOTE = 'fluxTranscodeNote';

/** Makes the tracks and samples of one stream into those of the profile. */
export class TranscodeSession {
  readonly #profile: TranscodeProfile;
  readonly #output: SessionOutput;
  readonly #sources = new Map<number, Track>();
  readonly #pipelines = new Map<number, Pipeline>();
  readonly #made = new Map<number, Track>();
  #generation: number | undefined;
  #metadata: TrackList['metadata'] = {};

  constructor(profile: TranscodeProfile, output: SessionOutput) {
    this.#profile = profile;
    this.#output = output;
  }

  useTracks({ generation, tracks, metadata }: TrackList): void {
    const isSame = generation === this.#generation;
    this.#generation = generation;
    this.#metadata = metadata;
    for (const id of this.#sources.keys()) if (!tracks.some(track => track.id === id)) this.#drop(id);
    for (const track of tracks) {
      if (isSame && this.#sources.get(track.id)?.version === track.version) continue;
      this.#sources.set(track.id, track);
      this.#pipelines.get(track.id)?.[Symbol.dispose]();
      this.#pipelines.delete(track.id);
      const pipeline = this.#pipelineFor(track);
      if (pipeline) this.#pipelines.set(track.id, pipeline);
    }
  }

  /** Throws what FFmpeg says of what cannot go on. */
  push(sample: Sample): void {
    if (sample.kind === 'data') this.#output.write(sample, undefined);
    else this.#pipelines.get(sample.trackId)?.push(sample);
  }

  #drop(id: number): void {
    this.#pipelines.get(id)?.[Symbol.dispose]();
    this.#pipelines.delete(id);
    this.#sources.delete(id);
    this.#made.delete(id);
  }

  #pipelineFor(track: Track): Pipeline | undefined {
    const profile = this.#profile;
    const before = this.#made.get(track.id)?.version ?? 0;
    const target = isVideo(track) ? profile.video : profile.audio;
    if (target === 'none') return undefined;
    const output: PipelineOutput = {
      setTrack: made => this.#setTrack(made),
      write: sample => this.#output.write(sample, this.#made.get(sample.trackId)),
      note: text => this.#output.write(new DataSample(0, NOTE, [text]), undefined),
    };
    if (target === 'copy' || (target === track.codec && !needsWork(track, profile)))
      return passOn(identities(track.id, track.clockRate, before)().version, track, output);
    if (isVideo(track))
      return new VideoPipeline(track, profile, identities(track.id, track.clockRate, before), output);
    const made = profile.audio;
    if (made === 'copy' || made === 'none') return undefined;
    const identity = identities(track.id, madeSampleRate(made, track), before);
    return new AudioPipeline(track, made, profile, identity, output);
  }

  #setTrack(track: Track): void {
    this.#made.set(track.id, track);
    this.#output.setTracks([...this.#made.values()], this.#metadata);
  }
}

/** Whether the track is to be coded anew though its codec is the right one. */
function needsWork(track: Track, { height, frame_rate, video_bitrate }: TranscodeProfile): boolean {
  if (!isVideo(track)) return false;
  return (height > 0 && height < track.height) || video_bitrate > 0 || frame_rate > 0;
}

/** A track that is as the profile wants it. */
function passOn(version: number, track: Track, output: PipelineOutput): Pipeline {
  output.setTrack({ ...track, version });
  return {
    push: (sample: MediaSample) => output.write(sample),
    [Symbol.dispose]: () => {},
  };
}
