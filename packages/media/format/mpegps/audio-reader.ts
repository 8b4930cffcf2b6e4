import { parseAdtsHeader } from '../../codec/aac/adts.ts';
import { g711Track } from '../../codec/g711/track.ts';
import { parseMp3FrameHeader } from '../../codec/mp3/frame-header.ts';
import { ParseError } from '../../model/parse-error.ts';
import { AudioSample } from '../../model/sample.ts';
import { rescale } from '../../model/time.ts';
import { Timeline } from '../../model/timeline.ts';
import type { DemuxerReceiver } from '../demuxer.ts';
import { AudioReader } from '../mpegts/audio-reader.ts';
import {
  PS_CLOCK_RATE,
  PS_STREAM_TYPE,
  PS_TIME_BITS,
  PS_TIME_MODULUS,
  REFUSED_STREAM_TYPES,
} from './program-stream.ts';
import type { PesTimes } from './stream-reader.ts';

export type PsAudioCodec = 'aac' | 'mp3' | 'g711a' | 'g711u';

export interface PsAudioReaderOptions {
  readonly receiver: DemuxerReceiver;
  /** What the signalling says, where the stream itself does not. */
  readonly hint: PsAudioCodec | undefined;
  /** Where the stream is at present, on the 33-bit clock, for sound without a time; undefined at the very first. */
  readonly now: () => number | undefined;
  /** `isCertain`: neither assumed nor told by the look of silence. */
  readonly onCodec: (codec: PsAudioCodec, isCertain: boolean) => void;
  /** Nothing is made of the sound: what it is, for people to read. */
  readonly onRefused: (name: string) => void;
}

const TRACK_ID = 2;
const LAYER_3 = 3;
const G711_RATE = 8000;
/** A PES packet says its length in 16 bits; sound of one without a length is cut off here. */
const MAX_PES = 0x10000;
/** G.711 without times that is this far from the pictures has lost its place. */
const MAX_DRIFT = PS_CLOCK_RATE;
const MPEG_AUDIO = new Set([3, 4]);

/**
 * The sound of a program stream. What it is the stream map says; but AAC with ADTS headers is told by those, and G.711,
 * which looks like nothing, is assumed where nothing is said.
 */
export class PsAudioReader {
  readonly #options: PsAudioReaderOptions;
  readonly #timeline: Timeline;
  #streamType: number | undefined;
  #codec: PsAudioCodec | 'refused' | undefined;
  #framed: AudioReader | undefined;
  /** It has been told a time since it began, or since something was lost. */
  #isPlaced = false;
  #hasG711Track = false;
  #times: PesTimes = { pts: undefined, dts: undefined };
  #parts: Buffer[] = [];
  #size = 0;
  /** Where G.711 goes on, on the 33-bit clock. */
  #next: number | undefined;

