import type { Sample } from '@flux-iot/media/model/sample';
import type { Track, VideoTrack } from '@flux-iot/media/model/track';
import { FluxError } from '../errors/flux-error.ts';
import type { EndReason, StreamSink } from '../stream/sink.ts';
import type { Stream } from '../stream/stream.ts';
import { type CodedPicture, codedUnit, decoderPrefix, firstVideo } from './coded-picture.ts';

/** `keyframe`: the last key frame; `decode`: all from there to the newest frame. */
export type Extent = 'keyframe' | 'decode';

/** The picture that can be had of the stream now; undefined where it has no complete start. */
export function collectNow(stream: Stream, extent: Extent): CodedPicture | undefined {
  const collector = new PictureCollector(extent);
  stream.addSink(collector);
  stream.removeSink(collector);
  return collector.picture(stream);
}

/**
 * The same, waiting for the next key frame for at most `timeout` milliseconds. Throws `CODEC_UNSUPPORTED` where the
 * stream has no video, `STREAM_NOT_READY`, `STREAM_ENDED`.
 */
export function collect(stream: Stream, extent: Extent, timeout: number): Promise<CodedPicture> {
  return new Promise((resolve, reject) => {
    const finish = (outcome: CodedPicture | FluxError) => {
      clearTimeout(timer);
      stream.removeSink(collector);
      if (outcome instanceof FluxError) reject(outcome);
      else resolve(outcome);
    };
    const collector = new PictureCollector(extent, {
      onPicture: () => {
        const picture = collector.picture(stream);
        if (picture) finish(picture);
      },
      onEnd: ({ message }) => finish(new FluxError('STREAM_ENDED', message)),
    });
    const timer = setTimeout(() => {
      finish(new FluxError('STREAM_NOT_READY', `No key frame of ${stream.id} came within ${timeout} ms.`));
    }, timeout);
    stream.addSink(collector);
    const picture = collector.picture(stream);
    if (picture) finish(picture);
    else if (stream.state === 'live' && !firstVideo(stream.tracks))
      finish(new FluxError('CODEC_UNSUPPORTED', `The stream ${stream.id} has no picture.`));
    else collector.isReplayed = true;
  });
}

class PictureCollector implements StreamSink {
  readonly #extent: Extent;
  readonly #receiver: { onPicture(): void; onEnd(reason: EndReason): void } | undefined;
  #track: VideoTrack | undefined;
  #units: Buffer[] = [];
  #dts = 0;
  /** What was cached has been given: the next key frame is a picture. */
  isReplayed = false;

  constructor(extent: Extent, receiver?: { onPicture(): void; onEnd(reason: EndReason): void }) {
    this.#extent = extent;
    this.#receiver = receiver;
  }

  picture(stream: Stream): CodedPicture | undefined {
    if (!this.#track || this.#units.length === 0) return undefined;
    const takenAt = Math.round(stream.epoch + (this.#dts / this.#track.clockRate) * 1000);
    const { codec, width, height } = this.#track;
    return { codec, units: this.#units, width, height, takenAt };
  }

  onTracks(tracks: readonly Track[]): void {
    const track = firstVideo(tracks);
    if (track?.id === this.#track?.id && track?.version === this.#track?.version) return;
    this.#track = track;
    this.#units = [];
  }

  onSample(sample: Sample): void {
    const track = this.#track;
    if (sample.kind !== 'video' || sample.trackId !== track?.id) return;
    if (sample.key) this.#units = [codedUnit(track, sample, decoderPrefix(track))];
    else if (this.#extent === 'decode' && this.#units.length > 0) this.#units.push(codedUnit(track, sample));
    else return;
    this.#dts = sample.dts;
    if (this.isReplayed) this.#receiver?.onPicture();
  }

  onDiscontinuity(): void {
    this.#units = [];
  }

  onEnd(reason: EndReason): void {
    this.#receiver?.onEnd(reason);
  }
}
