import { ParseError } from '../../../model/parse-error.ts';
import type { RtpFrameReceiver, RtpPayload } from '../../depacketizer.ts';
import { FrameBuffer } from '../frame-buffer.ts';
import { hasStartCode, splitAtStartCodes } from './start-codes.ts';

/** What a NAL unit is to the bounds of access units, as bits of one number: it is asked for every packet. */
export const NAL = {
  SLICE: 1,
  /** A slice that begins its picture. */
  FIRST_SLICE: 2,
  /** Comes before the slices of its access unit: supplements, parameter sets, delimiters. */
  LEADS: 4,
  /** Of those, what begins another access unit behind slices (H.264 §7.4.1.2.3, H.265 §7.4.2.4.4). */
  DIVIDES: 8,
  /** Comes behind the slices of its access unit: fillers, ends of sequences, suffixes. */
  TRAILS: 16,
  /** Decoding can start at its picture. */
  KEY: 32,
  VPS: 64,
  SPS: 128,
  PPS: 256,
} as const;
const PARAMETER_SETS = NAL.VPS | NAL.SPS | NAL.PPS;

/** Says what a NAL unit is by its first three bytes, of which the later ones are 0 where it is shorter. */
export type NalClassifier = (first: number, second: number, third: number) => number;

const LENGTH_SIZE = 4;
/** More is not one picture; each costs its readers a buffer. */
const MAX_NAL_UNITS = 4096;
/** Bytes of parameter sets and supplements that wait for their picture: more is a device that sends none. */
const MAX_WAITING = 256 * 1024;
/** So many slices of a stream are searched for start codes, which takes a walk over every byte. */
const SEARCHED_SLICES = 32;
/** In the place of an offset: no NAL unit is coming in fragments; or one is that has no place in the access unit. */
const NONE = -1;
const IGNORED = -2;

/**
 * Puts the NAL units of RTP packets together to access units, each NAL unit after its four-byte length. An access unit
 * ends where the time stamp changes, and before that at the marker, where the device sets it right. Devices differ:
 *
 * - Some never set the marker (FLIR). Then the next packet ends the access unit.
 * - Some set it on every NAL unit (Hikvision; simple servers behind x264 with sliced threads). On parameter sets it
 *   says nothing, as there is no picture yet. On a slice it is wrong if another slice with the same time stamp
 *   follows that does not begin a picture. So the first access unit is held until the next packet, and the marker
 *   is believed from then on if that one begins another.
 * - Some give parameter sets the time stamp of the picture before (Reolink), or one of their own. They go with the
 *   picture behind them.
 * - Some repeat parameter sets before each slice of a key frame (GStreamer behind x264 with sliced threads). So only
 *   the slice that follows them tells what they are; within a picture they are left out.
 *
 * A slice of which the end is missing is kept as far as it came, in an access unit that is damaged; an access unit of
 * which no slice is there is not handed on.
 */
export class AccessUnitAssembler {
  readonly #classify: NalClassifier;
  readonly #receiver: RtpFrameReceiver;
  readonly #frame = new FrameBuffer();
  #timestamp = 0;
  /** Something of the access unit in progress has come. */
  #isOpen = false;
  #isDamaged = false;
  /** Packets before it are missing. */
  #isAfterLoss = false;
  /** It had a marker that is not believed yet. */
  #isHeld = false;
  /** What its NAL units are, all together, and how many there are. */
  #found = 0;
  #nalUnits = 0;
  /** Where in the frame what may begin the next access unit begins; what was found before it, and in it. */
  #dividedAt = NONE;
  #foundBefore = 0;
  #foundBehind = 0;
  /** Where in the frame the length of the NAL unit is whose fragments are coming, and what it is. */
  #fragmented = NONE;
  #fragmentedIs = 0;
  /** Fragments may come whose start is lost; at the beginning too, for a stream can be joined anywhere. */
  #mayLackStart = true;
  /** Packets before the next access unit are missing. */
  #hasLoss = true;
  #markers: 'unknown' | 'right' | 'wrong' = 'unknown';
  #lastTimestamp: number | undefined;
  /** The kinds of parameter sets that the last key frame came with. */
  #keySets = 0;
  #slicesToSearch = SEARCHED_SLICES;
  #hasStartCodes = false;

  constructor(classify: NalClassifier, receiver: RtpFrameReceiver) {
    this.#classify = classify;
    this.#receiver = receiver;
  }

  /** Takes a packet, whose payload `read` takes apart into calls of the methods below. Rethrows what it throws. */
  push({ timestamp, marker, payload }: RtpPayload, lost: boolean, read: (payload: Buffer) => void): void {
    this.#beginPacket(timestamp, lost);
    // Padding alone: senders that probe the bandwidth or keep a path open.
    if (payload.length === 0) return;
    try {
      read(payload);
    } catch (error) {
      this.#fail();
      throw error;
    }
    if (marker) this.#mark();
  }

