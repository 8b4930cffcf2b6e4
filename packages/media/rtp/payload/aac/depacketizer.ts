import { parseAdtsHeader } from '../../../codec/aac/adts.ts';
import { audioSpecificConfig } from '../../../codec/aac/audio-specific-config.ts';
import { ParseError } from '../../../model/parse-error.ts';
import type { Depacketizer, RtpFrameReceiver, RtpPayload } from '../../depacketizer.ts';
import { parseFormatParameters } from '../../format/format-parameters.ts';
import { FrameBuffer } from '../frame-buffer.ts';
import { hexParameter, numberParameter, type RtpFormat } from '../rtp-format.ts';
import { type AuHeaderFormat, auHeaderFormat, readAuHeaders } from './access-unit-headers.ts';
import { frameDuration } from './frame-duration.ts';

const MAX_FRAME_SIZE = 64 * 1024;
const MAX_DURATION = 0xffff;
const USUAL_SAMPLES = 1024;
/** In the place of a size: the access unit's is not said. */
const UNKNOWN = -1;

/**
 * Reads AAC as `mpeg4-generic` (RFC 3640): the modes AAC-hbr, AAC-lbr and their like, by the lengths described. Devices
 * differ: some count AU-headers-length in bytes; some give each fragment its own size instead of the access unit's
 * (gortsplib); some put ADTS headers before the frames (EasyPusher), or send ADTS and nothing else.
 */
export class AacDepacketizer implements Depacketizer {
  readonly codec = 'aac';
  readonly #receiver: RtpFrameReceiver;
  readonly #format: AuHeaderFormat;
  readonly #clockRate: number;
  readonly #constantDuration: number;
  readonly #frame = new FrameBuffer(MAX_FRAME_SIZE);
  #config: Buffer | undefined;
  /** Of a frame, in ticks. */
  #duration: number;
  /** Of the access unit whose fragments are coming: its time stamp, all its bytes, how many fragments there are. */
  #timestamp = 0;
  #total = UNKNOWN;
  #fragments = 0;
  #isDamaged = false;
  /** The device marks the ends of access units; and has fragments with sizes of their own. */
  #hasMarkers = false;
  #hasOwnSizes = false;

  /** Throws `ParseError` for a description of something else than AAC. */
  constructor(format: RtpFormat, receiver: RtpFrameReceiver) {
    const parameters = parseFormatParameters(format.formatParameters);
    this.#receiver = receiver;
    this.#format = auHeaderFormat(parameters);
    this.#clockRate = format.clockRate;
    this.#constantDuration = numberParameter(parameters, 'constantduration', MAX_DURATION);
    this.#config = hexParameter(parameters, 'config');
    this.#duration = this.#frameDuration();
  }

  /** The AudioSpecificConfig that was described; where none was, that of the ADTS headers, if there are any. */
  get config(): Buffer | undefined {
    return this.#config;
  }

