/** The numbers of a transport stream (ISO/IEC 13818-1), for writing and for reading. */

export const PACKET_SIZE = 188;
export const SYNC_BYTE = 0x47;
/** Bytes of a packet after its four-byte header. */
export const PACKET_ROOM = PACKET_SIZE - 4;

/** Table 2-3, and the first of the PIDs that a program may choose (those below 0x20 are reserved, by DVB too). */
export const PID = { PAT: 0, NULL: 0x1fff } as const;
export const PID_COUNT = 0x2000;

export const TABLE_ID = { PAT: 0, PMT: 2 } as const;

/** Table 2-34. Opus travels as private data; its descriptors tell it. */
export const STREAM_TYPE = {
  MPEG1_AUDIO: 0x03,
  MPEG2_AUDIO: 0x04,
  PRIVATE_DATA: 0x06,
  AAC_ADTS: 0x0f,
  H264: 0x1b,
  H265: 0x24,
} as const;

/** Table 2-45; the extension descriptor is DVB's (ETSI EN 300 468 §6.1), with the tag that means Opus in it. */
export const DESCRIPTOR = { REGISTRATION: 0x05, EXTENSION: 0x7f, EXTENSION_OPUS: 0x80 } as const;
/** The format identifier in the registration descriptor. */
export const OPUS_FORMAT = 'Opus';

/** Table 2-22. */
export const PES_STREAM_ID = { VIDEO: 0xe0, AUDIO: 0xc0, PRIVATE_1: 0xbd } as const;

/** Ticks per second of PTS and DTS, and of the part of the PCR that is used here. */
export const TS_CLOCK_RATE = 90_000;
/** PTS, DTS and PCR base have 33 bits. */
export const TIME_MODULUS = 2 ** 33;
