import { aacTrack } from '../../codec/aac/track.ts';
import { isAv1Key } from '../../codec/av1/obu.ts';
import { av1Track } from '../../codec/av1/track.ts';
import { g711Track } from '../../codec/g711/track.ts';
import { parseAvcConfigurationRecord } from '../../codec/h264/configuration-record.ts';
import { h264Track } from '../../codec/h264/track.ts';
import { parseHevcConfigurationRecord } from '../../codec/h265/configuration-record.ts';
import { h265Track } from '../../codec/h265/track.ts';
import {
  FOUND_KEY,
  FOUND_PARAMETER_SETS,
  inspectLengthPrefixed,
  parameterSetsOf,
  toFourByteLengths,
} from '../../codec/length-prefixed.ts';
import { mp3Track } from '../../codec/mp3/track.ts';
import { opusTrack } from '../../codec/opus/track.ts';
import { isVp9Key, vp9Track } from '../../codec/vp9/track.ts';
import { ParseError } from '../../model/parse-error.ts';
import { AudioSample, DataSample, VideoSample } from '../../model/sample.ts';
import { Timeline } from '../../model/timeline.ts';
import type { AudioCodec, AudioTrack, TrackIdentity, VideoCodec, VideoTrack } from '../../model/track.ts';
import { readAmf0 } from '../amf/amf0.ts';
import type { DemuxerReceiver } from '../demuxer.ts';
import { parseAudioTag } from './audio-tag.ts';
import { TAG } from './constants.ts';
import { expectedKinds, publisherMetadata } from './metadata.ts';
import { parseVideoTag } from './video-tag.ts';

const VIDEO_TRACK_ID = 1;
const AUDIO_TRACK_ID = 2;
const CLOCK_RATE = 90_000;
const TICKS_PER_MILLISECOND = CLOCK_RATE / 1000;
/** FLV's rate for G.711, whatever its header says (FLV 10.1 §E.4.2.1). */
const G711_SAMPLE_RATE = 8000;

/**
 * Turns FLV tags, and the RTMP messages that carry the same bodies, into tracks and samples. A bad tag throws
 * `ParseError` and leaves the demuxer able to go on with the next.
 */
export class FlvDemuxer {
  readonly #receiver: DemuxerReceiver;
  readonly #videoTimeline: Timeline;
  readonly #audioTimeline: Timeline;
  #video: VideoTrack | undefined;
  #audio: AudioTrack | undefined;
  /** The last configuration as it came, to tell a repetition from a change. */
  #videoRecord: Buffer | undefined;
  #audioRecord: Buffer | undefined;
  #lengthSize = 4;

  constructor(receiver: DemuxerReceiver) {
    this.#receiver = receiver;
    const options = { clockRate: CLOCK_RATE, sourceRate: 1000, wrapBits: 32 };
    this.#videoTimeline = new Timeline(receiver.clock, { ...options, trackId: VIDEO_TRACK_ID });
    this.#audioTimeline = new Timeline(receiver.clock, { ...options, trackId: AUDIO_TRACK_ID });
  }

  /** `timestamp`: the 32 bits of the tag in milliseconds. `body` is kept: samples point into it. */
  tag(type: number, timestamp: number, body: Buffer): void {
    if (type === TAG.VIDEO) this.#videoTag(timestamp, body);
    else if (type === TAG.AUDIO) this.#audioTag(timestamp, body);
    else if (type === TAG.SCRIPT) this.#scriptTag(timestamp, body);
  }

