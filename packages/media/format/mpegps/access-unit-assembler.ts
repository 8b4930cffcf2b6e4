import { H264_NAL, h264NalType } from '../../codec/h264/nal-unit.ts';
import { H265_NAL, h265NalType } from '../../codec/h265/nal-unit.ts';
import { FrameBuffer } from '../../rtp/payload/frame-buffer.ts';

export type NalCodec = 'h264' | 'h265';

/** An access unit, its NAL units after four-byte lengths. */
export interface AccessUnit {
  readonly data: Buffer;
  readonly codec: NalCodec;
  /** It has a picture, or a part of one. */
  readonly hasPicture: boolean;
  /** Of the PES packet in which it is the first to begin; undefined where that has none. */
  readonly pts: number | undefined;
  readonly dts: number | undefined;
}

interface Times {
  readonly pts: number | undefined;
  readonly dts: number | undefined;
}

const PREFIX = Buffer.from([0, 0, 1]);
const PREFIX_SIZE = 3;
/** Bytes of a NAL unit that say what it is and whether a picture begins with it. */
const LOOK_AHEAD = 3;
const LENGTH_SIZE = 4;
const NO_TIMES: Times = { pts: undefined, dts: undefined };
const EMPTY = Buffer.alloc(0);

/** Slices are NAL units of the types from 1 to here (H.264 table 7-1). */
const LAST_H264_SLICE = 5;
/** profile_idc of those SPS that are believed to be H.264's (annex A); SVAC's units look alike, but have others. */
const H264_PROFILES = new Set([66, 77, 88, 100, 110, 122, 244, 44]);
/** So many marks in a row have to be right before one is believed. */
const TRUSTED = 10;
const DELIMITER = 'delimiter';
const BEFORE_PICTURE = 'before-picture';
const FIRST_SLICE = 'first-slice';
const SLICE = 'slice';
const OTHER = 'other';
type Role = typeof DELIMITER | typeof BEFORE_PICTURE | typeof FIRST_SLICE | typeof SLICE | typeof OTHER;

/**
 * Cuts the bytes of a video stream (H.264 and H.265 Annex B) into access units, by the NAL units with which one can
 * begin (H.264 §7.4.1.2.3, H.265 §7.4.2.4.4): how many of them a PES packet has, and how many packets make one, is
 * all the same. The codec is told by the parameter sets, for stream maps are missing or wrong; what comes before them
 * is of no use anyway. Delimiters are left out, as they belong to the byte stream.
 *
 * A time belongs to the first access unit that begins in its PES packet (ISO/IEC 13818-1 §2.4.3.7).
 */
export class AccessUnitAssembler {
  readonly #onUnit: (unit: AccessUnit) => void;
  readonly #buffer = new FrameBuffer();
  #codec: NalCodec | undefined;
  /** What may be the beginning of a start code, or of a NAL unit that cannot be told yet. */
  #rest: Buffer = EMPTY;
  /** How many bytes of it came in packets before the one at hand. */
  #restBefore = 0;
  /** Of a PES packet in which nothing has begun yet. */
  #nextTimes: Times | undefined;
  /** Of the PES packet at hand, until an access unit takes them. */
  #times: Times = NO_TIMES;
  /** The PES packet at hand has times. */
  #hasTimes = false;
  /** An access unit is in progress. */
  #isBegun = false;
  /** Of the access unit in progress. */
  #unitTimes: Times = NO_TIMES;
  #hasPicture = false;
  /** It began in a PES packet without times, and takes those of the next. */
  #isUntimed = false;
  /** The access unit in progress was marked as whole, and nothing of it has come since. */
  #isMarked = false;
  /** The latest access unit was ended by its mark, and nothing has come since. */
  #isEndedByMark = false;
  /** Marks in a row that were right; never again enough after a wrong one. */
  #rightMarks = 0;
  /** Size of the access unit before the NAL unit in progress; undefined where that is left out. */
  #nalStart: number | undefined;

  constructor(onUnit: (unit: AccessUnit) => void) {
    this.#onUnit = onUnit;
  }