  /** No packet follows. */
  flush(): void {
    if (!this.#isOpen) return;
    if (this.#markers === 'right') this.#isDamaged = true;
    this.#complete();
  }

  /** The bytes of `data` from `start` to `end` are a NAL unit; of some devices several, with start codes between. */
  nalUnit(data: Buffer, start: number, end: number): void {
    this.#endFragments();
    this.#mayLackStart = false;
    if (start === end) return;
    const is = this.#whatIs(data, start, end);
    if (this.#isSearched(is) && hasStartCode(data, start, end)) this.#appendSplit(data.subarray(start, end));
    else this.#append(is, data, start, end);
  }

  /** A NAL unit begins whose header is the first `headerSize` bytes of `header`, and goes on with those of `data`. */
  beginFragments(header: Buffer, headerSize: number, data: Buffer, start: number, end: number): void {
    this.#endFragments();
    this.#mayLackStart = false;
    const at = start - headerSize;
    const second = headerSize > 1 ? header[1]! : byteAt(data, at + 1, end);
    const is = this.#classify(header[0]!, second, byteAt(data, at + 2, end));
    if (!this.#admit(is)) {
      this.#fragmented = IGNORED;
      return;
    }
    const frame = this.#frame;
    this.#fragmented = frame.size;
    this.#fragmentedIs = is;
    frame.claim(LENGTH_SIZE);
    frame.append(header, 0, headerSize);
    frame.append(data, start, end);
  }

  /** The NAL unit that was begun goes on. Throws `ParseError` if none was, and none can have been lost. */
  fragment(data: Buffer, start: number, end: number): void {
    if (this.#fragmented >= 0) {
      this.#frame.append(data, start, end);
    } else if (this.#fragmented === NONE) {
      if (!this.#mayLackStart) throw new ParseError('fragment of a NAL unit without its start', 0);
      this.#isOpen = true;
      this.#isDamaged = true;
    }
  }

  /** The NAL unit that was begun is complete. */
  finishFragments(): void {
    const at = this.#fragmented;
    this.#fragmented = NONE;
    if (at < 0) return;
    const frame = this.#frame;
    const start = frame.start + at + LENGTH_SIZE;
    const end = frame.start + frame.size;
    if (this.#isSearched(this.#fragmentedIs) && hasStartCode(frame.buffer, start, end)) {
      const data = Buffer.from(frame.buffer.subarray(start, end));
      frame.truncate(at);
      this.#appendSplit(data);
    } else {
      frame.buffer.writeUInt32BE(end - start, start - LENGTH_SIZE);
    }
  }

  #beginPacket(timestamp: number, lost: boolean): void {
    if (lost) {
      this.#endFragments();
      this.#mayLackStart = true;
      if (this.#isHeld && timestamp !== this.#timestamp) this.#complete();
      else if (this.#isOpen) this.#isDamaged = true;
    }
    if (this.#isOpen && timestamp !== this.#timestamp) this.#changeTime();
    this.#timestamp = timestamp;
    if (lost && !this.#isOpen) this.#hasLoss = true;
  }

  #changeTime(): void {
    if (this.#isHeld) this.#markers = 'right';
    if (this.#found & NAL.SLICE) this.#complete();
    else if (this.#isDamaged || this.#frame.size > MAX_WAITING) this.#reset();
  }

  /** The packet that has come has the marker. */
  #mark(): void {
    if (this.#fragmented !== NONE || !(this.#found & NAL.SLICE)) return;
    if (this.#markers === 'right') this.#complete();
    else if (this.#markers === 'unknown') this.#isHeld = true;
  }

  /** The packet that was begun can't be used, or not all of it. */
  #fail(): void {
    // Of a frame that grew beyond its bounds there is nothing left.
    if (this.#frame.size === 0) this.#reset();
    this.#endFragments();
    this.#mayLackStart = true;
    this.#isOpen = true;
    this.#isDamaged = true;
  }

  #append(is: number, data: Buffer, start: number, end: number): void {
    if (!this.#admit(is)) return;
    const frame = this.#frame;
    const at = frame.claim(LENGTH_SIZE + end - start);
    frame.buffer.writeUInt32BE(end - start, at);
    data.copy(frame.buffer, at + LENGTH_SIZE, start, end);
  }

  #appendSplit(data: Buffer): void {
    this.#hasStartCodes = true;
    for (const nalUnit of splitAtStartCodes(data)) {
      this.#append(this.#whatIs(nalUnit, 0, nalUnit.length), nalUnit, 0, nalUnit.length);
    }
  }

  /** Before a NAL unit is appended: ends the access unit in progress if it begins another. False leaves it out. */
  #admit(is: number): boolean {
    const goesOn = (is & NAL.SLICE) !== 0 && !(is & NAL.FIRST_SLICE);
    if (this.#isHeld && goesOn) {
      this.#markers = 'wrong';
      this.#isHeld = false;
    } else if (this.#isHeld) {
      if (!(is & NAL.TRAILS)) this.#complete();
    } else if (this.#dividedAt !== NONE) {
      if (goesOn) this.#join();
      else if (is & NAL.FIRST_SLICE) this.#complete();
    } else if (is & NAL.DIVIDES && this.#found & NAL.SLICE) {
      this.#dividedAt = this.#frame.size;
      this.#foundBefore = this.#found;
      this.#foundBehind = 0;
    }
    // What trails a picture that was handed on already.
    if (is & NAL.TRAILS && !(this.#found & NAL.SLICE)) return false;
    if (!this.#isOpen) {
      this.#isOpen = true;
      this.#isAfterLoss = this.#hasLoss;
      this.#hasLoss = false;
    }
    if (goesOn && !(this.#found & (NAL.SLICE | NAL.LEADS))) this.#lackBeginning();
    if (++this.#nalUnits > MAX_NAL_UNITS) {
      this.#frame.truncate(0);
      throw new ParseError(`access unit of more than ${MAX_NAL_UNITS} NAL units`);
    }
    this.#found |= is;
    this.#foundBehind |= is;
    if (is & NAL.KEY) this.#frame.expectLarge();
    return true;
  }

  /** The picture goes on behind what looked like the beginning of another. */
  #join(): void {
    this.#frame.truncate(this.#dividedAt);
    this.#found = this.#foundBefore;
    this.#dividedAt = NONE;
  }

  /** The access unit begins within a picture: its beginning is lost, or was handed on for a marker that was wrong. */
  #lackBeginning(): void {
    if (this.#isAfterLoss) {
      this.#isDamaged = true;
    } else if (this.#lastTimestamp === this.#timestamp) {
      this.#markers = 'wrong';
      this.#isDamaged = true;
    }
  }

  /** The NAL unit whose fragments were coming ends before its end. */
  #endFragments(): void {
    const at = this.#fragmented;
    this.#fragmented = NONE;
    if (at < 0) return;
    this.#isDamaged = true;
    const frame = this.#frame;
    if (this.#fragmentedIs & NAL.SLICE) {
      frame.buffer.writeUInt32BE(frame.size - at - LENGTH_SIZE, frame.start + at);
    } else {
      frame.truncate(at);
    }
  }

  #complete(): void {
    this.#endFragments();
    if (this.#dividedAt !== NONE) {
      this.#completeDivided();
      return;
    }
    if (this.#found & NAL.KEY && !this.#isDamaged) {
      if (this.#isAfterLoss && this.#keySets & ~this.#found) this.#isDamaged = true;
      else this.#keySets = this.#found & PARAMETER_SETS;
    }
    const data = this.#found & NAL.SLICE && this.#frame.size > 0 ? this.#frame.take() : undefined;
    const frame = { timestamp: this.#timestamp, damaged: this.#isDamaged };
    this.#reset();
    this.#lastTimestamp = frame.timestamp;
    if (data) this.#receiver({ ...frame, data });
  }

  /** What begins the next access unit is kept for it. */
  #completeDivided(): void {
    const frame = this.#frame;
    const found = this.#foundBehind;
    const beginning = Buffer.from(
      frame.buffer.subarray(frame.start + this.#dividedAt, frame.start + frame.size),
    );
    this.#join();
    this.#complete();
    this.#isOpen = true;
    this.#isAfterLoss = this.#hasLoss;
    this.#hasLoss = false;
    this.#found = found;
    frame.append(beginning, 0, beginning.length);
  }

  #reset(): void {
    this.#dividedAt = NONE;
    this.#frame.truncate(0);
    this.#fragmented = NONE;
    this.#isOpen = false;
    this.#isDamaged = false;
    this.#isAfterLoss = false;
    this.#isHeld = false;
    this.#found = 0;
    this.#nalUnits = 0;
  }

  #whatIs(data: Buffer, start: number, end: number): number {
    return this.#classify(data[start]!, byteAt(data, start + 1, end), byteAt(data, start + 2, end));
  }

  #isSearched(is: number): boolean {
    if (!(is & NAL.SLICE) || this.#hasStartCodes) return true;
    if (this.#slicesToSearch === 0) return false;
    this.#slicesToSearch--;
    return true;
  }
}

function byteAt(data: Buffer, at: number, end: number): number {
  return at < end ? data[at]! : 0;
}
