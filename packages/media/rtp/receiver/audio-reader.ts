import { aacTrack } from '../../codec/aac/track.ts';
import { g711Track } from '../../codec/g711/track.ts';
import { parseMp3FrameHeader } from '../../codec/mp3/frame-header.ts';
import { mp3Track } from '../../codec/mp3/track.ts';
import { opusHead } from '../../codec/opus/opus-head.ts';
import { opusTrack } from '../../codec/opus/track.ts';
import { ParseError } from '../../model/parse-error.ts';
import { AudioSample } from '../../model/sample.ts';
import type { AudioTrack, TrackIdentity } from '../../model/track.ts';
import type { RtpFrame } from '../depacketizer.ts';
import type { AudioFormat } from '../format/media-format.ts';
import type { FrameContext, FrameReader } from './frame-reader.ts';

const LAYER_3 = 3;

/** The audio frames of one track to samples. Each stands for itself: only damaged ones are dropped. */
export class AudioReader implements FrameReader {
  frames = 0;
  damaged = 0;
  dropped = 0;
  readonly #context: FrameContext;
  readonly #format: AudioFormat;
  #track: AudioTrack | undefined;

  constructor(format: AudioFormat, context: FrameContext) {
    this.#context = context;
    this.#format = format;
  }

  announce(): void {
    if (this.#track) return;
    const track = describedTrack(this.#identity(), this.#format);
    if (track) this.#setTrack(track);
  }

  lose(): void {}

  frame(frame: RtpFrame, now: number): void {
    let isHandedOn = false;
    try {
      isHandedOn = this.#isWanted(frame) && this.#write(frame, now);
    } finally {
      if (isHandedOn) this.frames++;
      else this.dropped++;
    }
  }

  #isWanted({ timestamp, data, damaged }: RtpFrame): boolean {
    if (damaged) this.damaged++;
    if (damaged && this.#context.damage === 'drop') return false;
    return data.length > 0 && !this.#context.clock.isPast(timestamp);
  }

  #write({ timestamp, data }: RtpFrame, now: number): boolean {
    const { receiver, trackId, clock } = this.#context;
    if (this.#format.codec === 'mp3') this.#useMp3Header(data);
    else this.announce();
    receiver.write(new AudioSample(trackId, clock.next(timestamp, 0, now), data));
    return true;
  }

  /** A track of MP3 is what its frames say. */
  #useMp3Header(data: Buffer): void {
    const { layer, sampleRate, channels } = parseMp3FrameHeader(data);
    if (layer !== LAYER_3) throw new ParseError('MPEG audio that is not MP3', 0);
    if (this.#track?.sampleRate === sampleRate && this.#track.channels === channels) return;
    this.#setTrack(mp3Track(this.#identity(), data));
  }

  #identity(): TrackIdentity {
    return this.#context.receiver.identity(this.#context.trackId, this.#format.clockRate);
  }

  #setTrack(track: AudioTrack): void {
    this.#track = track;
    this.#context.receiver.setTrack(track);
  }
}

/** Undefined for a track that only its frames describe. */
function describedTrack(identity: TrackIdentity, format: AudioFormat): AudioTrack | undefined {
  switch (format.codec) {
    case 'aac':
      return aacTrack(identity, format.config);
    case 'opus': {
      const channels = format.channels === 1 ? 1 : 2;
      return opusTrack(identity, opusHead({ channels, preSkip: 0, inputSampleRate: format.clockRate }));
    }
    case 'g711a':
    case 'g711u':
      return g711Track(identity, format.codec, format.clockRate, format.channels);
    case 'mp3':
      return undefined;
  }
}