  /** By the parameter sets; undefined before the first. */
  get codec(): NalCodec | undefined {
    return this.#codec;
  }

  /** A PES packet with these times begins. */
  begin(times: Times): void {
    this.#nextTimes = times;
    this.#restBefore = this.#rest.length;
  }

  /** The next bytes; they are not kept. Throws `ParseError` for an access unit that is too large, which is dropped. */
  push(bytes: Buffer): void {
    this.#scan(bytes, false);
  }

  /**
   * The sender says that a picture ends here: the marker of RTP, with most cameras. Where that has always been right so
   * far, the access unit is handed on at once, and not only when the next one begins.
   */
  mark(): void {
    if (!this.#hasPicture) return;
    if (this.#rightMarks < TRUSTED) {
      this.#isMarked = true;
    } else {
      this.flush();
      this.#isEndedByMark = true;
    }
  }

  /** What is there of the access unit in progress is all of it. */
  flush(): void {
    this.#scan(EMPTY, true);
    // Zeros, or a start code with nothing behind it.
    this.#rest = EMPTY;
    this.#endUnit();
  }

  /** Bytes are missing: drops the access unit in progress. */
  lose(): void {
    this.#rest = EMPTY;
    this.#nalStart = undefined;
    this.#buffer.truncate(0);
    this.#hasPicture = false;
    this.#isBegun = false;
    this.#isMarked = false;
    this.#isEndedByMark = false;
    this.#times = NO_TIMES;
    this.#hasTimes = false;
    this.#nextTimes = undefined;
  }

  /** `isWhole`: no more bytes are to be waited for to tell what a NAL unit is. */
  #scan(bytes: Buffer, isWhole: boolean): void {
    const input = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    const before = this.#restBefore;
    this.#rest = EMPTY;
    let at = 0;
    for (;;) {
      const start = input.indexOf(PREFIX, at);
      if (start === -1) break;
      this.#append(input, at, start);
      const nal = start + PREFIX_SIZE;
      if (input.length - nal < (isWhole ? 1 : LOOK_AHEAD)) {
        this.#keep(input, start, before);
        return;
      }
      this.#endNal();
      // A start code that begins in the packet before belongs to that.
      if (start >= before) this.#enterPacket();
      this.#beginNal(input, nal);
      at = nal;
    }
    // Zeros at the end may belong to a start code.
    let end = input.length;
    while (end > at && input.length - end < PREFIX_SIZE - 1 && input[end - 1] === 0) end--;
    this.#append(input, at, end);
    this.#keep(input, end, before);
  }