  constructor(options: PsAudioReaderOptions) {
    this.#options = options;
    this.#timeline = new Timeline(options.receiver.clock, {
      trackId: TRACK_ID,
      clockRate: PS_CLOCK_RATE,
      wrapBits: PS_TIME_BITS,
    });
  }

  /** The stream map says what the sound is, or something else than before. */
  set streamType(type: number | undefined) {
    if (type === this.#streamType) return;
    this.#streamType = type;
    this.#codec = undefined;
  }

  begin(times: PesTimes): void {
    this.#parts = [];
    this.#size = 0;
    this.#times = times;
  }

  data(bytes: Buffer): void {
    if (this.#codec === 'refused' || this.#size + bytes.length > MAX_PES) return;
    this.#parts.push(Buffer.from(bytes));
    this.#size += bytes.length;
  }

  /** The packet is whole. Throws `ParseError` for what can't be used. */
  end(): void {
    if (this.#size === 0) return;
    const data = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#size = 0;
    this.#codec ??= this.#decide(data);
    if (this.#codec === 'refused') return;
    if (this.#codec === 'aac' || this.#codec === 'mp3') this.#writeFramed(this.#codec, data);
    else this.#writeG711(this.#codec, data);
  }

  lose(): void {
    this.#parts = [];
    this.#size = 0;
    this.#framed?.lose();
    this.#isPlaced = false;
    this.#next = undefined;
  }

  #decide(data: Buffer): PsAudioCodec | 'refused' {
    const { hint, onCodec, onRefused } = this.#options;
    const type = this.#streamType;
    const decided = framedCodec(data) ?? (type === undefined ? undefined : declaredCodec(type));
    const refused = type !== undefined && decided === undefined ? REFUSED_STREAM_TYPES.get(type) : undefined;
    if (refused !== undefined || decided === 'refused') {
      onRefused(refused ?? 'AAC without ADTS headers');
      return 'refused';
    }
    const codec = decided ?? hint ?? lawOf(data);
    onCodec(codec, decided !== undefined || hint !== undefined);
    return codec;
  }

  #writeFramed(codec: 'aac' | 'mp3', data: Buffer): void {
    this.#framed ??= new AudioReader(this.#options.receiver, codec);
    // The first frames have to be somewhere; the reader counts on from there.
    const pts = this.#times.pts ?? (this.#isPlaced ? undefined : this.#options.now());
    this.#isPlaced ||= pts !== undefined;
    try {
      this.#framed.pes({ pts, dts: pts, data });
    } catch (cause) {
      this.lose();
      throw cause;
    }
  }

  #writeG711(codec: 'g711a' | 'g711u', data: Buffer): void {
    const { receiver } = this.#options;
    const time = this.#g711Time();
    if (time === undefined) return;
    if (!this.#hasG711Track) {
      this.#hasG711Track = true;
      receiver.setTrack(g711Track(receiver.identity(TRACK_ID, PS_CLOCK_RATE), codec, G711_RATE, 1));
    }
    receiver.write(new AudioSample(TRACK_ID, this.#timeline.next(time), data));
    this.#next = (time + rescale(data.length, G711_RATE, PS_CLOCK_RATE)) % PS_TIME_MODULUS;
  }

  /** Some cameras send G.711 without times: it goes on where it was, beside the pictures. */
  #g711Time(): number | undefined {
    if (this.#times.pts !== undefined) return this.#times.pts;
    const now = this.#options.now();
    if (now === undefined || this.#next === undefined) return this.#next ?? now;
    const drift = Math.abs(now - this.#next);
    return Math.min(drift, PS_TIME_MODULUS - drift) > MAX_DRIFT ? now : this.#next;
  }
}

/** Undefined for a type that says nothing. */
function declaredCodec(type: number): PsAudioCodec | 'refused' | undefined {
  if (type === PS_STREAM_TYPE.G711A) return 'g711a';
  if (type === PS_STREAM_TYPE.G711U) return 'g711u';
  if (MPEG_AUDIO.has(type)) return 'mp3';
  // It was looked for, and has no ADTS header.
  return type === PS_STREAM_TYPE.AAC_ADTS ? 'refused' : undefined;
}

/** AAC or MP3, where a frame of it begins here and ends with the packet, or before another. */
function framedCodec(data: Buffer): 'aac' | 'mp3' | undefined {
  const isAac = startsFrames(data, bytes => parseAdtsHeader(bytes).frameLength);
  if (isAac) return 'aac';
  const isMp3 = startsFrames(data, bytes => {
    const { layer, frameLength } = parseMp3FrameHeader(bytes);
    return layer === LAYER_3 ? frameLength : 0;
  });
  return isMp3 ? 'mp3' : undefined;
}

/** `lengthOf`: of the frame that begins with these bytes. */
function startsFrames(data: Buffer, lengthOf: (bytes: Buffer) => number): boolean {
  try {
    const length = lengthOf(data);
    return length === data.length || (length > 0 && lengthOf(data.subarray(length)) > 0);
  } catch (cause) {
    if (cause instanceof ParseError) return false;
    throw cause;
  }
}

/** A-law, as the standard has it, unless there is more of µ-law's silence in it than of A-law's. */
function lawOf(data: Buffer): 'g711a' | 'g711u' {
  let alaw = 0;
  let mulaw = 0;
  for (const byte of data) {
    const magnitude = byte & 0x7f;
    if (magnitude === 0x55 || magnitude === 0x54) alaw++;
    else if (magnitude === 0x7f || magnitude === 0x7e) mulaw++;
  }
  return mulaw > 2 * alaw && mulaw > data.length / 4 ? 'g711u' : 'g711a';
}