  #videoTag(timestamp: number, body: Buffer): void {
    const tag = parseVideoTag(body);
    if (tag.kind === 'ignored') return;
    if (tag.kind === 'config') {
      this.#videoConfig(tag.codec, tag.record);
      return;
    }
    if (tag.data.length === 0) return;
    let data = tag.data;
    let key = tag.key;
    if (tag.codec === 'h264' || tag.codec === 'h265') {
      data = toFourByteLengths(data, this.#lengthSize);
      const found = inspectLengthPrefixed(data, tag.codec);
      // Encoders with intra refresh have no IDR pictures: they flag where decoding may start, with parameter sets.
      key = (found & FOUND_KEY) !== 0 || (key && (found & FOUND_PARAMETER_SETS) !== 0);
      if (found & FOUND_PARAMETER_SETS) this.#inBandParameterSets(tag.codec, data);
    } else if (tag.codec === 'av1') {
      key &&= isAv1Key(data);
    } else {
      key = isVp9Key(data);
    }
    if (this.#video?.codec !== tag.codec)
      throw new ParseError(`${tag.codec} picture before its configuration`, 0);
    const dts = this.#videoTimeline.next(timestamp);
    const pts = Math.max(0, dts + tag.compositionTime * TICKS_PER_MILLISECOND);
    this.#receiver.write(VideoSample.fromData(VIDEO_TRACK_ID, dts, pts, key, data));
  }

  #videoConfig(codec: VideoCodec, record: Buffer): void {
    if (this.#video?.codec === codec && this.#videoRecord?.equals(record)) return;
    const identity = this.#identity(VIDEO_TRACK_ID);
    if (codec === 'h264') {
      const { lengthSize, sps, pps } = parseAvcConfigurationRecord(record);
      this.#lengthSize = lengthSize;
      // Encoders that send the parameter sets in band leave the record without them.
      if (sps.length > 0) this.#setVideo(h264Track(identity, sps, pps));
    } else if (codec === 'h265') {
      const { lengthSize, vps, sps, pps } = parseHevcConfigurationRecord(record);
      this.#lengthSize = lengthSize;
      if (sps.length > 0) this.#setVideo(h265Track(identity, vps, sps, pps));
    } else {
      this.#setVideo(codec === 'av1' ? av1Track(identity, record) : vp9Track(identity, record));
    }
    this.#videoRecord = Buffer.from(record);
  }

  /** Parameter sets within the stream that differ from the track's make its next version. */
  #inBandParameterSets(codec: 'h264' | 'h265', data: Buffer): void {
    const { vps, sps, pps } = parameterSetsOf(data, codec);
    const before = this.#video;
    if (before?.codec === 'h264' && codec === 'h264') {
      if (isSame(sps, before.sps) && isSame(pps, before.pps)) return;
    } else if (before?.codec === 'h265' && codec === 'h265') {
      if (isSame(vps, before.vps) && isSame(sps, before.sps) && isSame(pps, before.pps)) return;
    }
    const kept = before?.codec === codec ? before : undefined;
    const use = (found: Buffer[], old: readonly Buffer[] | undefined) =>
      found.length > 0 ? found : (old ?? []);
    const allSps = use(sps, kept?.sps);
    const allPps = use(pps, kept?.pps);
    if (allSps.length === 0 || allPps.length === 0) return;
    const identity = this.#identity(VIDEO_TRACK_ID);
    if (codec === 'h264') {
      this.#setVideo(h264Track(identity, allSps, allPps));
    } else {
      const oldVps = kept?.codec === 'h265' ? kept.vps : undefined;
      this.#setVideo(h265Track(identity, use(vps, oldVps), allSps, allPps));
    }
    this.#videoRecord = undefined;
  }

  #audioTag(timestamp: number, body: Buffer): void {
    const tag = parseAudioTag(body);
    if (tag.kind === 'ignored') return;
    if (tag.kind === 'config') {
      if (this.#audio?.codec === tag.codec && this.#audioRecord?.equals(tag.record)) return;
      const identity = this.#identity(AUDIO_TRACK_ID);
      this.#setAudio(tag.codec === 'opus' ? opusTrack(identity, tag.record) : aacTrack(identity, tag.record));
      this.#audioRecord = Buffer.from(tag.record);
      return;
    }
    if (tag.data.length === 0) return;
    if (this.#audio?.codec !== tag.codec) this.#selfDescribingAudio(tag.codec, tag.channels, tag.data);
    this.#receiver.write(new AudioSample(AUDIO_TRACK_ID, this.#audioTimeline.next(timestamp), tag.data));
  }

  #selfDescribingAudio(codec: AudioCodec, channels: number, frame: Buffer): void {
    if (codec === 'aac' || codec === 'opus')
      throw new ParseError(`${codec} frame before its configuration`, 0);
    const identity = this.#identity(AUDIO_TRACK_ID);
    if (codec === 'mp3') this.#setAudio(mp3Track(identity, frame));
    else this.#setAudio(g711Track(identity, codec, G711_SAMPLE_RATE, channels));
    this.#audioRecord = undefined;
  }

  #scriptTag(timestamp: number, body: Buffer): void {
    const values = readAmf0(body);
    if (values[0] === '@setDataFrame') values.shift();
    const name = values.shift();
    if (typeof name !== 'string') throw new ParseError('script data without a name', 0);
    if (name === 'onMetaData') {
      const expected = expectedKinds(values);
      if (expected) this.#receiver.expect(expected);
      this.#receiver.setMetadata(publisherMetadata(values));
      return;
    }
    // '@clearDataFrame', '|RtmpSampleAccess' and the like are for the server that the publisher talks to.
    if (/^[@|]/.test(name)) return;
    this.#receiver.write(new DataSample(timestamp, name, values));
  }

  #identity(id: number): TrackIdentity {
    return this.#receiver.identity(id, CLOCK_RATE);
  }

  #setVideo(track: VideoTrack): void {
    this.#video = track;
    this.#receiver.setTrack(track);
  }

  #setAudio(track: AudioTrack): void {
    this.#audio = track;
    this.#receiver.setTrack(track);
  }
}

/** Whether what was found says nothing new; none found says nothing. */
function isSame(found: readonly Buffer[], known: readonly Buffer[]): boolean {
  return found.every(set => known.some(other => other.equals(set)));
}
