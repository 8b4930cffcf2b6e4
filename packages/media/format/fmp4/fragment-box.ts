import { BOX_HEADER_SIZE, writeBoxHeader, writeU64 } from './box.ts';

/** A sample as a fragment lists it. */
export interface FragmentSample {
  /** Ticks of the track until the next sample. */
  readonly duration: number;
  readonly size: number;
  readonly key: boolean;
  /** Ticks from decoding to presentation; may be negative. */
  readonly compositionOffset: number;
}

export interface FragmentTrack {
  readonly id: number;
  readonly kind: 'video' | 'audio';
  /** Decoding time of the first sample, in ticks of the track. */
  readonly baseTime: number;
  readonly samples: readonly FragmentSample[];
}

const FULL_BOX_SIZE = 12;
const MFHD_SIZE = FULL_BOX_SIZE + 4;
const TFHD_SIZE = FULL_BOX_SIZE + 8;
const TFDT_SIZE = FULL_BOX_SIZE + 8;
const TRUN_SIZE = FULL_BOX_SIZE + 8;

export const TFHD = {
  BASE_DATA_OFFSET: 0x1,
  DESCRIPTION_INDEX: 0x2,
  DEFAULT_DURATION: 0x8,
  DEFAULT_SIZE: 0x10,
  DEFAULT_FLAGS: 0x20,
  DEFAULT_BASE_IS_MOOF: 0x20000,
} as const;
export const TRUN = {
  DATA_OFFSET: 0x1,
  FIRST_FLAGS: 0x4,
  DURATION: 0x100,
  SIZE: 0x200,
  FLAGS: 0x400,
  COMPOSITION_OFFSET: 0x800,
} as const;
/** Sample flags (§8.8.3.1): depends on no other sample; depends on others and is no sync sample. */
const KEY_FLAGS = 0x02000000;
const OTHER_FLAGS = 0x01010000;
export const IS_NON_SYNC = 0x00010000;

/**
 * The movie fragment box (ISO/IEC 14496-12 §8.8.4) and the header of the media data box behind it, whose payload is
 * all samples of the first track, then all of the second. Its data must be less than 4 GiB.
 */
export function fragmentHead(sequence: number, tracks: readonly FragmentTrack[]): Buffer {
  const sizes = tracks.map(track => trackFragmentSize(track));
  const moofSize = BOX_HEADER_SIZE + MFHD_SIZE + sum(sizes);
  const dataSizes = tracks.map(({ samples }) => samples.reduce((total, { size }) => total + size, 0));
  const data = Buffer.allocUnsafe(moofSize + BOX_HEADER_SIZE);
  writeBoxHeader(data, 0, 'moof', moofSize);
  let at = fullHeader(data, BOX_HEADER_SIZE, 'mfhd', MFHD_SIZE, 0, 0);
  at = data.writeUInt32BE(sequence, at);
  let dataOffset = moofSize + BOX_HEADER_SIZE;
  for (const [index, track] of tracks.entries()) {
    writeTrackFragment(data, at, sizes[index]!, track, dataOffset);
    at += sizes[index]!;
    dataOffset += dataSizes[index]!;
  }
  writeBoxHeader(data, at, 'mdat', BOX_HEADER_SIZE + sum(dataSizes));
  return data;
}

function entrySize(track: FragmentTrack): number {
  return track.kind === 'video' ? 16 : 8;
}

function trackFragmentSize(track: FragmentTrack): number {
  const run = TRUN_SIZE + track.samples.length * entrySize(track);
  return BOX_HEADER_SIZE + TFHD_SIZE + TFDT_SIZE + run;
}

function writeTrackFragment(
  data: Buffer,
  start: number,
  size: number,
  track: FragmentTrack,
  dataOffset: number,
): void {
  const isVideo = track.kind === 'video';
  writeBoxHeader(data, start, 'traf', size);
  let at = start + BOX_HEADER_SIZE;
  at = fullHeader(data, at, 'tfhd', TFHD_SIZE, 0, TFHD.DEFAULT_BASE_IS_MOOF | TFHD.DEFAULT_FLAGS);
  at = data.writeUInt32BE(track.id, at);
  at = data.writeUInt32BE(isVideo ? OTHER_FLAGS : KEY_FLAGS, at);
  at = fullHeader(data, at, 'tfdt', TFDT_SIZE, 1, 0);
  writeU64(data, at, track.baseTime);
  at += 8;
  const perSample = TRUN.DURATION | TRUN.SIZE | (isVideo ? TRUN.FLAGS | TRUN.COMPOSITION_OFFSET : 0);
  const runSize = TRUN_SIZE + track.samples.length * entrySize(track);
  // Version 1: composition offsets have a sign.
  at = fullHeader(data, at, 'trun', runSize, 1, TRUN.DATA_OFFSET | perSample);
  at = data.writeUInt32BE(track.samples.length, at);
  at = data.writeInt32BE(dataOffset, at);
  for (const sample of track.samples) {
    at = data.writeUInt32BE(sample.duration, at);
    at = data.writeUInt32BE(sample.size, at);
    if (!isVideo) continue;
    at = data.writeUInt32BE(sample.key ? KEY_FLAGS : OTHER_FLAGS, at);
    at = data.writeInt32BE(sample.compositionOffset, at);
  }
}

function fullHeader(
  data: Buffer,
  at: number,
  type: string,
  size: number,
  version: number,
  flags: number,
): number {
  writeBoxHeader(data, at, type, size);
  return data.writeUInt32BE(((version << 24) | flags) >>> 0, at + BOX_HEADER_SIZE);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
