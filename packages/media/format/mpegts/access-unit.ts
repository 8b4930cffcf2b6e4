import { H264_NAL, h264NalType } from '../../codec/h264/nal-unit.ts';
import { H265_NAL, h265NalType } from '../../codec/h265/nal-unit.ts';
import type { VideoSample } from '../../model/sample.ts';
import type { H264Track, H265Track } from '../../model/track.ts';

const START_CODE = Buffer.from([0, 0, 0, 1]);

interface Syntax {
  readonly typeOf: (firstByte: number) => number;
  readonly delimiterType: number;
  /** An access unit delimiter that allows every slice type. */
  readonly delimiter: Buffer;
  readonly parameterSetTypes: readonly number[];
}

const H264: Syntax = {
  typeOf: h264NalType,
  delimiterType: H264_NAL.ACCESS_UNIT_DELIMITER,
  delimiter: Buffer.from([0x09, 0xf0]),
  parameterSetTypes: [H264_NAL.SPS, H264_NAL.PPS],
};

const H265: Syntax = {
  typeOf: h265NalType,
  delimiterType: H265_NAL.ACCESS_UNIT_DELIMITER,
  delimiter: Buffer.from([0x46, 0x01, 0x50]),
  parameterSetTypes: [H265_NAL.VPS, H265_NAL.SPS, H265_NAL.PPS],
};

/**
 * Brings access units into the form that a transport stream wants (ISO/IEC 13818-1 §2.14 and §2.17): start codes, a
 * delimiter first, and parameter sets before a key frame. What the encoder sent of these is kept, never doubled.
 */
export class AccessUnitWriter {
  readonly #syntax: Syntax;
  readonly #parameterSets: readonly Buffer[];

  constructor(track: H264Track | H265Track) {
    this.#syntax = track.codec === 'h264' ? H264 : H265;
    this.#parameterSets =
      track.codec === 'h264' ? [...track.sps, ...track.pps] : [...track.vps, ...track.sps, ...track.pps];
  }

  /** Appends the access unit to `chunks`; returns its size in bytes. Throws `ParseError` for a damaged sample. */
  append(sample: VideoSample, chunks: Buffer[]): number {
    const { typeOf, delimiterType, delimiter } = this.#syntax;
    const units = sample.nalUnits;
    const hasDelimiter = units.length > 0 && typeOf(units[0]?.[0] as number) === delimiterType;
    let size = appendUnit(hasDelimiter ? (units[0] as Buffer) : delimiter, chunks);
    if (sample.key && this.#lacksParameterSets(units)) {
      for (const set of this.#parameterSets) size += appendUnit(set, chunks);
    }
    for (let index = hasDelimiter ? 1 : 0; index < units.length; index++) {
      size += appendUnit(units[index] as Buffer, chunks);
    }
    return size;
  }

  #lacksParameterSets(units: readonly Buffer[]): boolean {
    const { typeOf, parameterSetTypes } = this.#syntax;
    return !parameterSetTypes.every(type => units.some(unit => typeOf(unit[0] as number) === type));
  }
}

function appendUnit(unit: Buffer, chunks: Buffer[]): number {
  chunks.push(START_CODE, unit);
  return START_CODE.length + unit.length;
}
