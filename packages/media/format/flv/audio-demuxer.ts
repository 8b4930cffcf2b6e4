import { aacTrack } from '../../codec/aac/track.ts';
import { g711Track } from '../../codec/g711/track.ts';
import { mp3Track } from '../../codec/mp3/track.ts';
import { opusTrack } from '../../codec/opus/track.ts';
import { ParseError } from '../../model/parse-error.ts';
import { AudioSample } from '../../model/sample.ts';
import { Timeline } from '../../model/timeline.ts';
import type { AudioTrack, TrackIdentity } from '../../model/track.ts';
import type { DemuxerReceiver } from '../demuxer.ts';
import { type AudioTag, parseAudioTag } from './audio-tag.ts';

type AudioFrame = AudioTag & { kind: 'frame' };

const TRACK_ID = 2;
const CLOCK_RATE = 90_000;
/** FLV has G.711 at this rate alone (FLV 10.1 §E.4.2.1). */
const G711_RATE = 8000;

/** The audio tags of one source to its audio track and samples. */
export class AudioDemuxer {
  readonly #receiver: DemuxerReceiver;
  readonly #timeline: Timeline;
  #track: AudioTrack | undefined;
  /** The bits of the MP3 track's frame header that make it the track it is. */
  #mp3Shape = 0;

  constructor(receiver: DemuxerReceiver) {
    this.#receiver = receiver;
    this.#timeline = new Timeline(receiver.clock, {
      trackId: TRACK_ID,
      clockRate: CLOCK_RATE,
      sourceRate: 1000,
      wrapBits: 32,
    });
  }

  tag(timestamp: number, body: Buffer): void {
    const tag = parseAudioTag(body);
    if (tag.kind === 'config') this.#configure(tag);
    else if (tag.kind === 'frame') this.#frame(timestamp, tag);
  }

  #configure({ codec, record }: AudioTag & { kind: 'config' }): void {
    // MP3 has nothing to configure; its Enhanced RTMP sequence start is empty.
    if (codec !== 'aac' && codec !== 'opus') return;
    if (this.#track?.codec === codec && this.#track.config.equals(record)) return;
    this.#setTrack((codec === 'aac' ? aacTrack : opusTrack)(this.#identity(), record));
  }

  #frame(timestamp: number, frame: AudioFrame): void {
    const { codec, data } = frame;
    if (codec === 'mp3') this.#useMp3Header(data);
    else if (codec === 'g711a' || codec === 'g711u') this.#useG711(codec, frame.channels);
    if (this.#track?.codec !== codec) throw new ParseError(`${codec} frame before its configuration`);
    const dts = this.#timeline.next(timestamp + frame.timestampOffsetNanos / 1e6);
    this.#receiver.write(new AudioSample(TRACK_ID, dts, data));
  }

  #useMp3Header(data: Buffer): void {
    if (data.length < 4) throw new ParseError('MP3 frame cut off', data.length);
    // Sync word, version and layer; sample rate; one channel or two (ISO/IEC 11172-3 §2.4.1.3).
    const isMono = data[3]! >> 6 === 3;
    const shape = (data.readUInt16BE(0) << 8) | (data[2]! & 0x0c) | (isMono ? 1 : 0);
    if (this.#track?.codec === 'mp3' && this.#mp3Shape === shape) return;
    this.#setTrack(mp3Track(this.#identity(), data));
    this.#mp3Shape = shape;
  }

  #useG711(codec: 'g711a' | 'g711u', channels: number): void {
    if (this.#track?.codec === codec && this.#track.channels === channels) return;
    this.#setTrack(g711Track(this.#identity(), codec, G711_RATE, channels));
  }

  #identity(): TrackIdentity {
    return this.#receiver.identity(TRACK_ID, CLOCK_RATE);
  }

  #setTrack(track: AudioTrack): void {
    this.#track = track;
    this.#receiver.setTrack(track);
  }
}
