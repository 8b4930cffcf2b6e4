/** The numbers of a program stream (ISO/IEC 13818-1 §2.5), for writing and for reading. */

/** Stream ids (tables 2-22 and 2-39): what stands behind a start code of `00 00 01`. */
export const STREAM_ID = {
  /** Ids are from here on; below are the start codes of video that is carried. */
  FIRST: 0xb9,
  PROGRAM_END: 0xb9,
  PACK: 0xba,
  SYSTEM_HEADER: 0xbb,
  PROGRAM_STREAM_MAP: 0xbc,
  PRIVATE_1: 0xbd,
  FIRST_AUDIO: 0xc0,
  LAST_AUDIO: 0xdf,
  FIRST_VIDEO: 0xe0,
  LAST_VIDEO: 0xef,
} as const;

/** Stream types: table 2-34, and those of GB/T 28181-2016 Annex C (0x80 to 0x9b), 0x91 by custom. */
export const PS_STREAM_TYPE = {
  AAC_ADTS: 0x0f,
  H264: 0x1b,
  H265: 0x24,
  G711A: 0x90,
  G711U: 0x91,
} as const;

/** What a stream type means that nothing is made of, for people to read. */
export const REFUSED_STREAM_TYPES: ReadonlyMap<number, string> = new Map([
  [0x01, 'MPEG-1 video'],
  [0x02, 'MPEG-2 video'],
  [0x10, 'MPEG-4 video'],
  [0x11, 'AAC in LATM'],
  [0x80, 'SVAC video'],
  [0x81, 'AC-3'],
  [0x92, 'G.722.1'],
  [0x93, 'G.723.1'],
  [0x99, 'G.729'],
  [0x9b, 'SVAC audio'],
]);

/** Ticks per second of PTS, DTS and of the part of the SCR that is used here; they have 33 bits. */
export const PS_CLOCK_RATE = 90_000;
export const PS_TIME_BITS = 33;
export const PS_TIME_MODULUS = 2 ** PS_TIME_BITS;

export function isVideoStream(streamId: number): boolean {
  return streamId >= STREAM_ID.FIRST_VIDEO && streamId <= STREAM_ID.LAST_VIDEO;
}

export function isAudioStream(streamId: number): boolean {
  return streamId >= STREAM_ID.FIRST_AUDIO && streamId <= STREAM_ID.LAST_AUDIO;
}