  push(packet: RtpPayload, lost: boolean): void {
    const { payload, timestamp } = packet;
    if (this.#fragments > 0 && timestamp !== this.#timestamp) this.#endFragments();
    if (lost && this.#fragments > 0) this.#isDamaged = true;
    if (payload.length === 0) return;
    try {
      if (startsWithAdts(payload, 0)) this.#readAdts(packet);
      else this.#read(packet, lost);
    } catch (error) {
      if (this.#fragments > 0) this.#isDamaged = true;
      throw error;
    }
  }

  flush(): void {
    this.#endFragments();
  }

  #read(packet: RtpPayload, lost: boolean): void {
    const { payload, timestamp, marker } = packet;
    const { sizes, dataStart } = readAuHeaders(payload, this.#format);
    const [size = 0] = sizes;
    if (sizes.length === 1 && this.#isFragment(packet, size, payload.length - dataStart)) {
      this.#addFragment(packet, size, dataStart, lost);
      return;
    }
    this.#endFragments();
    this.#hasMarkers ||= marker;
    // What looks like an access unit may be the last fragment of one.
    const isDoubtful = lost && this.#hasOwnSizes && sizes.length === 1;
    let at = dataStart;
    for (const [index, length] of sizes.entries()) {
      if (length > payload.length - at) throw new ParseError('access unit longer than its packet', at);
      this.#handOn(this.#timeOf(timestamp, index), payload, at, at + length, isDoubtful);
      at += length;
    }
  }

  #isFragment({ marker }: RtpPayload, size: number, available: number): boolean {
    if (size > available) return true;
    if (this.#fragments > 0) return this.#total === UNKNOWN;
    return size === available && size > 0 && !marker && this.#hasMarkers;
  }

  #addFragment({ payload, marker, timestamp }: RtpPayload, size: number, start: number, lost: boolean): void {
    const available = payload.length - start;
    const total = size > available ? size : UNKNOWN;
    if (this.#fragments > 0 && total !== this.#total) this.#endFragments();
    if (this.#fragments === 0) {
      if (total > MAX_FRAME_SIZE) throw new ParseError(`AAC frame of ${total} bytes`, 0);
      this.#timestamp = timestamp;
      this.#total = total;
      // Where the size of all is known, it shows at the end whether fragments before this one are missing.
      this.#isDamaged = lost && total === UNKNOWN;
    }
    const frame = this.#frame;
    this.#fragments++;
    const length = total === UNKNOWN ? size : Math.min(available, total - frame.size);
    frame.append(payload, start, start + length);
    if (!marker && frame.size !== total) return;
    this.#hasOwnSizes ||= total === UNKNOWN;
    this.#endFragments(true);
  }

  /** `isWhole`: by its marker, or its size. */
  #endFragments(isWhole = false): void {
    if (this.#fragments === 0) return;
    const frame = this.#frame;
    // One without a marker, and nothing after it, was an access unit and no fragment.
    const damaged =
      this.#isDamaged ||
      (this.#total === UNKNOWN ? !isWhole && this.#fragments > 1 : frame.size < this.#total);
    const data = frame.take();
    this.#fragments = 0;
    this.#isDamaged = false;
    if (data.length === 0) return;
    const start = damaged ? 0 : this.#adtsHeaderSize(data, 0, data.length);
    this.#receiver({ timestamp: this.#timestamp, data: data.subarray(start), damaged });
  }

  /** ADTS frames, and no AU headers before them. */
  #readAdts({ payload, timestamp }: RtpPayload): void {
    this.#endFragments();
    let at = 0;
    for (let index = 0; at < payload.length; index++) {
      const { frameLength } = parseAdtsHeader(payload.subarray(at));
      if (frameLength > payload.length - at) throw new ParseError('ADTS frame longer than its packet', at);
      this.#handOn(this.#timeOf(timestamp, index), payload, at, at + frameLength, false);
      at += frameLength;
    }
  }

  #handOn(timestamp: number, source: Buffer, start: number, end: number, damaged: boolean): void {
    const from = start + this.#adtsHeaderSize(source, start, end);
    if (from >= end) return;
    this.#frame.append(source, from, end);
    this.#receiver({ timestamp, data: this.#frame.take(), damaged });
  }

  /** 0 where there is none: no frame begins with the bits of its sync word, which would be the end of a frame. */
  #adtsHeaderSize(data: Buffer, start: number, end: number): number {
    if (end - start < 2 || !startsWithAdts(data, start)) return 0;
    const { headerLength, rawDataBlocks, ...header } = parseAdtsHeader(data.subarray(start, end));
    if (rawDataBlocks !== 1) throw new ParseError('ADTS frame with several raw data blocks', start);
    if (!this.#config) {
      this.#config = audioSpecificConfig(header);
      this.#duration = this.#frameDuration();
    }
    return headerLength;
  }

  #frameDuration(): number {
    const usual = this.#config ? frameDuration(this.#config, this.#clockRate) : USUAL_SAMPLES;
    return this.#constantDuration || usual;
  }

  #timeOf(timestamp: number, index: number): number {
    return (timestamp + Math.round(index * this.#duration)) >>> 0;
  }
}

function startsWithAdts(data: Buffer, at: number): boolean {
  return data[at] === 0xff && (data[at + 1]! & 0xf6) === 0xf0;
}
