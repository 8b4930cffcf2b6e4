/** Types of FLV tags and of the RTMP messages that carry the same bodies. */
export const TAG_TYPE = {
  AUDIO: 8,
  VIDEO: 9,
  /** RTMP only: a data message whose sender may use AMF3. */
  DATA_AMF3: 15,
  DATA: 18,
} as const;

export const FILE_HEADER_SIZE = 9;
export const TAG_HEADER_SIZE = 11;
/** After each tag its size stands again. */
export const TAG_TRAILER_SIZE = 4;
export const MAX_BODY_SIZE = 0xffffff;

const HAS_VIDEO = 1;
const HAS_AUDIO = 4;

export interface TagHeader {
  readonly type: number;
  readonly encrypted: boolean;
  readonly size: number;
  /** Milliseconds, 32 bits without sign. */
  readonly timestamp: number;
}

/** The file header with the size (zero) of the tag before the first (FLV 10.1 §E.2, E.3). */
export function fileHeader(has: { video: boolean; audio: boolean }): Buffer {
  const header = Buffer.alloc(FILE_HEADER_SIZE + TAG_TRAILER_SIZE);
  header.write('FLV', 'latin1');
  header[3] = 1;
  header[4] = (has.video ? HAS_VIDEO : 0) | (has.audio ? HAS_AUDIO : 0);
  header.writeUInt32BE(FILE_HEADER_SIZE, 5);
  return header;
}

/** Reads the 11 bytes before a tag's body (FLV 10.1 §E.4.1). */
export function readTagHeader(data: Buffer, at: number): TagHeader {
  return {
    type: data[at]! & 0x1f,
    encrypted: (data[at]! & 0x20) !== 0,
    size: data.readUIntBE(at + 1, 3),
    timestamp: data.readUIntBE(at + 4, 3) + data[at + 7]! * 0x1000000,
  };
}

/** Writes the header of a tag whose body has `size` bytes; `timestamp` counts on past its 32 bits. */
export function writeTagHeader(
  buffer: Buffer,
  at: number,
  type: number,
  size: number,
  timestamp: number,
): void {
  const wrapped = timestamp >>> 0;
  buffer[at] = type;
  buffer[at + 1] = size >> 16;
  buffer[at + 2] = size >> 8;
  buffer[at + 3] = size;
  buffer[at + 4] = wrapped >> 16;
  buffer[at + 5] = wrapped >> 8;
  buffer[at + 6] = wrapped;
  buffer[at + 7] = wrapped >> 24;
  buffer[at + 8] = 0;
  buffer[at + 9] = 0;
  buffer[at + 10] = 0;
}
