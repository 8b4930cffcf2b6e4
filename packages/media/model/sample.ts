import { ParseError } from './parse-error.ts';

/**
 * One access unit of video. Read-only and shared by every output, recorder and cache of the stream. **Its bytes are valid
 * during the call that hands it over**: the memory is used again. Who keeps it longer keeps a `copy`.
 *
 * H.264 and H.265 samples are made from NAL units or from length-prefixed bytes (AVCC), whichever the protocol
 * brought; the other forms are derived when first asked for and kept. AV1 samples are one temporal unit in the
 * low-overhead format without temporal delimiters, VP9 samples one (super)frame: for both only `data` is used.
 */
export class VideoSample {
  readonly kind = 'video' as const;
  readonly trackId: number;
  /** Decoding time in ticks of the track's clock; strictly increasing within a track. */
  readonly dts: number;
  /** Presentation time in ticks of the track's clock. */
  readonly pts: number;
  /** Decoding can start here. */
  readonly key: boolean;
  /** Bytes of the payload in the form with four-byte lengths (or of the opaque frame). */
  readonly byteLength: number;
  #data: Buffer | undefined;
  #nalUnits: readonly Buffer[] | undefined;
  #annexB: Buffer | undefined;

  private constructor(
    trackId: number,
    dts: number,
    pts: number,
    key: boolean,
    data: Buffer | undefined,
    nalUnits: readonly Buffer[] | undefined,
  ) {
    this.trackId = trackId;
    this.dts = dts;
    this.pts = pts;
    this.key = key;
    this.#data = data;
    this.#nalUnits = nalUnits;
    this.byteLength = data ? data.length : lengthPrefixedSize(nalUnits ?? []);
  }

  /** `data`: NAL units, each after its four-byte big-endian length; or the opaque frame of another codec. */
  static fromData(trackId: number, dts: number, pts: number, key: boolean, data: Buffer): VideoSample {
    return new VideoSample(trackId, dts, pts, key, data, undefined);
  }

  static fromNalUnits(
    trackId: number,
    dts: number,
    pts: number,
    key: boolean,
    nalUnits: readonly Buffer[],
  ): VideoSample {
    return new VideoSample(trackId, dts, pts, key, undefined, nalUnits);
  }

  /** Length-prefixed NAL units (ISO/IEC 14496-15 §5.3.4.2, four-byte lengths), or the opaque frame. */
  get data(): Buffer {
    this.#data ??= joinLengthPrefixed(this.#nalUnits ?? []);
    return this.#data;
  }

  /** NAL units without start codes or lengths. Only for H.264 and H.265. */
  get nalUnits(): readonly Buffer[] {
    this.#nalUnits ??= splitLengthPrefixed(this.data);
    return this.#nalUnits;
  }

  /** NAL units, each after a four-byte start code (H.264 Annex B). Only for H.264 and H.265. */
  get annexB(): Buffer {
    this.#annexB ??= joinAnnexB(this.nalUnits);
    return this.#annexB;
  }

  /** Writes `data`, `byteLength` bytes, to `target` at `at`. */
  copyTo(target: Buffer, at: number): void {
    if (this.#data) target.set(this.#data, at);
    else writeLengthPrefixed(this.#nalUnits ?? [], target, at);
  }

  /** The same with bytes of its own. */
  copy(): VideoSample {
    const data = Buffer.allocUnsafeSlow(this.byteLength);
    this.copyTo(data, 0);
    return VideoSample.fromData(this.trackId, this.dts, this.pts, this.key, data);
  }
}

/**
 * One audio frame (an AAC raw_data_block, an Opus packet, an MP3 frame, a run of G.711 bytes). Its bytes are valid as long
 * as a video sample's.
 */
export class AudioSample {
  readonly kind = 'audio' as const;
  readonly trackId: number;
  /** Presentation (and decoding) time in ticks of the track's clock. */
  readonly dts: number;
  readonly data: Buffer;

  constructor(trackId: number, dts: number, data: Buffer) {
    this.trackId = trackId;
    this.dts = dts;
    this.data = data;
  }

  get pts(): number {
    return this.dts;
  }

  get byteLength(): number {
    return this.data.length;
  }

  copyTo(target: Buffer, at: number): void {
    target.set(this.data, at);
  }

  copy(): AudioSample {
    return new AudioSample(this.trackId, this.dts, Buffer.from(this.data));
  }
}

export type DataValue =
  | null
  | undefined
  | boolean
  | number
  | string
  | Date
  | readonly DataValue[]
  | DataRecord;

export type DataRecord = { readonly [key: string]: DataValue };

export function isDataRecord(value: DataValue): value is DataRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Timed metadata that the publisher sent beside the media (`onTextData`, `onCuePoint`). Time is in milliseconds. */
export class DataSample {
  readonly kind = 'data' as const;
  readonly dts: number;
  readonly name: string;
  readonly values: readonly DataValue[];

  constructor(dts: number, name: string, values: readonly DataValue[]) {
    this.dts = dts;
    this.name = name;
    this.values = values;
  }

  /** Its values are its own. */
  copy(): DataSample {
    return this;
  }
}

export type MediaSample = VideoSample | AudioSample;
export type Sample = MediaSample | DataSample;

function lengthPrefixedSize(nalUnits: readonly Buffer[]): number {
  let size = 0;
  for (const nalUnit of nalUnits) size += 4 + nalUnit.length;
  return size;
}

function joinLengthPrefixed(nalUnits: readonly Buffer[]): Buffer {
  const data = Buffer.allocUnsafe(lengthPrefixedSize(nalUnits));
  writeLengthPrefixed(nalUnits, data, 0);
  return data;
}

function writeLengthPrefixed(nalUnits: readonly Buffer[], target: Buffer, start: number): void {
  let at = start;
  for (const nalUnit of nalUnits) {
    at = target.writeUInt32BE(nalUnit.length, at);
    target.set(nalUnit, at);
    at += nalUnit.length;
  }
}

function joinAnnexB(nalUnits: readonly Buffer[]): Buffer {
  // A start code is as long as a length; the payload's own size may count empty units, which have no start code.
  const data = Buffer.allocUnsafe(lengthPrefixedSize(nalUnits));
  let at = 0;
  for (const nalUnit of nalUnits) {
    at = data.writeUInt32BE(1, at);
    data.set(nalUnit, at);
    at += nalUnit.length;
  }
  return data;
}

/** Splits four-byte length-prefixed NAL units into views; empty units are left out. */
export function splitLengthPrefixed(data: Buffer): Buffer[] {
  const nalUnits: Buffer[] = [];
  let at = 0;
  while (at < data.length) {
    if (data.length - at < 4) throw new ParseError('NAL unit length cut off', at);
    const length = data.readUInt32BE(at);
    at += 4;
    if (length > data.length - at) throw new ParseError('NAL unit longer than its access unit', at);
    if (length > 0) nalUnits.push(data.subarray(at, at + length));
    at += length;
  }
  return nalUnits;
}
