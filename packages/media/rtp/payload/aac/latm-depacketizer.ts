import { BitReader } from '../../../codec/bit-reader.ts';
import { ParseError } from '../../../model/parse-error.ts';
import type { Depacketizer, RtpFrameReceiver, RtpPayload } from '../../depacketizer.ts';
import { parseFormatParameters } from '../../format/format-parameters.ts';
import { FrameBuffer } from '../frame-buffer.ts';
import { hexParameter, type RtpFormat } from '../rtp-format.ts';
import { frameDuration } from './frame-duration.ts';
import { copyBits, readStreamMuxConfig, type StreamMuxConfig } from './stream-mux-config.ts';

const MAX_ELEMENT_SIZE = 256 * 1024;

/**
 * Reads AAC as `MP4A-LATM` (RFC 6416 §6): an AudioMuxElement a packet, or in fragments of which the last has the
 * marker. Its configuration is described, or comes with the elements.
 */
export class LatmDepacketizer implements Depacketizer {
  readonly codec = 'aac';
  readonly #receiver: RtpFrameReceiver;
  readonly #clockRate: number;
  /** muxConfigPresent: elements say whether they have a configuration. */
  readonly #isInBand: boolean;
  readonly #frame = new FrameBuffer();
  /** The element whose fragments are coming, and its time stamp. */
  readonly #element = new FrameBuffer(MAX_ELEMENT_SIZE);
  #timestamp = 0;
  /** Packets before the element are missing; they may be its beginning. */
  #isAfterLoss = true;
  #mux: StreamMuxConfig | undefined;
  #duration = 0;

  /** Throws `ParseError` for a configuration that can't be used. */
  constructor(format: RtpFormat, receiver: RtpFrameReceiver) {
    const parameters = parseFormatParameters(format.formatParameters);
    this.#receiver = receiver;
    this.#clockRate = format.clockRate;
    this.#isInBand = parameters.get('cpresent') !== '0';
    const described = hexParameter(parameters, 'config');
    if (described) this.#configure(readStreamMuxConfig(described, new BitReader(described)));
    else if (!this.#isInBand) throw new ParseError('MP4A-LATM without a configuration');
  }

  /** The AudioSpecificConfig of the newest frame; undefined as long as none has come. */
  get config(): Buffer | undefined {
    return this.#mux?.config;
  }

  push({ timestamp, marker, payload }: RtpPayload, lost: boolean): void {
    const element = this.#element;
    if (lost) {
      element.truncate(0);
      this.#isAfterLoss = true;
    } else if (element.size > 0 && timestamp !== this.#timestamp) {
      // A device without markers.
      this.#endElement();
    }
    if (payload.length === 0) return;
    this.#timestamp = timestamp;
    if (marker && element.size === 0) {
      this.#read(payload);
    } else {
      element.append(payload, 0, payload.length);
      if (marker) this.#endElement();
    }
  }

  flush(): void {
    if (this.#element.size > 0) this.#endElement();
  }

  #endElement(): void {
    this.#read(this.#element.take());
  }

  /** AudioMuxElement (ISO/IEC 14496-3 §1.7.3.1). */
  #read(element: Buffer): void {
    const isAfterLoss = this.#isAfterLoss;
    this.#isAfterLoss = false;
    const reader = new BitReader(element);
    if (this.#isInBand && !reader.flag()) this.#configure(readStreamMuxConfig(element, reader));
    const mux = this.#mux;
    if (!mux) throw new ParseError('LATM element before its configuration', 0);
    const frames: { readonly at: number; readonly size: number }[] = [];
    for (let index = 0; index < mux.subFrames; index++) {
      const size = mux.frameSize ?? readPayloadLength(reader);
      frames.push({ at: element.length * 8 - reader.bitsLeft, size });
      reader.skip(size * 8);
    }
    // The end of an element reads as one whose frames end too early or too late.
    if (isAfterLoss && reader.bitsLeft >= 8) throw new ParseError('LATM element without its beginning', 0);
    for (const [index, { at, size }] of frames.entries()) {
      if (size === 0) continue;
      const to = this.#frame.claim(size);
      copyBits(element, at, this.#frame.buffer, to, size);
      const timestamp = (this.#timestamp + Math.round(index * this.#duration)) >>> 0;
      this.#receiver({ timestamp, data: this.#frame.take(), damaged: false });
    }
  }

  #configure(mux: StreamMuxConfig): void {
    if (!this.#mux?.config.equals(mux.config)) this.#duration = frameDuration(mux.config, this.#clockRate);
    this.#mux = mux;
  }
}

/** PayloadLengthInfo(): a run of bytes of 255 and a last one below it. */
function readPayloadLength(reader: BitReader): number {
  let size = 0;
  let byte: number;
  do {
    byte = reader.bits(8);
    size += byte;
  } while (byte === 255);
  return size;
}
