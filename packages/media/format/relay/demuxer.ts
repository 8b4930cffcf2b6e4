import { ParseError } from '../../model/parse-error.ts';
import { AudioSample, DataSample, type Sample, VideoSample } from '../../model/sample.ts';
import { SpareBuffer } from '../../model/spare-buffer.ts';
import { readAmf0 } from '../amf/amf0.ts';
import {
  AUDIO_HEADER_SIZE,
  DATA_HEADER_SIZE,
  FRAME_HEADER_SIZE,
  FRAME_TYPE,
  MAX_FRAME_SIZE,
  VIDEO_HEADER_SIZE,
} from './frame.ts';
import { readTrackList, type TrackList } from './track-list.ts';

export interface RelayReceiver {
  /** Before the first sample, and again when something of it has changed. */
  onTracks(list: TrackList): void;
  /** The sample's bytes are valid during the call alone. */
  onSample(sample: Sample): void;
  onEnd(): void;
}

const EMPTY = Buffer.alloc(0);

/** Reads frames: those that came in one piece where they are, others are put together. */
export class RelayDemuxer {
  readonly #receiver: RelayReceiver;
  readonly #spares = new SpareBuffer();
  readonly #header = Buffer.alloc(FRAME_HEADER_SIZE);
  #headerSize = 0;
  /** Bytes of the frame at hand behind its header; undefined while that is read. */
  #bodySize: number | undefined;
  /** What has come of them. */
  #assembly: Buffer | undefined;
  #received = 0;
  #trackList: Buffer = EMPTY;

  constructor(receiver: RelayReceiver) {
    this.#receiver = receiver;
  }

  /** The bytes are valid during the call alone. Throws `ParseError`; nothing may be pushed after that. */
  push(data: Buffer): void {
    let at = 0;
    while (at < data.length) {
      if (this.#bodySize === undefined) {
        const size = Math.min(FRAME_HEADER_SIZE - this.#headerSize, data.length - at);
        data.copy(this.#header, this.#headerSize, at, at + size);
        this.#headerSize += size;
        at += size;
        if (this.#headerSize < FRAME_HEADER_SIZE) return;
        const length = this.#header.readUInt32BE(0);
        if (length < 1 || length > MAX_FRAME_SIZE) throw new ParseError(`frame of ${length} bytes`, at);
        this.#bodySize = length - 1;
      }
      const bodySize = this.#bodySize;
      const end = Math.min(data.length, at + bodySize - this.#received);
      if (end - at === bodySize) {
        this.#finish(data.subarray(at, end));
      } else {
        this.#assembly ??= this.#spares.take(bodySize);
        data.copy(this.#assembly, this.#received, at, end);
        this.#received += end - at;
        if (this.#received === bodySize) this.#finish(this.#assembly.subarray(0, bodySize));
      }
      at = end;
    }
  }

  #finish(body: Buffer): void {
    const assembly = this.#assembly;
    this.#assembly = undefined;
    this.#bodySize = undefined;
    this.#received = 0;
    this.#headerSize = 0;
    this.#frame(this.#header[4]!, body);
    if (assembly) this.#spares.give(assembly);
  }

  #frame(type: number, body: Buffer): void {
    switch (type) {
      case FRAME_TYPE.TRACKS:
        if (this.#trackList.equals(body)) return;
        this.#trackList = Buffer.from(body);
        this.#receiver.onTracks(readTrackList(body));
        return;
      case FRAME_TYPE.VIDEO:
        need(body, VIDEO_HEADER_SIZE);
        this.#receiver.onSample(
          VideoSample.fromData(
            body[0]!,
            body.readDoubleBE(2),
            body.readDoubleBE(10),
            body[1] === 1,
            body.subarray(VIDEO_HEADER_SIZE),
          ),
        );
        return;
      case FRAME_TYPE.AUDIO:
        need(body, AUDIO_HEADER_SIZE);
        this.#receiver.onSample(
          new AudioSample(body[0]!, body.readDoubleBE(1), body.subarray(AUDIO_HEADER_SIZE)),
        );
        return;
      case FRAME_TYPE.DATA: {
        need(body, DATA_HEADER_SIZE);
        const [name, ...values] = readAmf0(body.subarray(DATA_HEADER_SIZE));
        if (typeof name !== 'string') throw new ParseError('data sample without a name', 0);
        this.#receiver.onSample(new DataSample(body.readDoubleBE(0), name, values));
        return;
      }
      case FRAME_TYPE.END:
        this.#receiver.onEnd();
        return;
      case FRAME_TYPE.ALIVE:
        return;
      default:
        throw new ParseError(`frame of type ${type}`, 0);
    }
  }
}

function need(body: Buffer, size: number): void {
  if (body.length < size) throw new ParseError('frame cut off', body.length);
}
