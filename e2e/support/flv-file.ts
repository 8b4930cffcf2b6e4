import { readFileSync } from 'node:fs';

/** One tag of an FLV file; an RTMP message's payload is the body of one. */
export interface FlvTag {
  /** 8 audio, 9 video, 18 script data. */
  readonly type: number;
  /** Milliseconds. */
  readonly timestamp: number;
  readonly body: Buffer;
}

/** Reads a whole file that ffmpeg made: it is trusted. */
export function readFlvFile(path: string): FlvTag[] {
  return parseFlv(readFileSync(path));
}

/** The whole tags at the beginning of `data`; what is cut off at its end is left out. */
export function parseFlv(data: Buffer): FlvTag[] {
  const tags: FlvTag[] = [];
  let at = 13;
  while (at + 15 <= data.length) {
    const size = data.readUIntBE(at + 1, 3);
    if (at + 15 + size > data.length) break;
    tags.push({
      type: data.readUInt8(at) & 0x1f,
      timestamp: data.readUIntBE(at + 4, 3) + data.readUInt8(at + 7) * 2 ** 24,
      body: data.subarray(at + 11, at + 11 + size),
    });
    at += 15 + size;
  }
  return tags;
}
