import { H264_NAL, h264NalType } from '../../codec/h264/nal-unit.ts';
import { h264Track } from '../../codec/h264/track.ts';
import { H265_NAL, h265NalType } from '../../codec/h265/nal-unit.ts';
import { h265Track } from '../../codec/h265/track.ts';
import {
  FOUND_KEY,
  FOUND_PARAMETER_SETS,
  inspectLengthPrefixed,
  parameterSetsOf,
} from '../../codec/length-prefixed.ts';
import { VideoSample } from '../../model/sample.ts';
import { Timeline } from '../../model/timeline.ts';
import type { H264Track, H265Track } from '../../model/track.ts';
import type { DemuxerReceiver } from '../demuxer.ts';
import { annexBToLengthPrefixed } from './annex-b.ts';
import { TIME_MODULUS, TS_CLOCK_RATE } from './packet.ts';
import type { PesPacket } from './pes-reader.ts';

const TRACK_ID = 1;

/**
 * The access units of a video stream: one a PES packet, as all known multiplexers write them. Access unit delimiters
 * are left out, for they belong to the byte stream.
 */
export class VideoReader {
  readonly #receiver: DemuxerReceiver;
  readonly #codec: 'h264' | 'h265';
  readonly #timeline: Timeline;
  #track: H264Track | H265Track | undefined;

  constructor(receiver: DemuxerReceiver, codec: 'h264' | 'h265') {
    this.#receiver = receiver;
    this.#codec = codec;
    this.#timeline = new Timeline(receiver.clock, {
      trackId: TRACK_ID,
      clockRate: TS_CLOCK_RATE,
      wrapBits: 33,
    });
  }

  /** Throws `ParseError` for parameter sets that can't be read. */
  pes({ pts, dts, data }: PesPacket): void {
    const unit = annexBToLengthPrefixed(data, this.#codec === 'h264' ? isH264Delimiter : isH265Delimiter);
    if (unit.length === 0 || pts === undefined || dts === undefined) return;
    const found = inspectLengthPrefixed(unit, this.#codec);
    if (found & FOUND_PARAMETER_SETS) this.#useParameterSets(unit);
    if (!this.#track) return;
    const time = this.#timeline.next(dts);
    // Both wrap, but are never far apart.
    const delay = (pts - dts + TIME_MODULUS) % TIME_MODULUS;
    const presented = time + (delay < TIME_MODULUS / 2 ? delay : 0);
    this.#receiver.write(VideoSample.fromData(TRACK_ID, time, presented, (found & FOUND_KEY) !== 0, unit));
  }

  /** Sets that are the track's already make no new version of it. */
  #useParameterSets(unit: Buffer): void {
    const { vps, sps, pps } = parameterSetsOf(unit, this.#codec);
    const track = this.#track;
    if (sps.length === 0 || pps.length === 0 || (this.#codec === 'h265' && vps.length === 0)) return;
    if (track && isSame(track.sps, sps) && isSame(track.pps, pps)) {
      if (track.codec === 'h264' || isSame(track.vps, vps)) return;
    }
    const identity = this.#receiver.identity(TRACK_ID, TS_CLOCK_RATE);
    this.#track = this.#codec === 'h264' ? h264Track(identity, sps, pps) : h265Track(identity, vps, sps, pps);
    this.#receiver.setTrack(this.#track);
  }
}

function isSame(sets: readonly Buffer[], others: readonly Buffer[]): boolean {
  return sets.length === others.length && sets.every((set, index) => set.equals(others[index] as Buffer));
}

function isH264Delimiter(firstByte: number): boolean {
  return h264NalType(firstByte) === H264_NAL.ACCESS_UNIT_DELIMITER;
}

function isH265Delimiter(firstByte: number): boolean {
  return h265NalType(firstByte) === H265_NAL.ACCESS_UNIT_DELIMITER;
}
