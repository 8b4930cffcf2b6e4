import { readFileSync } from 'node:fs';
import { FULL_HEADER, toChunks } from './chunks.ts';
import { SEND_BUFFER } from './connection.ts';
import { blankStamp } from './stamp.ts';
import { AUDIO, AVC_HEADER, DATA, isAccessUnit, isSequenceHeader, VIDEO } from './tag.ts';

/** What the publishers announce, and what most encoders use. */
export const PUBLISHER_CHUNK_SIZE = 4096;
const VIDEO_CHUNK_STREAM = 6;
const AUDIO_CHUNK_STREAM = 4;
const FLV_FILE_HEADER = 9 + 4;
const FLV_TAG_HEADER = 11;
const FRAME_MILLISECONDS = 40;
/** `@setDataFrame` as an AMF0 string: what a publisher puts before its metadata. */
const SET_DATA_FRAME = Buffer.from('\x02\x00\x0d@setDataFrame', 'latin1');

/** A message of the clip, cut into chunks; its time stamp, stream id and stamp are filled in where it is sent from. */
export interface PreparedMessage {
  readonly bytes: Buffer;
  /** Milliseconds from the clip's beginning. */
  readonly timestamp: number;
  /** Where the stamp begins in `bytes`; -1 where there is none. */
  readonly stampOffset: number;
}

export interface PreparedClip {
  /** Metadata and sequence headers, sent once. */
  readonly setup: readonly PreparedMessage[];
  readonly media: readonly PreparedMessage[];
  /** Milliseconds after which the media begins again. */
  readonly duration: number;
  /** Access units in one run through the media. */
  readonly frames: number;
}

/** Fills in what differs between publishers in the message that begins at `at`. */
export function address(bytes: Buffer, at: number, timestamp: number, streamId: number): void {
  bytes.writeUIntBE(timestamp, at + 1, 3);
  bytes.writeUInt32LE(streamId, at + 8);
}

/** Reads an FLV file of AVC and AAC. */
export function prepareClip(path: string): PreparedClip {
  const setup: PreparedMessage[] = [];
  const media: PreparedMessage[] = [];
  let duration = 0;
  let frames = 0;
  for (const { type, timestamp, body } of tags(readFileSync(path))) {
    if (type === DATA) setup.push(prepare(type, 0, Buffer.concat([SET_DATA_FRAME, body]), false));
    else if (isSequenceHeader(type, body)) setup.push(prepare(type, 0, body, false));
    else if (type === AUDIO) media.push(prepare(type, timestamp, body, false));
    else if (type === VIDEO && isAccessUnit(body)) {
      const stamped = Buffer.concat([body.subarray(0, AVC_HEADER), blankStamp(), body.subarray(AVC_HEADER)]);
      media.push(prepare(type, timestamp, stamped, true));
      frames++;
    }
    duration = Math.max(duration, timestamp + (type === VIDEO ? FRAME_MILLISECONDS : 1));
  }
  if (frames === 0) throw new RangeError(`no AVC frame in ${path}`);
  return { setup, media, duration, frames };
}

/** The stamp lies in the first chunk in one piece, since a chunk is longer than the two of them. */
function prepare(type: number, timestamp: number, payload: Buffer, stamped: boolean): PreparedMessage {
  const chunkStreamId = type === VIDEO ? VIDEO_CHUNK_STREAM : AUDIO_CHUNK_STREAM;
  const bytes = toChunks({ chunkStreamId, type, streamId: 0, timestamp, payload }, PUBLISHER_CHUNK_SIZE);
  if (bytes.length > SEND_BUFFER) throw new RangeError('a frame of the clip is too long');
  return { bytes, timestamp, stampOffset: stamped ? FULL_HEADER + AVC_HEADER : -1 };
}

function* tags(file: Buffer): Generator<{ type: number; timestamp: number; body: Buffer }> {
  let at = FLV_FILE_HEADER;
  while (at + FLV_TAG_HEADER <= file.length) {
    const begin = at + FLV_TAG_HEADER;
    const length = file.readUIntBE(at + 1, 3);
    const timestamp = file.readUIntBE(at + 4, 3) + file[at + 7]! * 2 ** 24;
    yield { type: file[at]! & 0x1f, timestamp, body: file.subarray(begin, begin + length) };
    at = begin + length + 4;
  }
}
