import type { TrackList } from '@flux-iot/media/format/relay/track-list';
import { DataSample, type MediaSample, type Sample } from '@flux-iot/media/model/sample';
import { isVideo, type Track } from '@flux-iot/media/model/track';
import type { TranscodeProfile } from '../profile.ts';
import { AudioPipeline, madeSampleRate } from './audio-pipeline.ts';
import { JpegPipeline } from './jpeg-pipeline.ts';
import { NOTE } from './note.ts';
import { identities, type Pipeline, type PipelineOutput } from './pipeline.ts';
import { VideoPipeline } from './video-pipeline.ts';

/** What a session makes. */
export interface SessionOutput {
  setTracks(tracks: readonly Track[], metadata: TrackList['metadata']): void;
  write(sample: Sample, track: Track | undefined): void;
}

/** Samples that may wait for the tracks to be made. */
const MAX_PENDING = 500;

/** Makes the tracks and samples of one stream into those of the profile. */
export class TranscodeSession {
  readonly #profile: TranscodeProfile;
  readonly #output: SessionOutput;
  readonly #sources = new Map<number, Track>();
  readonly #pipelines = new Map<number, Pipeline>();
  readonly #made = new Map<number, Track>();
  /** Until all tracks are known, so that nobody is told half of them. */
  #pending: Sample[] | undefined = [];
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
    if (sample.kind === 'data') this.#write(sample);
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
      write: sample => this.#write(sample),
      note: text => this.#output.write(new DataSample(0, NOTE, [text]), undefined),
    };
    if (target === 'copy' || (target === track.codec && !needsWork(track, profile)))
      return passOn(identities(track.id, track.clockRate, before)().version, track, output);
    if (isVideo(track)) {
      const identity = identities(track.id, track.clockRate, before);
      const Maker = profile.video === 'mjpeg' ? JpegPipeline : VideoPipeline;
      return new Maker(track, profile, identity, output);
    }
    const made = profile.audio;
    if (made === 'copy' || made === 'none') return undefined;
    const identity = identities(track.id, madeSampleRate(made, track), before);
    return new AudioPipeline(track, made, profile, identity, output);
  }

  #setTrack(track: Track): void {
    this.#made.set(track.id, track);
    if (!this.#pending) this.#output.setTracks([...this.#made.values()], this.#metadata);
  }

  #write(sample: Sample): void {
    if (!this.#pending) {
      this.#output.write(sample, sample.kind === 'data' ? undefined : this.#made.get(sample.trackId));
      return;
    }
    this.#pending.push(sample.copy());
    const isComplete = [...this.#pipelines.keys()].every(id => this.#made.has(id));
    if (!isComplete && this.#pending.length < MAX_PENDING) return;
    const waiting = this.#pending;
    this.#pending = undefined;
    this.#output.setTracks([...this.#made.values()], this.#metadata);
    for (const waited of waiting) this.#write(waited);
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