  #keep(input: Buffer, start: number, before: number): void {
    this.#restBefore = Math.max(0, before - start);
    if (start < input.length) this.#rest = Buffer.from(input.subarray(start));
  }

  #enterPacket(): void {
    if (!this.#nextTimes) return;
    this.#times = this.#nextTimes;
    this.#hasTimes = this.#times.pts !== undefined;
    this.#nextTimes = undefined;
  }

  #append(input: Buffer, start: number, end: number): void {
    if (end === start) return;
    // The zero byte of a longer start code says nothing.
    if ((this.#isMarked || this.#isEndedByMark) && !isZero(input, start, end)) this.#distrustMarks();
    if (this.#nalStart !== undefined) this.#buffer.append(input, start, end);
  }

  #beginNal(input: Buffer, at: number): void {
    const codec = codecOf(input, at);
    if (codec && codec !== this.#codec) {
      this.#endUnit();
      this.#codec = codec;
    }
    if (!this.#codec) return;
    const role = this.#codec === 'h264' ? h264Role(input, at) : h265Role(input, at);
    const isBoundary = role === DELIMITER || role === BEFORE_PICTURE || role === FIRST_SLICE;
    if (!isBoundary && (this.#isMarked || this.#isEndedByMark)) this.#distrustMarks();
    this.#isEndedByMark = false;
    if (isBoundary && this.#hasPicture) this.#endUnit();
    this.#useTimes();
    if (role === DELIMITER) return;
    if (role === FIRST_SLICE || role === SLICE) this.#hasPicture = true;
    const start = this.#buffer.size;
    this.#buffer.claim(LENGTH_SIZE);
    this.#nalStart = start;
  }

  /** A NAL unit begins: perhaps the access unit does, or has waited for times. */
  #useTimes(): void {
    if (!this.#isBegun) {
      this.#isBegun = true;
      this.#unitTimes = NO_TIMES;
      this.#isUntimed = !this.#hasTimes;
    } else if (!this.#isUntimed || this.#hasPicture) {
      return;
    }
    if (this.#times.pts === undefined) return;
    this.#unitTimes = this.#times;
    this.#times = NO_TIMES;
    this.#isUntimed = false;
  }

  #distrustMarks(): void {
    this.#rightMarks = Number.NEGATIVE_INFINITY;
    this.#isMarked = false;
    this.#isEndedByMark = false;
  }

  /** The zero byte of a longer start code and trailing_zero_8bits are not the unit's: none ends with zero (§7.4.1). */
  #endNal(): void {
    const start = this.#nalStart;
    if (start === undefined) return;
    this.#nalStart = undefined;
    const { buffer } = this.#buffer;
    const from = this.#buffer.start + start;
    let end = this.#buffer.start + this.#buffer.size;
    while (end > from + LENGTH_SIZE && buffer[end - 1] === 0) end--;
    const size = end - from - LENGTH_SIZE;
    this.#buffer.truncate(size === 0 ? start : start + LENGTH_SIZE + size);
    if (size > 0) buffer.writeUInt32BE(size, from);
  }

  #endUnit(): void {
    this.#endNal();
    const hasPicture = this.#hasPicture;
    if (this.#isMarked) this.#rightMarks++;
    this.#isMarked = false;
    this.#hasPicture = false;
    this.#isBegun = false;
    if (this.#buffer.size === 0 || !this.#codec) return;
    const { pts, dts } = this.#unitTimes;
    this.#onUnit({ data: this.#buffer.take(), codec: this.#codec, hasPicture, pts, dts });
  }
}

function isZero(input: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (input[at] !== 0) return false;
  return true;
}

/** What the parameter set that may begin at `at` says of the codec. */
function codecOf(input: Buffer, at: number): NalCodec | undefined {
  const first = input[at];
  const second = input[at + 1] ?? 0;
  // A VPS of the base layer (H.265 §7.3.2.1): in H.264 it would be of an unspecified type.
  if (first === 0x40 && second === 1 && input[at + 2] === 0x0c) return 'h265';
  const isH264Sps = first === 0x67 || first === 0x47 || first === 0x27;
  return isH264Sps && H264_PROFILES.has(second) ? 'h264' : undefined;
}

function h264Role(input: Buffer, at: number): Role {
  const type = h264NalType(input[at]!);
  if (type >= H264_NAL.SLICE && type <= LAST_H264_SLICE) {
    // first_mb_in_slice of 0 is a single bit of 1.
    return (input[at + 1] ?? 0) & 0x80 ? FIRST_SLICE : SLICE;
  }
  if (type === H264_NAL.ACCESS_UNIT_DELIMITER) return DELIMITER;
  const isBefore =
    (type >= H264_NAL.SEI && type < H264_NAL.ACCESS_UNIT_DELIMITER) || (type >= 14 && type <= 18);
  return isBefore ? BEFORE_PICTURE : OTHER;
}

function h265Role(input: Buffer, at: number): Role {
  const type = h265NalType(input[at]!);
  // first_slice_segment_in_pic_flag.
  if (type < H265_NAL.VPS) return (input[at + 2] ?? 0) & 0x80 ? FIRST_SLICE : SLICE;
  if (type === H265_NAL.ACCESS_UNIT_DELIMITER) return DELIMITER;
  const isBefore =
    type <= H265_NAL.PPS ||
    type === H265_NAL.PREFIX_SEI ||
    (type >= 41 && type <= 44) ||
    (type >= 48 && type <= 55);
  return isBefore ? BEFORE_PICTURE : OTHER;
}
