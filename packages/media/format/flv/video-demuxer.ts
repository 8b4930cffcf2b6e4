import { isAv1Key } from '../../codec/av1/obu.ts';
import { av1Track } from '../../codec/av1/track.ts';
import { parseAvcConfigurationRecord } from '../../codec/h264/configuration-record.ts';
import { parseHevcConfigurationRecord } from '../../codec/h265/configuration-record.ts';
import {
  FOUND_KEY,
  FOUND_PARAMETER_SETS,
  inspectLengthPrefixed,
  parameterSetsOf,
  toFourByteLengths,
} from '../../codec/length-prefixed.ts';
import { NalUnitTrackMaker, type ParameterSets } from '../../codec/nal-unit-track.ts';
import { isVp9Key, vp9Track } from '../../codec/vp9/track.ts';
import { ParseError } from '../../model/parse-error.ts';
import { VideoSample } from '../../model/sample.ts';
import { Timeline } from '../../model/timeline.ts';
import type { TrackIdentity, VideoTrack } from '../../model/track.ts';
import type { DemuxerReceiver } from '../demuxer.ts';
import { VPCC_FULL_BOX } from './tag-body.ts';
import { parseVideoTag, type VideoTag } from './video-tag.ts';

type VideoFrame = VideoTag & { kind: 'frame' };

const TRACK_ID = 1;
const CLOCK_RATE = 90_000;
const NONE: readonly Buffer[] = [];

/** The video tags of one source to its video track and samples. */
export class VideoDemuxer {
  readonly #receiver: DemuxerReceiver;
  readonly #timeline: Timeline;
  #track: VideoTrack | undefined;
  #maker: NalUnitTrackMaker | undefined;
  /** Bytes of a NAL unit's length, as the configuration record has it. */
  #lengthSize = 4;

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
    const tag = parseVideoTag(body);
    if (tag.kind === 'config') this.#configure(tag);
    else if (tag.kind === 'frame') this.#frame(timestamp, tag);
  }

  #configure({ codec, record }: VideoTag & { kind: 'config' }): void {
    switch (codec) {
      case 'h264': {
        const { lengthSize, sps, pps } = parseAvcConfigurationRecord(record);
        this.#useParameterSets(codec, { vps: NONE, sps, pps });
        this.#lengthSize = lengthSize;
        break;
      }
      case 'h265': {
        const { lengthSize, ...sets } = parseHevcConfigurationRecord(record);
        this.#useParameterSets(codec, sets);
        this.#lengthSize = lengthSize;
        break;
      }
      case 'av1':
        if (this.#track?.codec === 'av1' && this.#track.config.equals(record)) return;
        this.#setTrack(av1Track(this.#identity(), record));
        break;
      case 'vp9': {
        const config = withoutFullBoxHeader(record);
        if (this.#track?.codec === 'vp9' && this.#track.config.equals(config)) return;
        this.#setTrack(vp9Track(this.#identity(), config));
        break;
      }
    }
  }

  #frame(timestamp: number, frame: VideoFrame): void {
    const { codec } = frame;
    let { data, key } = frame;
    // The tag marks what the bitstream does not (recovery points of an encoder without IDR pictures), and the other
    // way round: some encoders mark no key frame but the first.
    if (codec === 'h264' || codec === 'h265') {
      data = toFourByteLengths(data, this.#lengthSize);
      const found = inspectLengthPrefixed(data, codec);
      if (found & FOUND_PARAMETER_SETS) this.#useParameterSets(codec, parameterSetsOf(data, codec));
      key ||= (found & FOUND_KEY) !== 0;
    } else if (codec === 'av1') {
      data = withoutTemporalDelimiter(data);
      key ||= isAv1Key(data);
    } else {
      key ||= isVp9Key(data);
    }
    if (this.#track?.codec !== codec) throw new ParseError(`${codec} frame before its configuration`);
    const dts = this.#timeline.next(timestamp + frame.timestampOffsetNanos / 1e6);
    const pts = Math.max(0, dts + (frame.compositionTime * CLOCK_RATE) / 1000);
    this.#receiver.write(VideoSample.fromData(TRACK_ID, dts, pts, key, data));
  }

  #useParameterSets(codec: 'h264' | 'h265', found: ParameterSets): void {
    const isOther = this.#track !== undefined && this.#track.codec !== codec;
    let maker = this.#maker;
    if (maker?.codec !== codec || isOther) maker = new NalUnitTrackMaker(codec, () => this.#identity());
    this.#maker = maker;
    const track = maker.use(found);
    if (track) this.#setTrack(track);
  }

  #identity(): TrackIdentity {
    return this.#receiver.identity(TRACK_ID, CLOCK_RATE);
  }

  #setTrack(track: VideoTrack): void {
    this.#track = track;
    this.#receiver.setTrack(track);
  }
}

/** The record comes as FFmpeg writes it, with version and flags of its MP4 box, or as the standard has it, without. */
function withoutFullBoxHeader(record: Buffer): Buffer {
  const header = record.subarray(0, VPCC_FULL_BOX.length);
  return header.equals(VPCC_FULL_BOX) ? record.subarray(VPCC_FULL_BOX.length) : record;
}

/** Samples have none (AV1 in ISOBMFF §2.4), but some encoders leave it in. */
function withoutTemporalDelimiter(data: Buffer): Buffer {
  return data.length > 2 && data[0] === 0x12 && data[1] === 0 ? data.subarray(2) : data;
}
