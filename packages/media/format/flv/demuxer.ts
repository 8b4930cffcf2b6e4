import { ParseError } from '../../model/parse-error.ts';
import { DataSample, type DataValue, isDataRecord } from '../../model/sample.ts';
import { readAmf0 } from '../amf/amf0.ts';
import type { DemuxerReceiver } from '../demuxer.ts';
import { AudioDemuxer } from './audio-demuxer.ts';
import { announcedTracks, publisherFields } from './metadata.ts';
import { TAG_TYPE } from './tag-header.ts';
import { VideoDemuxer } from './video-demuxer.ts';

/** A data message may be this long; metadata is kept and sent to every viewer. */
const MAX_DATA_SIZE = 256 * 1024;
/** A data message further than this from the media, in milliseconds, is put where it came. */
const MAX_DATA_DISTANCE = 10_000;

/**
 * FLV tags, or the RTMP messages of the same types, to tracks and samples. Throws `ParseError` at a tag that it cannot
 * use: the caller drops the tag and goes on.
 */
export class FlvDemuxer {
  readonly #receiver: DemuxerReceiver;
  readonly #video: VideoDemuxer;
  readonly #audio: AudioDemuxer;

  constructor(receiver: DemuxerReceiver) {
    this.#receiver = receiver;
    this.#video = new VideoDemuxer(receiver);
    this.#audio = new AudioDemuxer(receiver);
  }

  /** `timestamp` is the raw one of 32 bits, in milliseconds. Samples are views of `body`. Other types are ignored. */
  tag(type: number, timestamp: number, body: Buffer): void {
    if (type === TAG_TYPE.VIDEO) this.#video.tag(timestamp, body);
    else if (type === TAG_TYPE.AUDIO) this.#audio.tag(timestamp, body);
    else if (type === TAG_TYPE.DATA) this.#data(timestamp, body);
    // A format byte, always zero, and then AMF0, which marks what is AMF3 in it. Some leave the byte out.
    else if (type === TAG_TYPE.DATA_AMF3) this.#data(timestamp, body[0] === 0 ? body.subarray(1) : body);
  }

  #data(timestamp: number, body: Buffer): void {
    if (body.length === 0) return;
    if (body.length > MAX_DATA_SIZE) throw new ParseError(`data message of ${body.length} bytes`, 0);
    const values = readAmf0(body);
    if (values[0] === '@setDataFrame') values.shift();
    const [name, ...rest] = values;
    if (typeof name !== 'string') throw new ParseError('data message without a name', 0);
    if (name === 'onMetaData') {
      this.#metadata(rest);
    } else if (name === '@clearDataFrame') {
      this.#receiver.setMetadata({});
    } else if (name !== '|RtmpSampleAccess' && this.#receiver.clock.started) {
      // Before the first sample there is no stream time to put it at.
      this.#receiver.write(new DataSample(this.#streamTime(timestamp), name, rest));
    }
  }

  #metadata(values: readonly DataValue[]): void {
    const fields = values.find(isDataRecord);
    if (!fields) throw new ParseError('onMetaData without fields', 0);
    const announced = announcedTracks(fields);
    if (announced) this.#receiver.expect(announced);
    this.#receiver.setMetadata(publisherFields(fields));
  }

  /** Milliseconds of the stream for a message's time stamp, by the nearest way round from the newest sample. */
  #streamTime(timestamp: number): number {
    const { latest, offset } = this.#receiver.clock;
    const distance = (timestamp - Math.round(latest * 1000)) | 0;
    const source = latest * 1000 + (Math.abs(distance) <= MAX_DATA_DISTANCE ? distance : 0);
    return Math.max(0, Math.round(source + offset * 1000));
  }
}
