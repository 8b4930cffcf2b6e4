import {
  FOUND_KEY,
  FOUND_PARAMETER_SETS,
  inspectLengthPrefixed,
  parameterSetsOf,
} from '../../codec/length-prefixed.ts';
import { NalUnitTrackMaker } from '../../codec/nal-unit-track.ts';
import { VideoSample } from '../../model/sample.ts';
import { Timeline } from '../../model/timeline.ts';
import type { H264Track, H265Track } from '../../model/track.ts';
import type { DemuxerReceiver } from '../demuxer.ts';
import { type AccessUnit, AccessUnitAssembler, type NalCodec } from './access-unit-assembler.ts';
import { PS_CLOCK_RATE, PS_TIME_BITS, PS_TIME_MODULUS } from './program-stream.ts';
import type { PesTimes } from './stream-reader.ts';

const TRACK_ID = 1;
/** Until two times have shown it, and where the parameter sets say nothing. */
const DEFAULT_STEP = PS_CLOCK_RATE / 25;
/** Frames are not further apart than this; a longer step is a gap. */
const MAX_STEP = 2 * PS_CLOCK_RATE;

/** What becomes of pictures of which something is missing, and of those that refer to them. */
export type PsDamagePolicy = 'drop' | 'pass';

/** The access units of the video of a program stream, to samples. */
export class PsVideoReader {
  /** Frames not handed on, because something of them or before them was missing. */
  dropped = 0;
  readonly #receiver: DemuxerReceiver;
  readonly #damage: PsDamagePolicy;
  readonly #onTrack: (track: H264Track | H265Track) => void;
  readonly #timeline: Timeline;
  readonly #assembler = new AccessUnitAssembler(unit => this.#unit(unit));
  #maker: NalUnitTrackMaker | undefined;
  #awaitsKey = true;
  #last: number | undefined;
  #step: number | undefined;
  /** Frames since the last one that had a time. */
  #untimed = 0;
  #lastTimed: number | undefined;

  constructor(
    receiver: DemuxerReceiver,
    damage: PsDamagePolicy,
    onTrack: (track: H264Track | H265Track) => void,
  ) {
    this.#receiver = receiver;
    this.#damage = damage;
    this.#onTrack = onTrack;
    this.#timeline = new Timeline(receiver.clock, {
      trackId: TRACK_ID,
      clockRate: PS_CLOCK_RATE,
      wrapBits: PS_TIME_BITS,
    });
  }

  /** By the parameter sets; undefined before the first. */
  get codec(): NalCodec | undefined {
    return this.#assembler.codec;
  }

  /** Decoding time of the newest frame on the 33-bit clock. */
  get time(): number | undefined {
    return this.#last;
  }

  begin(times: PesTimes): void {
    this.#assembler.begin(times);
  }

  /** Throws `ParseError` for what can't be used. */
  data(bytes: Buffer): void {
    this.#assembler.push(bytes);
  }

  /** The sender says that a picture ends here. */
  mark(): void {
    this.#assembler.mark();
  }

  flush(): void {
    this.#assembler.flush();
  }

  /** Bytes are missing here: pictures that refer to the damaged one are wrong, up to the next key frame. */
  lose(): void {
    this.#assembler.lose();
    if (this.#damage === 'drop') this.#awaitsKey = true;
  }

  #unit({ data, codec, hasPicture, pts, dts }: AccessUnit): void {
    const found = inspectLengthPrefixed(data, codec);
    if (codec !== this.#maker?.codec) {
      this.#maker = new NalUnitTrackMaker(codec, () => this.#receiver.identity(TRACK_ID, PS_CLOCK_RATE));
      this.#awaitsKey = true;
    }
    if (found & FOUND_PARAMETER_SETS) this.#useParameterSets(this.#maker, data);
    if (!hasPicture) return;
    const time = this.#timeOf(dts);
    const isKey = (found & FOUND_KEY) !== 0;
    if (!this.#maker.track || (this.#awaitsKey && !isKey)) {
      this.dropped++;
      return;
    }
    this.#awaitsKey = false;
    const decoded = this.#timeline.next(time);
    // Both wrap, but are never far apart.
    const delay = pts === undefined ? 0 : (pts - time + PS_TIME_MODULUS) % PS_TIME_MODULUS;
    const presented = decoded + (delay < PS_TIME_MODULUS / 2 ? delay : 0);
    this.#receiver.write(VideoSample.fromData(TRACK_ID, decoded, presented, isKey, data));
  }

  /** Frames without a time of their own follow their predecessor at the usual distance. */
  #timeOf(dts: number | undefined): number {
    if (dts === undefined) {
      this.#untimed++;
      const step = this.#step ?? this.#nominalStep;
      this.#last = ((this.#last ?? 0) + step) % PS_TIME_MODULUS;
      return this.#last;
    }
    if (this.#lastTimed !== undefined) {
      const step = (dts - this.#lastTimed + PS_TIME_MODULUS) % PS_TIME_MODULUS;
      const each = Math.round(step / (this.#untimed + 1));
      if (each > 0 && each <= MAX_STEP) this.#step = each;
    }
    this.#untimed = 0;
    this.#lastTimed = dts;
    this.#last = dts;
    return dts;
  }

  get #nominalStep(): number {
    const frameRate = this.#maker?.track?.frameRate;
    return frameRate ? Math.round(PS_CLOCK_RATE / frameRate) : DEFAULT_STEP;
  }

  #useParameterSets(maker: NalUnitTrackMaker, data: Buffer): void {
    const track = maker.use(parameterSetsOf(data, maker.codec));
    if (!track) return;
    this.#receiver.setTrack(track);
    this.#onTrack(track);
  }
}
