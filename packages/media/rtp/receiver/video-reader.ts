import { av1ConfigurationRecord } from '../../codec/av1/configuration-record.ts';
import { isAv1Key, OBU, obus } from '../../codec/av1/obu.ts';
import { av1Track } from '../../codec/av1/track.ts';
import { h264NalType } from '../../codec/h264/nal-unit.ts';
import { parseH264Sps } from '../../codec/h264/sps.ts';
import { H265_NAL, h265NalType } from '../../codec/h265/nal-unit.ts';
import { parseH265Sps } from '../../codec/h265/sps.ts';
import {
  FOUND_KEY,
  FOUND_PARAMETER_SETS,
  inspectLengthPrefixed,
  parameterSetsOf,
} from '../../codec/length-prefixed.ts';
import { NalUnitTrackMaker, type ParameterSets } from '../../codec/nal-unit-track.ts';
import { ParseError } from '../../model/parse-error.ts';
import { splitLengthPrefixed, VideoSample } from '../../model/sample.ts';
import type { Av1Track, H264Track, H265Track, TrackIdentity } from '../../model/track.ts';
import type { RtpFrame } from '../depacketizer.ts';
import type { VideoFormat } from '../format/media-format.ts';
import { DecodingTimeEstimator } from './decoding-time.ts';
import type { FrameContext, FrameReader } from './frame-reader.ts';

/** Slices of a picture are NAL units of the types from 1 to here (H.264 table 7-1). */
const LAST_H264_SLICE = 5;

/**
 * The access units of one track to samples. Pictures that refer to one that is missing or damaged are wrong ones, up to
 * the next key frame: they are dropped, unless the policy is to pass them.
 */
export class VideoReader implements FrameReader {
  frames = 0;
  damaged = 0;
  dropped = 0;
  readonly #context: FrameContext;
  readonly #format: VideoFormat;
  readonly #times: DecodingTimeEstimator;
  readonly #maker: NalUnitTrackMaker | undefined;
  #track: H264Track | H265Track | Av1Track | undefined;
  /** Nothing but a key frame can be decoded now. */
  #awaitsKey = false;
  #isAnnounced = false;

  constructor(format: VideoFormat, context: FrameContext) {
    this.#context = context;
    this.#format = format;
    this.#times = new DecodingTimeEstimator(format.clockRate);
    if (format.codec !== 'av1') {
      this.#maker = new NalUnitTrackMaker(format.codec, () => this.#identity());
    }
  }

  announce(): void {
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    if (this.#format.codec !== 'av1') this.#useParameterSets(this.#format.parameterSets);
  }

  lose(): void {
    if (this.#context.damage === 'drop') this.#awaitsKey = true;
  }

  frame(frame: RtpFrame, now: number): void {
    let isHandedOn = false;
    try {
      isHandedOn = this.#isWanted(frame) && this.#write(frame, now);
    } finally {
      if (isHandedOn) this.frames++;
      else this.dropped++;
    }
  }

  #isWanted({ timestamp, damaged }: RtpFrame): boolean {
    if (!damaged) return true;
    this.damaged++;
    if (this.#context.damage === 'pass') return true;
    this.#awaitsKey = true;
    this.#delay(timestamp);
    return false;
  }

  #write({ timestamp, data }: RtpFrame, now: number): boolean {
    const { receiver, trackId, clock } = this.#context;
    // Before the sets of the frame, which are newer.
    if (!this.#isAnnounced) this.#announceQuietly();
    const isKey = this.#format.codec === 'av1' ? this.#inspectAv1(data) : this.#inspectNalUnits(data);
    if (isKey === undefined) return false;
    const delay = this.#delay(timestamp);
    if (isKey) this.#awaitsKey = false;
    if (this.#awaitsKey || !this.#track) return false;
    const decoded = clock.next(timestamp, delay, now);
    const presented = decoded + Math.max(0, delay);
    receiver.write(VideoSample.fromData(trackId, decoded, presented, isKey, data));
    return true;
  }

  /** Asked for frames that are dropped, too: without them the others' times would seem to jump. */
  #delay(timestamp: number): number {
    // A temporal unit of AV1 is shown when it is decoded.
    return this.#format.codec === 'av1' ? 0 : this.#times.delay(timestamp);
  }

  /** Parameter sets that can't be read are as good as none: the stream has its own. */
  #announceQuietly(): void {
    try {
      this.announce();
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
    }
  }

  /** Whether decoding can start here; undefined if there is no picture in it. */
  #inspectNalUnits(data: Buffer): boolean | undefined {
    const codec = this.#format.codec as 'h264' | 'h265';
    const found = inspectLengthPrefixed(data, codec);
    const isKey = (found & FOUND_KEY) !== 0;
    if (found & FOUND_PARAMETER_SETS) {
      this.#useParameterSets(parameterSetsOf(data, codec));
      // Some cameras send them as access units of their own.
      if (!isKey && !hasPicture(data, codec)) return undefined;
    }
    return data.length > 0 ? isKey : undefined;
  }

  #inspectAv1(data: Buffer): boolean | undefined {
    if (!isAv1Key(data)) return data.length > 0 ? false : undefined;
    for (const { type, whole } of obus(data)) {
      if (type !== OBU.SEQUENCE_HEADER) continue;
      const config = av1ConfigurationRecord(whole);
      const isKnown = this.#track?.codec === 'av1' && this.#track.config.equals(config);
      if (!isKnown) this.#setTrack(av1Track(this.#identity(), config));
    }
    return true;
  }

  #useParameterSets(found: ParameterSets): void {
    const track = this.#maker?.use(found);
    if (!track) return;
    const sps = track.sps[0]!;
    const { reorderDepth } = track.codec === 'h264' ? parseH264Sps(sps) : parseH265Sps(sps);
    this.#times.reorderDepth = reorderDepth ?? 0;
    this.#setTrack(track);
  }

  #identity(): TrackIdentity {
    return this.#context.receiver.identity(this.#context.trackId, this.#format.clockRate);
  }

  #setTrack(track: H264Track | H265Track | Av1Track): void {
    this.#track = track;
    this.#context.receiver.setTrack(track);
  }
}

function hasPicture(data: Buffer, codec: 'h264' | 'h265'): boolean {
  return splitLengthPrefixed(data).some(nalUnit => {
    if (codec === 'h265') return h265NalType(nalUnit[0]!) < H265_NAL.VPS;
    const type = h264NalType(nalUnit[0]!);
    return type > 0 && type <= LAST_H264_SLICE;
  });
}
