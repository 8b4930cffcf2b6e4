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
import type { PayloadFormat } from '../format/payload-format.ts';
import type { FrameContext, FrameReader } from './frame-reader.ts';

const LAYER_3 = 3;

/** The audio frames of one track to samples. Each stands for itself: only damaged ones are dropped. */
export class AudioReader implements FrameReader {
  frames = 0;
  damaged = 0;
  dropped = 0;
  readonly #context: FrameContext;
  readonly #format: AudioFormat;
  readonly #streamConfig: () => Buffer | undefined;
  #track: AudioTrack | undefined;

  /** `streamConfig`: the AudioSpecificConfig of the newest frame, where its depacketiser knows it. */
  constructor(format: AudioFormat, context: FrameContext, streamConfig: () => Buffer | undefined) {
    this.#context = context;
    this.#format = format;
    this.#streamConfig = streamConfig;
  }

  announce(): void {
    const format = this.#format;
    if (format.codec === 'aac') {
      this.#useAacConfig(this.#streamConfig() ?? format.config);
    } else if (format.codec !== 'mp3' && !this.#track) {
      this.#setTrack(plainTrack(this.#identity(), format.codec, format));
    }
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
    if (!this.#track) return false;
    receiver.write(new AudioSample(trackId, clock.next(timestamp, 0, now), data));
    return true;
  }

  #useAacConfig(config: Buffer | undefined): void {
    if (!config || (this.#track?.codec === 'aac' && this.#track.config.equals(config))) return;
    this.#setTrack(aacTrack(this.#identity(), config));
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

/** A track that clock rate and channels describe. */
function plainTrack(
  identity: TrackIdentity,
  codec: 'opus' | 'g711a' | 'g711u',
  { clockRate, channels }: PayloadFormat,
): AudioTrack {
  if (codec !== 'opus') return g711Track(identity, codec, clockRate, channels);
  const head = opusHead({ channels: channels === 1 ? 1 : 2, preSkip: 0, inputSampleRate: clockRate });
  return opusTrack(identity, head);
}
