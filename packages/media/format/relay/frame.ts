/**
 * The form in which media nodes hand streams to one another. Frames of
 *
 *     length of the rest  32 bits
 *     type                 8 bits
 *     body
 *
 * All numbers are big-endian, times are 64-bit floating point: ticks of the track's clock, exact up to 2^53.
 */
export const FRAME_HEADER_SIZE = 5;

export const FRAME_TYPE = {
  /** JSON: the tracks and, as AMF 0 in base 64, the metadata. Comes before every sample at which one can begin. */
  TRACKS: 1,
  /** Track id 8 bits, key frame 8 bits, decoding time, presentation time, payload with four-byte lengths. */
  VIDEO: 2,
  /** Track id 8 bits, time, frame. */
  AUDIO: 3,
  /** Time in milliseconds, AMF 0: name and values. */
  DATA: 4,
  /** The stream is over. */
  END: 5,
  /** Without a body: the sender is there, though there may be nothing to send. */
  ALIVE: 6,
} as const;

export const VIDEO_HEADER_SIZE = 18;
export const AUDIO_HEADER_SIZE = 9;
export const DATA_HEADER_SIZE = 8;

/** An access unit is at most as large as ingests take it, 16 MiB. */
export const MAX_FRAME_SIZE = 17 * 1024 * 1024;

/** The frame of type `ALIVE`; may come between any two others. */
export const ALIVE_FRAME = Buffer.from([0, 0, 0, 1, FRAME_TYPE.ALIVE]);
